"""Projected discriminators (Sauer et al., 2021), which judge features that they do not learn."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tfgan_codec.discriminators.contract import Discriminator, DiscriminatorOutput
from tfgan_codec.discriminators.patch import PatchNetwork
from tfgan_codec.errors import UsageError
from tfgan_codec.layers.classifier import ClassifierFeatures

# Root mean squares of VGG16's five layers on photographs, fine to coarse, which divide them: the
# network has no normalisation that would have brought them to one scale.
_SCALES = (1.1, 1.9, 2.8, 1.4, 0.6)
_MIXED = 64  # channels of a mix
_SEED = 2021


class Projected(Discriminator):
    """Judges a picture by small networks, one for each layer of VGG16's activations.

    Discriminators from scratch need long to see anything. Here the layers of a classifier, which
    stays as it is, are mixed across channels (random 1x1 convolutions to 64 channels) and then,
    from coarse to fine, across sizes (random 3x3 convolutions of each mix plus the doubled coarser
    one). The mixes are fixed as well: they keep a head from resting on a few channels alone. A head
    takes its mix to 1/16 of the picture's size by 4x4 convolutions of stride 2 with spectral
    normalisation and leaky ReLU 0.2, then gives a logit per place.

    Departures from the paper: VGG16, which the losses have already, in place of EfficientNet, and
    pictures are not resized to 224 pixels, since what codecs lose is lost in the finest band.

    Args:
        levels: how many layers to judge, from the finest on, 1 to 5.
        width: factor on the numbers of filters of the heads.
        folder: where VGG16's weights are, see `layers.classifier`.
    """

    def __init__(self, levels: int = 4, width: float = 1.0, folder: str | None = None, **kwargs):
        super().__init__(**kwargs)
        if not 1 <= levels <= len(_SCALES):
            raise UsageError(f"projected: levels must be 1 to {len(_SCALES)}, not {levels}")
        self.levels = levels
        self.classifier = ClassifierFeatures("vgg", folder, self.compute_dtype == "bfloat16")
        self.mixes = _Mixes(self.classifier.channels[:levels])
        # Down to 1/16 of the picture; a layer that is there already is still looked around in.
        strides = [(2,) * (4 - level) or (1,) for level in range(levels)]
        self.heads = [
            PatchNetwork(width, "spectral", each, spectral_head=True, head_side=3)
            for each in strides
        ]

    def call(
        self, pictures: tf.Tensor, latents: tf.Tensor | None = None, training: bool = False
    ) -> DiscriminatorOutput:
        taps = self.classifier((tf.cast(pictures, tf.float32) + 1.0) * 127.5)
        layers = [tf.cast(x / scale, self.compute_dtype) for x, scale in zip(taps, _SCALES)]
        mixed = self.mixes(layers[: self.levels])
        verdicts = [head(x, training=training) for head, x in zip(self.heads, mixed)]
        logits, features = zip(*verdicts)
        return DiscriminatorOutput(logits, features)


class _Mixes:
    """Mixes activations [batch, h, w, c], each layer half the size of the one before, to as many
    maps of 64 channels, by constants that are the same in every run."""

    def __init__(self, channels: tuple[int, ...]):
        random = np.random.default_rng(_SEED)

        def kernel(side: int, inputs: int) -> tf.Tensor:
            deviation = (side * side * inputs) ** -0.5  # keeps the mean square
            return tf.constant(
                random.normal(0, deviation, (side, side, inputs, _MIXED)), tf.float32
            )

        self.across_channels = [kernel(1, count) for count in channels]
        self.across_sizes = [kernel(3, _MIXED) for _ in channels[1:]]

    def __call__(self, layers: list[tf.Tensor]) -> list[tf.Tensor]:
        narrow = [_convolved(x, kernel) for x, kernel in zip(layers, self.across_channels)]
        mixed = [narrow[-1]]
        for x, kernel in zip(reversed(narrow[:-1]), reversed(self.across_sizes)):
            doubled = tf.repeat(tf.repeat(mixed[-1], 2, axis=1), 2, axis=2)
            mixed.append(_convolved((x + doubled) * 2**-0.5, kernel))
        return mixed[::-1]


def _convolved(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    return tf.nn.conv2d(x, tf.cast(kernel, x.dtype), 1, "SAME")
