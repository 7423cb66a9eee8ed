"""Says what a .tgc file holds."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from apps import _main
from tfgan_codec import container
from tfgan_codec.bundle_files import find_shipped

_USAGE = """
usage: python -m apps.info FILE.tgc

Prints what a .tgc file holds as one JSON object. The file's checksum is checked, no model is
needed, and the picture is not decoded.

  python -m apps.info photo.tgc
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    return _main.run(_info, _main.new_flags(), _USAGE, argv)


def _info(path: str) -> None:
    blob = container.read_blob(path)
    file, sizes = container.parse(blob)
    shipped = find_shipped(file.model_id)
    mode = ("L" if file.grey else "RGB") + ("A" if file.alpha is not None else "")
    facts = {
        "model": shipped.stem if shipped else None,
        "model_id": file.model_id.hex(),
        "width": file.width,
        "height": file.height,
        "mode": mode,
        "quality": file.quality,
        "bytes": len(blob),
        "bpp": round(8 * len(blob) / (file.width * file.height), 6),
        "header_bytes": sizes.header,
        "icc_bytes": sizes.icc,
        "exif_bytes": sizes.exif,
        "alpha_bytes": sizes.alpha,
        "stream_bytes": list(sizes.streams),
    }
    print(json.dumps(facts, indent=2))


if __name__ == "__main__":
    sys.exit(main())
