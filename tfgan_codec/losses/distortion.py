"""Distortions between pictures [batch, h, w, 3] in [0, 255], one value per picture, [batch]."""

import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics.ssim import C1, C2, SCALE_WEIGHTS, SMALLEST_SIDE, band


def mse(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """Returns the mean squared error, [batch]."""
    difference = tf.cast(a, tf.float32) - tf.cast(b, tf.float32)
    return tf.reduce_mean(tf.square(difference), axis=(1, 2, 3))


def mae(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """Returns the mean absolute error, [batch]."""
    difference = tf.cast(a, tf.float32) - tf.cast(b, tf.float32)
    return tf.reduce_mean(tf.abs(difference), axis=(1, 2, 3))


def charbonnier(a: tf.Tensor, b: tf.Tensor, epsilon: float = 1e-3 * 255.0) -> tf.Tensor:
    """Returns the mean of `sqrt(difference^2 + epsilon^2)` (Charbonnier et al., 1994), [batch]."""
    difference = tf.cast(a, tf.float32) - tf.cast(b, tf.float32)
    return tf.reduce_mean(tf.sqrt(tf.square(difference) + epsilon**2), axis=(1, 2, 3))


def ms_ssim(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """Returns MS-SSIM (Wang et al., 2003) in (0, 1], [batch]; equals `tf.image.ssim_multiscale`.

    The separable Gaussian is two plain matrix products of pictures with channels first, much faster
    on a CPU than an 11x11 depthwise convolution, or an einsum with channels last. Each scale is at
    least 1e-3 before it is raised to its power, so that poor pictures give finite gradients.
    """
    if min(a.shape[1:3]) < SMALLEST_SIDE:
        raise UsageError(
            f"MS-SSIM needs pictures of at least {SMALLEST_SIDE} pixels a side, these are "
            f"{a.shape[2]}x{a.shape[1]}: train on larger crops, or without MS-SSIM"
        )
    a, b = (tf.transpose(tf.cast(x, tf.float32), [0, 3, 1, 2]) for x in (a, b))
    value = tf.ones(tf.shape(a)[:2])
    with tf.name_scope("msssim"):
        for scale, weight in enumerate(SCALE_WEIGHTS):
            if scale:
                a, b = _halve(a), _halve(b)
            last = scale == len(SCALE_WEIGHTS) - 1
            value *= tf.maximum(_ssim(a, b, with_luminance=last), 1e-3) ** weight
    return tf.reduce_mean(value, axis=1)


def _ssim(a: tf.Tensor, b: tf.Tensor, with_luminance: bool) -> tf.Tensor:
    """Returns SSIM, or without luminance its contrast-structure part, [batch, channels].

    a, b: [batch, channels, h, w].
    """
    mean_a = _blur(a)  # apart, because the original needs no gradient
    mean_b, both, powers = tf.unstack(_blur(tf.stack([b, a * b, a * a + b * b])))
    product = mean_a * mean_b
    squares = mean_a**2 + mean_b**2
    covariance = both - product
    variances = powers - squares
    similarity = (2.0 * covariance + C2) / (variances + C2)
    if with_luminance:
        similarity *= (2.0 * product + C1) / (squares + C1)
    return tf.reduce_mean(similarity, axis=(2, 3))


def _blur(x: tf.Tensor) -> tf.Tensor:
    """Convolves [..., h, w] with the 11-tap Gaussian along both axes, [..., h - 10, w - 10]."""
    rows = tf.constant(band(x.shape[-2]))
    columns = tf.constant(band(x.shape[-1]).T)
    return tf.matmul(rows, tf.matmul(x, columns))


def _halve(x: tf.Tensor) -> tf.Tensor:
    """Halves [n, c, h, w] by 2x2 means; odd sides repeat their last row or column, as
    `ssim_multiscale` does."""
    height, width = x.shape[2] % 2, x.shape[3] % 2
    if height or width:
        x = tf.pad(x, [[0, 0], [0, 0], [0, height], [0, width]], "SYMMETRIC")
    _, c, h, w = x.shape
    return tf.reduce_mean(tf.reshape(x, [-1, c, h // 2, 2, w // 2, 2]), axis=(3, 5))
