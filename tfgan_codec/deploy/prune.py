"""Prunes channels of the decoder of `mobile`, which gives a smaller network of the same form."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.deploy import bundling
from tfgan_codec.errors import UsageError
from tfgan_codec.layers.residual import ResidualBlock
from tfgan_codec.layers.upsample import SubpixelUpsample
from tfgan_codec.layers.widths import scale_filters
from tfgan_codec.metrics.complexity import of_tflite
from tfgan_codec.models.from_bundle import restore
from tfgan_codec.models.mobile import Mobile, synthesis


class _Stage(NamedTuple):
    """Holds the layers that work at one size: a convolution to its width, and residual blocks."""

    start: tf.keras.layers.Layer
    blocks: list[ResidualBlock]


def prune(model: str, out: str, keep: float) -> None:
    """Writes a bundle whose decoder has the share `keep` of its channels, and prints both sizes."""
    bundle = Bundle.load(model)
    smaller = restore(bundle)
    prune_decoder(smaller, keep)
    info = {**bundle.info, "decoder": f"pruned by export.prune to {keep:g} of the channels"}
    written = bundling.write_one(smaller, out, f"{bundle.name}-pruned", info)
    for each in (bundle, written):
        print(_sizes(each))


def _sizes(bundle: Bundle) -> str:
    network = bundle.part("synthesis").tflite
    side = 16
    shape = (1, side, side, bundle.gain.shape[1])
    work = of_tflite(network, shape, (side * 16) ** 2).kmac_per_pixel
    return f"{bundle.name}: decoder of {len(network)} bytes, {work:.1f} kMAC per pixel"


def prune_decoder(model: Mobile, keep: float) -> None:
    """Replaces the decoder by one that has the share `keep` of its channels, the strongest.

    The strength of a channel is the L1 norm of what writes it (Li et al., 2017) times that of what
    reads it: it is 0 just when the channel can be left out without any change. Channels of a stage
    are joined by its skips and go from all of its layers at once, those inside of a residual block
    from that block. Encoder and entropy model stay, and so do the files. Train the decoder on
    afterwards, with `export.distill --init_from`.
    """
    if not 0.0 < keep <= 1.0:
        raise UsageError(f"keep must be a share between 0 and 1, not {keep}")
    widths = tuple(scale_filters(width, keep) for width in model.config.synthesis)
    old = _stages(model.synthesis)
    kept = [
        _strongest(_written(stage), _read(stage, after.start), width)
        for stage, after, width in zip(old, old[1:], widths)
    ]
    model.config = model.config._replace(synthesis=widths)
    model.synthesis = synthesis(model.config)
    model.build_weights()
    inputs = [np.arange(model.config.latents), *kept]
    outputs = [*kept, np.arange(3)]
    for stage, new, before, own in zip(old, _stages(model.synthesis), inputs, outputs):
        _copy(stage.start, new.start, before, own)
        for block, smaller in zip(stage.blocks, new.blocks):
            _copy_block(block, smaller, own)


def _stages(network: tf.keras.Sequential) -> list[_Stage]:
    """Returns the stages of a synthesis network; the last is the convolution to the picture."""
    stages: list[_Stage] = []
    for layer in network.layers:
        if isinstance(layer, ResidualBlock):
            stages[-1].blocks.append(layer)
        else:
            stages.append(_Stage(layer, []))
    return stages


def _kernel(layer: tf.keras.layers.Layer) -> tuple[np.ndarray, np.ndarray]:
    """Returns a layer's kernel [k, k, inputs, phases, outputs] and bias [phases, outputs]."""
    conv = layer.conv if isinstance(layer, SubpixelUpsample) else layer
    phases = 4 if isinstance(layer, SubpixelUpsample) else 1
    kernel, bias = conv.kernel.numpy(), conv.bias.numpy()
    return kernel.reshape(*kernel.shape[:3], phases, -1), bias.reshape(phases, -1)


def _outgoing(layer: tf.keras.layers.Layer) -> np.ndarray:
    """Returns the L1 norms of what a layer writes to each of its outputs."""
    kernel, bias = _kernel(layer)
    return np.abs(kernel).sum(axis=(0, 1, 2, 3)) + np.abs(bias).sum(axis=0)


def _incoming(layer: tf.keras.layers.Layer) -> np.ndarray:
    """Returns the L1 norms of the weights by which a layer reads each of its inputs."""
    return np.abs(_kernel(layer)[0]).sum(axis=(0, 1, 3, 4))


def _written(stage: _Stage) -> np.ndarray:
    return sum((_outgoing(block.project) for block in stage.blocks), _outgoing(stage.start))


def _read(stage: _Stage, after: tf.keras.layers.Layer) -> np.ndarray:
    return sum((_incoming(block.expand) for block in stage.blocks), _incoming(after))


def _strongest(written: np.ndarray, read: np.ndarray, count: int) -> np.ndarray:
    """Returns the indexes of the `count` channels that stay, rising."""
    return np.sort(np.argsort(-written * read, kind="stable")[:count])


def _copy_block(block: ResidualBlock, smaller: ResidualBlock, channels: np.ndarray) -> None:
    strength = _outgoing(block.expand), _incoming(block.project)
    inner = _strongest(*strength, count=len(channels))
    _copy(block.expand, smaller.expand, channels, inner)
    _copy(block.project, smaller.project, inner, channels)


def _copy(
    old: tf.keras.layers.Layer,
    new: tf.keras.layers.Layer,
    inputs: np.ndarray,
    outputs: np.ndarray,
) -> None:
    kernel, bias = _kernel(old)
    target = new.conv if isinstance(new, SubpixelUpsample) else new
    target.kernel.assign(kernel[:, :, inputs][..., outputs].reshape(target.kernel.shape))
    target.bias.assign(bias[:, outputs].reshape(target.bias.shape))
