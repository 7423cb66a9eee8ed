"""Makes `metadata/`: pictures with profiles and EXIF, and what a file keeps of them by default.

    python tests/data/make_metadata.py

`tests/pictures/test_metadata_files.py` compares with what this package does; the decoders in other
languages must do the same with the same files.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps
from PIL.TiffImagePlugin import IFDRational

from tfgan_codec.coding import hidden
from tfgan_codec.format import profiles
from tfgan_codec.pictures import policy, reading

OUT = Path(__file__).parent / "metadata"
ROOMY = 1 << 20  # bytes of a file in which every profile is cheap
_SIZE = (24, 16)
_RARE = profiles.KNOWN[2]._replace(name="Rare", curve=(2.6,))  # that no program knows


def exif(orientation: int) -> Image.Exif:
    """Returns what a phone writes: camera, times, place, and a maker's own."""
    block = Image.Exif()
    block[0x010F], block[0x0110] = "Maker", "X1"
    block[0x0112] = orientation
    block[0x0131] = "firmware 1.0"
    block[0x0132] = "2026:01:02 03:04:05"
    block[0x8298] = "(c) somebody"
    camera = block.get_ifd(0x8769)
    # In lowest terms, as Pillow writes them; other writers may leave them as they are.
    camera[0x829A], camera[0x829D], camera[0x8827] = IFDRational(1, 250), IFDRational(14, 5), 100
    camera[0x9003], camera[0x9011] = "2026:01:02 03:04:05", "+01:00"
    camera[0x920A], camera[0xA405] = IFDRational(106, 25), 35
    camera[0x927C] = b"maker's note, which nobody else can read"
    camera[0xA434] = "Lens 28 mm"
    block.get_ifd(0x8825)[1] = "N"
    return block


def files() -> dict[str, bytes]:
    """Returns the contents of the pictures by name."""
    plain = Image.fromarray(np.full((_SIZE[1], _SIZE[0], 3), (90, 140, 200), np.uint8))
    grey = plain.convert("L")
    known = {number: profile.icc() for number, profile in profiles.KNOWN.items()}
    made = {
        "phone.jpg": (plain, {"icc_profile": known[1], "exif": exif(6)}),
        "srgb.jpg": (plain, {"icc_profile": profiles.SRGB.icc(), "exif": exif(1)}),
        "rare.jpg": (plain, {"icc_profile": _RARE.icc()}),
        "grey.jpg": (grey, {"icc_profile": known[4]}),
        "bare.jpg": (plain, {}),
        "adobe.png": (plain, {"icc_profile": known[2], "exif": exif(3)}),
        "phone.webp": (plain, {"icc_profile": known[1], "exif": exif(8), "lossless": True}),
        "bare.webp": (plain, {"lossless": True}),
    }
    return {name: _written(image, name, options) for name, (image, options) in made.items()}


def _written(image: Image.Image, name: str, options: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    kind = {"jpg": "JPEG", "png": "PNG", "webp": "WebP"}[name.split(".")[1]]
    image.save(out, kind, **options)
    return out.getvalue()


def expected(contents: bytes) -> dict[str, Any]:
    """Returns what a file keeps of a picture: size, and the number of a known profile; profile and
    EXIF as hexadecimal digits."""
    picture = policy.affordable(policy.reduced(reading.read(contents), "basic"), ROOMY, "basic")
    height, width, _ = picture.rgb.shape
    number = None if picture.icc is None else profiles.number_of(picture.icc)
    return {
        "size": [width, height],
        "profile": number or 0,
        "icc": "" if picture.icc is None or number else picture.icc.hex(),
        "exif": (picture.exif or b"").hex(),
    }


def turned() -> dict[str, list[list[int]]]:
    """Returns a picture of numbers, turned as each EXIF orientation says."""
    numbers = np.arange(6, dtype=np.uint8).reshape(2, 3)
    found = {}
    for orientation in range(1, 9):
        image = Image.fromarray(numbers)
        image.getexif()[0x0112] = orientation
        found[str(orientation)] = np.asarray(ImageOps.exif_transpose(image)).tolist()
    return found


def filled() -> dict[str, Any]:
    """Returns a picture of which parts are hidden, and what is put there, as red, green, blue."""
    height, width = 21, 30
    rows, columns = np.mgrid[:height, :width]
    rgb = np.stack([8 * columns, 10 * rows, 4 * (rows + columns)], axis=2).astype(np.uint8)
    alpha = np.where((columns > 9) & (rows > 3) & (rows < 19), 0, 255).astype(np.uint8)
    alpha[10, 20] = 1
    found = hidden.filled(rgb, alpha)
    return {"rgb": rgb.tolist(), "alpha": alpha.tolist(), "filled": found.tolist()}


def main() -> None:
    OUT.mkdir(exist_ok=True)
    cases = {}
    for name, contents in files().items():
        (OUT / name).write_bytes(contents)
        cases[name] = expected(contents)
    text = json.dumps({"files": cases, "turned": turned()}, indent=1)
    (OUT / "expected.json").write_text(text + "\n")
    (OUT / "filled.json").write_text(json.dumps(filled()) + "\n")


if __name__ == "__main__":
    main()
