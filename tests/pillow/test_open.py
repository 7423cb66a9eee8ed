"""Tests of opening .tgc files with Pillow: what is read when, and what decoding gives."""

from __future__ import annotations

import copy
import io
import os
import pickle
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import sample_pictures
from counting_stream import CountingStream
from PIL import Image, ImageFile, ImageOps

import tfgan_codec as tgc
from tfgan_codec.format import container
from tfgan_codec.format.container import TgcFile, pack
from tfgan_codec.pillow import MEDIA_TYPE, TgcImageFile

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
GOLDEN = sorted((DATA / "golden").glob("*.tgc"))


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image)


def opened(data: bytes) -> TgcImageFile:
    image = Image.open(io.BytesIO(data))
    assert isinstance(image, TgcImageFile)
    return image


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_opens_as_what_it_decodes_to(path: Path, tiny: tgc.Codec, tiny_dir: Path) -> None:
    expected = tiny.decompress(path)
    with Image.open(path) as image:
        assert (image.format, image.get_format_mimetype()) == ("TGC", MEDIA_TYPE)
        assert (image.mode, image.size, image.info) == (expected.mode, expected.size, expected.info)
        image.model = tiny_dir
        assert np.array_equal(pixels(image), pixels(expected))


_LIGHT = """
import sys, time, tracemalloc
import tfgan_codec.pillow
from PIL import Image
Image.preinit()
def measured(path):
    tracemalloc.start()
    start = time.perf_counter()
    with Image.open(path) as image:
        assert image.size and image.mode == "RGBA" and len(image.info) == 2, image
    seconds = time.perf_counter() - start
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return seconds, most
runs = [measured(sys.argv[1]) for _ in range(20)]
loaded = [name for name in ("tensorflow", "ai_edge_litert", "numpy", "tfgan_codec.codec",
                            "tfgan_codec.bundle.model") if name in sys.modules]
print(sorted(seconds for seconds, _ in runs)[10], max(most for _, most in runs), loaded)
"""


