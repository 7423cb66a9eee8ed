"""The decoders of codecs in layers, in other number formats."""

from pathlib import Path

import numpy as np
import pytest
import sample_pictures

tf = pytest.importorskip("tensorflow")

from tfgan_codec import models
from tfgan_codec.codec import Codec, load
from tfgan_codec.deploy import decoders, edgetpu
from tfgan_codec.deploy.settings import Settings
from tfgan_codec.errors import UsageError


@pytest.fixture(scope="module")
def model():
    tf.keras.utils.set_random_seed(1)
    made = models.build("msae", width=0.05)
    made.build_weights()
    for part in made.layer_codecs:
        last = part.synthesis.layers[-1].kernel
        last.assign(0.02 * tf.random.stateless_normal(last.shape, [1, 2]))
    made.prepare_for_coding()
    return made


@pytest.mark.slow
def test_decoders_of_all_layers(model, photographs: Path, tmp_path: Path):
    picture = sample_pictures.pixels(70, 50)
    blob = model.compress(picture)
    want = model.decompress(blob).astype(float)
    lowest = {"fp16": 50.0, "int8": 25.0}  # dB
    for quantize, decibels in lowest.items():
        settings = Settings(quantize, tile=256, calibration=str(photographs))
        out = tmp_path / quantize
        made = decoders.from_model(model, str(out), settings, {})
        assert [path.name for path in made] == ["scale1.zip", "scale2.zip", "scale4.zip"]
        codec: Codec = load(out)
        assert codec.bundle.model_id == model.model_id()
        error = np.mean((np.asarray(codec.decompress(blob)) - want) ** 2)
        assert 10 * np.log10(255**2 / max(error, 1e-9)) > decibels, quantize
    for layer in codec.bundle.layers:  # of int8
        report = edgetpu.check(layer.part("synthesis").tflite)
        found = {finding.operation.name for finding in report.failures}
        assert "DEPTH_TO_SPACE" in found  # op by op, each with a remedy
        assert all(finding.remedy for finding in report.failures)


def test_there_is_no_edge_tpu_form(model, photographs: Path, tmp_path: Path):
    settings = Settings("int8", "edgetpu", calibration=str(photographs))
    with pytest.raises(UsageError, match="has no form for this target"):
        decoders.from_model(model, str(tmp_path), settings, {})
