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


def test_chroma_weighs_what_differs_between_the_channels():
    """A grey error of 3 has no colour; of (4, 0, -4) all is colour, 32 / 3."""
    pictures = tf.zeros([2, 4, 4, 3])
    grey, coloured = tf.fill([4, 4, 3], 3.0), tf.broadcast_to([4.0, 0.0, -4.0], [4, 4, 3])
    output = CodecOutput(tf.stack([grey, coloured]), {}, tf.zeros([2, 1, 1, 1]), tf.zeros([2]))
    plain, weighed = Mse(2.0)(pictures, output), Mse(2.0, chroma=8.0)(pictures, output)
    error = mse(pictures, output.reconstruction)
    np.testing.assert_allclose(plain.total, 2.0 * error, rtol=1e-6)
    np.testing.assert_allclose(weighed.parts["mse"], error, rtol=1e-6)
    np.testing.assert_allclose(weighed.parts["chroma"], [0.0, 32.0 / 3.0], rtol=1e-6)
    np.testing.assert_allclose(weighed.total, [18.0, 2.0 * 9.0 * 32.0 / 3.0], rtol=1e-6)


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
