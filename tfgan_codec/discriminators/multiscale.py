"""Patch discriminators on an image pyramid (Wang et al., 2018, pix2pixHD)."""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.discriminators.contract import Discriminator, DiscriminatorOutput
from tfgan_codec.discriminators.patch import PatchNetwork


class MultiScale(Discriminator):
    """Judges patches at `scales` sizes of the picture, each half the one before.

    With `shared` weights and three sizes it has the parameters and the FLOPs that the MobileViT-GAN
    paper gives for LS-GAN's discriminator (2,766,529 and 4.37 G); pix2pixHD shares none. Pictures
    are shrunk by pix2pixHD's 3x3 mean of stride 2, which leaves the padding out of the mean.
    """

    def __init__(
        self,
        width: float = 1.0,
        scales: int = 3,
        shared: bool = True,
        norm: str = "instance",
        dropout: float = 0.0,
        minibatch: int = 0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.scales = scales
        self.networks = [
            PatchNetwork(width, norm, dropout=dropout, minibatch=minibatch)
            for _ in range(1 if shared else scales)
        ]

    def call(
        self, pictures: tf.Tensor, latents: tf.Tensor | None = None, training: bool = False
    ) -> DiscriminatorOutput:
        logits, features = [], []
        for scale in range(self.scales):
            if scale:
                pictures = tf.nn.avg_pool2d(pictures, 3, 2, "SAME")
            network = self.networks[min(scale, len(self.networks) - 1)]
            # What shared networks store changes once per step, at the first size.
            own = training and (scale == 0 or len(self.networks) > 1)
            verdict, hidden = network(pictures, training=own)
            logits.append(verdict)
            features.append(hidden)
        return DiscriminatorOutput(tuple(logits), tuple(features))
