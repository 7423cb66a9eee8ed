"""Tests of files in tiles: what is read for a region, that regions fit, and what tiles cost."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
import sample_pictures
from counting_stream import CountingStream
from PIL import Image

import tfgan_codec as tgc
from tests.fuzz.mutation import mutated
from tfgan_codec import codec as codecs
from tfgan_codec.bundle.layered import write_layered_bundle
from tfgan_codec.coding import hyperprior, mosaic, strips
from tfgan_codec.coding.compression import of_strips
from tfgan_codec.format import container, header, payload
from tfgan_codec.format.tiles import Box, Grid
from tfgan_codec.pictures import reading

TILES = Path(__file__).parents[1] / "data" / "tiles"
SIZE = (1500, 1300)  # two by two tiles


@pytest.fixture(scope="module", params=["RGB", "LA"])
def picture(request: pytest.FixtureRequest) -> Image.Image:
    return sample_pictures.image(*SIZE, request.param, seed=3)


@pytest.fixture(scope="module")
def blob(tiny: tgc.Codec, picture: Image.Image) -> bytes:
    return tiny.compress(picture, quality=60, tiles=True)


@pytest.fixture(scope="module")
def whole(tiny: tgc.Codec, blob: bytes) -> Image.Image:
    return tiny.decompress(blob)


def crop(image: Image.Image, x: int, y: int, width: int, height: int) -> np.ndarray:
    return np.asarray(image.crop((x, y, x + width, y + height)))


def test_a_file_in_tiles_is_version_3_and_says_the_same(
    tiny: tgc.Codec, picture: Image.Image, blob: bytes, whole: Image.Image
) -> None:
    assert blob[3] >> 4 == header.TILED
    file = container.parse(blob).file
    assert (file.side, len(file.streams)) == (strips.SIDE, 4)
    assert (whole.size, whole.mode) == (picture.size, picture.mode)
    if picture.mode == "LA":
        assert np.array_equal(whole.getchannel("A"), picture.getchannel("A"))


def test_ordinary_pictures_are_not_in_tiles(tiny: tgc.Codec, monkeypatch) -> None:
    picture = sample_pictures.image(200, 100)
    monkeypatch.setattr(codecs, "TILED_FROM", 200 * 100)
    assert tiny.compress(picture, quality=9)[3] >> 4 == header.TILED
    monkeypatch.setattr(codecs, "TILED_FROM", 200 * 100 + 1)
    assert tiny.compress(picture, quality=9)[3] >> 4 == header.VERSION
    assert tiny.compress(picture, quality=9, tiles=False)[3] >> 4 == header.VERSION


@pytest.mark.parametrize(
    "region",
    [
        (0, 0, 1, 1),
        (900, 1000, 300, 200),
        (1023, 1023, 2, 2),
        (1499, 1299, 1, 1),
        (0, 500, 1500, 9),
    ],
)
def test_regions_are_those_of_the_whole_picture(
    tiny: tgc.Codec, blob: bytes, whole: Image.Image, region: tuple[int, int, int, int]
) -> None:
    part = tiny.decompress(blob, region=region)
    assert np.array_equal(np.asarray(part), crop(whole, *region))


def test_strips_are_the_whole_picture(tiny: tgc.Codec, blob: bytes, whole: Image.Image) -> None:
    with tiny.open_region(io.BytesIO(blob)) as reader:
        found = [np.asarray(strip) for strip in reader.strips()]
    assert [len(strip) for strip in found] == [1024, SIZE[1] - 1024]
    assert np.array_equal(np.concatenate(found), np.asarray(whole))


def test_ordinary_files_have_regions_too(tiny: tgc.Codec) -> None:
    blob = tiny.compress(sample_pictures.image(300, 200, "RGBA"), quality=60)
    whole = tiny.decompress(blob)
    part = tiny.decompress(blob, region=(100, 50, 64, 64))
    assert np.array_equal(np.asarray(part), crop(whole, 100, 50, 64, 64))


def test_a_region_reads_its_tiles_alone(tiny: tgc.Codec, blob: bytes) -> None:
    """The far corner of the first tile needs no other: 400 pixels are more than any halo here."""
    stream = CountingStream(blob)
    with tiny.open_region(stream) as reader:
        index = header.read(io.BytesIO(blob)).tiles
        assert index is not None
        before = stream.count
        reader.read(0, 0, 500, 500)
        transparent = reader.mode.endswith("A")
        assert stream.count - before == index.entries[0].nbytes * (1 + transparent)


class Remote:
    """A file that is somewhere else, as `fsspec` opens them: it is none of Python's own."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)
        self.read, self.seek, self.tell = self._data.read, self._data.seek, self._data.tell
        self.seekable = lambda: True


