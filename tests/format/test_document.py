"""What docs/format.md says is what the code does: its limits, its registry, its example."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import numpy as np
import pytest

from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.bundle import layered, model
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.coding import hyperprior
from tfgan_codec.format import (
    container,
    context_model,
    fields,
    header,
    payload,
    profiles,
    rangecoder,
    scales,
    tables,
    tiles,
)
from tfgan_codec.pillow import MEDIA_TYPE

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "format.md").read_text(encoding="utf-8")
PREVIEWS = ROOT / "models" / "tfgan_codec_models"
DATA = ROOT / "tests" / "data"


def section(title: str) -> str:
    """Returns what stands below a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", TEXT, re.M | re.S)
    assert found, title
    return found[1]


def rows(title: str) -> list[list[str]]:
    """Returns the rows of all tables of a section, without their heads."""
    lines = re.findall(r"^\|(.*)\|$", section(title), re.M)
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    rules = [i for i, line in enumerate(cells) if set("".join(line)) == {"-"}]
    return [line for i, line in enumerate(cells) if i not in rules and i + 1 not in rules]


def number(text: str) -> int:
    """Reads `-2^20`, `2^24 + 2^13`, `2^63 - 1` or `127`."""
    total = 0
    for sign, base, power in re.findall(r"(-?) ?\+? ?(\d+)(?:\^(\d+))?", text):
        total += (-1 if sign else 1) * int(base) ** int(power or 1)
    return total


LIMITS = {
    "width, height": (1, header.MAX_PIXELS),
    "width times height, sides below 64 counted as 64": (header.NARROWEST**2, header.MAX_PIXELS),
    "varint": (0, (1 << 7 * 9) - 1),
    "ICC profile or EXIF block, inflated": (0, fields.MAX_METADATA),
    "ICC profile or EXIF block, deflated": (8, fields.MAX_PACKED),
    "layers": (2, header.MAX_LAYERS),
    "tile side": (tiles.MIN_SIDE, tiles.MAX_SIDE),
    "hyper-latent z": (-scales.MAX_INPUT, scales.MAX_INPUT),
    "escaped distance `gamma`": (1, tables.MAX_GAMMA),
    "offset of a table": (-tables.MAX_OFFSET, tables.MAX_OFFSET),
    "symbols of a table": (1, tables.TOTAL),
    "weight of an integer layer": (-scales.MAX_WEIGHT, scales.MAX_WEIGHT),
    "activation": (0, scales.MAX_ACTIVATION),
    "sum of an integer layer": (-scales.MAX_SUM, scales.MAX_SUM),
    "shift": (1, scales.MAX_SHIFT),
    "weights of one output of an integer layer": (1, scales.MAX_WEIGHTS),
    "outputs of an integer layer": (1, scales.MAX_OUTPUTS),
    "layers of a chain": (1, scales.MAX_LAYERS),
    "side of a context model's kernel": (1, context_model.MAX_SIDE),
    "channels, of latents or hyper-latents": (1, model._MAX_CHANNELS),
    "files of a bundle": (1, bundle_files.MAX_FILES),
}


def test_limits() -> None:
    found = {what: (number(least), number(most)) for what, least, most, _ in rows("Limits")}
    assert found == LIMITS
    assert len(fields.varint((1 << 63) - 1)) == 9
    assert context_model.MAX_JOINT == scales.MAX_LAYERS


def test_reserved_numbers_are_refused() -> None:
    """As the table has them: of versions, profiles and tile sides (the suite has such files)."""
    found = {what: text for what, text, _ in rows("Reserved")}
    known = (header.VERSION, header.LAYERED, header.TILED)
    assert found["version"] == "0, 4 to 15"
    assert known == (1, 2, 3)
    assert found["ICC chunk of a length below 8"] == "0, 6, 7"
    assert sorted(profiles.KNOWN) == [1, 2, 3, 4, 5]
    sides = f"0 to {tiles.MIN_SIDE - 1}, {tiles.MAX_SIDE + 1} to 255"
    assert found["tile side"] == sides


def test_registered_models_are_these() -> None:
    found = {name.strip("`"): id_.strip("`") for name, id_, *_ in rows("Model registry")}
    places = {
        "mobile": "mobile",
        "tiny": DATA / "tiny",
        "context": DATA / "context" / "bundle.zip",
        **{path.parent.name: path.parent for path in PREVIEWS.glob("*/manifest.json")},
    }
    bundles = {name: layered.load_bundle(place) for name, place in places.items()}
    expected = {name: bundle.model_id.hex() for name, bundle in bundles.items()}
    digest = bundle_files.manifest(bundle_files.reader(DATA / "tiny"))["normative_sha256"]
    expected["layered"] = layered.layered_hash([digest] * 3)[:6]
    assert found == expected
    frozen = {name.strip("`") for name, *_, frozen in rows("Model registry") if frozen == "yes"}
    assert frozen == {"mobile", "tiny", "layered", "context"}


