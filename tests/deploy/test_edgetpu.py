"""The rule checker names what an Edge TPU cannot run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from export import edgetpu
from tfgan_codec.deploy import edgetpu as edgetpu_rules
from tfgan_codec.deploy.convert import convert

_OLD_RUNTIME = """
import sys
from tflite_runtime.interpreter import Interpreter
interpreter = Interpreter(sys.argv[1])
interpreter.allocate_tensors()
interpreter.invoke()
"""


def network(*layers: tf.keras.layers.Layer, quantize: str = "int8") -> bytes:
    """A file with these layers on 8x8x8 inputs; its edges are float32."""
    model = tf.keras.Sequential([tf.keras.Input((8, 8, 8), 1), *layers])
    samples = np.random.default_rng(0).normal(0, 1, (4, 8, 8, 8)).astype(np.float32)
    return convert(model, (1, 8, 8, 8), quantize, samples if quantize == "int8" else None)


def failures(content: bytes) -> dict[str, str]:
    """Reasons by operation, without those of the float edges."""
    report = edgetpu_rules.check(content)
    edges = ("QUANTIZE", "DEQUANTIZE")
    return {f.operation.name: f.problem for f in report.failures if f.operation.name not in edges}


L = tf.keras.layers


def upsample(activation: str | None = None) -> tf.keras.layers.Layer:
    """With a bias, which the converter would drop if it were zero."""
    return L.Conv2DTranspose(8, 2, 2, activation=activation, bias_initializer="ones")


def test_convolutions_and_relu_pass():
    content = network(L.Conv2D(8, 3, padding="same", activation="relu"), L.DepthwiseConv2D(3))
    assert failures(content) == {}


@pytest.mark.parametrize(
    ("layer", "operation", "reason"),
    [
        (L.Lambda(lambda x: tf.nn.depth_to_space(x, 2)), "DEPTH_TO_SPACE", "no such operation"),
        (L.LeakyReLU(), "LEAKY_RELU", "no such operation"),
        (L.Lambda(lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT")),
         "MIRROR_PAD", "no such operation"),
        (upsample("relu"), "TRANSPOSE_CONV", "version 4"),
        (L.PReLU(), "PRELU", "vary over the picture"),
        (L.Lambda(lambda x: tf.reduce_mean(x, [0, 1, 2], keepdims=True)), "MEAN", "batch"),
    ],
)  # fmt: skip
def test_what_does_not_map_is_named(layer, operation: str, reason: str):
    found = failures(network(L.Conv2D(8, 1), layer))
    assert reason in found[operation]


def test_a_transposed_convolution_without_activation_passes():
    assert failures(network(upsample())) == {}


def test_float_files_fail():
    assert "float32" in failures(network(L.Conv2D(8, 3), quantize="none"))["CONV_2D"]


def test_sizes_that_are_left_open_fail():
    def function(x: tf.Tensor) -> tf.Tensor:
        kernel = tf.ones([3, 3, 8, 8])
        x = tf.quantization.fake_quant_with_min_max_vars(x, -1.0, 1.0)
        return tf.quantization.fake_quant_with_min_max_vars(
            tf.nn.conv2d(x, kernel, 1, "SAME"), -9, 9
        )

    assert "not fixed" in failures(convert(function, (1, None, None, 8), "dynamic"))["CONV_2D"]


def test_the_command(tmp_path: Path, capsys):
    path = tmp_path / "network.tflite"
    path.write_bytes(network(L.Conv2D(8, 1), L.LeakyReLU()))
    assert edgetpu.main(["edgetpu", str(path)]) == 1
    printed = capsys.readouterr()
    assert "LEAKY_RELU" in printed.out
    assert "use ReLU or PReLU" in printed.out
    assert "compiled" not in printed.out + printed.err
    assert "breaks 3 rule(s)" in printed.err
    path.write_bytes(b"nothing of the kind")
    assert edgetpu.main(["edgetpu", str(path)]) == 1
    assert "not a .tflite file" in capsys.readouterr().err
    assert edgetpu.main(["edgetpu", str(tmp_path / "none.tflite")]) == 1
    assert "cannot be read" in capsys.readouterr().err


@pytest.fixture(scope="session")
def old_python() -> str:
    """A Python with a TFLite runtime of the time of the last Edge TPU compiler.

    TGC_OLD_PYTHON names it (`pip install tflite-runtime==2.7.0` in Python 3.8 or 3.9).
    """
    for python in (os.environ.get("TGC_OLD_PYTHON"), "python3.8", "python3.9"):
        found = shutil.which(python) if python else None
        if (
            found
            and not subprocess.run(
                [found, "-c", "import tflite_runtime"], capture_output=True, check=False
            ).returncode
        ):
            return found
    pytest.skip("no Python 3.8 or 3.9 with tflite-runtime (TGC_OLD_PYTHON names one)")


@pytest.mark.parametrize(("activation", "loads"), [(None, True), ("relu", False)])
def test_verdicts_agree_with_an_old_runtime(
    old_python: str, activation: str | None, loads: bool, tmp_path: Path
):
    path = tmp_path / "network.tflite"
    path.write_bytes(network(L.Conv2D(8, 3), upsample(activation)))
    run = subprocess.run(
        [old_python, "-c", _OLD_RUNTIME, str(path)], capture_output=True, check=False
    )
    assert (run.returncode == 0) == loads == (failures(path.read_bytes()) == {})
