"""Holds the flags of one run of a program, and explains them."""

from __future__ import annotations

import re
import textwrap
from typing import Any, Callable

from absl import flags

_LONGEST_BESIDE = 14  # names of flags that are longer have their text below them

_KINDS: dict[type, Callable[..., Any]] = {
    bool: flags.DEFINE_bool,
    int: flags.DEFINE_integer,
    float: flags.DEFINE_float,
    str: flags.DEFINE_string,
    list: flags.DEFINE_list,
}


class _MetadataParser(flags.EnumParser):
    """Takes none, basic or keep, and what --metadata and --nometadata alone stand for."""

    def parse(self, argument: str) -> str:
        return super().parse({"true": "basic", "false": "none"}.get(argument, argument))


class Flags(flags.FlagValues):
    """Holds the flags of one run of a program, so that several can live in one process."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def add(
        self, name: str, default: Any, text: str, kind: type | None = None, **bounds: int
    ) -> None:
        """Defines a flag.

        Args:
          name: what follows the two hyphens.
          default: its value if it is not given.
          text: what `--help` says of it.
          kind: type of its value, a list being of texts; by default that of `default`, or text.
          bounds: `lower_bound` and `upper_bound` of a number.
        """
        known = kind or (str if default is None else type(default))
        _KINDS[known](name, default, text, flag_values=self, **bounds)

    def add_model(self) -> None:
        """Defines --model, the bundle that a command uses."""
        self.add("model", "mobile", "A model's name, or a bundle's folder or zip file.")

    def add_overwrite(self) -> None:
        """Defines --overwrite, for commands that write files."""
        text = "Replace what is not of the kind to write, and files that nobody named."
        self.add("overwrite", False, text)

    def add_threads(self) -> None:
        """Defines --threads, for commands that run models."""
        from tfgan_codec.bundle.runtime import MAX_THREADS, THREADS  # with NumPy: not for all

        text = "Threads that each network runs on. Files and pictures do not depend on it."
        self.add("threads", THREADS, text, lower_bound=1, upper_bound=MAX_THREADS)

    def add_metadata(self) -> None:
        """Defines --metadata, what to keep of a picture beside its pixels."""
        text = (
            "none, basic or keep: what to store beside the pixels, inside the size asked for. "
            "basic: colours, and from EXIF date, camera, exposure and copyright. keep: the whole "
            "ICC profile and EXIF, the place too."
        )
        parser = _MetadataParser(["none", "basic", "keep"])
        flag = flags.Flag(parser, None, "metadata", "basic", text)
        flag.boolean = True  # so that --nometadata can stand for none
        flags.DEFINE_flag(flag, flag_values=self)

    def add_verbose(self) -> None:
        """Defines --verbose, with which a command says what it leaves out."""
        text = "Say what is left out of the file or converted (-v)."
        flags.DEFINE_bool("verbose", False, text, short_name="v", flag_values=self)


def explain(values: flags.FlagValues, usage: str) -> str:
    """Returns what `--help` prints: the usage text, then each flag with its own."""
    lines = [usage.strip(), "", "Flags:"]
    described = {f"--{name}": values[name] for name in values if len(name) > 1}
    # absl says of flags for several values, glued to our words, that they can be repeated.
    texts = {n: re.sub(r";\s+repeat this option .*", "", str(f.help)) for n, f in described.items()}
    texts["--flagfile"] = "Read flags from this file, one to a line."
    column = min(max(map(len, texts)), _LONGEST_BESIDE) + 4
    for name, text in texts.items():
        start = f"  {name:<{column - 2}}"
        if len(name) > _LONGEST_BESIDE:
            lines.append(f"  {name}")
            start = " " * column
        lines.append(textwrap.fill(text, 88, initial_indent=start, subsequent_indent=" " * column))
    return "\n".join(lines)