class Pipe(io.BytesIO):
    """Can only be read on."""

    def seekable(self) -> bool:
        return False

    def seek(self, *where: int) -> int:
        raise io.UnsupportedOperation("seek")

    tell = seek


@pytest.mark.parametrize("kind", [io.BytesIO, Remote, Pipe, bytes])
def test_open_files_and_pipes(
    tiny: tgc.Codec, tiny_dir: Path, blob: bytes, whole: Image.Image, kind: type
) -> None:
    part = tiny.decompress(kind(blob), region=(900, 1000, 300, 200))
    assert np.array_equal(np.asarray(part), crop(whole, 900, 1000, 300, 200))
    with tgc.open_region(kind(blob), model=tiny_dir) as reader:
        assert np.array_equal(np.asarray(reader.read(5, 6, 7, 8)), crop(whole, 5, 6, 7, 8))
    with pytest.raises(tgc.UsageError, match="open for bytes"):
        tiny.decompress(io.StringIO("TGC"), region=(0, 0, 1, 1))


def test_damage_elsewhere_makes_no_difference(
    tiny: tgc.Codec, blob: bytes, whole: Image.Image
) -> None:
    damaged = blob[:-1] + bytes([blob[-1] ^ 1])
    part = tiny.decompress(damaged, region=(10, 20, 100, 100))
    assert np.array_equal(np.asarray(part), crop(whole, 10, 20, 100, 100))
    for asked in ({"region": (1400, 1200, 9, 9)}, {}):
        with pytest.raises(tgc.BitstreamError, match="damaged"):
            tiny.decompress(damaged, **asked)


def test_tiles_that_a_region_takes() -> None:
    """The example of docs/format.md: 512x512 pixels at x = 3000, y = 2000 of 4608x3072."""
    grid = Grid(3072, 4608, 16)
    latents = Box(2000, 3000, 2512, 3512).per(16).grown(9)
    assert latents == (116, 178, 166, 229)
    hyper = latents.per(4).grown(2)
    assert hyper == (27, 42, 44, 60)
    tiles = list(grid.touched(hyper.times(64)))
    assert [divmod(number, grid.columns) for number in tiles] == [(1, 2), (1, 3), (2, 2), (2, 3)]


def test_symbols_are_those_of_the_whole_picture_away_from_tile_edges(tiny: tgc.Codec) -> None:
    """Hyper-latents do not know of tiles; index maps differ only as far as the scale decoder
    reaches across an edge. (Half precision may move a latent by a step.)"""
    picture = sample_pictures.image(1200, 300, seed=5)
    files = [
        container.parse(tiny.compress(picture, quality=60, tiles=tiles)).file
        for tiles in (True, False)
    ]
    bundle = tiny.bundle
    tables = bundle.z_tables, bundle.y_tables
    parts = [
        payload.decode_symbols(stream, 19, columns, *tables, bundle.scale_decoder)
        for stream, columns in zip(files[0].streams, (64, 11))
    ]
    one = hyperprior.read_symbols(bundle, files[1])
    z = np.concatenate([part.z for part in parts], axis=1)
    assert np.mean(z != one.z) < 0.01
    assert np.mean(parts[0].indexes[:, :48] != one.indexes[:, :48]) < 0.01


def test_requests_are_kept(tiny: tgc.Codec) -> None:
    picture = sample_pictures.image(*SIZE, "RGBA", seed=4)
    for bpp in (0.2, 0.3):
        nbytes = len(tiny.compress(picture, bpp=bpp, tiles=True))
        assert 0.95 * bpp <= nbytes * 8 / (SIZE[0] * SIZE[1]) <= bpp
    with pytest.raises(tgc.UsageError, match="too few"):
        tiny.compress(picture, nbytes=100, tiles=True)


def test_tiles_cost_little(tiny: tgc.Codec) -> None:
    picture = sample_pictures.image(*SIZE, seed=4)
    tiled, plain = (len(tiny.compress(picture, quality=60, tiles=t)) for t in (True, False))
    assert tiled <= 1.01 * plain


