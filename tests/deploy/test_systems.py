"""The decoders of all codecs export and run; the checker tells which fit an Edge TPU."""

from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tfgan_codec import models
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.deploy import decoders, edgetpu
from tfgan_codec.deploy.settings import Settings
from tfgan_codec.errors import UsageError

SYSTEMS = {
    "adversarial": {"width": 0.05, "blocks": 1, "kernel": 3},
    "hific": {"width": 0.05, "integer_scales": True},
    "hific_five_level": {"width": 0.05},
    "hinge_gan_gp": {"width": 0.05},
    "ls_gan": {"width": 0.05},
    "mobilevit_gan": {"width": 0.05},
}


@pytest.fixture(scope="module")
def build():
    made = {}

    def model(name: str):
        if name not in made:
            # In int8, one with a layer that is dead from the start cannot run: `network_products`.
            tf.keras.utils.set_random_seed(3)
            made[name] = models.build(name, **SYSTEMS[name])
            made[name].build_weights()
            made[name].prepare_for_coding()
        return made[name]

    return model


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.slow if n == "adversarial" else []) for n in SYSTEMS],
)
def test_decoders_export_and_run(name: str, build, photographs: Path, tmp_path: Path):
    model = build(name)
    y = np.random.default_rng(0).integers(-2, 3, (7, 9, model.analysis.output_shape[-1]))
    want = model.synthesise(tf.constant(y[None], tf.float32))[0].numpy()
    lowest = {"fp16": 40.0, "int8": 10.0}  # dB of the picture's range; ChannelNorm suffers in int8
    for quantize, decibels in lowest.items():
        settings = Settings(quantize, tile=256, calibration=str(photographs))
        out = tmp_path / quantize
        decoders.from_model(model, str(out), settings, {})
        got = Bundle.load(out).network("synthesis")(y.astype(np.float32))
        assert got.shape == (112, 144, 3)
        error = np.mean((got - want) ** 2)
        assert 10 * np.log10(np.ptp(want) ** 2 / error) > decibels, quantize
    report = edgetpu.check((tmp_path / "int8" / "synthesis-0.tflite").read_bytes())
    found = {finding.operation.name for finding in report.failures}
    assert "DEPTH_TO_SPACE" in found  # op by op, each with a remedy
    assert all(finding.remedy for finding in report.failures)


def test_other_codecs_have_no_edge_tpu_form(build, photographs: Path, tmp_path: Path):
    settings = Settings("int8", "edgetpu", calibration=str(photographs))
    with pytest.raises(UsageError, match="a ChannelNorm has no form for this target"):
        decoders.from_model(build("ls_gan"), str(tmp_path), settings, {})
