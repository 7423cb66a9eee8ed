"""Decoders in every number format open the same files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from export import tflite
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.bundle.tflite_file import TfliteFile
from tfgan_codec.codec import Codec
from tfgan_codec.deploy import decoders, edgetpu
from tfgan_codec.deploy.settings import Settings
from tfgan_codec.metrics.psnr import psnr


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    coarse = np.random.default_rng(2).uniform(0, 255, (6, 7, 3))
    return tf.cast(tf.image.resize(coarse, [170, 215], "bicubic"), tf.uint8).numpy()


@pytest.fixture(scope="module")
def exported(small_bundle: Bundle, photographs: Path, tmp_path_factory):
    """Exports the small bundle with settings; each combination once."""
    made: dict[tuple, Path] = {}

    def export(**settings) -> Path:
        key = tuple(sorted(settings.items()))
        if key not in made:
            made[key] = tmp_path_factory.mktemp("variant") / "bundle"
            given = Settings(calibration=str(photographs), tile=128, halo=3, steps=3)
            decoders.export(str(small_bundle.folder), str(made[key]), replace(given, **settings))
        return made[key]

    return export


def decoded(bundle: Bundle, blob: bytes) -> np.ndarray:
    return np.asarray(Codec(bundle).decompress(blob))


@pytest.mark.parametrize(
    ("quantize", "lowest"),
    [("none", 60), ("fp16", 60), ("dynamic", 20), ("int8", 20), ("int16x8", 25)],
)
def test_every_format_opens_the_files(
    small_bundle: Bundle, exported, picture: np.ndarray, quantize: str, lowest: float
):
    """The random decoder's pictures reach far beyond 0..255, and so do its errors."""
    bundle = Bundle.load(exported(quantize=quantize))
    assert bundle.model_id == small_bundle.model_id
    blob = Codec(bundle).compress(picture, quality=90)
    assert blob == Codec(small_bundle).compress(picture, quality=90)
    assert psnr(decoded(small_bundle, blob), decoded(bundle, blob)) >= lowest


@pytest.mark.parametrize("target", ["mobile", "edgetpu"])
def test_int8_means_every_operation(exported, target: str):
    folder = exported(quantize="int8", target=target)
    for name, edges in (("synthesis-0", 2), ("synthesis-0-int8", 0)):
        file = TfliteFile((folder / f"{name}.tflite").read_bytes())
        kinds = [{file.type_name(t) for t in op.outputs} for op in file.operations]
        assert sum(kind != {"int8"} for kind in kinds) == (1 if edges else 0)
        names = [op.name for op in file.operations]
        assert names.count("QUANTIZE") + names.count("DEQUANTIZE") == edges


def test_int8_edges_are_the_same_numbers(exported):
    """What the two variants of a decoder differ in is who converts at the edges."""
    from ai_edge_litert.interpreter import Interpreter

    folder = exported(quantize="int8")
    pixels = []
    x = np.random.default_rng(0).normal(0, 1, (1, 8, 8, 16)).astype(np.float32)
    for name in ("synthesis-0", "synthesis-0-int8"):
        network = Interpreter(str(folder / f"{name}.tflite"))
        (entry,), (exit_,) = network.get_input_details(), network.get_output_details()
        network.resize_tensor_input(entry["index"], x.shape)
        network.allocate_tensors()
        given = x
        if entry["dtype"] == np.int8:
            scale, zero = entry["quantization"]
            given = np.clip(np.round(x / scale) + zero, -128, 127).astype(np.int8)
            assert exit_["quantization"] == (1.0, -128)  # pixels, less 128
        network.set_tensor(entry["index"], given)
        network.invoke()
        result = network.get_tensor(exit_["index"])
        pixels.append(result.astype(int) + 128 if result.dtype == np.int8 else result)
    np.testing.assert_array_equal(pixels[0], pixels[1])


def test_edge_tpu_decoders_pass_the_check(exported):
    folder = exported(quantize="int8", target="edgetpu")
    content = (folder / "synthesis-0-int8.tflite").read_bytes()
    assert edgetpu.check(content).failures == []
    with_float_edges = edgetpu.check((folder / "synthesis-0.tflite").read_bytes())
    assert {f.operation.name for f in with_float_edges.failures} == {"QUANTIZE", "DEQUANTIZE"}


def test_fixed_tiles_decode_pictures_of_any_size(exported, picture: np.ndarray):
    """170x215 pixels are more than one tile of 128, in both directions."""
    resizable = Bundle.load(exported(quantize="int8"))
    tiled = Bundle.load(exported(quantize="int8", target="edgetpu"))
    blob = Codec(tiled).compress(picture, quality=90)
    assert psnr(decoded(resizable, blob), decoded(tiled, blob)) >= 20
    small = Codec(tiled).compress(picture[:40, :50], quality=90)
    assert decoded(tiled, small).shape == (40, 50, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--quantize=int8"], "int8 needs real latents"),
        (["--quantize=int8", "--calibration={empty}"], "no pictures of at least 256x256"),
        (["--quantize=int8", "--calibration={empty}/nothing"], "no pictures of at least 256x256"),
        (["--target=edgetpu"], "an Edge TPU computes in int8 alone"),
        (["--tile=500"], "a multiple of 16"),
        (
            ["--target=edgetpu", "--quantize=int8", "--calibration=x", "--tile=128"],
            "a tile of 128 pixels is all halo",
        ),
        (["--realism=input"], "no decoder takes realism as an input"),
        (["--realism=0.5"], "has no decoder of realism 0.5"),
        (["--model={empty}/nothing"], "no model"),
    ],
)
def test_wrong_calls_end_in_one_line(
    small_bundle: Bundle, tmp_path: Path, capsys, arguments: list[str], message: str
):
    given = [f"--model={small_bundle.folder}", f"--out={tmp_path / 'out'}"]
    given += [argument.format(empty=tmp_path) for argument in arguments]
    assert tflite.main(["tflite", *given]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert len([line for line in error.splitlines() if line.startswith("tfgan_codec")]) == 1


def test_bundles_of_a_newer_format_are_refused(small_bundle: Bundle, tmp_path: Path, capsys):
    manifest = (small_bundle.folder / "manifest.json").read_text()
    for file in small_bundle.folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "manifest.json").write_text(manifest.replace('"format": 1', '"format": 9'))
    assert tflite.main(["tflite", f"--model={tmp_path}", f"--out={tmp_path / 'out'}"]) == 1
    assert "bundle format 9 is not supported" in capsys.readouterr().err


def test_models_without_tables_are_refused(tmp_path: Path):
    from tfgan_codec.deploy.decoders import from_model
    from tfgan_codec.errors import UsageError
    from tfgan_codec.models.mobile import Mobile, MobileConfig

    config = MobileConfig((8, 8, 12, 16), 16, 12, 8, 8, (16, 12, 8, 8), (1, 1, 1, 1))
    model = Mobile(config)
    model.build_weights()
    with pytest.raises(UsageError, match="call prepare_for_coding"):
        from_model(model, str(tmp_path), Settings(), {})
