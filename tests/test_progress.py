"""Tests of the progress bar: on terminals, and elsewhere only where lines are wanted."""

from __future__ import annotations

import io
import sys

import pytest

from tfgan_codec.progress import Bar


class Terminal(io.StringIO):
    """A terminal that does not tell its size, as some in containers."""

    def isatty(self) -> bool:
        return True


def shown_on(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch, lines: bool = False) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    with Bar("search", lines) as bar:
        for step in range(5):
            bar(step / 4, f"loss {step}")
        bar.close()
        bar(0.5)  # of the next picture
    return stream.getvalue()


def test_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown_on(Terminal(), monkeypatch)
    first, second, rest = text.split("\n")
    assert first.split("\r")[-1].startswith("search 100%|##")
    assert "loss 4" in first
    assert second.split("\r")[-1].startswith("search  50%|")
    assert rest == ""


def test_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown_on(io.StringIO(), monkeypatch) == ""
    assert "search 100%" in shown_on(io.StringIO(), monkeypatch, lines=True)


def test_without_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    Bar("search")(0.5)
