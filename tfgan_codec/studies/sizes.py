"""Counts parameters and operations of codecs and discriminators, beside those of the papers."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_codec import discriminators, models
from tfgan_codec.discriminators.contract import Discriminator
from tfgan_codec.models.contract import CodecModel
from tfgan_codec.studies.keras_complexity import of_keras

SIDE, STRIDE = 256, 16  # the side of the papers' training crops; pixels per latent along each side


class Published(NamedTuple):
    """Holds what the MobileViT-GAN paper says of a system; GFLOPs are for a 256x256 picture.

    discriminator: name and arguments of the one it is trained with, which has the d_ values.
    """

    parameters: int
    gflops: float | None
    discriminator: tuple[str, dict[str, Any]]
    d_parameters: int | None
    d_gflops: float | None


PUBLISHED = {
    "mobilevit_gan": Published(160_672_403, 96.08, ("mobilevit", {}), 1_301_249, 0.63),
    "hinge_gan_gp": Published(160_672_403, 96.08, ("hinge_gan_gp", {}), 3_049_857, 6.67),
    "ls_gan": Published(160_672_371, 95.97, ("multiscale", {}), 2_766_529, 4.37),
    "hific_five_level": Published(160_603_239, 96.08, ("conditional", {}), 2_777_985, 3.73),
    "hific": Published(181_461_583, None, ("conditional", {"official": True}), None, None),
}


def facts(model: CodecModel) -> dict[str, Any]:
    """Counts parameters and operations of a codec whose weights are built, for JSON.

    GFLOPs are 2 per multiply-accumulate of convolutions and matrix products, attention included
    (the papers' counts leave some of it out), for one picture of 256x256.
    """
    analysis = synthesis = 0.0
    side = SIDE // STRIDE
    # Codecs in layers: the smaller sizes of the picture have fewer pixels.
    for halvings, part in enumerate(reversed(model.layer_codecs)):
        share, channels = 0.25**halvings, part.analysis.output_shape[-1]
        analysis += share * of_keras(part.analysis, (SIDE, SIDE, 3)).kmac_per_pixel
        work = of_keras(part.synthesis, (side, side, channels)).kmac_per_pixel
        synthesis += share * work / STRIDE**2
        if part.post_processing is not None:
            synthesis += of_keras(part.post_processing, (SIDE, SIDE, 3)).kmac_per_pixel
    return {
        "model": model.name,
        "parameters": _count(model.trainable_variables),
        "analysis_kmac_per_pixel": round(analysis, 2),
        "synthesis_kmac_per_pixel": round(synthesis, 2),
        "gflops": _gflops(analysis + synthesis),
    }


def describe(name: str) -> dict[str, Any]:
    """Returns the facts of the codec called `name` and of its discriminator, beside the paper's."""
    model = models.build(name)
    model.build_weights()
    found = facts(model)
    published = PUBLISHED.get(name)
    if published is None:
        return found
    if name == "hific":  # the published total leaves the hyper-latents' densities out
        densities = _count(model.entropy.side.trainable_variables)
        found["parameters_without_densities"] = found["parameters"] - densities
    which, arguments = published.discriminator
    channels = model.analysis.output_shape[-1]
    discriminator = discriminators.build(which, channels, **arguments)
    work = of_keras(_Judging(discriminator, channels), (SIDE, SIDE, 3)).kmac_per_pixel
    found["discriminator"] = which
    found["discriminator_parameters"] = discriminator.count_params()
    found["discriminator_gflops"] = _gflops(work)
    found["published"] = {
        "parameters": published.parameters,
        "gflops": published.gflops,
        "discriminator_parameters": published.d_parameters,
        "discriminator_gflops": published.d_gflops,
    }
    return found


class _Judging:
    """Calls a discriminator as a function of the picture alone, so that it can be counted."""

    def __init__(self, discriminator: Discriminator, channels: int):
        self.discriminator = discriminator
        self.channels = channels
        self.trainable_variables = discriminator.trainable_variables

    def __call__(self, pictures: tf.Tensor, training: bool) -> tf.Tensor:
        side = SIDE // STRIDE
        return self.discriminator(pictures, tf.zeros([1, side, side, self.channels])).logits


def _count(variables: list[tf.Variable]) -> int:
    return sum(int(np.prod(variable.shape)) for variable in variables)


def _gflops(kmac_per_pixel: float) -> float:
    return round(2.0 * kmac_per_pixel * 1e3 * SIDE**2 / 1e9, 3)
