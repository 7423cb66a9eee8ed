"""Builds the page and the codec for browsers."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from export.web import site
from tfgan_codec import cli, outputs

_USAGE = """
usage: python -m export.web --model=MODEL --out=SITE

Writes static files that any web server serves: a page that opens, makes and shows .tgc files, and
in SITE/tgc and SITE/tgc-sw.js what other pages need to do so. The runtime for the networks comes
from npm, pinned by its hash.

  python -m export.web --model=mobile --out=site
  python -m http.server --directory=site
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    values.add_model()
    values.add("out", None, "The folder of the site.")
    values.add_overwrite()

    def command() -> None:
        cli.require(values, "out")
        outputs.check_folder(values.out, site.SITE, values.overwrite)
        sizes = site.build(values.model, Path(values.out))
        print(f"{values.out}: {len(sizes)} files, {sum(sizes.values())} bytes")

    return cli.run(command, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
