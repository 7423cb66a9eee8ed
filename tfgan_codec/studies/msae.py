"""Asks what MSAE's paper claims, of codecs of a tenth of its width: Fig. 2 and what goes with it.

Two codecs, of three scales and of one, are trained without discriminators until they hardly gain
any more, for the same rate. The variants go on with the first for as many steps: without
discriminators, with those at three scales with and without feature matching, with one at one scale;
and with the second, without any.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tfgan_codec.evaluation import schema
from tfgan_codec.evaluation.summary import markdown_table
from tfgan_codec.format import container
from tfgan_codec.studies.claims import Claim
from tfgan_codec.studies.study import GOING_ON, Experiment, Run, Study, System


class Published(NamedTuple):
    """Holds what Fig. 2 says of a codec, for one picture of Cityscapes."""

    bpp: float
    psnr: float
    ssim: float


_PUBLISHED = {
    "gan": Published(0.047, 27.03, 0.7943),
    "none": Published(0.055, 27.03, 0.8019),
    "one_scale": Published(0.061, 26.72, 0.8032),
}


def _tables(study: Study, systems: Sequence[System], results: schema.Results) -> list[str]:
    layers = [["codec", "picture / 4", "picture / 2", "whole", "headers"]]
    layers += [[system.title, *_layers(study, system)] for system in systems]
    paper = [["the paper's", "bpp", "PSNR", "SSIM"]]
    paper += [[s.title, *map(str, _PUBLISHED[s.name])] for s in systems if s.name in _PUBLISHED]
    about = "Bits per pixel of the whole picture, means, of the first seed."
    return [
        *("## Layers", "", about, "", markdown_table(layers), ""),
        *("## The paper's ablation (Fig. 2)", "", markdown_table(paper)),
    ]


def _layers(study: Study, system: System) -> list[str]:
    """Returns the mean bits per pixel of each stream, coarse to fine, and of the headers."""
    shares = []
    for path in sorted(study.files(Run(system, 0), EXPERIMENT.setting).glob("*.tgc")):
        parsed = container.parse(path.read_bytes())
        streams = [0] * (3 - len(parsed.sizes.streams)) + list(parsed.sizes.streams)
        pixels = parsed.file.width * parsed.file.height
        shares.append([8 * n / pixels for n in (*streams, parsed.sizes.header)])
    return [f"{share:.4f}" for share in np.mean(shares, axis=0)]


_THREE = "--model=msae:width=0.1:fine=0.5:norm=channel"
_ONE = f"{_THREE}:scales=1"
# Half the paper's weight of the rate, so that it is the target that holds the rate.
_CONTENT = "--loss=multiscale:alpha=1:beta=50:coarse_alpha=100:coarse_beta=1"
_TARGET = "--loss=rate_target:target=0.0485:high=1:low=0"
_TRAINING = (
    "--steps=30000",
    "--phase=0.6:128:4:0:0",
    "--phase=1.0:192:4:0:0",
    "--learning_rate=1.5e-3",
    "--schedule=cosine:floor=0.01",
    "--clip=20",
    "--ema=0.998",
    _CONTENT,
    # Colours first, see `losses.content.Mse`.
    "--loss=mse:weight=6e-5@0,6e-6@0.5:red_blue=8@0,3@0.5:green=48@0,18@0.5",
    "--loss=rate_target:target=0.075@0,0.0485@0.3:high=1:low=0",
)
_BASE = System("base", "what all begin with", (_THREE, *_TRAINING))
_ONE_BASE = System("one_scale-base", "what it begins with, of one scale", (_ONE, *_TRAINING))
_MATCHING = ("--feature_matching=0.2", "--feature_matching_squared")


def _branch(
    name: str,
    title: str,
    model: str = _THREE,
    begins: System = _BASE,
    discriminator: str | None = None,
    more: Sequence[str] = (),
) -> System:
    """Returns a system that goes on with a base. The discriminators count a fiftieth of what they
    do in the paper: with more of them codecs as small as these lose the picture."""
    phase = "--phase=1.0:192:4:0:0"
    adversarial = (
        f"--discriminator={discriminator}",
        "--adversarial=lsgan",
        "--adversarial_weight=0.02",
        "--d_learning_rate=5e-4",
        "--d_schedule=constant",
    )
    return System(
        name,
        title,
        (
            model,
            "--steps=2500",
            phase + (":gan" if discriminator else ""),
            *GOING_ON,
            _CONTENT,
            "--loss=mse:weight=6e-6:red_blue=3:green=18",
            _TARGET,
            *(adversarial if discriminator else ()),
            *more,
        ),
        begins=begins,
    )


_AT_THREE = "multiscale:shared=false:width=0.25"
EXPERIMENT = Experiment(
    title="MSAE's claims, at a tenth of its width",
    about="The variants go on with the codec of the last row but one, and that of one scale with "
    "the codec of the last row, for 2,500 steps of four crops of 192x192, at one target of the "
    "rate. Compare them with each other, not with the paper's figures.",
    systems=(
        _branch("none", "no discriminator"),
        _branch("gan", "discriminators at three scales", discriminator=_AT_THREE, more=_MATCHING),
        _branch("no_matching", "the same, no feature matching", discriminator=_AT_THREE),
        _branch(
            "one_discriminator",
            "a discriminator at one scale",
            discriminator=f"{_AT_THREE}:scales=1",
            more=_MATCHING,
        ),
        _branch("one_scale", "one scale, no discriminator", _ONE, _ONE_BASE),
        _BASE,
        _ONE_BASE,
    ),
    claims=(
        Claim("Three scales are better than one.", "none", "one_scale", ("psnr", "ms_ssim")),
        Claim(
            "Adversarial training makes pictures more realistic.",
            "gan",
            "none",
            ("fid", "kid_256", "dists", "lpips"),
        ),
        Claim(
            "Discriminators at three scales serve better than one.",
            "gan",
            "one_discriminator",
            ("fid", "kid_256", "dists", "lpips"),
        ),
        Claim(
            "Feature matching helps.",
            "gan",
            "no_matching",
            ("psnr", "ms_ssim", "fid", "kid_256", "dists", "lpips"),
        ),
    ),
    tables=_tables,
)
