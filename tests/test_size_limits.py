"""Small files that claim large pictures are refused before anything of that size is made."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tfgan_codec as tgc
from tfgan_codec import limits
from tfgan_codec.codec import Codec
from tfgan_codec.commands import decompress
from tfgan_codec.format import header
from tfgan_codec.format.fields import chunk, varint

GREY = np.full((70, 100, 3), 128, np.uint8)
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def blob(tiny: Codec) -> bytes:
    return tiny.compress(GREY, quality=0)


def claims(blob: bytes, width: int, height: int, stream: bytes = b"", icc: bytes = b"") -> bytes:
    """A file of the model of `blob` with any size, in or out of bounds, and a right checksum."""
    flags = 0x11 if icc else 0x10
    fields = varint(width) + varint(height) + b"\0" + (chunk(icc) if icc else b"")
    body = b"TGC" + bytes([flags]) + blob[4:7] + fields + stream
    return body + zlib.crc32(body).to_bytes(4, "little")


_MEASURE = """
import json, sys, time
import tfgan_codec as tgc
from tests.fuzz.runner import peak_megabytes as peak
codec = tgc.load(sys.argv[1])
codec.decompress(bytes.fromhex(sys.argv[2]), max_pixels=1 << 28)
found = []
for text in sys.argv[3:]:
    before, start = peak(), time.process_time()  # the machine may be busy
    try:
        codec.decompress(bytes.fromhex(text), max_pixels=1 << 28)
        error = None
    except tgc.TgcError as caught:
        error = str(caught)
    found.append([time.process_time() - start, peak() - before, error])
print(json.dumps(found))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="memory is measured with getrusage")
@pytest.mark.parametrize("model", ["tiny", "mobile"])
def test_any_header_is_refused_at_once(model: str, tiny_dir: Path) -> None:
    """In 50 ms and 20 MB, whatever a file without a stream for it claims."""
    path = str(tiny_dir) if model == "tiny" else model
    blob = tgc.load(path).compress(GREY, quality=0)
    bomb = zlib.compress(bytes(1 << 24), 9)
    sizes = [(1 << 26, 1), (1, 1 << 28), (4096, 4096), (1 << 14, 1 << 14), (1 << 22, 1), (300, 300)]
    files = [claims(blob, *size) for size in sizes]
    files += [claims(blob, 4096, 4096, b"", bomb), claims(blob, 1 << 14, 1 << 14, bytes(500))]
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, path, blob.hex(), *(file.hex() for file in files)],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    for seconds, megabytes, error in json.loads(done.stdout):
        assert error is not None
        assert seconds < 0.05
        assert megabytes < 20


@pytest.mark.parametrize("size", [(1 << 26, 1), (1, (1 << 22) + 1), (1 << 14, (1 << 14) + 1)])
def test_padded_pixels_are_bounded(tiny: Codec, blob: bytes, size: tuple[int, int]) -> None:
    with pytest.raises(tgc.BitstreamError, match="out of bounds .* sides below 64 counted as 64"):
        tiny.decompress(claims(blob, *size))


def test_area_is_what_padding_makes_of_it() -> None:
    """Padding to multiples of 64 at most quadruples what is counted."""
    assert header.area(0, 5) == header.area(5, -1) == 0
    for width, height in [(1, 1), (1, 1000), (64, 64), (65, 65), (63, 4000), (1000, 777)]:
        padded = -(-width // 64) * -(-height // 64) * 64 * 64
        assert width * height <= header.area(width, height) <= padded
        assert padded <= 4 * header.area(width, height)


def test_too_short_a_stream_is_named(tiny: Codec, blob: bytes) -> None:
    """The tiny model's z costs 14.65 bits per 64x64 pixels at the least."""
    with pytest.raises(tgc.BitstreamError, match="has 7 bytes, of 116 that a picture of this size"):
        tiny.decompress(claims(blob, 512, 512, bytes(7)))


def test_the_limit_is_the_caller_s(tiny: Codec, blob: bytes, monkeypatch) -> None:
    monkeypatch.delenv(limits.VARIABLE, raising=False)
    assert tiny.decompress(blob, max_pixels=7000).size == (100, 70)
    with pytest.raises(tgc.ImageError, match="100x70 pixels is above the limit of 6999"):
        tiny.decompress(blob, max_pixels=6999)
    monkeypatch.setenv(limits.VARIABLE, "6999")
    with pytest.raises(tgc.ImageError, match="above the limit of 6999"):
        tiny.decompress(blob)
    assert tiny.decompress(blob, max_pixels=7000).size == (100, 70)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 3499)
    monkeypatch.delenv(limits.VARIABLE)
    with pytest.raises(tgc.ImageError, match="above the limit of 6998"):
        tiny.decompress(blob)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    assert limits.max_pixels() == header.MAX_PIXELS
    assert tiny.decompress(blob).size == (100, 70)


def test_a_single_cell_is_within_any_limit(tiny: Codec) -> None:
    blob = tiny.compress(GREY[:9, :9], quality=0)
    assert tiny.decompress(blob, max_pixels=1).size == (9, 9)


@pytest.mark.parametrize("limit", [0, -1, 1.5, True, "many"])
def test_limits_that_make_no_sense(tiny: Codec, blob: bytes, limit: object) -> None:
    with pytest.raises(tgc.UsageError, match="max_pixels must be a whole number, 1 to"):
        tiny.decompress(blob, max_pixels=limit)


@pytest.mark.parametrize("text", ["0", "-5", "1e6", "²", "9" * 5000])
def test_variables_that_make_no_sense(tiny: Codec, blob: bytes, monkeypatch, text: str) -> None:
    monkeypatch.setenv(limits.VARIABLE, text)
    with pytest.raises(tgc.UsageError, match="TGC_MAX_PIXELS must be") as caught:
        tiny.decompress(blob)
    assert len(str(caught.value)) < 200


def test_flag_of_decompress(tiny_dir: Path, blob: bytes, tmp_path: Path, capsys) -> None:
    source, target = tmp_path / "a.tgc", tmp_path / "a.png"
    source.write_bytes(blob)
    arguments = ["decompress", str(source), str(target), f"--model={tiny_dir}"]
    assert decompress.main([*arguments, "--max_pixels=6999"]) == 1
    assert "above the limit of 6999" in capsys.readouterr().err
    assert not target.exists()
    assert decompress.main([*arguments, "--max_pixels=7000"]) == 0
    assert decompress.main([*arguments, "--max_pixels=0"]) == 2


def test_pictures_to_compress_have_the_same_limit(tiny: Codec, tmp_path: Path, monkeypatch) -> None:
    """What is made can be opened again, and files of a few bytes cost no more than the limit."""
    Image.fromarray(GREY).save(tmp_path / "a.png")
    monkeypatch.setenv(limits.VARIABLE, "6999")
    for picture in (GREY, Image.fromarray(GREY), tmp_path / "a.png"):
        with pytest.raises(tgc.ImageError, match="100x70 pixels is above the limit of 6999"):
            tiny.compress(picture)
    monkeypatch.setenv(limits.VARIABLE, "7000")
    assert tiny.decompress(tiny.compress(GREY)).size == (100, 70)


def test_alpha_above_pillows_limit(tiny: Codec, monkeypatch) -> None:
    """A picture that is within the limit has its alpha plane, whatever Pillow says."""
    rgba = np.dstack([GREY, GREY[..., 0]])
    blob = tiny.compress(rgba, quality=0)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert tiny.decompress(blob, max_pixels=7000).mode == "RGBA"
