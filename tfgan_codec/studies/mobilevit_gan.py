"""Asks what the MobileViT-GAN paper claims, of codecs of a tenth of its width.

One codec is trained without a discriminator until it hardly gains any more. Every variant goes on
with it for as many steps, at the same rate: without discriminator, or with that of one of the four
systems of Table 1, or with one on frozen features, or without the smoothness loss (Fig. 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.evaluation import schema
from tfgan_codec.evaluation.summary import markdown_table
from tfgan_codec.format import container, payload
from tfgan_codec.format.geometry import latent_size
from tfgan_codec.studies.claims import Claim
from tfgan_codec.studies.study import GOING_ON, Experiment, Run, Study, System

# What the symbols -2..2 cost by Eq. 4, whose probabilities are those of the standard normal.
_NORMAL_BITS = -np.log2([0.0668072, 0.2417303, 0.3829249, 0.2417303, 0.0668072])
_REALISM = ("fid", "fid_256", "kid_256", "dists", "lpips")


class Published(NamedTuple):
    """Holds what Table 1 says of a codec."""

    bpp: float
    ms_ssim: float
    fid: float


_PUBLISHED = {
    "ls_gan": Published(0.1280, 0.8401, 98.07),
    "conditional": Published(0.1501, 0.8802, 55.27),
    "hinge_gan_gp": Published(0.0908, 0.8998, 67.44),
    "mobilevit": Published(0.0889, 0.9012, 53.14),
}


def _tables(study: Study, systems: Sequence[System], results: schema.Results) -> list[str]:
    rows = {row["codec"]: row for row in results.sets}
    table = [["system", "bpp", "bpp, normal tables", "MS-SSIM", "FID", "paper: bpp", "MS-SSIM"]]
    table[0].append("FID")
    for system in systems:
        if system.name in _PUBLISHED:
            row = rows[system.name]
            fid = "-" if row["fid"] is None else f"{row['fid']:.1f}"
            measured = f"{row['bpp']:.4f}", f"{_normal_bpp(study, system):.4f}"
            published = map(str, _PUBLISHED[system.name])
            table.append([system.title, *measured, f"{row['ms_ssim']:.4f}", fid, *published])
    text = "The first seed's. In the paper each system has a generator and a rate of its own."
    return ["## Table 1", "", text, "", markdown_table(table)]


def _normal_bpp(study: Study, system: System) -> float:
    """Returns the bits per pixel that the same symbols would take with Eq. 4's fixed tables."""
    run = Run(system, 0)
    bundle = Bundle.load(study.bundle(run))
    rates = []
    for path in sorted(study.files(run, EXPERIMENT.setting).glob("*.tgc")):
        file = container.parse(path.read_bytes()).file
        h, w = latent_size(file.height, file.width)
        tables = bundle.z_tables, bundle.y_tables, bundle.scale_decoder
        symbols = payload.decode_symbols(file.streams[0], h, w, *tables).r
        rates.append(_NORMAL_BITS[symbols + 2].sum() / (file.height * file.width))
    return float(np.mean(rates))


_MODEL = ("--model=mobilevit_gan:width=0.1:fine=0.2:latent_scale=0.05",)
# Errors of colour count more than those of brightness at first, or small codecs give colour up.
_COLOUR = System(
    "colour",
    "squared error, colours first",
    (
        *_MODEL,
        "--steps=5000",
        "--phase=1.0:128:3:0:0",
        "--learning_rate=2e-3",
        "--schedule=cosine:floor=0.3",
        "--ema=0.995",
        "--loss=mse:weight=0.02:red_blue=8@0,8@0.5,3@1:green=48@0,48@0.5,18@1",
        "--loss=rate_target:target=0.125@0,0.105@0.6:high=60:low=4",
    ),
)
_BASE = System(
    "base",
    "what all begin with",
    (
        *_MODEL,
        "--steps=30000",
        "--phase=1.0:192:2:0:0",
        "--learning_rate=1.2e-3",
        "--schedule=cosine:floor=0.01",
        "--ema=0.998",
        "--loss=content:weight=100",
        "--loss=smoothness:weight=5",
        "--loss=rate_target:target=0.1@0,0.0955@0.3:high=100:low=10",
        "--loss=mse:weight=0.02@0,0.004@0.5,0.001@1:red_blue=4:green=12",
    ),
    begins=_COLOUR,
)
_SMOOTHNESS = "--loss=smoothness:weight=5"
_BRANCH = (
    *_MODEL,
    "--steps=3000",
    *GOING_ON,
    "--loss=content:weight=100",
    "--loss=mse:weight=0.001:red_blue=4:green=12",
    "--loss=rate_target:target=0.0955:high=100:low=10",
)


