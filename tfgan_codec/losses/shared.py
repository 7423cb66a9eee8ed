"""Losses that compare the same network's activations, which are then computed once for them all."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from tfgan_codec.layers.classifier import ClassifierFeatures
from tfgan_codec.losses.contract import CodecOutput, Loss, LossValue


class FeatureLoss:
    """Is the base class of losses on activations. Subclasses `compare`.

    Attributes:
        features: the network.
        shift: whether the network is shown other pictures than those it is given, see `shown`;
            such losses cannot share its activations.
    """

    names: tuple[str, ...]
    features: ClassifierFeatures
    shift = False

    def compare(self, real: list[tf.Tensor], fake: list[tf.Tensor]) -> LossValue:
        """Returns the loss from the activations [batch, h, w, c] of each layer, fine to coarse, of
        the originals and of the decoded pictures."""
        raise NotImplementedError

    def shown(self, pictures: tf.Tensor, decoded: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns what the network sees of originals and of decoded pictures."""
        return pictures, decoded

    def __call__(self, pictures: tf.Tensor, output: CodecOutput) -> LossValue:
        real, fake = self.shown(pictures, output.reconstruction)
        return self.compare(_constant(self.features(real)), self.features(fake))


class _Sharing:
    """Adds up losses on the activations of one network."""

    def __init__(self, losses: Sequence[FeatureLoss]):
        self.losses = losses
        self.names = tuple(name for loss in losses for name in loss.names)

    def __call__(self, pictures: tf.Tensor, output: CodecOutput) -> LossValue:
        features = self.losses[0].features
        real, fake = _constant(features(pictures)), features(output.reconstruction)
        values = [loss.compare(real, fake) for loss in self.losses]
        parts = {name: part for value in values for name, part in value.parts.items()}
        return LossValue(tf.add_n([value.total for value in values]), parts)


def share_features(losses: Sequence[Loss]) -> list[Loss]:
    """Returns losses of the same sum, in which those on equal activations are one."""
    groups: dict[object, list[FeatureLoss]] = {}
    apart: list[Loss] = []
    for loss in losses:
        if isinstance(loss, FeatureLoss) and not loss.shift:
            groups.setdefault(loss.features.settings, []).append(loss)
        else:
            apart.append(loss)
    shared = [group[0] if len(group) == 1 else _Sharing(group) for group in groups.values()]
    return [*apart, *shared]


def _constant(features: list[tf.Tensor]) -> list[tf.Tensor]:
    return [tf.stop_gradient(each) for each in features]
