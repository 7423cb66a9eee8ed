"""Asks what the adversarial hyperprior codec's paper claims, of codecs of an eighth of its width.

One codec is trained without discriminator and post-processing until it hardly gains any more. Every
variant goes on with it for as many steps, at the same rate: with the discriminator, at the weight
that Eq. 4 has and at a hundred times that, with post-processing (Table 1), with both, with neither.
One more codec has plain residual blocks in place of attention, from the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tfgan_codec.evaluation import schema
from tfgan_codec.evaluation.summary import markdown_table
from tfgan_codec.studies.claims import Claim
from tfgan_codec.studies.study import GOING_ON, Experiment, Study, System


class Published(NamedTuple):
    """Holds a row of Table 1, on the validation set of CLIC 2020; seconds are for the whole set."""

    bpp: float
    psnr: float
    ms_ssim: float
    decoder_bytes: int
    decode_seconds: int


_PUBLISHED = {
    "both": Published(0.149, 29.220, 0.9729, 220_378_325, 11_414),
    "discriminator": Published(0.149, 29.118, 0.9725, 214_865_170, 11_988),
}
# The bits per pixel in Fig. 4, of one picture.
_PUBLISHED_BPP = {"both": 0.174, "post_processing": 0.169}


def _tables(study: Study, systems: Sequence[System], results: schema.Results) -> list[str]:
    rows = {row["codec"]: row for row in results.sets}
    cost = [["codec", "parameters", "s to decode"]]
    for system in systems:
        row = rows[system.name]
        cost.append([system.title, str(row["params"]), f"{row['decode_s']:.2f}"])
    paper = [["the paper's", "bpp", "PSNR", "MS-SSIM", "decoder, bytes", "s to decode CLIC"]]
    paper += [[s.title, *map(str, _PUBLISHED[s.name])] for s in systems if s.name in _PUBLISHED]
    fig4 = [["the paper's", "bpp"]]
    fig4 += [[s.title, str(_PUBLISHED_BPP[s.name])] for s in systems if s.name in _PUBLISHED_BPP]
    return [
        *("## Post-processing (Table 1)", "", markdown_table(cost), "", markdown_table(paper), ""),
        *("## The discriminator (Fig. 4)", "", markdown_table(fig4)),
    ]


_MODEL = "--model=adversarial:width=0.125:blocks=1:kernel=5"
_PLAIN = f"{_MODEL}:ratio=0"
_ALONE = ":post_processing=0"
_CONTENT = "--loss=content:weight=100:alpha=1"  # 1 - MS-SSIM, as in the paper
_TRAINING = (
    "--steps=40000",
    "--phase=1.0:192:3:0:0",
    "--learning_rate=1e-3",
    "--schedule=cosine:floor=0.01",
    "--ema=0.998",
    _CONTENT,
    # First the errors, those of colour above all: MS-SSIM alone starts slowly, and without colours.
    "--loss=mse:weight=0.02@0,0.004@0.4,0.001@1:red_blue=4:green=12",
    "--loss=rate_target:target=0.17@0,0.148@0.3:high=100:low=10",
)
_BASE = System("base", "what all begin with", (_MODEL + _ALONE, *_TRAINING))
_PLAIN_BASE = System(
    "plain-base", "what it begins with, without attention", (_PLAIN + _ALONE, *_TRAINING)
)
_DISCRIMINATOR = (
    "--phase=1.0:192:3:0:0:gan",
    "--discriminator=patch:width=0.25",
    "--adversarial=bce",
    "--d_learning_rate=4e-4",
    "--d_schedule=constant",
)
_NONE = ("--phase=1.0:192:3:0:0",)
_PUBLISHED_WEIGHT = "--adversarial_weight=0.01"  # 1e-4 of that of 1 - MS-SSIM


def _branch(name: str, title: str, model: str, *flags: str, begins: System = _BASE) -> System:
    return System(
        name,
        title,
        (
            model,
            "--steps=4000",
            *GOING_ON,
            _CONTENT,
            "--loss=mse:weight=0.001:red_blue=4:green=12",
            "--loss=rate_target:target=0.148:high=100:low=10",
            *flags,
        ),
        begins=begins,
    )


EXPERIMENT = Experiment(
    title="The adversarial hyperprior codec's claims, at an eighth of its width",
    about="One residual block in each attention block, a context of 5x5x5. The variants go on with "
    "the codec of the last row but one for 4,000 steps of three crops of 192x192, at one target of "
    "the rate; that with plain blocks with the codec of the last row. Compare them with each "
    "other, not with the paper's figures.",
    systems=(
        _branch("none", "neither", _MODEL + _ALONE, *_NONE),
        _branch(
            "discriminator",
            "with discriminator",
            _MODEL + _ALONE,
            *_DISCRIMINATOR,
            _PUBLISHED_WEIGHT,
        ),
        _branch(
            "strong_discriminator",
            "with discriminator, a hundred times the weight",
            _MODEL + _ALONE,
            *_DISCRIMINATOR,
            "--adversarial_weight=1",
        ),
        _branch("post_processing", "with post-processing", _MODEL, *_NONE),
        _branch("both", "with both, as published", _MODEL, *_DISCRIMINATOR, _PUBLISHED_WEIGHT),
        _branch("plain", "plain blocks, neither", _PLAIN + _ALONE, *_NONE, begins=_PLAIN_BASE),
        _BASE,
        _PLAIN_BASE,
    ),
    claims=(
        Claim(
            "The discriminator makes pictures better at equal rate.",
            "discriminator",
            "none",
            ("psnr", "ms_ssim", "lpips", "fid"),
        ),
        Claim(
            "A discriminator with a hundred times the weight makes them more realistic.",
            "strong_discriminator",
            "none",
            ("lpips", "dists", "fid", "kid_256"),
        ),
        Claim(
            "Post-processing makes pictures better.",
            "post_processing",
            "none",
            ("psnr", "ms_ssim"),
        ),
        Claim(
            "Channel-spatial attention serves better than plain residual blocks.",
            "none",
            "plain",
            ("psnr", "ms_ssim"),
        ),
    ),
    tables=_tables,
)
