"""Finds what a deeper network has more than a shallow one, so that it can start as that one."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from tfgan_codec.layers.residual import ResidualBlock


def further_blocks(
    shallow: tf.keras.layers.Layer | None, deep: tf.keras.layers.Layer | None
) -> list[ResidualBlock]:
    """Returns the residual blocks of `deep` that `shallow` lacks, the last ones of each stage.

    Stages are what other layers separate. The list is empty if the networks are no sequences, or
    have different numbers of stages.
    """
    if not (isinstance(shallow, tf.keras.Sequential) and isinstance(deep, tf.keras.Sequential)):
        return []
    few, many = _stages(shallow.layers), _stages(deep.layers)
    if len(few) != len(many):
        return []
    return [block for less, more in zip(few, many) for block in more[len(less) :]]


def start_as_identity(block: ResidualBlock) -> None:
    """Lets a block add nothing; its first convolution stays random, so the second can learn."""
    block.project.kernel.assign(tf.zeros_like(block.project.kernel))
    block.project.bias.assign(tf.zeros_like(block.project.bias))


def _stages(layers: Sequence[tf.keras.layers.Layer]) -> list[list[ResidualBlock]]:
    """Returns the residual blocks before, between and after the other layers, in order."""
    stages: list[list[ResidualBlock]] = [[]]
    for layer in layers:
        if isinstance(layer, ResidualBlock):
            stages[-1].append(layer)
        else:
            stages.append([])
    return stages
