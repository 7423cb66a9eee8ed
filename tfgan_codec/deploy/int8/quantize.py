"""A decoder in 8-bit integers that stays good: equalisation, ranges and biases layer by layer.

TFLite gives each kernel one scale per output channel, but each tensor of activations one scale and
zero point for all its channels. Three steps, all on a chain of convolutions and real latents:

1. `equalise` (Nagel et al., 2019): between two convolutions a channel may be stored at any scale.
   All are brought to the same range, latents too: the inverse gain takes in their scale.
2. Ranges: for each tensor, the clipping range of the least mean squared error.
3. Biases: rounding kernels shifts the mean of each channel; the bias takes that back.

2 and 3 go through the network in order, so that each layer sees what the ones before it really
give. `QuantizedChain` simulates the result. It can be trained further (`fit`), which halves what is
left of the loss within minutes, and converts to TFLite without any calibration there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_codec.deploy.int8 import chain as chains
from tfgan_codec.deploy.int8.chain import EXPAND, PROJECT, Chain, Conv

INPUT = "input"
_CLIPS = np.linspace(0.4, 1.0, 31)  # shares of the full range that are tried
_SAMPLE = 200_000  # values per tensor that the search looks at
PIXELS = (0.0, 255.0)  # the output's range: a step of 1, so that rounding is that of pictures
_WINDOW, _BATCH = 12, 4  # latents a side, and windows per step, of training


class Equalised(NamedTuple):
    """latent_scale: what latents are multiplied by before they enter the chain, [channels]."""

    chain: list[Conv]
    latent_scale: np.ndarray


def equalise(chain: Chain, latents: np.ndarray) -> Equalised:
    """Divides every channel by its range; the function stays the same.

    The channels of a stage's stream (what residual blocks add to) share one scale all the way.
    """
    peaks: dict[str, np.ndarray] = {}

    def watch(name: str, x: tf.Tensor) -> tf.Tensor:
        peaks[name] = np.abs(x).max(axis=(0, 1, 2))
        return x

    chains.run(chain, tf.constant(latents), watch)
    convs = [
        conv._replace(kernel=np.array(conv.kernel), bias=np.array(conv.bias)) for conv in chain
    ]
    latent_scale = 1.0 / _factors(peaks[INPUT])
    _scale_input(convs, 0, latent_scale)
    last = len(convs) - 1
    for number, conv in enumerate(convs[:-1]):
        if conv.kind == EXPAND:
            factors = _factors(peaks[f"{number}"])
            _scale_output(convs, number, factors)
            _scale_input(convs, number + 1, 1.0 / factors)
        elif conv.kind == chains.PLAIN:
            end = next((n for n in range(number + 1, last) if convs[n].kind == chains.PLAIN), last)
            stream = [f"{number}", *(f"{n}+" for n in range(number + 1, end) if f"{n}+" in peaks)]
            factors = _factors(np.max([peaks[name] for name in stream], axis=0))
            _scale_output(convs, number, factors)
            for n in range(number + 1, end):
                if convs[n].kind == EXPAND:
                    _scale_input(convs, n, 1.0 / factors)
                else:
                    _scale_output(convs, n, factors)
            _scale_input(convs, end, 1.0 / factors)
    return Equalised(convs, latent_scale)


def _factors(peak: np.ndarray) -> np.ndarray:
    """What to divide channels by, 1 in the geometric mean. Dead channels are not blown up."""
    peak = np.maximum(peak, max(1e-3 * float(peak.max()), 1e-9))
    return (peak / np.exp(np.log(peak).mean())).astype(np.float32)


def _scale_output(convs: list[Conv], number: int, factors: np.ndarray) -> None:
    """Divides what a convolution gives."""
    conv = convs[number]
    factors = np.tile(factors, conv.upscale**2)
    convs[number] = conv._replace(kernel=conv.kernel / factors, bias=conv.bias / factors)


def _scale_input(convs: list[Conv], number: int, scale: np.ndarray) -> None:
    """Makes a convolution expect its input multiplied by `scale`."""
    conv = convs[number]
    convs[number] = conv._replace(kernel=conv.kernel / scale[:, None])


class QuantizedChain(tf.Module):
    """A chain whose kernels and activations pass through 8-bit integers, as TFLite's will.

    ranges: lowest and highest value of each tensor, by its name in `chain.run`.
    tied: up-sampling has one bias for its four phases, as a transposed convolution has.
    """

    def __init__(self, chain: Chain, ranges: dict[str, tuple[float, float]], tied: bool):
        super().__init__()
        self.shapes = [(conv.kind, conv.upscale) for conv in chain]
        self.kernels = [tf.Variable(conv.kernel) for conv in chain]
        self.biases = [tf.Variable(conv.bias) for conv in chain]
        self.ranges = dict(ranges)
        self.tied = tied

    def __call__(self, latents: tf.Tensor) -> tf.Tensor:
        """Latents (scaled) -> pixels in 0..255, differentiable."""
        return chains.run(self._chain(), latents, self.watch)

    def watch(self, name: str, x: tf.Tensor) -> tf.Tensor:
        """A tensor as 8-bit integers hold it."""
        low, high = self.ranges[name]
        return tf.quantization.fake_quant_with_min_max_vars(x, low, high)

    def constants(self) -> list[Conv]:
        """The chain with its kernels on their integer grids, as arrays."""
        return [
            conv._replace(kernel=conv.kernel.numpy(), bias=conv.bias.numpy())
            for conv in self._chain()
        ]

    def _chain(self) -> list[Conv]:
        convs = []
        for kernel, bias, (kind, upscale) in zip(self.kernels, self.biases, self.shapes):
            bias = _tie(bias) if self.tied and upscale == 2 else tf.convert_to_tensor(bias)
            convs.append(Conv(quantized_kernel(kernel, upscale), bias, kind, upscale))
        return convs


def quantized_kernel(kernel: tf.Tensor, upscale: int) -> tf.Tensor:
    """Rounds to -127..127 steps per output channel, gradients passed straight through.

    The four phases of an up-sampled channel share one scale: then a transposed convolution, which
    has but one scale for them, holds the same integers.
    """
    limit = tf.reduce_max(tf.abs(tf.stop_gradient(kernel)), axis=(0, 1, 2))
    if upscale == 2:
        limit = tf.tile(tf.reduce_max(tf.reshape(limit, [4, -1]), axis=0), [4])
    limit = tf.maximum(limit, 1e-6)
    return tf.quantization.fake_quant_with_min_max_vars_per_channel(
        kernel, -limit, limit, narrow_range=True
    )


def calibrate(chain: Chain, latents: np.ndarray, tied: bool = False) -> QuantizedChain:
    """Ranges and biases, layer by layer, from latents [n, h, w, c] (scaled as for the chain)."""
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
        fixed = conv._replace(bias=_tie(bias) if tied and conv.upscale == 2 else bias)
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


def fit(
    network: QuantizedChain,
    exact: Chain,
    latents: np.ndarray,
    steps: int,
    learning_rate: float = 1e-4,
) -> None:
    """Quantisation-aware training: brings the rounded network nearer to the exact one.

    Not to the originals: the decoder was trained for more than the mean squared error.
    """
    variables = [*network.kernels, *network.biases]
    schedule = tf.keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    optimizer = tf.keras.optimizers.Adam(schedule)
    random = np.random.default_rng(0)

    @tf.function
    def step(windows: tf.Tensor) -> None:
        target = tf.clip_by_value(chains.run(exact, windows), *PIXELS)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(network(windows) - target))
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))

    for _ in range(steps):
        step(tf.constant(_windows(latents, random)))


def _windows(latents: np.ndarray, random: np.random.Generator) -> np.ndarray:
    height, width = latents.shape[1:3]
    side = min(_WINDOW, height, width)
    cut = []
    for which in random.integers(0, len(latents), _BATCH):
        top, left = random.integers(0, height - side + 1), random.integers(0, width - side + 1)
        cut.append(latents[which, top : top + side, left : left + side])
    return np.stack(cut)


def tie(chain: Chain) -> list[Conv]:
    """One bias for all four phases of an up-sampled channel, as a transposed convolution has."""
    return [c._replace(bias=_tie(c.bias).numpy()) if c.upscale == 2 else c for c in chain]


def _tie(bias: tf.Tensor) -> tf.Tensor:
    """The mean of the biases of four phases."""
    return tf.tile(tf.reduce_mean(tf.reshape(bias, [4, -1]), axis=0), [4])


def _finish(conv: Conv, x: tf.Tensor) -> tf.Tensor:
    x = tf.nn.bias_add(x, conv.bias)
    if conv.upscale == 2:
        x = tf.nn.depth_to_space(x, 2)
    return tf.nn.relu(x) if conv.kind == EXPAND else x


def _round(x: tf.Tensor, limits: tuple[float, float]) -> tf.Tensor:
    return tf.quantization.fake_quant_with_min_max_vars(x, *limits)


def _best_range(values: np.ndarray) -> tuple[float, float]:
    """The range around 0 whose 256 steps are nearest to the values in the mean square."""
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
