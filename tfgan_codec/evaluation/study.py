"""The experiment of the MobileViT-GAN paper on small codecs: Table 1, and the ablation of Fig. 6.

Every codec is trained by `apps.train` from its `-small` flag file, exported, and measured on real
files. The measurements are what they are; they need not bear out the paper.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from tfgan_codec import container, latents, sheet
from tfgan_codec.codec import load
from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import runner, schema
from tfgan_codec.evaluation.neural import NeuralCodec
from tfgan_codec.metrics import weights

METRICS = ("psnr", "ms_ssim", "lpips", "fid")
SETTING = "q0"  # a codec of five levels has one rate
_FLAGS = Path(__file__).parents[2] / "apps" / "flags"
# Eq. 4: the probabilities of -2..2 under the standard normal.
_NORMAL_BITS = -np.log2([0.0668072, 0.2417303, 0.3829249, 0.2417303, 0.0668072])


class System(NamedTuple):
    """A row. paper: bpp, MS-SSIM and FID in Table 1, where it is one of its codecs."""

    name: str
    title: str
    paper: tuple[float, float, float] | None = None


SYSTEMS = (
    System("ls_gan", "LS-GAN", (0.1280, 0.8401, 98.07)),
    System("hific_five_level", "HiFiC (five levels)", (0.1501, 0.8802, 55.27)),
    System("hinge_gan_gp", "Hinge GAN-GP", (0.0908, 0.8998, 67.44)),
    System("mobilevit_gan", "MobileViT-GAN", (0.0889, 0.9012, 53.14)),
    System("mobilevit_gan-no_discriminator", "MobileViT-GAN without discriminator"),
    System("mobilevit_gan-no_smoothness", "MobileViT-GAN without smoothness loss"),
)


class Study(NamedTuple):
    """data: training pictures. test: pictures to measure on. runs: where runs and bundles go.
    out: where results go. minutes: of training per system; None: what the flag files say."""

    data: str
    test: str
    runs: Path
    out: Path
    minutes: float | None
    weights: str | None
    command: str


def run(study: Study, metrics: Sequence[str] = METRICS) -> None:
    """Trains what is not trained yet and measures; writes README.md, results.json, pictures.png."""
    for system in SYSTEMS:
        _train(study, system)
    pictures = runner.find_pictures(study.test)
    codecs = [_codec(study, system) for system in SYSTEMS]
    files = study.runs / "files"
    plan = runner.Plan(
        codecs, pictures, metrics, study.weights, jobs=2, files=files, command=study.command
    )
    results = runner.run(plan)
    study.out.mkdir(parents=True, exist_ok=True)
    schema.save(results, study.out / "results.json")
    (study.out / "README.md").write_text(_report(study, results), encoding="utf-8")
    shown = pictures[-4] if len(pictures) == 24 else pictures[0]  # Kodak's 21, as in Fig. 5 and 6
    _pictures(study, shown).save(study.out / "pictures.png")


def _train(study: Study, system: System) -> None:
    """Trains and exports in processes of their own, unless the bundle is there."""
    bundle, folder = study.runs / f"{system.name}.bundle", study.runs / system.name
    if (bundle / "manifest.json").is_file():
        return
    train = ["-m", "apps.train", f"--flagfile={_FLAGS / system.name}-small.flags"]
    train += [f"--data={study.data}", f"--out={folder}"]
    train += [] if study.minutes is None else [f"--minutes={study.minutes}"]
    train += ["--resume"] if (folder / "run.json").is_file() else []
    export = ["-m", "export.bundle", f"--model={folder}", f"--out={bundle}"]
    # The perceptual loss of HiFiC needs weights too.
    places = {weights.VARIABLE: study.weights} if study.weights else {}
    for arguments in (train, [*export, f"--name={system.name}"]):
        done = subprocess.run([sys.executable, *arguments], env={**os.environ, **places})
        if done.returncode:
            raise UsageError(f"{system.name} could not be trained, see above: python {arguments}")


def _codec(study: Study, system: System) -> NeuralCodec:
    return NeuralCodec(str(study.runs / f"{system.name}.bundle"), settings=(SETTING,))


def _report(study: Study, results: schema.Results) -> str:
    rows = {row["codec"]: row for row in results.sets}
    about = results.about
    lines = [
        "# The MobileViT-GAN paper's experiment, scaled down",
        "",
        f"Made by\n\n    {about['command']}\n\nat commit {about['commit'] or '(none)'}, "
        f"{about['date']}, on {about['machine']}; {about['images']} pictures of {about['data']}. "
        "bpp counts whole files. The codecs have an eighth of the published width and were "
        "trained for minutes, not days: compare them with each other, not with the paper.",
        "",
        "## Table 1",
        "",
    ]
    head = ["codec", "steps", "bpp", "bpp, normal tables", "MS-SSIM", "LPIPS", "FID"]
    table = [[*head, "paper: bpp", "MS-SSIM", "FID"]]
    for system in SYSTEMS:
        if system.paper:
            table.append([*_cells(study, system, rows), *map(str, system.paper)])
    lines += [_markdown(table), "", "## Ablation (Fig. 6)", ""]
    ablation = [head] + [_cells(study, s, rows) for s in SYSTEMS if s.name.startswith("mobilevit")]
    lines += [_markdown(ablation), "", "## Discriminators", ""]
    lines += ["First and last lines of `figures.jsonl` with a discriminator.", ""]
    lines += [_markdown(_health(study)), ""]
    lines += [f"Problem: {problem}" for problem in results.problems]
    lines += ["![kodim21](pictures.png)", ""]
    return "\n".join(lines)


def _cells(study: Study, system: System, rows: dict[str, schema.Row]) -> list[str]:
    row = rows[system.name]
    steps = load(study.runs / f"{system.name}.bundle").bundle.info["steps"]
    values = [f"{row['bpp']:.4f}", f"{_normal_bpp(study, system):.4f}"]
    for metric, digits in (("ms_ssim", 4), ("lpips", 4), ("fid", 1)):
        values.append("-" if row[metric] is None else f"{row[metric]:.{digits}f}")
    return [system.title, str(steps), *values]


def _normal_bpp(study: Study, system: System) -> float:
    """What the same symbols would cost with the fixed tables of Eq. 4."""
    bundle = load(study.runs / f"{system.name}.bundle").bundle
    rates = []
    for path in sorted((study.runs / "files" / f"{system.name}-{SETTING}").glob("*.tgc")):
        file = container.parse(path.read_bytes()).file
        size = -(-file.height // 16), -(-file.width // 16)
        tables = bundle.z_tables, bundle.y_tables, bundle.scale_decoder
        symbols = latents.decode_symbols(file.streams[0], *size, *tables).r
        rates.append(_NORMAL_BITS[symbols + 2].sum() / (file.height * file.width))
    return float(np.mean(rates))


def _health(study: Study) -> list[list[str]]:
    """How the discriminators fared, from the runs' figures."""
    table = [["codec", "d_loss, first", "d_loss, last", "d_real", "d_fake", "all finite"]]
    for system in SYSTEMS:
        text = (study.runs / system.name / "figures.jsonl").read_text(encoding="utf-8")
        figures = [json.loads(line) for line in text.splitlines()]
        finite = all(np.isfinite(v) for figure in figures for v in figure.values())
        gan = [figure for figure in figures if "d_loss" in figure]
        cells = ["-"] * 4
        if gan:
            values = [gan[0]["d_loss"], *(gan[-1][k] for k in ("d_loss", "d_real", "d_fake"))]
            cells = [f"{value:.3f}" for value in values]
        table.append([system.title, *cells, "yes" if finite else "NO"])
    return table


def _pictures(study: Study, path: Path) -> Image.Image:
    """A detail of one picture by every codec."""
    original = Image.open(path).convert("RGB")
    box = (0, 0, min(384, original.width), min(320, original.height))
    panels = [sheet.Panel("original", path.name, original.crop(box))]
    for system in SYSTEMS:
        codec = load(study.runs / f"{system.name}.bundle")
        file = study.runs / "files" / f"{system.name}-{SETTING}" / f"{path.stem}.tgc"
        bpp = 8 * file.stat().st_size / (original.width * original.height)
        panels.append(sheet.Panel(system.title, f"{bpp:.4f} bpp", codec.decompress(file).crop(box)))
    return sheet.sheet(panels)


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])
