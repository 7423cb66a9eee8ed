"""Writes the manual pages, of what the commands say of themselves."""

from __future__ import annotations

import contextlib
import importlib
import io

import tfgan_codec
from tfgan_codec.commands import tgc

_HEAD = """.TH {title} 1 "" "tfgan_codec {version}" "User Commands"
.SH NAME
{name} \\- {about}
.SH SYNOPSIS
{synopsis}
.SH DESCRIPTION
{description}
"""
_PAGES = {
    "tgc": (
        "compress pictures to a tenth of a bit per pixel",
        ".B tgc\n.I COMMAND\n[\\fIFILE\\fR ...] [\\fB\\-\\-\\fIFLAG\\fR=\\fIVALUE\\fR ...]",
        "An image codec that is a neural network. Do not use it where a picture must prove "
        "something:\nat low rates it makes up detail.",
    ),
    "tgc-open": (
        "show a .tgc picture",
        ".B tgc-open\n.I FILE",
        "Decodes a file and shows it with whatever shows PNG files here.",
    ),
    "tgc-thumbnailer": (
        "make a thumbnail of a .tgc picture",
        ".B tgc-thumbnailer\n.I FILE PNG SIZE",
        "Writes a PNG file of the picture, of at most so many pixels a side. Desktops run it,\n"
        "in a sandbox that sees nothing but /usr.",
    ),
}


def page(name: str) -> str:
    """Returns the manual page of a command, in the language of man(7)."""
    about, synopsis, description = _PAGES[name]
    head = _HEAD.format(
        title=name.upper(),
        version=tfgan_codec.__version__,
        name=name.replace("-", "\\-"),
        about=about,
        synopsis=synopsis,
        description=description,
    )
    if name != "tgc":
        return head + ".SH SEE ALSO\n.BR tgc (1)\n"
    commands = "".join(f".TP\n.B {each}\n{about}\n" for each, about in tgc.COMMANDS.items())
    details = "".join(
        f".SS tgc {each}\n.nf\n{_verbatim(help_of(each))}\n.fi\n" for each in tgc.COMMANDS
    )
    return f"{head}.SH COMMANDS\n{commands}.SH DETAILS\n{details}"


def help_of(command: str) -> str:
    """Returns what a command says of itself."""
    out = io.StringIO()
    main = importlib.import_module(f"tfgan_codec.commands.{command}").main
    with contextlib.redirect_stdout(out):
        main([command, "--help"])
    return out.getvalue().strip()


def _verbatim(text: str) -> str:
    """Returns lines that man(7) is to show as they are."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(f"\\&{line}" for line in escaped.splitlines())
