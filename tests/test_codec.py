"""Tests of the codec: sizes, modes, budgets, and golden files that must decode alike for ever."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
import sample_pictures
from PIL import Image

import tfgan_codec as tgc
from apps import bench, compress, decompress, demo, evaluate
from tfgan_codec import codec as codecs
from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.bundle import runtime
from tfgan_codec.coding import hyperprior
from tfgan_codec.format import container
from tfgan_codec.pictures import alpha

GOLDEN = Path(__file__).parent / "data" / "golden"
CASES = json.loads((GOLDEN / "golden.json").read_text())


def difference(a: Image.Image, b: Image.Image) -> float:
    """Mean difference of levels."""
    return float(np.abs(np.asarray(a).astype(float) - np.asarray(b)).mean())


@pytest.mark.parametrize("size", [(1, 1), (1, 4099), (17, 33), (4099, 37), (64, 64), (200, 130)])
def test_sizes(tiny: tgc.Codec, size: tuple[int, int]) -> None:
    picture = sample_pictures.image(*size)
    for request in ({}, {"quality": 255}, {"bpp": 2000.0}):
        image = tiny.decompress(tiny.compress(picture, **request))
        assert (image.mode, image.size) == ("RGB", size)
    assert difference(tiny.decompress(tiny.compress(picture, quality=255)), picture) < 15


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_modes(tiny: tgc.Codec, mode: str) -> None:
    picture = sample_pictures.image(50, 70, mode)
    image = tiny.decompress(tiny.compress(picture, quality=200))
    assert (image.mode, image.size) == (mode, picture.size)
    if mode.endswith("A"):
        assert np.array_equal(image.getchannel("A"), picture.getchannel("A"))


def test_profile_and_exif(tiny: tgc.Codec) -> None:
    picture = sample_pictures.image(40, 60)
    data = sample_pictures.encoded(
        picture,
        "JPEG",
        icc_profile=sample_pictures.rgb_profile(),
        exif=sample_pictures.exif(orientation=6),
    )
    blob = tiny.compress(Image.open(io.BytesIO(data)), quality=100, metadata="keep")
    image = tiny.decompress(blob)
    assert image.size == (60, 40)
    assert image.info["icc_profile"] == sample_pictures.rgb_profile()
    assert image.getexif()[sample_pictures.MAKE] == "Camera Works"
    bare = tiny.compress(Image.open(io.BytesIO(data)), quality=100, metadata=False)
    assert container.parse(bare).sizes[1:4] == (0, 0, 0)
    assert not tiny.decompress(bare).info


def test_sources(tiny: tgc.Codec, tmp_path: Path) -> None:
    picture = sample_pictures.image(40, 60)
    picture.save(tmp_path / "a.png")
    blob = tiny.compress(picture, quality=9)
    for source in (tmp_path / "a.png", str(tmp_path / "a.png"), np.asarray(picture)):
        assert tiny.compress(source, quality=9) == blob
    (tmp_path / "a.tgc").write_bytes(blob)
    image = tiny.decompress(blob)
    for source in (tmp_path / "a.tgc", str(tmp_path / "a.tgc"), bytearray(blob), memoryview(blob)):
        assert difference(tiny.decompress(source), image) == 0


def test_budgets(tiny: tgc.Codec) -> None:
    """Never more than asked for, and not much less (the tiny model's sizes jump by 2 %)."""
    picture = sample_pictures.image(300, 200)
    smallest, largest = (len(tiny.compress(picture, quality=q)) for q in (0, 255))
    for nbytes in np.linspace(smallest, largest, 9).astype(int).tolist():
        size = len(tiny.compress(picture, nbytes=nbytes))
        assert 0.96 * nbytes <= size <= nbytes
        bpp = 8 * nbytes / (300 * 200)
        assert len(tiny.compress(picture, bpp=bpp * (1 + 1e-9))) == size
    assert len(tiny.compress(picture, nbytes=10 * largest)) == largest


def test_budget_counts_metadata(tiny: tgc.Codec) -> None:
    picture = sample_pictures.image(300, 200)
    plain = len(tiny.compress(picture, bpp=0.3))
    picture.info["icc_profile"] = sample_pictures.rgb_profile()
    kept = {"metadata": "keep"}
    assert len(tiny.compress(picture, bpp=0.3, **kept)) == pytest.approx(plain, rel=0.015)
    without = len(tiny.compress(picture.copy(), metadata=False))
    extra = len(tiny.compress(picture, **kept)) - without
    assert extra == pytest.approx(len(sample_pictures.rgb_profile()), rel=0.4)  # by default not


def test_smallest_size_is_named(tiny: tgc.Codec) -> None:
    picture = sample_pictures.image(300, 200, "RGBA")
    smallest = len(tiny.compress(picture, quality=0))
    with pytest.raises(tgc.UsageError, match=rf"smallest file has {smallest} bytes \(0\.\d+ bpp\)"):
        tiny.compress(picture, nbytes=smallest - 1)
    assert len(tiny.compress(picture, nbytes=smallest)) == smallest
    with pytest.raises(tgc.UsageError, match="of them for transparency"):
        tiny.compress(picture, bpp=0.0001)


def test_default_is_never_impossible(tiny: tgc.Codec) -> None:
    for size in ((1, 1), (16, 16), (100, 3)):
        picture = sample_pictures.image(*size)
        assert tiny.compress(picture) == tiny.compress(picture, quality=0)


@pytest.mark.parametrize(
    "request_",
    [
        {"quality": -1},
        {"quality": 256},
        {"bpp": 0},
        {"bpp": -1},
        {"bpp": float("nan")},
        {"bpp": float("inf")},
        {"nbytes": 0},
        {"quality": 5, "bpp": 0.1},
        {"bpp": 0.1, "nbytes": 100},
    ],
)
def test_requests_that_make_no_sense(tiny: tgc.Codec, request_: dict[str, float]) -> None:
    with pytest.raises(tgc.UsageError):
        tiny.compress(sample_pictures.image(16, 16), **request_)


def test_realism(tiny: tgc.Codec) -> None:
    blob = tiny.compress(sample_pictures.image(64, 64), quality=200)
    faithful, realistic = tiny.decompress(blob, realism=0), tiny.decompress(blob, realism=1)
    assert difference(faithful, realistic) > 1
    assert difference(tiny.decompress(blob), realistic) == 0
    with pytest.raises(tgc.UsageError, match="realism"):
        tiny.decompress(blob, realism=0.4)


def test_tiled_picture_equals_whole(tiny: tgc.Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = sample_pictures.image(700, 500)
    blob = tiny.compress(picture, quality=200)
    image = tiny.decompress(blob, realism=0)
    monkeypatch.setattr("tfgan_codec.tiling.run.__defaults__", (None, 100))
    coded, tiled = (container.parse(b).file for b in (blob, tiny.compress(picture, quality=200)))
    assert len(tiled.streams[0]) == pytest.approx(len(coded.streams[0]), rel=0.01)
    both = np.asarray(image).astype(int), np.asarray(tiny.decompress(blob, realism=0))
    assert np.abs(both[0] - both[1]).max() <= 1


def test_large_picture(tiny: tgc.Codec) -> None:
    """Nine megapixels, in windows, through the real limits."""
    picture = np.tile(sample_pictures.pixels(600, 500), (6, 5, 1))
    image = tiny.decompress(tiny.compress(picture, quality=255), realism=0)
    assert image.size == (3000, 3000)
    assert difference(image, Image.fromarray(picture)) < 12


def test_every_byte_of_the_payload_changed(tiny: tgc.Codec) -> None:
    """With a checksum made true again: an error, or a picture; no other exception, no hang."""
    file = container.parse(tiny.compress(sample_pictures.image(90, 70), quality=30)).file
    (stream,) = file.streams
    refused = 0
    for position in range(len(stream)):
        damaged = bytearray(stream)
        damaged[position] ^= 0x55
        try:
            tiny.decompress(container.pack(file._replace(streams=(bytes(damaged),))))
        except tgc.BitstreamError:
            refused += 1
    assert refused > 0


def test_claimed_size_far_beyond_the_payload(tiny: tgc.Codec) -> None:
    """16 megapixels out of ten bytes are refused by the check of the index map, soon."""
    file = container.TgcFile(tiny.bundle.model_id, 4096, 4096, 9, (b"0123456789",))
    start = time.perf_counter()
    with pytest.raises(tgc.BitstreamError):
        tiny.decompress(container.pack(file))
    assert time.perf_counter() - start < 5


def test_file_of_another_model(tiny: tgc.Codec) -> None:
    file = container.parse(tiny.compress(sample_pictures.image(16, 16), quality=0)).file
    with pytest.raises(tgc.BitstreamError, match="model 00ff00, but tiny is"):
        tiny.decompress(container.pack(file._replace(model_id=b"\x00\xff\x00")))


def test_alpha_of_another_size(tiny: tgc.Codec) -> None:
    file = container.parse(tiny.compress(sample_pictures.image(16, 16, "LA"), quality=0)).file
    plane = alpha.pack(np.zeros([4, 4], np.uint8))
    with pytest.raises(tgc.BitstreamError, match="alpha plane"):
        tiny.decompress(container.pack(file._replace(alpha=plane)))


def test_convenience_functions(
    tiny: tgc.Codec, tiny_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = sample_pictures.image(64, 48)
    blob = tgc.compress(picture, quality=77, model=tiny_dir)
    assert blob == tiny.compress(picture, quality=77)
    image = tgc.decompress(blob, realism=0, model=tiny_dir)
    assert difference(image, tiny.decompress(blob, realism=0)) == 0
    with pytest.raises(tgc.BitstreamError, match="no shipped model"):
        tgc.decompress(blob)
    monkeypatch.setattr(bundle_files, "places", lambda: [tiny_dir.parent])
    assert difference(tgc.decompress(blob, realism=0), image) == 0
    codecs._loaded.cache_clear()


@pytest.mark.parametrize("packed", [False, True])
def test_a_bundle_that_changes_is_loaded_again(
    tiny_dir: Path, tmp_path: Path, packed: bool
) -> None:
    """In the same place, with the same times and sizes: here the decoders trade their realisms."""
    folder = shutil.copytree(tiny_dir, tmp_path / "bundle")
    manifest = folder / "manifest.json"
    text, times = manifest.read_text(), (manifest.stat().st_atime_ns, manifest.stat().st_mtime_ns)

    def write(realisms: str) -> str:
        before, after = '"realism": {}'.format, realisms.split()
        changed = text.replace(before("0.0"), before("R")).replace(before("1.0"), before(after[1]))
        manifest.write_text(changed.replace(before("R"), before(after[0])))
        os.utime(manifest, ns=times)
        return shutil.make_archive(str(folder), "zip", folder) if packed else str(folder)

    model = write("0.0 1.0")
    blob = tgc.compress(sample_pictures.image(64, 48), quality=77, model=model)
    first = [tgc.decompress(blob, realism, model) for realism in (0, 1)]
    write("1.0 0.0")
    second = [tgc.decompress(blob, realism, model) for realism in (1, 0)]
    assert difference(*first) > 1
    assert [difference(a, b) for a, b in zip(first, second)] == [0, 0]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The threads of each network that is started."""
    found: list[int] = []

    def start(tflite: bytes, name: str, threads: int, trusted: bool) -> runtime.Network:
        found.append(threads)
        return runtime.Network(tflite, name, threads, trusted)

    monkeypatch.setattr("tfgan_codec.bundle.model.Network", start)
    codecs._loaded.cache_clear()
    return found


def test_threads(tiny_dir: Path, started: list[int]) -> None:
    """Analysis, hyper-analysis and means to encode, means and synthesis to decode; by default as
    many as this process has cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert min(cores or 1, 256) == runtime.THREADS
    picture = sample_pictures.image(300, 200)
    blobs, images = [], []
    for threads in (1, 3, None):
        own = {} if threads is None else {"threads": threads}
        blobs.append(tgc.compress(picture, quality=77, model=tiny_dir, **own))
        images.append(tgc.decompress(blobs[-1], model=tiny_dir, **own))
    assert started == [1] * 4 + [3] * 4 + [runtime.THREADS] * 4
    tgc.load(tiny_dir, threads=5).compress(picture)
    assert started[12:] == [5] * 3
    assert len(set(blobs)) == 1
    assert difference(images[0], images[1]) == difference(images[0], images[2]) == 0
    for threads in (0, -1, 257, 1.5, "2"):
        with pytest.raises(tgc.UsageError, match=f"a whole number, 1 to 256, not {threads!r}"):
            tgc.load(tiny_dir, threads)


def test_threads_of_commands(
    tiny_dir: Path, tmp_path: Path, started: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    photo, file = str(tmp_path / "a.png"), str(tmp_path / "a.tgc")
    sample_pictures.image(64, 48).save(photo)
    flags = (f"--model={tiny_dir}", "--threads=3")
    assert compress.main(["c", photo, file, "--quality=9", *flags]) == 0
    assert decompress.main(["d", file, str(tmp_path / "b.png"), *flags]) == 0
    assert demo.main(["d", photo, "--bpp=9", f"--out={tmp_path / 'demo.png'}", *flags]) == 0
    metrics = ("--metrics=psnr", "--jobs=1", f"--data={photo}")
    out = f"--out={tmp_path / 'e.json'}"
    assert evaluate.main(["e", out, "--quality=9", *metrics, *flags]) == 0
    codecs = f"--codecs={tiny_dir}=q9"
    out = f"--out={tmp_path / 'bench'}"
    assert bench.main(["b", codecs, out, "--sheet_bpp=0", *metrics, flags[1]]) == 0
    assert started == [3] * (3 + 2 + 4 + 4 + 4)
    assert compress.main(["c", photo, file, *flags[:1], "--threads=0"]) == 2
    assert "[1, 256]" in capsys.readouterr().err


def test_public_names() -> None:
    for name in tgc.__all__:
        assert getattr(tgc, name).__name__ == name
    assert set(tgc.__all__) <= set(dir(tgc))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        tgc.nonsense  # noqa: B018


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_golden(tiny: tgc.Codec, case: dict[str, str]) -> None:
    """Symbols are identical everywhere; pixels may differ by rounding."""
    blob = (GOLDEN / f"{case['name']}.tgc").read_bytes()
    file = container.parse(blob).file
    coding = hyperprior.read_symbols(tiny.bundle, file)
    for name, array in coding._asdict().items():
        assert hashlib.sha256(array.tobytes()).hexdigest() == case[name], name
    image = tiny.decompress(blob)
    with Image.open(GOLDEN / f"{case['name']}.png") as expected:
        assert (image.mode, image.size) == (expected.mode, expected.size)
        assert image.info.get("icc_profile") == expected.info.get("icc_profile")
        assert dict(image.getexif()) == dict(expected.getexif())
        assert np.abs(np.asarray(image).astype(int) - np.asarray(expected)).max() <= 1
