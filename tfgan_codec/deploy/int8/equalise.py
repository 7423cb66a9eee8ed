"""Brings all channels of a chain to the same range (Nagel et al., 2019).

TFLite gives each tensor of activations one scale for all its channels. Between two convolutions a
channel may be stored at any scale, so each is divided by its range: what writes it gives less, what
reads it expects less. Latents too: the inverse gain takes in their scale.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_codec.deploy.int8 import chain as chains
from tfgan_codec.deploy.int8.chain import EXPAND, INPUT, PROJECT, Chain, Conv


class Equalised(NamedTuple):
    """latent_scale: what latents are multiplied by before they enter the chain, [channels]."""

    chain: list[Conv]
    latent_scale: np.ndarray


class _Stream(NamedTuple):
    """Tensors whose channels share one scale, because they are added to each other.

    names: of the tensors, as `chain.run` tells them. writers, readers: numbers of the convolutions
    that give them and that take them in.
    """

    names: list[str]
    writers: list[int]
    readers: list[int]


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
    """The latents first, then in the order in which they arise; without the last, the pixels.

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
    """What to divide channels by, 1 in the geometric mean. Dead channels are not blown up."""
    peak = np.maximum(peak, max(1e-3 * float(peak.max()), 1e-9))
    return (peak / np.exp(np.log(peak).mean())).astype(np.float32)


def _give_less(conv: Conv, divisor: np.ndarray) -> Conv:
    """The convolution with its outputs divided."""
    divisor = np.tile(divisor, conv.upscale**2)
    return conv._replace(kernel=conv.kernel / divisor, bias=conv.bias / divisor)


def _expect(conv: Conv, scale: np.ndarray) -> Conv:
    """The same convolution for inputs multiplied by `scale`."""
    return conv._replace(kernel=conv.kernel / scale[:, None])
