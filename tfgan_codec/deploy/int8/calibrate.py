"""Chooses ranges of activations, and biases that take back what rounded kernels shift.

Each tensor gets the clipping range of the least mean squared error. Rounding kernels shifts the
mean of each channel; the bias takes that back. Both go through the network in order, so that each
layer sees what the ones before it really give.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tfgan_codec.deploy.int8.chain import EXPAND, INPUT, PROJECT, Chain, Conv
from tfgan_codec.deploy.int8.quantized import PIXELS, QuantizedChain, quantized_kernel, tied_bias

_CLIPS = np.linspace(0.4, 1.0, 31)  # shares of the full range that are tried
_SAMPLE = 200_000  # values per tensor that the search looks at


def calibrate(chain: Chain, latents: np.ndarray, tied: bool = False) -> QuantizedChain:
    """Returns the chain with ranges and biases chosen by latents [n, h, w, c], scaled as for it."""
    exact = rounded = tf.constant(latents)
    ranges = {INPUT: _best_range(latents)}
    rounded = _round(rounded, ranges[INPUT])
    convs: list[Conv] = []
    exact_skip = rounded_skip = exact
    for number, conv in enumerate(chain):
        if conv.kind == EXPAND:
            exact_skip, rounded_skip = exact, rounded
        kernel = quantized_kernel(tf.constant(conv.kernel), conv.upscale)
        exact = tf.nn.conv2d(exact, conv.kernel, 1, "SAME")
        rounded = tf.nn.conv2d(rounded, kernel, 1, "SAME")
        shift = tf.reduce_mean(exact - rounded, axis=(0, 1, 2))
        bias = conv.bias + shift
        fixed = conv._replace(bias=tied_bias(bias) if tied and conv.upscale == 2 else bias)
        convs.append(fixed)
        exact, rounded = _finish(conv, exact), _finish(fixed, rounded)
        last = number == len(chain) - 1
        ranges[f"{number}"] = PIXELS if last else _best_range(rounded.numpy())
        rounded = _round(rounded, ranges[f"{number}"])
        if conv.kind == PROJECT:
            exact, rounded = exact + exact_skip, rounded + rounded_skip
            ranges[f"{number}+"] = _best_range(rounded.numpy())
            rounded = _round(rounded, ranges[f"{number}+"])
    return QuantizedChain(convs, ranges, tied)


def _finish(conv: Conv, x: tf.Tensor) -> tf.Tensor:
    x = tf.nn.bias_add(x, conv.bias)
    if conv.upscale == 2:
        x = tf.nn.depth_to_space(x, 2)
    return tf.nn.relu(x) if conv.kind == EXPAND else x


def _round(x: tf.Tensor, limits: tuple[float, float]) -> tf.Tensor:
    return tf.quantization.fake_quant_with_min_max_vars(x, *limits)


def _best_range(values: np.ndarray) -> tuple[float, float]:
    """Returns the range around 0 whose 256 steps are nearest to the values in the mean square."""
    flat = values.ravel()
    # Drawn, not every n-th: n shares divisors with the channels, and would never see some of them.
    drawn = np.random.default_rng(0).integers(0, flat.size, min(flat.size, _SAMPLE))
    sample = tf.constant(flat[drawn])
    low, high = min(0.0, float(flat.min())), max(0.0, float(flat.max()), 1e-3)
    errors = [
        float(tf.reduce_mean(tf.square(_round(sample, (low * clip, high * clip)) - sample)))
        for clip in _CLIPS
    ]
    best = float(_CLIPS[int(np.argmin(errors))])
    return low * best, high * best
