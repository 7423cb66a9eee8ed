"""Pruned decoders are smaller, open the same files, and are alike where nothing was lost."""

import types
from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from export import prune
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.codec import Codec
from tfgan_codec.deploy.prune import _stages, prune_decoder
from tfgan_codec.metrics.complexity import of_tflite
from tfgan_codec.models.mobile import MobileConfig, synthesis


def test_channels_that_do_nothing_can_go_without_a_trace():
    """Half of the channels of each stage are not read, half of those in each block not written."""
    model = decoder(MobileConfig(latents=16, synthesis=(16, 12, 8, 8), blocks=(1, 2, 0, 1)))
    random = np.random.default_rng(0)
    stages = _stages(model.synthesis)
    for stage, after in zip(stages, stages[1:]):
        width = stage.start.filters if hasattr(stage.start, "filters") else stage.start.channels
        gone = random.permutation(width)[: width // 2]
        for reader in [*(block.expand for block in stage.blocks), _conv(after.start)]:
            kernel = reader.kernel.numpy()
            kernel[:, :, gone] = 0.0
            reader.kernel.assign(kernel)
        for block in stage.blocks:
            inner = random.permutation(width)[: width // 2]
            kernel, bias = block.expand.kernel.numpy(), random.normal(size=width)
            kernel[..., inner] = bias[inner] = 0.0
            block.expand.kernel.assign(kernel)
            block.expand.bias.assign(bias)
    y = tf.constant(random.normal(size=(1, 4, 5, 16)), tf.float32)
    before, weights = model.synthesis(y), model.synthesis.count_params()
    prune_decoder(model, 0.5)
    assert model.config.synthesis == (8, 6, 4, 4)
    np.testing.assert_allclose(model.synthesis(y), before, atol=1e-5)
    assert model.synthesis.count_params() < 0.4 * weights


def decoder(config: MobileConfig) -> types.SimpleNamespace:
    """All of a `mobile` codec that pruning looks at."""
    model = types.SimpleNamespace(config=config, synthesis=synthesis(config))
    model.build_weights = lambda: model.synthesis(tf.zeros([1, 4, 4, config.latents]))
    model.build_weights()
    return model


def _conv(layer: tf.keras.layers.Layer) -> tf.keras.layers.Layer:
    return getattr(layer, "conv", layer)


def test_keeping_all_changes_nothing(small_mobile):
    y = tf.random.stateless_normal([1, 4, 4, small_mobile.config.latents], [1, 2])
    copy = decoder(small_mobile.config)  # the fixture is everybody's
    copy.synthesis.set_weights(small_mobile.synthesis.get_weights())
    prune_decoder(copy, 1.0)
    np.testing.assert_allclose(copy.synthesis(y), small_mobile.synthesis(y), atol=1e-5)


@pytest.mark.slow
def test_the_command_writes_a_smaller_bundle(small_bundle, tmp_path: Path, capsys):
    out = tmp_path / "pruned"
    command = ["prune", f"--model={small_bundle.folder}", f"--out={out}", "--keep=0.5"]
    assert prune.main(command) == 0
    assert "kMAC per pixel" in capsys.readouterr().out
    pruned = Bundle.load(out)
    assert pruned.model_id == small_bundle.model_id
    networks = [bundle.part("synthesis").tflite for bundle in (small_bundle, pruned)]
    work = [of_tflite(x, (1, 8, 8, 16), 128 * 128).kmac_per_pixel for x in networks]
    assert work[1] < 0.5 * work[0]
    assert len(networks[1]) < len(networks[0])
    picture = np.full((48, 80, 3), 128, np.uint8)
    blob = Codec(small_bundle).compress(picture, quality=90)
    assert Codec(pruned).decompress(blob).size == (80, 48)


def test_a_share_that_makes_no_sense_is_refused(small_bundle, tmp_path: Path, capsys):
    command = ["prune", f"--model={small_bundle.folder}", f"--out={tmp_path}", "--keep=0"]
    assert prune.main(command) == 1
    assert "between 0 and 1" in capsys.readouterr().err
