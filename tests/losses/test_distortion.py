import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tfgan_codec.losses.content import Mse
from tfgan_codec.losses.contract import CodecOutput
from tfgan_codec.losses.distortion import ms_ssim, mse
from tfgan_codec.losses.rate_distortion import RateDistortion


def pictures(seed: int, size: int = 192) -> tuple[tf.Tensor, tf.Tensor]:
    """Smooth pictures and noisy versions of them."""
    random = np.random.default_rng(seed)
    coarse = tf.constant(random.uniform(0, 255, (2, 12, 12, 3)), tf.float32)
    a = tf.image.resize(coarse, [size, size], "bicubic")
    b = a + tf.constant(random.normal(0, 20, a.shape), tf.float32)
    return tf.clip_by_value(a, 0, 255), tf.clip_by_value(b, 0, 255)


def test_mse_by_hand():
    a = tf.zeros([2, 4, 4, 3])
    b = tf.stack([tf.fill([4, 4, 3], 3.0), tf.zeros([4, 4, 3])])
    np.testing.assert_array_equal(mse(a, b), [9.0, 0.0])


def test_mse_weighs_the_two_axes_of_colour():
    """A grey error of 3 has no colour; (4, 0, -4) is red against blue alone, (2, -4, 2) green."""
    pictures = tf.zeros([3, 4, 4, 3])
    errors = [
        tf.broadcast_to(e, [4, 4, 3]) for e in ([3.0] * 3, [4.0, 0.0, -4.0], [2.0, -4.0, 2.0])
    ]
    output = CodecOutput(tf.stack(errors), {}, tf.zeros([3, 1, 1, 1]), tf.zeros([3]))
    value = Mse(2.0, red_blue=8.0, green=48.0)(pictures, output)
    np.testing.assert_allclose(Mse(2.0)(pictures, output).total, [18.0, 64 / 3, 16.0], rtol=1e-6)
    np.testing.assert_allclose(value.parts["mse"], [9.0, 32 / 3, 8.0], rtol=1e-6)
    np.testing.assert_allclose(value.parts["red_blue"], [0.0, 32 / 3, 0.0], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(value.parts["green"], [0.0, 0.0, 8.0], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(value.total, [18.0, 2 * 9 * 32 / 3, 2 * 49 * 8.0], rtol=1e-6)


@pytest.mark.parametrize("size", [192, 219])
def test_ms_ssim_equals_tensorflows(size: int):
    a, b = pictures(size, size)
    np.testing.assert_allclose(ms_ssim(a, b), tf.image.ssim_multiscale(a, b, 255.0), atol=1e-5)


def test_ms_ssim_has_finite_gradients_on_a_hopeless_picture():
    a, _ = pictures(3)
    b = tf.Variable(255.0 - a)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(ms_ssim(a, b))
    assert np.isfinite(tape.gradient(loss, b).numpy()).all()


def test_rate_distortion_by_hand():
    loss = RateDistortion(low=1.0, high=4.0, mse_weight=2.0, ms_ssim_weight=0.0)
    output = CodecOutput(
        reconstruction=tf.fill([2, 16, 16, 3], 10.0),
        bits={"y": tf.constant([96.0, 96.0]), "z": tf.constant([32.0, 32.0])},
        latents=tf.zeros([2, 1, 1, 1]),
        quality=tf.constant([0.0, 255.0]),
    )
    value = loss(tf.zeros([2, 16, 16, 3]), output)
    # 128 bits on 256 pixels; MSE 100, so D = 0.2; lambda 1 and 4; balance sqrt(2 / lambda).
    np.testing.assert_allclose(value.parts["bpp"], [0.5, 0.5])
    np.testing.assert_allclose(value.total, [0.7 * 2**0.5, 1.3 * 0.5**0.5], rtol=1e-5)
