"""Tests of codecs in layers: pictures of every size out of one file, whole, cut or damaged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import sample_pictures
from edited import edit_manifest
from PIL import Image

import tfgan_codec as tgc
from apps import compress, decompress, info
from tfgan_codec.bundle.layered import layered_hash, load_bundle, write_layered_bundle
from tfgan_codec.codec import Codec, load
from tfgan_codec.format import container, payload

GOLDEN = Path(__file__).parents[1] / "data" / "layers"
# Of its layers: latents' height and width, and the sums of |z| and |r|.
SIZES = [(2, 3), (4, 5), (7, 10)]
SUMS = [(0, 0), (2, 19), (6, 39)]


@pytest.fixture(scope="session")
def layered_dir(tiny_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny bundle as all three layers: its pictures are poor, its files are real."""
    folder = tmp_path_factory.mktemp("layered") / "bundle"
    write_layered_bundle(folder, name="layered", layers=[tiny_dir] * 3, info={"made_by": "tests"})
    return folder


@pytest.fixture(scope="session")
def layered(layered_dir: Path) -> Codec:
    return load(layered_dir)


@pytest.fixture(scope="session")
def blob(layered: Codec) -> bytes:
    return layered.compress(sample_pictures.image(150, 100))


def pixels(codec: Codec, data: bytes, scale: int) -> np.ndarray:
    return np.asarray(codec.decompress(data, scale=scale))


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (17, 33), (64, 64), (513, 769)])
def test_sizes(layered: Codec, size: tuple[int, int]) -> None:
    data = layered.compress(sample_pictures.image(*size))
    for scale in (1, 2, 4):
        image = layered.decompress(data, scale=scale)
        assert (image.mode, image.size) == ("RGB", tuple(-(-side // scale) for side in size))


def test_a_prefix_gives_the_same_picture_bit_by_bit(layered: Codec, blob: bytes) -> None:
    ends = container.parse(blob).sizes.ends
    for scale, end in zip((4, 2, 1), ends):
        whole = pixels(layered, blob, scale)
        assert np.array_equal(whole, pixels(layered, blob[:end], scale))
        assert np.array_equal(whole, pixels(layered, blob[: end + 1], scale))
    layers = [blob[start:end] for start, end in zip((0, *ends), ends)]
    assert np.array_equal(pixels(layered, b"".join(layers), 1), pixels(layered, blob, 1))


def test_layers_and_24_bytes_are_the_file(layered: Codec) -> None:
    for size in ((150, 100), (513, 769)):
        data = layered.compress(sample_pictures.image(*size))
        assert 0 < len(data) - sum(container.parse(data).sizes.streams) <= 24


def test_truncated_at_every_byte(layered: Codec, blob: bytes) -> None:
    """The whole picture is an error, a smaller one is as before, or an error."""
    first = container.parse(blob).sizes.ends[0]
    for length in range(len(blob)):
        with pytest.raises(tgc.BitstreamError):
            layered.decompress(blob[:length])
    coarse = pixels(layered, blob, 4)
    for length in (*range(first), first, first + 1, len(blob) - 1):
        if length < first:
            with pytest.raises(tgc.BitstreamError):
                layered.decompress(blob[:length], scale=4)
        else:
            assert np.array_equal(pixels(layered, blob[:length], 4), coarse)


def test_every_byte_of_the_payload_changed(layered: Codec) -> None:
    """With checks made true again: an error, or a picture; no other exception."""
    file = container.parse(layered.compress(sample_pictures.image(60, 40))).file
    refused = 0
    for number, stream in enumerate(file.streams):
        for position in range(len(stream)):
            damaged = bytearray(stream)
            damaged[position] ^= 0x55
            streams = (*file.streams[:number], bytes(damaged), *file.streams[number + 1 :])
            try:
                layered.decompress(container.pack(file._replace(streams=streams)))
            except tgc.BitstreamError:
                refused += 1
    assert refused > 0


def test_another_number_of_layers_than_the_model_has(layered: Codec, tiny: Codec) -> None:
    for codec, streams in ((layered, (b"a", b"b")), (layered, (b"a",)), (tiny, (b"a", b"b"))):
        file = container.TgcFile(codec.bundle.model_id, 20, 20, 0, streams)
        with pytest.raises(tgc.BitstreamError, match=f"the file has {len(streams)} layers, but"):
            codec.decompress(container.pack(file))
    with pytest.raises(tgc.UsageError, match="no picture at scale 2; it has: 1$"):
        tiny.decompress(tiny.compress(sample_pictures.image(20, 20)), scale=2)


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA"])
def test_modes_and_metadata_at_a_smaller_size(layered: Codec, mode: str) -> None:
    picture = sample_pictures.image(51, 70, mode)
    picture.info["exif"] = sample_pictures.exif().tobytes()
    image = layered.decompress(layered.compress(picture), scale=2)
    assert (image.mode, image.size) == (mode, (26, 35))
    assert image.getexif()[sample_pictures.MAKE] == "Camera Works"
    if mode.endswith("A"):
        mean = np.asarray(picture.getchannel("A"))[:70, :50].reshape(35, 2, 25, 2).mean((1, 3))
        alpha = np.asarray(image.getchannel("A"))
        assert np.abs(alpha[:, :25] - mean).max() <= 0.5


def test_one_rate(layered: Codec, blob: bytes) -> None:
    picture = sample_pictures.image(150, 100)
    assert container.parse(blob).file.quality == 0
    assert layered.compress(picture, quality=200) == blob
    assert layered.compress(picture, nbytes=len(blob)) == blob
    with pytest.raises(tgc.UsageError, match=f"the smallest file has {len(blob)} bytes"):
        layered.compress(picture, nbytes=len(blob) - 1)


def test_realism(layered: Codec, blob: bytes) -> None:
    assert layered.bundle.realisms == (0.0, 1.0)
    faithful = np.asarray(layered.decompress(blob, realism=0))
    assert not np.array_equal(faithful, np.asarray(layered.decompress(blob)))


def test_golden(layered: Codec) -> None:
    """A file that must decode alike for ever, whole or cut; pixels may differ by rounding."""
    data = (GOLDEN / "file.tgc").read_bytes()
    for scale, end in zip((4, 2, 1), container.parse(data).sizes.ends):
        with Image.open(GOLDEN / f"scale{scale}.png") as expected:
            image = layered.decompress(data[:end], scale=scale)
            assert (image.mode, image.size) == (expected.mode, expected.size)
            assert np.abs(np.asarray(image).astype(int) - np.asarray(expected)).max() <= 1
    # The streams hold these symbols, on every machine.
    sums = []
    for layer, stream, size in zip(
        layered.bundle.layers, container.parse(data).file.streams, SIZES
    ):
        tables = layer.z_tables, layer.y_tables, layer.scale_decoder
        coding = payload.decode_symbols(stream, *size, *tables)
        sums.append((int(np.abs(coding.z).sum()), int(np.abs(coding.r).sum())))
    assert sums == SUMS


def test_bundle(layered_dir: Path, tiny_dir: Path, tmp_path: Path) -> None:
    loaded = load_bundle(layered_dir)
    assert (loaded.name, loaded.info) == ("layered", {"made_by": "tests"})
    tiny = load(tiny_dir).bundle
    digest = json.loads((tiny_dir / "manifest.json").read_text())["normative_sha256"]
    assert loaded.model_id == bytes.fromhex(layered_hash([digest] * 3))[:3] != tiny.model_id
    # The whole can be one zip file, and each layer is a bundle of its own.
    archive = shutil.make_archive(str(tmp_path / "all"), "zip", layered_dir)
    assert load_bundle(archive).model_id == loaded.model_id
    assert load_bundle(layered_dir / "scale2.zip").model_id == tiny.model_id
    # Made again, it is the same.
    again = tmp_path / "again"
    write_layered_bundle(again, name="layered", layers=[tiny_dir] * 3, info={"made_by": "tests"})
    for path in layered_dir.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes()


def test_every_file_of_the_bundle_is_checked(layered_dir: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(layered_dir, tmp_path / "bundle")
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        with pytest.raises(tgc.BundleError):
            load(folder)
        path.unlink()
        with pytest.raises(tgc.BundleError, match=f"{path.name} is missing"):
            load(folder)
        path.write_bytes(data)
    load(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layers": ["scale4.zip"]}, "2 to 4 layers, not 1"),
        ({"layers": ["scale4.zip"] * 5}, "2 to 4 layers, not 5"),
        ({"layers": ["scale4.zip"] * 2}, "do not match their hash"),
        ({"model_id": "000000"}, "do not match their hash"),
        ({"layers": ["scale3.zip"] * 2}, "scale3.zip is missing from files"),
        ({"layers": None}, "layers of the manifest is missing"),
        ({"layers": [{}] * 2}, "is not a plain name"),
        ({"name": "../x"}, "is not a plain name"),
        ({"format": 4}, "bundle format 4 is not supported"),
    ],
)
def test_bad_manifest(layered_dir: Path, tmp_path: Path, change: dict, message: str) -> None:
    folder = shutil.copytree(layered_dir, tmp_path / "bundle")
    edit_manifest(folder, lambda manifest: manifest.update(change))
    with pytest.raises(tgc.BundleError, match=message):
        load(folder)


def test_layers_without_a_common_realism(tiny_dir: Path, tmp_path: Path) -> None:
    """A picture needs a decoder of one realism in every layer."""
    for realism in (0, 1):
        shutil.copytree(tiny_dir, tmp_path / f"only{realism}")
        edit_manifest(
            tmp_path / f"only{realism}",
            lambda m, realism=realism: m["networks"]["synthesis"].pop(1 - realism),
        )
    layers = [tmp_path / "only0", tmp_path / "only1"]
    with pytest.raises(tgc.BundleError, match="decoders in all layers, which have: 0; 1$"):
        write_layered_bundle(tmp_path / "out", name="layered", layers=layers, info={})
    with pytest.raises(tgc.BundleError, match="decoders in all layers"):
        load(tmp_path / "out")
    one = [tmp_path / "only1", tiny_dir]
    write_layered_bundle(tmp_path / "out", name="layered", layers=one, info={})
    codec = load(tmp_path / "out")
    assert codec.bundle.realisms == (1.0,)
    assert codec.decompress(codec.compress(sample_pictures.image(30, 20))).size == (30, 20)


def test_commands(layered_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture, file, out = tmp_path / "a.png", tmp_path / "a.tgc", tmp_path / "b.png"
    sample_pictures.image(150, 101).save(picture)
    model = f"--model={layered_dir}"
    assert compress.main(["compress", str(picture), str(file), model]) == 0
    capsys.readouterr()
    assert info.main(["info", str(file)]) == 0
    facts = json.loads(capsys.readouterr().out)
    layers = facts["layers"]
    assert facts["complete"] is True
    assert [(x["scale"], x["width"], x["height"]) for x in layers] == [
        (4, 38, 26),
        (2, 75, 51),
        (1, 150, 101),
    ]
    assert facts["stream_bytes"] == [x["bytes"] for x in layers]
    assert layers[-1]["end"] == file.stat().st_size == facts["bytes"]
    assert facts["header_bytes"] + sum(facts["stream_bytes"]) == facts["bytes"]

    cut = tmp_path / "cut.tgc"
    cut.write_bytes(file.read_bytes()[: layers[1]["end"]])
    assert info.main(["info", str(cut)]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["complete"], facts["layers"]) == (False, layers[:2])
    shown = {}
    for source in (file, cut):
        assert decompress.main(["d", str(source), str(out), model, "--scale=2"]) == 0
        shown[source] = np.asarray(Image.open(out))
    assert np.array_equal(*shown.values())
    assert shown[cut].shape == (51, 75, 3)
    out.unlink()
    for arguments, message in (
        ((cut, out), "--scale=2"),
        ((file, out, "--scale=3"), "it has: 1, 2, 4"),
        ((file, out, "--scale=0"), "it has: 1, 2, 4"),
    ):
        capsys.readouterr()
        assert decompress.main(["d", *map(str, arguments), model]) == 1
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1
        assert not out.exists()
