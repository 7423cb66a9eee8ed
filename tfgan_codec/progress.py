"""Shows on the terminal how much of a long computation is done."""

from __future__ import annotations

import shutil
import sys
from types import TracebackType
from typing import Any

_FORMAT = "{desc} {percentage:3.0f}%|{bar:20}| {elapsed}<{remaining}{postfix}"


class Bar:
    """Is a progress bar on standard error, from its first update to `close`.

    Args:
      title: what is being done.
      lines: whether to write a line each minute where standard error is no terminal; by default
        there is nothing then.
    """

    def __init__(self, title: str, lines: bool = False) -> None:
        self._title, self._lines = title, lines
        self._bar: Any = None

    def __call__(self, share: float, figures: str = "") -> None:
        """Shows that so much is done, from 0 to 1, and figures beside the bar."""
        if self._bar is None:
            from tqdm import tqdm  # takes a while, and most computations are over before

            terminal = sys.stderr is not None and sys.stderr.isatty()
            columns, lines = shutil.get_terminal_size()
            self._bar = tqdm(
                total=100.0,
                initial=100.0 * share,
                desc=self._title,
                bar_format=_FORMAT,
                mininterval=0.5 if terminal else 60.0,
                # By itself tqdm shows nothing in terminals that do not tell their size.
                ncols=columns - 1 if terminal else None,
                nrows=lines if terminal else None,
                disable=not (terminal or self._lines),
            )
        self._bar.set_postfix_str(figures, refresh=False)
        self._bar.update(100.0 * share - self._bar.n)

    def close(self) -> None:
        """Leaves the bar as it is and begins a new line; the next update begins a new bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
