"""Discriminators, built by name. They judge pictures in [-1, 1]; `contract` says how."""

from __future__ import annotations

import tensorflow as tf

import tfgan_codec.keras2  # noqa: F401
from tfgan_codec.discriminators.contract import Discriminator
from tfgan_codec.layers.precision import precision
from tfgan_codec.specs.grammar import Spec
from tfgan_codec.specs.names import Registry

DISCRIMINATORS: Registry[Discriminator] = Registry(
    "discriminator",
    {
        "conditional": "conditional.Conditional",
        "hinge_gan_gp": "hinge_gan_gp.HingeGanGp",
        "mobilevit": "mobilevit.MobileViT",
        "multiscale": "multiscale.MultiScale",
        "patch": "patch.Patch",
        "projected": "projected.Projected",
    },
    __name__,
)


def build(name: str, latent_channels: int, dtype: str | None = None, **kwargs) -> Discriminator:
    """Returns the discriminator called `name` with fresh weights; `kwargs` go to its constructor.

    `latent_channels` is the number of channels of the codec's latents. `dtype` is the Keras policy
    of its layers, by default the global one; give "float32" where a gradient penalty differentiates
    through it twice.
    """
    with precision(dtype or tf.keras.mixed_precision.global_policy()):
        discriminator = DISCRIMINATORS.make(Spec(name, kwargs))
        discriminator.build_weights(latent_channels)
    return discriminator