def test_opening_is_quick_and_light_and_loads_no_model(tmp_path: Path, blob: bytes) -> None:
    """2 ms and 1 MB, for a file of 30 MB."""
    file = container.parse(blob).file
    path = tmp_path / "large.tgc"
    path.write_bytes(pack(file._replace(streams=(bytes(30_000_000),))))
    done = subprocess.run(
        [sys.executable, "-c", _LIGHT, path],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, most, loaded = done.stdout.split(" ", 2)
    assert float(seconds) < 2e-3
    assert int(most) < 1e6
    assert loaded.strip() == "[]"


def test_opening_reads_the_header_only(blob: bytes) -> None:
    file = container.parse(blob).file
    assert file.alpha is not None
    large = pack(file._replace(streams=(bytes(3_000_000),), alpha=bytes(1_000_000)))
    stream = CountingStream(large)
    Image.open(stream)
    # Pillow reads the first 16 bytes, too.
    assert stream.count < 16 + len(blob) - len(file.streams[0]) - len(file.alpha)


def test_realism_and_model_are_set_before_decoding(blob: bytes) -> None:
    image = opened(blob)
    assert (image.realism, image.model) == (None, None)
    image.realism, image.model = 0.0, "mobile"
    faithful = pixels(image)
    assert np.array_equal(faithful, pixels(tgc.decompress(blob, realism=0.0)))
    assert not np.array_equal(faithful, pixels(opened(blob)))
    for name in ("realism", "model"):
        with pytest.raises(ValueError, match=f"decoded already; set {name} before") as caught:
            setattr(image, name, 1.0)
        assert isinstance(caught.value, tgc.UsageError)


def test_a_realism_or_model_that_is_not_there(blob: bytes, tiny_dir: Path) -> None:
    image = opened(blob)
    image.realism = 0.3
    with pytest.raises(ValueError, match="realism") as caught:
        image.load()
    assert isinstance(caught.value, tgc.UsageError)
    image.realism, image.model = None, "nowhere"
    with pytest.raises(OSError, match="no model 'nowhere'") as caught_too:
        image.load()
    assert isinstance(caught_too.value, tgc.BundleError)
    image.model = tiny_dir
    with pytest.raises(OSError, match="was made with model") as caught_last:
        image.load()
    assert isinstance(caught_last.value, tgc.BitstreamError)
    image.model = None  # an error does not spoil the image
    assert np.array_equal(pixels(image), pixels(tgc.decompress(blob)))


@pytest.mark.parametrize(
    ("asked", "scale"),
    [((151, 101), 1), ((76, 51), 1), ((75, 51), 1), ((75, 50), 2), ((37, 25), 4), ((1, 1), 4)],
)
def test_draft_takes_the_smallest_size_not_below(
    layered_blob: bytes, layered_dir: Path, asked: tuple[int, int], scale: int
) -> None:
    image = opened(layered_blob)
    image.model = layered_dir
    expected = None if scale == 1 else ("RGBA", (0, 0, 151 / scale, 101 / scale))
    assert image.draft("L", (1, 1)) is not None
    assert image.draft("L", asked) == expected  # the last word counts
    assert image.size == (-(-151 // scale), -(-101 // scale))
    whole = tgc.decompress(layered_blob, model=layered_dir, scale=scale)
    assert np.array_equal(pixels(image), pixels(whole))
    assert image.draft(None, (1, 1)) is None
    assert image.size == whole.size


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ((32, 16), (32, 16)),
        ((33, 16), (64, 32)),
        ((32, 17), (64, 32)),
        ((16, 8), (16, 8)),
        ((17, 8), (32, 16)),
        ((1, 1), (16, 8)),
        ((99, 99), (64, 32)),
    ],
)
def test_draft_of_even_sizes(asked: tuple[int, int], size: tuple[int, int]) -> None:
    image = opened(pack(TgcFile(b"\x01\x02\x03", 64, 32, 0, (b"a", b"b", b"c"))))
    image.draft(None, asked)
    assert image.size == size


def test_draft_of_a_file_without_layers(blob: bytes) -> None:
    image = opened(blob)
    assert image.draft(None, (10, 10)) is None
    assert image.draft("RGBA", None) is None
    assert image.size == (150, 100)


def test_thumbnail_decodes_the_layers_it_needs(layered_blob: bytes, layered_dir: Path) -> None:
    """Of a file whose larger sizes are gone. Pillow drafts twice the thumbnail, as a square."""
    ends = container.parse(layered_blob).sizes.ends
    for side, scale, end in ((12, 4, ends[0]), (25, 2, ends[1]), (26, 1, ends[2])):
        image = opened(layered_blob[:end])
        image.model = layered_dir
        image.thumbnail((side, side))
        small = tgc.decompress(layered_blob, model=layered_dir, scale=scale)
        expected = small.resize(
            image.size, Image.Resampling.BICUBIC, (0, 0, 151 / scale, 101 / scale), 2.0
        )
        assert max(image.size) == side
        assert np.array_equal(pixels(image), pixels(expected))
    image = opened(layered_blob[: ends[1]])
    image.model = layered_dir
    with pytest.raises(OSError, match="cut short"):
        image.load()


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_incremental_parser(blob: bytes, step: int) -> None:
    with ImageFile.Parser() as parser:
        for start in range(0, len(blob), step):
            parser.feed(blob[start : start + step])
            if start > 1000:
                assert parser.image is not None
                assert parser.image.size == (150, 100)
        image = parser.close()
    assert np.array_equal(pixels(image), pixels(tgc.decompress(blob)))


def test_incremental_parser_of_a_truncated_file(blob: bytes) -> None:
    for length in (5, 30, len(blob) - 1):
        parser = ImageFile.Parser()
        parser.feed(blob[:length])
        with pytest.raises(OSError, match="cannot parse|cut short"):
            parser.close()


def test_truncated_files(
    blob: bytes, layered_blob: bytes, layered_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole layers are enlarged if Pillow is to load truncated files; one stream has no half."""
    ends = container.parse(layered_blob).sizes.ends
    cut = {2: layered_blob[: ends[1] + 1], 4: layered_blob[: ends[1] - 1]}
    for data in (blob[:-1], *cut.values()):
        with pytest.raises(OSError, match="cut short") as caught:
            opened(data).load()
        assert isinstance(caught.value, tgc.BitstreamError)
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    for data in (blob[:-1], layered_blob[: ends[0] - 1]):
        with pytest.raises(OSError, match="cut short"):
            opened(data).load()
    for scale, data in cut.items():
        image = opened(data)
        image.model = layered_dir
        small = tgc.decompress(layered_blob, model=layered_dir, scale=scale)
        box = (0, 0, 151 / scale, 101 / scale)
        expected = small.resize((151, 101), Image.Resampling.BICUBIC, box)
        assert np.array_equal(pixels(image), pixels(expected))
        assert image.info == small.info
        drafted = opened(data)
        drafted.model = layered_dir
        drafted.draft(None, (75, 50))
        assert pixels(drafted).shape == (51, 76, 4)
    whole = opened(blob)
    assert np.array_equal(pixels(whole), pixels(tgc.decompress(blob)))


def test_what_is_done_with_opened_pictures(blob: bytes) -> None:
    whole = tgc.decompress(blob)
    assert np.array_equal(pixels(opened(blob).resize((30, 20))), pixels(whole.resize((30, 20))))
    assert np.array_equal(pixels(opened(blob).convert("L")), pixels(whole.convert("L")))
    assert np.array_equal(pixels(opened(blob).crop((1, 2, 9, 8))), pixels(whole.crop((1, 2, 9, 8))))
    assert opened(blob).getpixel((3, 4)) == whole.getpixel((3, 4))
    image = opened(blob)
    image.putpixel((0, 0), (1, 2, 3, 4))
    assert image.getpixel((0, 0)) == (1, 2, 3, 4)
    for copied in (opened(blob).copy(), copy.deepcopy(opened(blob))):
        assert np.array_equal(pixels(copied), pixels(whole))
        assert copied.info == whole.info
    pickled = pickle.loads(pickle.dumps(opened(blob)))
    assert (pickled.mode, pickled.size, pickled.info) == (whole.mode, whole.size, whole.info)
    assert np.array_equal(pixels(pickled), pixels(whole))
    with pytest.raises(ValueError, match="decoded already"):
        pickled.realism = 0.0


def test_orientation_is_applied_already() -> None:
    picture = sample_pictures.image(40, 60)
    picture.info["exif"] = sample_pictures.exif(orientation=6).tobytes()
    image = opened(tgc.compress(picture, quality=100))
    assert image.size == (60, 40)
    assert image.getexif()[sample_pictures.MAKE] == "Camera Works"
    assert ImageOps.exif_transpose(image).size == (60, 40)


def test_threads(blob: bytes) -> None:
    expected = pixels(tgc.decompress(blob))
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: pixels(opened(blob)), range(16)):
            assert np.array_equal(found, expected)


def test_file_objects(blob: bytes, tmp_path: Path) -> None:
    """Files of the caller stay open; those that cannot seek are read by Pillow."""

    class Pipe:
        def __init__(self) -> None:
            self.read = io.BytesIO(blob).read

    expected = pixels(tgc.decompress(blob))
    path = tmp_path / "picture.tgc"
    path.write_bytes(blob)
    for source in (path, str(path), os.fsencode(path), Pipe()):
        image = Image.open(source)
        file = image.fp
        assert np.array_equal(pixels(image), expected)
        assert file.closed
    with path.open("rb") as disk, tempfile.SpooledTemporaryFile() as spooled:
        spooled.write(blob)
        for file in (io.BytesIO(blob), disk, spooled):
            assert np.array_equal(pixels(Image.open(file)), expected)
            file.seek(0)
            assert file.read() == blob


def test_files_that_are_closed_before_decoding(blob: bytes, tmp_path: Path) -> None:
    path = tmp_path / "picture.tgc"
    path.write_bytes(blob)
    with Image.open(path) as closed_by_pillow:
        pass
    with path.open("rb") as file:
        closed_by_caller = Image.open(file)
    for image in (closed_by_pillow, closed_by_caller):
        with pytest.raises(ValueError, match="closed before its picture was decoded; call load"):
            image.load()


def test_a_file_that_was_moved_or_changed(blob: bytes, tmp_path: Path) -> None:
    path = tmp_path / "picture.tgc"
    another = tgc.compress(Image.new("RGB", (150, 100)), quality=100)
    changes = [(another, "changed since it was opened; open it again"), (blob[:9], "cut short")]
    for other, reason in changes:
        path.write_bytes(blob)
        with path.open("rb", buffering=0) as file, Image.open(file) as image:
            path.write_bytes(other)
            with pytest.raises(OSError, match=reason):
                image.load()
    if os.name == "posix":
        path.write_bytes(blob)
        image = Image.open(path)
        path.rename(tmp_path / "elsewhere.tgc")
        assert np.array_equal(pixels(image), pixels(tgc.decompress(blob)))


def test_verify_compares_the_checksum(blob: bytes) -> None:
    opened(blob).verify()
    damaged = bytearray(blob)
    damaged[-20] ^= 1
    with pytest.raises(OSError, match="wrong checksum"):
        opened(bytes(damaged)).verify()


def test_what_is_no_tgc_file() -> None:
    for data in (b"", b"TG", b"no picture", b"tgc\x10" + bytes(20)):
        with pytest.raises(Image.UnidentifiedImageError, match="cannot identify"):
            Image.open(io.BytesIO(data))


def test_headers_that_cannot_be_right(blob: bytes) -> None:
    """They say why, and are caught as whatever one looks for."""
    cases = [
        (b"TGC", "damaged or cut short"),
        (blob[:14], "does not fit in the file"),
        (b"TGC\x40" + blob[4:], "version 4 is not supported"),
        (blob[:7] + b"\x00" + blob[8:], "size of 0x"),
    ]
    for data, reason in cases:
        with pytest.raises(Image.UnidentifiedImageError, match=reason) as caught:
            Image.open(io.BytesIO(data))
        for kind in (tgc.TgcError, tgc.BitstreamError, OSError):
            assert isinstance(caught.value, kind)
        again = pickle.loads(pickle.dumps(caught.value))
        assert (type(again), str(again)) == (type(caught.value), str(caught.value))


def test_damage_anywhere_is_an_oserror_at_opening_or_loading() -> None:
    data = tgc.compress(sample_pictures.image(20, 20, "LA"), quality=20)
    found = set()
    for position in range(3, len(data)):
        damaged = bytearray(data)
        damaged[position] ^= 0x41
        with pytest.raises(OSError) as caught:  # noqa: PT011  whatever a header may be
            opened(bytes(damaged)).load()
        assert isinstance(caught.value, tgc.BitstreamError)
        found.add(type(caught.value).__name__)
    assert found == {"UnidentifiedFileError", "FileOSError"}


@pytest.mark.parametrize("side", [1 << 14, 10_000])
def test_bombs_are_pillows_affair(side: int) -> None:
    """2 * MAX_IMAGE_PIXELS = 179 megapixels are an error, half of them a warning."""
    data = pack(TgcFile(b"\x01\x02\x03", side, side, 0, (b"a few bytes",)))
    if side == 10_000:
        with pytest.warns(Image.DecompressionBombWarning):
            Image.open(io.BytesIO(data))
    else:
        with pytest.raises(Image.DecompressionBombError):
            Image.open(io.BytesIO(data))
