"""A discriminator of the size that was published for Hinge GAN-GP (Pei et al., 2023)."""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.discriminators.contract import Discriminator, DiscriminatorOutput
from tfgan_codec.layers.widths import scale_filters


class HingeGanGp(Discriminator):
    """Judges patches with five convolutions: 3,049,857 parameters, 6.65 GFLOPs at 256x256.

    FLOPs are 2 per multiply-accumulate. UNVERIFIED: the paper does not give the layers. This is the
    only layout of up to five hidden layers that was found to fit the published count (3,049,857)
    and FLOPs (6.67 G), and its pattern of biases is not a natural one.
    """

    def __init__(self, width: float = 1.0, **kwargs):
        super().__init__(**kwargs)
        # filters, kernel, stride, bias
        layout = (
            (64, 3, 2, True),
            (128, 4, 2, False),
            (256, 4, 2, False),
            (512, 4, 1, False),
            (64, 3, 2, True),
        )
        self.hidden = [
            tf.keras.layers.Conv2D(
                scale_filters(filters, width), kernel, stride, padding="same", use_bias=bias
            )
            for filters, kernel, stride, bias in layout
        ]
        self.head = tf.keras.layers.Conv2D(1, 3, padding="same")

    def call(
        self, pictures: tf.Tensor, latents: tf.Tensor | None = None, training: bool = False
    ) -> DiscriminatorOutput:
        x, features = pictures, []
        for conv in self.hidden:
            x = tf.nn.leaky_relu(conv(x), 0.2)
            features.append(x)
        logits = tf.cast(self.head(x), tf.float32)[..., 0]
        return DiscriminatorOutput((logits,), (tuple(features),))
