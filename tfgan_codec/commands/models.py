"""Lists the models that are shipped: `tgc models`."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tfgan_codec import cli, description, streams
from tfgan_codec.bundle.files import shipped
from tfgan_codec.evaluation.summary import plain

_USAGE = """
usage: {program} [--json]

Lists the models that are shipped, all of whose files are checked: the name for --model, the id that
their .tgc files carry, their size, the bits per pixel that they are for, the realisms that they
decode with, their licence, what they are, and the hash that tgc.load(NAME, sha256=HASH) insists on.
"""
_HEAD = ["model", "id", "megabytes", "bpp", "realisms", "licence", "about", "sha256"]


def main(argv: Sequence[str] | None = None, program: str = "tgc models") -> int:
    """Runs the program, which its usage text calls `program`, and returns its exit status."""
    values = cli.Flags()
    values.add("json", False, "Print one JSON list, sizes in bytes.")

    def models() -> None:
        found = [description.of_model(path) for path in shipped()]
        if values.json:
            streams.say(json.dumps(found, indent=2))
        else:
            streams.say(plain([_HEAD, *map(_row, found)]))

    return cli.run(models, values, _USAGE.format(program=program), argv)


def _row(facts: description.Facts) -> list[str]:
    size = f"{facts['bytes'] / 1e6:.2f}"
    realisms = ", ".join(f"{realism:g}" for realism in facts["realisms"])
    bpp, licence = facts["bpp"] or "-", facts["licence"] or "-"
    about, sha256 = facts["about"], facts["sha256"]
    return [facts["model"], facts["model_id"], size, bpp, realisms, licence, about, sha256]
