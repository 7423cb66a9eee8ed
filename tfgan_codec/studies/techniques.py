"""Compares training techniques where chance matters little: in decoders for files that exist.

Every run trains the decoder of the shipped `mobile`, from the faithful one on, for as many steps;
analysis network and files stay as they are. So runs are short, seeds differ little, and what a
technique does to pictures can be told from noise. Every row changes one thing of the baseline,
which has squared error, LPIPS, and a hinge loss with a discriminator of patches.
"""

from __future__ import annotations

from collections.abc import Sequence

from tfgan_codec.evaluation import schema
from tfgan_codec.evaluation.summary import markdown_table
from tfgan_codec.studies.study import Experiment, Study, System

_FREEZE = "freeze=analysis+entropy+gains"
_COMMON = (
    "--model=mobile",
    "--init_from=mobile",
    "--steps=600",
    "--learning_rate=3e-4",
    "--schedule=cosine:floor=0.02",
    "--ema=0.99",
    "--loss=mse:weight=0.001",
    "--loss=lpips:weight=1:shift=true:bfloat16=true",
)
_CROPS = "128:4:0:0"
_PHASE = f"--phase=1.0:{_CROPS}:gan:{_FREEZE}"
_PATCHES = "--discriminator=patch:width=0.5:norm=spectral"
_HINGE = ("--adversarial=hinge", "--adversarial_weight=0.1", "--d_learning_rate=1e-3")


def _system(
    name: str,
    title: str,
    *flags: str,
    without: str = "",
    phases: Sequence[str] = (_PHASE,),
    discriminator: str | None = _PATCHES,
) -> System:
    """Returns the baseline with other flags; `without` is the name of one that is left out, as a
    flag of `flags` takes its place."""
    adversary = [discriminator, *_HINGE] if discriminator else []
    kept = [flag for flag in (*_COMMON, *adversary) if not without or without not in flag]
    return System(name, title, (*kept, *phases, *flags), decodes="mobile")


def _change(system: System) -> str:
    """Returns the flags in which a system differs from the baseline, for a table."""
    baseline = EXPERIMENT.systems[0]
    changed = [flag for flag in system.flags if flag not in baseline.flags]
    gone = [f"no {flag.partition('=')[0]}" for flag in baseline.flags if flag not in system.flags]
    gone = [text for text in gone if not any(f.startswith(text[3:] + "=") for f in changed)]
    return " ".join(f"`{text}`" for text in [*changed, *dict.fromkeys(gone)]) or "-"


def _tables(study: Study, systems: Sequence[System], results: schema.Results) -> list[str]:
    changes = [["technique", "what it changes"], *([s.title, _change(s)] for s in systems)]
    return ["## Flags", "", markdown_table(changes)]


EXPERIMENT = Experiment(
    title="Training techniques, measured on decoders for the same files",
    about="Lower is better in all but PSNR and MS-SSIM. All rows decode the same files.",
    setting="0.0883",
    systems=(
        _system("baseline", "baseline"),
        _system(
            "no_gan", "no discriminator", discriminator=None, phases=(_PHASE.replace(":gan", ""),)
        ),
        _system(
            "warm_up",
            "GAN warm-up",
            "--adversarial_weight=0@0.3,0.1@0.6",
            without="adversarial_weight",
        ),
        _system(
            "two_stages",
            "discriminator in the second half alone",
            phases=(f"--phase=0.5:{_CROPS}:{_FREEZE}", _PHASE),
        ),
        _system("adaptive_weight", "adaptive weight", "--technique=adaptive_weight"),
        _system("feature_matching", "feature matching", "--feature_matching=10"),
        _system("lazy_r1", "lazy R1 penalty", "--gradient_penalty=r1:weight=1:every=8"),
        _system(
            "one_time_scale", "one time scale", "--d_learning_rate=3e-4", without="d_learning_rate"
        ),
        _system("lsgan", "least squares", "--adversarial=lsgan", without="adversarial=hinge"),
        _system("bce", "cross-entropy", "--adversarial=bce", without="adversarial=hinge"),
        _system("instance_noise", "instance noise", "--technique=instance_noise:sigma=0.2@0,0@0.7"),
        _system("curriculum", "curriculum", "--technique=curriculum:pool=2:difficulty=0@0,1@0.5"),
        _system(
            "low_frequencies",
            "low frequencies first",
            "--technique=low_frequencies:sigma=3@0,0@0.4",
        ),
        _system("unrolled", "unrolled discriminator", "--technique=unrolled:steps=3"),
        _system(
            "minibatch",
            "minibatch spread and dropout",
            discriminator=f"{_PATCHES}:minibatch=4:dropout=0.1",
        ),
        _system("augment", "colour and rotation", "--technique=colour", "--technique=rotate"),
        _system("diff_augment", "DiffAugment", "--technique=diff_augment"),
        _system("d_limit", "limited discriminator", "--technique=d_limit:accuracy=0.8"),
        _system(
            "historical_averaging",
            "historical averaging",
            "--technique=historical_averaging:weight=0.01",
        ),
        _system(
            "progressive",
            "progressive resolution",
            phases=(f"--phase=0.3:{_CROPS}:{_FREEZE}:shrink=2", _PHASE),
        ),
        _system(
            "projected",
            "discriminator on frozen features",
            discriminator="--discriminator=projected:width=0.5",
        ),
        _system(
            "mobilevit",
            "MobileViT discriminator",
            discriminator="--discriminator=mobilevit:width=0.25",
        ),
        _system(
            "conditional",
            "conditional discriminator",
            discriminator="--discriminator=conditional:width=0.5",
        ),
        _system("no_ema", "no average of weights", "--ema=0", without="ema"),
        _system(
            "wasserstein",
            "Wasserstein distortion for LPIPS",
            "--loss=wasserstein:weight=0.1:sigma=8:bfloat16=true",
            without="lpips",
        ),
    ),
    tables=_tables,
)
