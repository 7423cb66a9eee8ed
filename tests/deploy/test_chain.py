"""Rewriting a decoder's weights does not change what it computes."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tfgan_codec.deploy.int8 import chain, quantized
from tfgan_codec.deploy.int8.calibrate import calibrate
from tfgan_codec.deploy.int8.equalise import equalise
from tfgan_codec.deploy.int8.fit import fit
from tfgan_codec.errors import UsageError
from tfgan_codec.models.mobile import Mobile


@pytest.fixture(scope="module")
def latents() -> np.ndarray:
    """Channels of very different ranges, as trained latents have."""
    scale = np.geomspace(0.01, 1.0, 16)
    return (np.random.default_rng(0).normal(0, 1, (3, 6, 9, 16)) * scale).astype(np.float32)


@pytest.fixture(scope="module")
def convs(small_mobile: Mobile) -> list[chain.Conv]:
    return chain.from_keras(small_mobile.synthesis)


def test_a_chain_equals_its_network(small_mobile, convs, latents):
    want = small_mobile.synthesise(tf.constant(latents))
    np.testing.assert_allclose(chain.run(convs, tf.constant(latents)), want, atol=0.01)


@pytest.mark.parametrize("size", [1, 3, 5])
def test_transposed_kernels_hold_the_same_weights(size: int):
    random = np.random.default_rng(1)
    kernel = random.normal(0, 1, (size, size, 4, 12)).astype(np.float32)
    bias = np.tile(random.normal(0, 1, 3).astype(np.float32), 4)
    conv = [chain.Conv(kernel, bias, upscale=2)]
    x = tf.constant(random.normal(0, 1, (1, 5, 7, 4)), tf.float32)
    np.testing.assert_allclose(chain.run_transposed(conv, x), chain.run(conv, x), atol=1e-4)


def test_equalising_changes_ranges_alone(convs, latents):
    equal, scale = equalise(convs, latents)
    want = chain.run(convs, tf.constant(latents)).numpy()
    got = chain.run(equal, tf.constant(latents * scale)).numpy()
    np.testing.assert_allclose(got, want, atol=1e-5 * np.abs(want).max())
    spread = {}

    def watch(name, x):
        peaks = np.abs(x).max(axis=(0, 1, 2))
        spread[name] = peaks.max() / peaks.min()
        return x

    chain.run(equal, tf.constant(latents * scale), watch)
    assert spread["input"] == pytest.approx(1.0, rel=1e-3)
    assert spread["1"] == pytest.approx(1.0, rel=1e-3)  # inside a residual block


@pytest.mark.parametrize("upscale", [1, 2])
def test_kernels_lie_on_grids_of_integers(upscale: int):
    kernel = tf.random.stateless_normal([3, 3, 4, 8], [0, 1])
    rounded = quantized.quantized_kernel(kernel, upscale).numpy()
    scale = np.abs(rounded).max(axis=(0, 1, 2)) / 127
    if upscale == 2:  # the four phases of a channel share a scale
        scale = np.tile(scale.reshape(4, 2).max(axis=0), 4)
    np.testing.assert_allclose(rounded / scale, np.round(rounded / scale), atol=1e-3)
    again = quantized.quantized_kernel(tf.constant(rounded), upscale)
    np.testing.assert_allclose(again, rounded, atol=1e-6)  # as TFLite's converter will


def test_calibration_mends_biases_and_training_the_rest(small_mobile, latents):
    """On a network whose pixels lie inside 0..255, so that nothing saturates."""
    convs = chain.from_keras(small_mobile.synthesis)
    last = convs[-1]
    convs[-1] = last._replace(kernel=last.kernel * 0.05)
    equal, scale = equalise(convs, latents)
    x = tf.constant(latents * scale)
    want = chain.run(equal, x)

    def error(network: quantized.QuantizedChain) -> float:
        return float(tf.reduce_mean(tf.square(network(x) - want)))

    network = calibrate(equal, x.numpy())
    assert error(network) < 0.2  # of which 1/12 is the rounding of pixels
    assert abs(float(tf.reduce_mean(network(x) - want))) < 0.1
    for kernel in network.kernels:
        kernel.assign(kernel + 0.03 * tf.math.reduce_std(kernel) * tf.sign(kernel))
    before = error(network)
    fit(network, equal, x.numpy(), steps=40, learning_rate=3e-4)
    assert error(network) < 0.7 * before


def test_other_layers_are_named():
    network = tf.keras.Sequential([tf.keras.layers.Dense(3)])
    with pytest.raises(UsageError, match="a Dense has no form for this target"):
        chain.from_keras(network)