def _branch(
    name: str, title: str, *discriminator: str, smoothness: str | None = _SMOOTHNESS
) -> System:
    phase = "--phase=1.0:192:2:0:0" + (":gan" if discriminator else "")
    flags = (*_BRANCH, phase, *discriminator, *([smoothness] if smoothness else []))
    return System(name, title, flags, begins=_BASE)


_PENALTY = ("--adversarial=hinge", "--gradient_penalty=interpolated:weight=10")
_MOBILEVIT = ("--discriminator=mobilevit:width=0.5", *_PENALTY, "--d_learning_rate=1e-3")

EXPERIMENT = Experiment(
    title="The MobileViT-GAN paper's claims, at a tenth of its width",
    about="All variants go on with the codec of the last row for 3,000 steps of two crops of "
    "192x192, with that paper's content loss and one target of the rate; they differ in what they "
    "are called after. Compare them with each other, not with the paper's figures.",
    systems=(
        _branch("none", "no discriminator"),
        _branch("mobilevit", "MobileViT-GAN", *_MOBILEVIT),
        _branch(
            "hinge_gan_gp",
            "Hinge GAN-GP",
            "--discriminator=hinge_gan_gp:width=0.25",
            *_PENALTY,
            "--d_learning_rate=1e-3",
        ),
        _branch(
            "ls_gan",
            "LS-GAN",
            "--discriminator=multiscale:width=0.25",
            "--adversarial=lsgan",
            "--feature_matching=10",
            "--d_learning_rate=1e-3",
        ),
        _branch(
            "conditional",
            "HiFiC's",
            "--discriminator=conditional:width=0.25",
            "--adversarial=bce",
            "--d_learning_rate=1e-3",
        ),
        _branch(
            "projected",
            "on frozen features",
            "--discriminator=projected:width=0.5",
            "--adversarial=hinge",
            "--d_learning_rate=1e-3",
        ),
        _branch(
            "mobilevit-no_smoothness", "MobileViT-GAN, no smoothness", *_MOBILEVIT, smoothness=None
        ),
        _branch("none-no_smoothness", "no discriminator, no smoothness", smoothness=None),
        _BASE,
    ),
    claims=(
        Claim("Adversarial training makes pictures more realistic.", "mobilevit", "none", _REALISM),
        Claim(
            "The MobileViT discriminator serves better than Hinge GAN-GP's.",
            "mobilevit",
            "hinge_gan_gp",
            ("ms_ssim", *_REALISM),
        ),
        Claim("It serves better than LS-GAN's.", "mobilevit", "ls_gan", ("ms_ssim", *_REALISM)),
        Claim("It serves better than HiFiC's.", "mobilevit", "conditional", ("ms_ssim", *_REALISM)),
        Claim(
            "The smoothness loss raises MS-SSIM.",
            "mobilevit",
            "mobilevit-no_smoothness",
            ("ms_ssim", "psnr"),
        ),
        Claim(
            "A discriminator on frozen features serves better than one from scratch.",
            "projected",
            "mobilevit",
            _REALISM,
        ),
    ),
    tables=_tables,
)
