"""Repeats the ablation of MSAE's Fig. 2, scaled down: with and without GAN, and at one scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tfgan_codec.evaluation import schema
from tfgan_codec.evaluation.summary import markdown_table
from tfgan_codec.format import container
from tfgan_codec.studies.claims import Claim
from tfgan_codec.studies.study import Experiment, Run, Study, System, small


class Published(NamedTuple):
    """Holds what Fig. 2 says of a codec, for one picture of Cityscapes."""

    bpp: float
    psnr: float
    ssim: float


_PUBLISHED = {
    "msae": Published(0.047, 27.03, 0.7943),
    "msae-no_gan": Published(0.055, 27.03, 0.8019),
    "msae-one_scale": Published(0.061, 26.72, 0.8032),
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


EXPERIMENT = Experiment(
    title="MSAE's ablations, scaled down",
    about="The codecs have a quarter of the published width and were trained for minutes: compare "
    "them with each other.",
    systems=(
        small("msae", "MSAE"),
        small("msae-no_gan", "without discriminators"),
        small("msae-one_scale", "one scale"),
    ),
    claims=(
        Claim("Three scales are better than one.", "msae", "msae-one_scale", ("psnr", "ms_ssim")),
        Claim(
            "Adversarial training makes pictures more realistic.",
            "msae",
            "msae-no_gan",
            ("fid", "kid_256", "lpips"),
        ),
    ),
    tables=_tables,
)