def test_the_media_type_is_that_of_the_programs() -> None:
    filled = dict(rows("Media type"))
    assert f"{filled['type name']}/{filled['subtype name']}" == MEDIA_TYPE
    assert filled["magic number"].startswith(header.MAGIC.hex(" ").upper())
    assert filled["file extension"] == ".tgc"


EXAMPLE = "Example, byte by byte"


@pytest.fixture(scope="module")
def example() -> bytes:
    found = re.search(r"```text\n([0-9a-f ]+)\n```", section(EXAMPLE))
    assert found
    return bytes.fromhex(found[1])


def test_the_example_is_a_golden_file(example: bytes) -> None:
    """And its fields, one behind the other, are all of it."""
    assert example == (DATA / "golden" / "black.tgc").read_bytes()
    named = [row for row in rows(EXAMPLE) if len(row) == 3]
    assert b"".join(bytes.fromhex(row[0].strip("`")) for row in named) == example
    fields_ = {name: meaning for _, name, meaning in named}
    file = container.parse(example).file
    assert fields_["width"] == str(file.width)
    assert fields_["height"] == str(file.height)
    assert fields_["quality"] == str(file.quality)
    assert f"0x{zlib.crc32(example[:-4]):08x}" in fields_["checksum"]


def test_the_example_is_decoded_as_the_document_says(example: bytes, tiny_dir: Path) -> None:
    """The decoder of the section "Range coder", in these lines."""
    bundle = Bundle.load(tiny_dir)
    file = container.parse(example).file
    stream = file.streams[0] + bytes(8)
    size, code, position = 1 << 32, int.from_bytes(stream[:4], "big"), 4
    assert f"`code` = 0x{code:08x}" in section(EXAMPLE)
    steps = [row for row in rows(EXAMPLE) if len(row) == 10]
    assert len(steps) == 9
    for what, table, *numbers in steps:
        kind, _, row = table.partition(" ")
        if kind == "even":
            cdf, offset = 256 * np.arange(257), 0
        else:
            chosen = bundle.z_tables if kind == "z" else bundle.y_tables
            cdf = chosen.cdf[int(row), : chosen.length[int(row)] + 1]
            offset = int(chosen.offset[int(row)])
        t = (((code + 1) << 16) - 1) // size
        s = int(np.searchsorted(cdf, t, "right")) - 1
        lower, upper = int(cdf[s]), int(cdf[s + 1])
        start, stop = size * lower >> 16, size * upper >> 16
        code, size = code - start, stop - start
        if size <= 65536:
            code = code << 16 | int.from_bytes(stream[position : position + 2], "big")
            size, position = size << 16, position + 2
        told = [int(text, 0) for text in numbers]
        assert told == [t, s, s + offset, lower, upper, code, size, position], what
    symbols = hyperprior.read_symbols(bundle, file)
    assert symbols.z.reshape(-1).tolist() == [int(row[4]) for row in steps[:4]]
    assert scales.crc16(symbols.indexes) == 256 * int(steps[4][4]) + int(steps[5][4])
    first = " ".join(map(str, symbols.indexes[0, 0].tolist()))
    text = " ".join(section(EXAMPLE).split())
    assert f"`{first}`" in text
    counts = dict(zip(*np.unique(symbols.indexes, return_counts=True)))
    assert f"{counts[8]} of them 8 and {counts[9]} of them 9" in text
    assert symbols.r.reshape(-1).tolist() == [0] * 192


def test_the_example_ends_as_the_document_says(example: bytes, tiny_dir: Path) -> None:
    bundle = Bundle.load(tiny_dir)
    file = container.parse(example).file
    decoder = rangecoder.RangeDecoder(file.streams[0])
    payload.decode_head(decoder, 4, 4, bundle.z_tables, bundle.scale_decoder)
    index = hyperprior.read_symbols(bundle, file).indexes
    decoder.decode(index[index > 0], bundle.y_tables)
    end = re.search(
        r"`position` is (\d+), `code` (\w+) and `size` (\w+)", " ".join(section(EXAMPLE).split())
    )
    assert end
    position, code, size = (int(text, 0) for text in end.groups())
    window = int.from_bytes((file.streams[0] + bytes(8))[position - 4 : position], "big")
    text = section(EXAMPLE)
    assert f"0x{window:08x}" in text
    assert f"0x{window - code:08x}" in text
    low = window - code
    assert -(-low // (1 << 24)) << 24 >= low + size  # no multiple of 2^24 lies in between
    assert -(-low // (1 << 16)) << 16 == window


def test_the_least_length_needs_no_large_numbers() -> None:
    """The digits of (w + 1)^256 - 1, for each w that a table can have."""
    for widest in range(1, 65537):
        digits = ((widest + 1) ** 256 - 1).bit_length()
        assert digits == int(np.ceil(256 * np.log2(widest + 1) - 1e-6)), widest
