"""Gives codecs of HiFiC's encoder and decoder a start that suits pictures.

Brightness is five sixths of what differs between places of photographs. From independent random
kernels every channel begins as some mixture that is mostly brightness, all latents lie round the
same number, and colour and detail are learned only after thousands of steps. So each convolution
begins decorrelated: its channels are mixed by a power of their covariance over some pictures, which
makes the rarer directions nearly as strong as the common one, and shifted apart, because a
ChannelNorm keeps the amplitude of what it normalises only beside something constant. No layer is
added (compare Salimans and Kingma, 2016; Mishkin and Matas, 2016).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from tfgan_codec.layers.trunk import ResidualTrunk

DEVIATION = 0.7  # of each channel before a ChannelNorm, and of the channels' means
OUTPUT_DEVIATION = 0.3  # of the first pictures round their mean colour, in [-1, 1]

# Opponent colours, orthonormal, and how much they are to be strengthened beside brightness.
_COLOURS = np.array([[1.0, 1.0, 1.0], [1.0, 0.0, -1.0], [0.5, -1.0, 0.5]])
_COLOURS /= np.linalg.norm(_COLOURS, axis=1, keepdims=True)
_GAINS = (1.0, 4.0, 7.0)
_POWER = 0.25  # of the covariance: a half would make all directions equally strong, noise too
_NOTHING = 1e-9  # no variance to speak of
_FLOOR = 0.03  # share of the mean variance that is added in every direction


def calibrate(
    analysis: tf.keras.Sequential,
    synthesis: tf.keras.Sequential,
    pictures: tf.Tensor,
    latent_scale: float,
    rounded: Callable[[tf.Tensor], tf.Tensor],
) -> None:
    """Sets kernels and biases of fresh networks for pictures [n, h, w, 3] in [-1, 1].

    What the encoder's last convolution gives has the deviation `latent_scale` in each channel. The
    synthesis sees it as `rounded` makes it, and gives pictures with the mean colour of these.
    """
    random = np.random.default_rng(0)
    first = analysis.layers[0].kernel
    first.assign(tf.einsum("hwco,cd->hwdo", first, np.diag(_GAINS) @ _COLOURS))
    _calibrate(analysis.layers, pictures, random)
    _scale(_last_convolution(analysis), latent_scale / DEVIATION)
    latents = rounded(tf.cast(analysis(pictures), tf.float32))
    *layers, to_pictures = synthesis.layers
    drawn = tf.cast(to_pictures(_calibrate(layers, latents, random)), tf.float32)
    colour = tf.reduce_mean(drawn, axis=(0, 1, 2))
    spread = tf.math.reduce_std(drawn - colour)
    factor = OUTPUT_DEVIATION / tf.maximum(spread, 1e-3)
    _scale(to_pictures, factor)
    to_pictures.bias.assign_add(tf.reduce_mean(pictures, axis=(0, 1, 2)) - factor * colour)


def _last_convolution(network: tf.keras.Sequential) -> tf.keras.layers.Layer:
    return [layer for layer in network.layers if isinstance(layer, tf.keras.layers.Conv2D)][-1]


def _scale(layer: tf.keras.layers.Layer, factor: float | tf.Tensor) -> None:
    layer.kernel.assign(layer.kernel * factor)
    layer.bias.assign(layer.bias * factor)


def _calibrate(
    layers: Sequence[tf.keras.layers.Layer], x: tf.Tensor, random: np.random.Generator
) -> tf.Tensor:
    """Decorrelates all convolutions of layers, each for what the ones before make of x; returns the
    output."""
    for layer in layers:
        if isinstance(layer, ResidualTrunk):
            x = _calibrate_trunk(layer, x, random)
        elif isinstance(layer, tf.keras.layers.Conv2D):
            x = _decorrelate(layer, x, random)
        else:
            x = layer(x)
    return x


def _calibrate_trunk(trunk: ResidualTrunk, x: tf.Tensor, random: np.random.Generator) -> tf.Tensor:
    y = x
    for n in range(0, 2 * trunk.blocks, 2):
        z = tf.nn.relu(trunk.norms[n](_decorrelate(trunk.convolutions[n], y, random)))
        y += trunk.norms[n + 1](_decorrelate(trunk.convolutions[n + 1], z, random))
    return x + y


def _decorrelate(
    layer: tf.keras.layers.Layer, x: tf.Tensor, random: np.random.Generator
) -> tf.Tensor:
    """Mixes and shifts the output channels of a convolution; returns its new output for x."""
    y = layer(x)
    found = tf.reshape(tf.cast(y, tf.float32), [-1, layer.filters]).numpy()
    mean, covariance = found.mean(axis=0), np.atleast_2d(np.cov(found.T, bias=True))
    if covariance.trace() < _NOTHING:
        return y  # of flat pictures nothing can be learned
    strengths, directions = np.linalg.eigh(covariance)
    strengths = np.maximum(strengths, 0.0) + _FLOOR * strengths.mean()
    mixing = (directions * strengths**-_POWER) @ directions.T
    deviations = np.sqrt(np.einsum("ij,jk,ik->i", mixing, covariance, mixing))
    mixing *= (DEVIATION / deviations)[:, None]
    transposed = isinstance(layer, tf.keras.layers.Conv2DTranspose)
    pattern = "hwoi,po->hwpi" if transposed else "hwio,po->hwip"
    layer.kernel.assign(np.einsum(pattern, layer.kernel.numpy(), mixing))
    shifts = DEVIATION * random.standard_normal(layer.filters)
    layer.bias.assign(mixing @ (layer.bias.numpy() - mean) + shifts)
    return layer(x)
