"""Brings all channels of a chain to the same range (Nagel et al., 2019).

TFLite gives each tensor of activations one scale for all its channels. Between two convolutions a
channel may be stored at any scale, so each is divided by its range: what writes it gives less, what
reads it expects less. So are latents; their scale becomes part of the inverse gain.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_codec.deploy.int8 import chain as chains
from tfgan_codec.deploy.int8.chain import EXPAND, INPUT, PROJECT, Chain, Conv


class Equalised(NamedTuple):
    """Holds an equalised chain."""

    chain: list[Conv]
    latent_scale: np.ndarray  # factors on the latents that it takes, [channels]


class _Stream(NamedTuple):
    """Holds tensors whose channels share one scale, because they are added to each other."""

    names: list[str]  # of the tensors, in `chain.run`
    writers: list[int]  # numbers of the convolutions that give them
    readers: list[int]  # numbers of the convolutions that take them in


def equalise(chain: Chain, latents: np.ndarray) -> Equalised:
    """Divides every channel by its range over latents [n, h, w, c]; the function stays the same."""
    peaks: dict[str, np.ndarray] = {}

    def watch(name: str, x: tf.Tensor) -> tf.Tensor:
        peaks[name] = np.abs(x).max(axis=(0, 1, 2))
        return x

    chains.run(chain, tf.constant(latents), watch)
    streams = _streams(chain)
    factors = [_factors(np.max([peaks[name] for name in each.names], axis=0)) for each in streams]
    convs = list(chain)
    for stream, divisor in zip(streams, factors):
        for number in stream.writers:
            convs[number] = _give_less(convs[number], divisor)
        for number in stream.readers:
            convs[number] = _expect(convs[number], 1.0 / divisor)
    return Equalised(convs, 1.0 / factors[0])


def _streams(chain: Chain) -> list[_Stream]:
    """Returns all streams in the order in which they arise: from the latents on, without pixels.

    A plain convolution ends a stream and begins the next. A residual block reads from the stream
    and adds to it; between its two convolutions lies a stream of its own.
    """
    stream = inner = _Stream([INPUT], [], [])
    streams = [stream]
    for number, conv in enumerate(chain):
        if conv.kind == PROJECT:
            inner.readers.append(number)
            stream.writers.append(number)
            stream.names.append(f"{number}+")
            continue
        stream.readers.append(number)
        inner = _Stream([f"{number}"], [number], [])
        streams.append(inner)
        if conv.kind != EXPAND:
            stream = inner
    return [each for each in streams if each is not stream]


def _factors(peak: np.ndarray) -> np.ndarray:
    """Returns divisors of channels, 1 in the geometric mean; dead channels are not blown up."""
    peak = np.maximum(peak, max(1e-3 * float(peak.max()), 1e-9))
    return (peak / np.exp(np.log(peak).mean())).astype(np.float32)


def _give_less(conv: Conv, divisor: np.ndarray) -> Conv:
    """Returns a convolution with its outputs divided."""
    divisor = np.tile(divisor, conv.upscale**2)
    return conv._replace(kernel=conv.kernel / divisor, bias=conv.bias / divisor)


def _expect(conv: Conv, scale: np.ndarray) -> Conv:
    """Returns a convolution that does the same with inputs multiplied by `scale`."""
    return conv._replace(kernel=conv.kernel / scale[:, None])