def test_any_tile_side(tiny: tgc.Codec) -> None:
    """Pictures that fit into a tile, and tiles of one pixel at the edge."""
    for width, height in [(257, 513), (256, 256), (1, 1), (5, 1000)]:
        image = sample_pictures.image(width, height)
        with reading.opening(image) as found:
            job = of_strips(tiny.bundle, found.strips(), "keep", 10**6, 4, lambda share: None)
        blob = job.file(80)
        assert len(container.parse(blob).file.streams) == -(-width // 256) * -(-height // 256)
        whole = tiny.decompress(blob)
        assert whole.size == image.size
        plain = tiny.decompress(tiny.compress(image, quality=80))
        error = np.abs(np.asarray(whole).astype(int) - np.asarray(plain))
        assert error.mean() < 3


def test_least_length_of_every_tile(tiny: tgc.Codec, tmp_path: Path) -> None:
    """An index can promise tiles of no bytes; that is found before one is decoded."""
    file = container.TgcFile(tiny.bundle.model_id, 9000, 9000, 0, (b"",) * 81, side=16)
    with pytest.raises(tgc.BitstreamError, match="at least"):
        tiny.open_region(container.pack(file))


def test_arguments_that_make_no_sense(
    tiny: tgc.Codec, tiny_dir: Path, blob: bytes, tmp_path: Path
) -> None:
    write_layered_bundle(tmp_path, name="layered", layers=[tiny_dir] * 2, info={})
    layered = tgc.load(tmp_path)
    for region in [
        (0, 0, 0, 5),
        (-1, 0, 5, 5),
        (0, 0, 1501, 1),
        (1500, 0, 1, 1),
        (0, 0, 5),
        "1234",
    ]:
        with pytest.raises(tgc.UsageError):
            tiny.decompress(blob, region=region)
    with pytest.raises(tgc.UsageError, match="scale"):
        tiny.decompress(blob, region=(0, 0, 5, 5), scale=2)
    with pytest.raises(tgc.UsageError, match="scale"):
        tiny.decompress(blob, scale=2)
    with pytest.raises(tgc.UsageError, match="layers"):
        layered.compress(sample_pictures.image(60, 40), tiles=True)
    with pytest.raises(tgc.UsageError, match="layers"):
        layered.open_region(layered.compress(sample_pictures.image(60, 40)))


def test_limits_are_about_what_is_made(tiny: tgc.Codec, blob: bytes) -> None:
    tiny.decompress(blob, region=(0, 0, 99, 99), max_pixels=100 * 100)
    with pytest.raises(tgc.ImageError, match="limit"):
        tiny.decompress(blob, region=(0, 0, 200, 200), max_pixels=100 * 100)
    with pytest.raises(tgc.ImageError, match="limit"):
        tiny.decompress(blob, max_pixels=100 * 100)


def test_golden_file(tiny: tgc.Codec) -> None:
    """A file in tiles of 256 pixels decodes for ever, to the same symbols and pixels."""
    blob = (TILES / "file.tgc").read_bytes()
    expected = json.loads((TILES / "hashes.json").read_text())
    source = mosaic.Source(io.BytesIO(blob))
    whole = mosaic.Mosaic(tiny.bundle, source, 1.0).symbols(Box(0, 0, 38, 44))
    for name, array in whole._asdict().items():
        kind = np.uint8 if name == "indexes" else np.int32
        assert hashlib.sha256(array.astype(kind).tobytes()).hexdigest() == expected[name]
    picture = tiny.decompress(blob)
    with Image.open(TILES / "file.png") as kept:
        assert (picture.mode, picture.size) == (kept.mode, kept.size)
        assert np.abs(np.asarray(picture).astype(int) - np.asarray(kept)).max() <= 1


@pytest.mark.parametrize("seed", range(40))
def test_malice_behind_right_checksums(tiny: tgc.Codec, seed: int) -> None:
    """Streams, alpha planes and fields of a file that are changed, with checksums that fit."""
    rng = np.random.default_rng(seed)
    file = container.parse((TILES / "file.tgc").read_bytes()).file
    changed = [list(file.streams), list(file.alphas)]
    for _ in range(3):
        part = changed[rng.integers(2)]
        number = rng.integers(len(part))
        part[number] = mutated(part[number], rng)
    fields = {"width": file.width + int(rng.integers(-20, 20)), "quality": int(rng.integers(256))}
    grid = Grid(file.height, fields["width"], file.side)
    if rng.integers(4) or len(grid) != len(file.streams):
        fields = {}
    blob = container.pack(
        file._replace(streams=tuple(changed[0]), alphas=tuple(changed[1]), **fields)
    )
    for asked in ({}, {"region": (200, 200, 300, 300)}):
        with contextlib.suppress(tgc.BitstreamError):
            assert tiny.decompress(blob, **asked).mode == "RGBA"
