"""Discriminators, built by name. They judge pictures in [-1, 1], see `contract`."""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.discriminators.contract import Discriminator
from tfgan_codec.layers.precision import precision
from tfgan_codec.specs.names import make


def build(name: str, latent_channels: int, dtype: str | None = None, **kwargs) -> Discriminator:
    """Makes the discriminator called `name` with fresh weights; `kwargs` go to its constructor.

    `dtype` is the policy of its layers, by default the global one; give "float32" where a gradient
    penalty differentiates through it twice.
    """
    from tfgan_codec.discriminators.conditional import Conditional
    from tfgan_codec.discriminators.hinge_gan_gp import HingeGanGp
    from tfgan_codec.discriminators.mobilevit import MobileViT
    from tfgan_codec.discriminators.multiscale import MultiScale
    from tfgan_codec.discriminators.patch import Patch

    registry = {
        "conditional": Conditional,
        "hinge_gan_gp": HingeGanGp,
        "mobilevit": MobileViT,
        "multiscale": MultiScale,
        "patch": Patch,
    }
    with precision(dtype or tf.keras.mixed_precision.global_policy()):
        discriminator = make("discriminator", name, registry, kwargs)
        discriminator.build_weights(latent_channels)
    return discriminator
