"""The discriminator of MobileViT-GAN (Fig. 1): 1,301,249 parameters, one verdict per picture."""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.discriminators.contract import Discriminator, DiscriminatorOutput
from tfgan_codec.errors import UsageError
from tfgan_codec.layers.mobilevit import KEEP, InvertedResidual, MobileViTBlock, Swish
from tfgan_codec.layers.widths import scale_filters

UNFOLDS = ("patches", "strips")


class MobileViT(Discriminator):
    """Judges whole pictures, whose sides must be multiples of 64, with MobileViT-XXS.

    It lacks dropout and batch normalisation, which a gradient penalty forbids.

    Args:
        width: factor on the numbers of filters.
        unfold: "patches" or "strips", see `layers.mobilevit.MobileViTBlock`.
        trainable_beta: whether each swish has a trainable beta (Eq. 1), which makes 46 parameters
            more than published.
    """

    def __init__(
        self,
        width: float = 1.0,
        unfold: str = "patches",
        trainable_beta: bool = False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if unfold not in UNFOLDS:
            raise UsageError(f"unknown unfold {unfold!r}: choose from {', '.join(UNFOLDS)}")

        def n(filters: int) -> int:
            return scale_filters(filters, width)

        def residual(filters: int, stride: int = 1) -> InvertedResidual:
            return InvertedResidual(n(filters), stride, trainable_beta)

        def block(filters: int, depth: int) -> MobileViTBlock:
            return MobileViTBlock(n(filters), depth, unfold, trainable_beta)

        layers = tf.keras.layers
        keep = {"padding": "same", "kernel_initializer": KEEP}
        last = layers.Conv2D(n(320), 1, **keep)
        self.stages = [
            [layers.Conv2D(n(16), 3, 2, **keep), Swish(trainable_beta), residual(16)],
            [residual(24, 2), residual(24), residual(24)],
            [residual(48, 2), block(64, 2)],
            [residual(64, 2), block(80, 4)],
            [residual(80, 2), block(96, 3), last, Swish(trainable_beta)],
        ]
        self.head = layers.Dense(1, dtype="float32")

    def call(
        self, pictures: tf.Tensor, latents: tf.Tensor | None = None, training: bool = False
    ) -> DiscriminatorOutput:
        x, features = pictures, []
        for stage in self.stages:
            for layer in stage:
                x = layer(x)
            features.append(x)
        pooled = tf.reduce_mean(tf.cast(x, tf.float32), axis=(1, 2))
        return DiscriminatorOutput((self.head(pooled)[:, 0],), (tuple(features),))
