"""Repeats the adversarial hyperprior codec's Table 1 and the ablation of Fig. 4, scaled down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tfgan_codec.evaluation import schema
from tfgan_codec.evaluation.summary import markdown_table
from tfgan_codec.studies.claims import Claim
from tfgan_codec.studies.study import Experiment, Study, System, small


class Published(NamedTuple):
    """Holds a row of Table 1, on the validation set of CLIC 2020; seconds are for the whole set."""

    bpp: float
    psnr: float
    ms_ssim: float
    decoder_bytes: int
    decode_seconds: int


_PUBLISHED = {
    "adversarial": Published(0.149, 29.220, 0.9729, 220_378_325, 11_414),
    "adversarial-no_post_processing": Published(0.149, 29.118, 0.9725, 214_865_170, 11_988),
}
# The bits per pixel in Fig. 4, of one picture.
_PUBLISHED_BPP = {"adversarial": 0.174, "adversarial-no_discriminator": 0.169}
_BEGIN = "adversarial-base"


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


_BASE = small(_BEGIN, "what all begin with")
EXPERIMENT = Experiment(
    title="The adversarial hyperprior codec's ablations, scaled down",
    about="The codecs have an eighth of the published width, one residual block in each attention "
    "block, a context of 5x5x5, and were trained for minutes: compare them with each other. All "
    "begin with the same codec, which has neither post-processing nor discriminator and is a row "
    "too; `steps` are those after it.",
    systems=(
        small("adversarial", "adversarial", _BASE),
        small("adversarial-no_discriminator", "without discriminator", _BASE),
        small("adversarial-no_post_processing", "without post-processing", _BASE),
        _BASE,
    ),
    claims=(
        Claim(
            "The discriminator saves bits at equal quality.",
            "adversarial",
            "adversarial-no_discriminator",
            ("psnr", "ms_ssim", "lpips", "fid"),
        ),
        Claim(
            "Post-processing makes pictures better.",
            "adversarial",
            "adversarial-no_post_processing",
            ("psnr", "ms_ssim"),
        ),
    ),
    tables=_tables,
)
