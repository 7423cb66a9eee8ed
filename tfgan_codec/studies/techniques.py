"""Compares training techniques with one baseline, each trained for the same time.

The baseline is a MobileViT-GAN codec of an eighth of the width, trained in two stages with a hinge
loss and a discriminator of patches with spectral normalisation. One row is the baseline with
another seed: differences no larger than its own are noise. Every other row changes one thing, the
last one eight things.
"""

from __future__ import annotations

from collections.abc import Sequence

from tfgan_codec.evaluation import schema
from tfgan_codec.evaluation.summary import markdown_table
from tfgan_codec.studies.study import METRICS, Experiment, Study, System, cells

_CODEC = "--model=mobilevit_gan:width=0.125"
_LOSSES = ("--loss=content:weight=100:alpha=0.84", "--loss=entropy:weight=1")
_SETTINGS = ("--learning_rate=5e-4", "--ema=0.99", "--minutes=10", "--save_minutes=2")
_PATCHES = "--discriminator=patch:width=0.25:norm=spectral"
_STAGES = ("--phase=0.35:192:4:0:0", "--phase=1.0:192:4:0:0:gan")
_COMMON = (*_LOSSES, *_SETTINGS)


def _system(
    name: str,
    title: str,
    *flags: str,
    model: str = _CODEC,
    discriminator: str | None = _PATCHES,
    phases: Sequence[str] = _STAGES,
) -> System:
    adversary = [discriminator] if discriminator else []
    return System(name, title, (model, *_COMMON, *adversary, *phases, *flags))


def _change(system: System) -> str:
    """Returns the flags in which a system differs from the baseline, for a table."""
    baseline = EXPERIMENT.systems[0]
    changed = [flag for flag in system.flags if flag not in baseline.flags]
    gone = [f"no {flag.partition('=')[0]}" for flag in baseline.flags if flag not in system.flags]
    gone = [text for text in gone if not any(f.startswith(text[3:] + "=") for f in changed)]
    return " ".join(f"`{text}`" for text in [*changed, *dict.fromkeys(gone)]) or "-"


def _tables(study: Study, systems: Sequence[System], results: schema.Results) -> list[str]:
    head = ["technique", "steps", "bpp", "PSNR", "MS-SSIM", "LPIPS", "FID"]
    table = [head, *([s.title, *cells(study, s, results, METRICS)] for s in systems)]
    changes = [["technique", "what it changes"], *([s.title, _change(s)] for s in systems)]
    rows = {row["codec"]: row for row in results.sets}
    baseline = rows[systems[0].name]
    differences = [["technique", "bpp", *head[3:]]]
    for system in systems[1:]:
        row = rows[system.name]
        shown = [f"{100 * (row['bpp'] / baseline['bpp'] - 1):+.1f} %"]
        for metric, digits in zip(METRICS, (2, 4, 4, 1)):
            known = row[metric] is not None and baseline[metric] is not None
            shown.append(f"{row[metric] - baseline[metric]:+.{digits}f}" if known else "-")
        differences.append([system.title, *shown])
    return [
        *("## Measurements", "", markdown_table(table), ""),
        *("## Differences from the baseline", "", markdown_table(differences), ""),
        *("## Flags", "", markdown_table(changes)),
    ]


EXPERIMENT = Experiment(
    title="Training techniques, in the same minutes each",
    about="LPIPS and FID: lower is better. Differences of the size that another seed makes mean "
    "nothing. `steps` shows what a technique costs in time.",
    systems=(
        _system("baseline", "baseline"),
        _system("seed", "another seed", "--seed=1"),
        _system(
            "no_gan",
            "no discriminator",
            discriminator=None,
            phases=("--phase=1.0:192:4:0:0",),
        ),
        _system("one_stage", "one stage", phases=("--phase=1.0:192:4:0:0:gan",)),
        _system("warm_up", "GAN warm-up", "--adversarial_weight=0@0.35,1@0.7"),
        _system(
            "adaptive_weight",
            "adaptive weight",
            "--technique=adaptive_weight",
            "--adversarial_weight=0.3",
        ),
        _system("feature_matching", "feature matching", "--feature_matching=10"),
        _system("lazy_r1", "lazy R1 penalty", "--gradient_penalty=r1:weight=1:every=8"),
        _system("ttur", "two time scales", "--d_learning_rate=2e-3"),
        _system("lsgan", "least squares", "--adversarial=lsgan"),
        _system("bce", "cross-entropy", "--adversarial=bce"),
        _system("lpips", "LPIPS loss", "--loss=lpips:weight=5"),
        _system(
            "progressive",
            "progressive resolution",
            phases=(
                "--phase=0.15:192:4:0:0:shrink=2",
                "--phase=0.35:192:4:0:0:fade=0.1",
                _STAGES[1],
            ),
        ),
        _system("curriculum", "curriculum", "--technique=curriculum:pool=2:difficulty=0@0,1@0.5"),
        _system(
            "low_frequencies",
            "low frequencies first",
            "--technique=low_frequencies:sigma=3@0,0@0.3",
        ),
        _system(
            "instance_noise", "instance noise", "--technique=instance_noise:sigma=0.2@0.35,0@0.8"
        ),
        _system("diff_augment", "DiffAugment", "--technique=diff_augment"),
        _system("d_limit", "limited discriminator", "--technique=d_limit:accuracy=0.8"),
        _system("unrolled", "unrolled discriminator", "--technique=unrolled:steps=3"),
        _system(
            "historical_averaging",
            "historical averaging",
            "--technique=historical_averaging:weight=0.01",
        ),
        _system(
            "minibatch",
            "minibatch spread and dropout",
            discriminator=f"{_PATCHES}:minibatch=4:dropout=0.1",
        ),
        _system("nearest", "upsampling: nearest", model=f"{_CODEC}:upsample=nearest"),
        _system("subpixel", "upsampling: sub-pixel", model=f"{_CODEC}:upsample=subpixel"),
        _system("augment", "colour and rotation", "--technique=colour", "--technique=rotate"),
        _system(
            "eight",
            "eight together",
            "--adversarial_weight=0@0.35,1@0.7",
            "--feature_matching=10",
            "--gradient_penalty=r1:weight=1:every=8",
            "--d_learning_rate=1e-3",
            "--technique=low_frequencies:sigma=3@0,0@0.3",
            "--technique=curriculum:pool=2:difficulty=0@0,1@0.5",
            "--technique=instance_noise:sigma=0.2@0.35,0@0.8",
            model=f"{_CODEC}:upsample=subpixel",
        ),
    ),
    tables=_tables,
)
