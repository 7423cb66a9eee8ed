"""Repeats Table 1 of the MobileViT-GAN paper and the ablation of its Fig. 6, scaled down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.evaluation import schema
from tfgan_codec.evaluation.summary import markdown_table
from tfgan_codec.format import container, payload
from tfgan_codec.format.geometry import latent_size
from tfgan_codec.studies.study import Experiment, Study, System, cells, small

# What the symbols -2..2 cost by Eq. 4, whose probabilities are those of the standard normal.
_NORMAL_BITS = -np.log2([0.0668072, 0.2417303, 0.3829249, 0.2417303, 0.0668072])
_METRICS = ("ms_ssim", "lpips", "fid")


class Published(NamedTuple):
    """Holds what Table 1 says of a codec."""

    bpp: float
    ms_ssim: float
    fid: float


_PUBLISHED = {
    "ls_gan": Published(0.1280, 0.8401, 98.07),
    "hific_five_level": Published(0.1501, 0.8802, 55.27),
    "hinge_gan_gp": Published(0.0908, 0.8998, 67.44),
    "mobilevit_gan": Published(0.0889, 0.9012, 53.14),
}


def _tables(study: Study, systems: Sequence[System], results: schema.Results) -> list[str]:
    head = ["codec", "steps", "bpp", "bpp, normal tables", "MS-SSIM", "LPIPS", "FID"]

    def row(system: System) -> list[str]:
        steps, bpp, *others = cells(study, system, results, _METRICS)
        return [system.title, steps, bpp, f"{_normal_bpp(study, system):.4f}", *others]

    table = [[*head, "paper: bpp", "MS-SSIM", "FID"]]
    table += [[*row(s), *map(str, _PUBLISHED[s.name])] for s in systems if s.name in _PUBLISHED]
    ablation = [head, *(row(s) for s in systems if s.name.startswith("mobilevit"))]
    return [
        "## Table 1",
        "",
        markdown_table(table),
        "",
        "## Ablation (Fig. 6)",
        "",
        markdown_table(ablation),
    ]


def _normal_bpp(study: Study, system: System) -> float:
    """Returns the bits per pixel that the same symbols would take with Eq. 4's fixed tables."""
    bundle = Bundle.load(study.bundle(system))
    rates = []
    for path in sorted(study.files(system).glob("*.tgc")):
        file = container.parse(path.read_bytes()).file
        h, w = latent_size(file.height, file.width)
        tables = bundle.z_tables, bundle.y_tables, bundle.scale_decoder
        symbols = payload.decode_symbols(file.streams[0], h, w, *tables).r
        rates.append(_NORMAL_BITS[symbols + 2].sum() / (file.height * file.width))
    return float(np.mean(rates))


EXPERIMENT = Experiment(
    title="The MobileViT-GAN paper's experiment, scaled down",
    about="The codecs have an eighth of the published width and were trained for minutes, not "
    "days: compare them with each other, not with the paper.",
    systems=(
        small("ls_gan", "LS-GAN"),
        small("hific_five_level", "HiFiC (five levels)"),
        small("hinge_gan_gp", "Hinge GAN-GP"),
        small("mobilevit_gan", "MobileViT-GAN"),
        small("mobilevit_gan-no_discriminator", "MobileViT-GAN without discriminator"),
        small("mobilevit_gan-no_smoothness", "MobileViT-GAN without smoothness loss"),
    ),
    tables=_tables,
)
