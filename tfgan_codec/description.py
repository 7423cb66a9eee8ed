"""Describes files and models, for people and other programs, and tells which files are ours."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tfgan_codec import outputs
from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.errors import BitstreamError, BundleError, shown
from tfgan_codec.format import container, header, profiles, tiles

Facts = dict[str, Any]


def is_tgc(path: str) -> bool:
    """Whether a file is a whole ``.tgc`` file, whatever it is called."""
    try:
        container.parse_layers(container.read_blob(path))
    except BitstreamError:
        return False
    return True


def seems_tgc(path: str) -> bool:
    """Whether a name is that of a ``.tgc`` file, there or not, or a file is one."""
    return path.lower().endswith(".tgc") or (os.path.isfile(path) and is_tgc(path))


def is_bundle(path: str) -> bool:
    """Whether a folder is a bundle, damaged or not: it has the manifest of one."""
    try:
        with bundle_files.errors_of(Path(path)):
            return "model_id" in bundle_files.manifest(bundle_files.reader(Path(path)))
    except BundleError:
        return False


def could_be_picture(path: str) -> bool:
    """Whether a file could be one to compress, good or bad: it is there and is not ours. An empty
    one without extension rather waits for a result, as those of `mktemp` do."""
    waits = not os.path.splitext(path)[1] and os.path.isfile(path) and not os.path.getsize(path)
    return os.path.isfile(path) and not (waits or seems_tgc(path))


TGC = outputs.Kind("a .tgc file", ".tgc", is_tgc)
BUNDLE = outputs.Kind("a bundle", "", is_bundle)


def of_file(blob: bytes) -> Facts:
    """Describes a ``.tgc`` file, whose checksum is checked, for JSON: its model, picture and sizes
    in bytes. Of a file in layers it tells those that are whole."""
    file, sizes = container.parse_layers(blob)
    shipped = bundle_files.find_shipped(file.model_id)
    facts: Facts = {
        "model": shipped.stem if shipped else None,
        "model_id": file.model_id.hex(),
        "width": file.width,
        "height": file.height,
        "mode": header.mode(file.grey, file.transparent),
        "quality": file.quality,
        "bytes": len(blob),
        "bpp": round(8 * len(blob) / (file.width * file.height), 6),
        "header_bytes": sizes.header,
        "profile": _profile(file.icc),
        "icc_bytes": sizes.icc,
        "exif_bytes": sizes.exif,
        "alpha_bytes": sizes.alpha,
        "stream_bytes": list(sizes.streams),
    }
    if file.side:
        facts["tile_pixels"] = tiles.CELL * file.side
    if file.layers > 1:
        facts["layers"] = _layers(file, sizes)
        facts["complete"] = file.scale == 1
    return facts


def in_short(blob: bytes) -> str:
    """Describes a ``.tgc`` file to people: its size and quality."""
    file = container.parse(blob).file
    bpp = 8 * len(blob) / (file.width * file.height)
    return f"{len(blob)} bytes, {bpp:.4g} bpp, quality {file.quality}"


def of_model(path: Path) -> Facts:
    """Describes a bundle, which is loaded and checked, for JSON.

    `about` is one line: what the manifest says under that name or, where it says nothing, all that
    it tells people in plain words and numbers. `bpp` and `licence` are None where it has none,
    `sha256` is what `codec.load` insists on.
    """
    from tfgan_codec.bundle.layered import load_bundle  # with NumPy: not for `of_file`

    sha256 = bundle_files.digest(path)
    bundle = load_bundle(path, sha256=sha256)
    files = [path] if path.is_file() else list(path.iterdir())
    plain = {k: v for k, v in bundle.info.items() if isinstance(v, (str, int, float))}
    about = plain.get("about") or ", ".join(f"{k} {v}" for k, v in plain.items())
    return {
        "model": path.stem,
        "model_id": bundle.model_id.hex(),
        "bytes": sum(file.stat().st_size for file in files),
        "realisms": list(bundle.realisms),
        "sha256": sha256,
        "bpp": _line(plain.get("bpp")),
        "licence": _line(plain.get("licence")),
        "about": _line(about),
    }


def _line(value: object) -> str | None:
    """Returns what anybody can have written as one short line for a terminal."""
    return None if value is None else shown(" ".join(str(value).split()), 200)


def _profile(icc: bytes | None) -> str:
    """Names the colours of a picture: none is sRGB, those that files name have names."""
    if icc is None:
        return "sRGB"
    number = profiles.number_of(icc)
    return "embedded" if number is None else profiles.KNOWN[number].name


def _layers(file: container.TgcFile, sizes: container.Sizes) -> list[dict[str, int]]:
    layers = []
    for number, (nbytes, end) in enumerate(zip(sizes.streams, sizes.ends)):
        scale = 1 << (file.layers - 1 - number)
        width, height = -(-file.width // scale), -(-file.height // scale)
        size = {"scale": scale, "width": width, "height": height}
        layers.append({**size, "bytes": nbytes, "end": end})
    return layers
