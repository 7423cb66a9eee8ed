"""Defines the settings of a run: flags of `apps.train`, `--config` files and `run.json`."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Optional, Union

from tfgan_codec.data.pool import CACHE_MB, SMALLEST_SCALE
from tfgan_codec.errors import UsageError
from tfgan_codec.specs import settings
from tfgan_codec.specs.ramps import Number, read_number
from tfgan_codec.specs.settings import setting
from tfgan_codec.training.phases import Phase, check_phases, read_phase

PathLike = Union[str, Path]
# Settings that a published bundle must not show, as they name places on this machine.
_PRIVATE = {"data", "out", "init_from", "validation", "about"}
# Settings that it need not show, as they do not change the weights.
_PRIVATE |= {"cache_mb", "keep", "save_minutes"}
# Flags that say how a command begins, and are no settings of the run that it makes.
_OF_A_COMMAND = {"resume", "overwrite"}


class Limit(NamedTuple):
    """Says when a run ends: at the first of its limits; None is no limit."""

    steps: Optional[int] = None
    minutes: Optional[float] = None  # of training


@dataclass(frozen=True)
class RunConfig:
    """Holds the settings of a run, a field for each flag of `apps.train` with the flag's help.

    For more on them see `step.gan`, `training.schedule` and `data.sources`.
    """

    model: str = setting(
        "mobile", "The codec to train, with arguments: NAME or NAME:width=0.25:..."
    )
    init_from: Optional[str] = setting(
        None,
        "Start with the codec of this run, bundle or file of export.start; runs with commas "
        "between them are averaged, BUNDLE@1 is a bundle with its realistic decoder.",
    )
    init_parts: tuple[str, ...] = setting(
        (), "Take these parts of it alone, such as analysis; repeat the flag."
    )
    data: tuple[str, ...] = setting(
        (),
        "Pictures: a folder tree, a text file with a path in each line, or tfds:NAME/CONFIG@SPLIT. "
        "Repeat the flag for several; PLACE*2 weighs them, else all pictures are equally likely.",
    )
    validation: Optional[str] = setting(
        None,
        "Pictures to validate on, as in --data; the best checkpoint by their loss is kept.",
    )
    cache_mb: float = setting(
        CACHE_MB, "Memory for decoded pictures; others are decoded each time.", least=0
    )
    smallest_scale: float = setting(
        SMALLEST_SCALE,
        "Half of the crops are cut from pictures shrunk by up to this factor.",
        above=0,
        most=1,
    )
    out: str = setting("", "Folder of the run.")
    minutes: Optional[float] = setting(None, "End after so many minutes of training.", above=0)
    steps: Optional[int] = setting(None, "End after so many steps.", least=1)
    phase: tuple[Phase, ...] = setting(
        (read_phase("0.25:128:12:2:0"), read_phase("1.0:192:6:1:1.7")),
        "A phase until:crop:batch:mse:ms_ssim; repeat the flag for several, in order. until is the "
        "share of the run at which it ends, mse and ms_ssim weigh the distortion. :gan after it "
        "brings in the discriminators, :freeze=analysis+entropy keeps parts of the codec as they "
        "are, :early relaxes rate targets, :shrink=2 trains on pictures of half the size, "
        ":fade=0.1 lets the detail that the phase before did not have fade in.",
        read=read_phase,
    )
    learning_rate: float = setting(6e-4, "Highest learning rate.", above=0)
    schedule: str = setting(
        "cosine",
        "Learning rate over the run: constant, cosine, step (a tenth in the second half), or one "
        "of Keras' schedules with arguments, such as ExponentialDecay:decay_steps=1000:"
        "decay_rate=0.5.",
    )
    optimizer: str = setting(
        "adam", "adam, adamw, sgd, ... with arguments: adam:beta_1=0.5:beta_2=0.9"
    )
    ema: float = setting(0.998, "Momentum of the averaged weights; 0: no average.", least=0, most=1)
    clip: float = setting(1.0, "Largest norm of a gradient; 0: no limit.", least=0)
    loss: tuple[str, ...] = setting(
        (),
        "A term of the codec's loss, NAME:weight=W:...; repeat the flag for several: charbonnier, "
        "content, contextual, dists, entropy, lpips, mae, mse, multiscale, rate_target, "
        "smoothness, vgg, wasserstein; docs/systems.md. Numbers may follow the run, "
        "0@0.2,1@0.5: from 0 at a fifth to 1 at half.",
    )
    discriminator: tuple[str, ...] = setting(
        (),
        "A discriminator, NAME:width=W:...: conditional, hinge_gan_gp, mobilevit, multiscale, "
        "patch, projected; repeat the flag for several. They take part in phases marked :gan.",
    )
    adversarial: str = setting(
        "hinge", "Adversarial loss.", choices=("bce", "hinge", "lsgan", "wgan")
    )
    adversarial_weight: Number = setting(
        1.0,
        "Its weight in the codec's loss; 0@0.3,1@0.5 warms up from 0 to 1.",
        read=read_number,
    )
    gradient_penalty: Optional[str] = setting(
        None,
        "interpolated:weight=10 or r1:weight=10; with :every=16 in one of 16 steps. Default: none.",
    )
    feature_matching: float = setting(0.0, "Weight of feature matching.", least=0)
    feature_matching_squared: bool = setting(False, "Squared distances, as in MSAE.")
    d_learning_rate: float = setting(0.0, "Of the discriminators; 0: that of the codec.", least=0)
    d_schedule: Optional[str] = setting(None, "Of the discriminators; by default the codec's.")
    d_optimizer: str = setting("adam", "Of the discriminators.")
    d_steps: int = setting(1, "Discriminator steps per step of the codec.", least=1)
    own_batches: bool = setting(False, "Give each of these steps pictures of its own.")
    technique: tuple[str, ...] = setting(
        (),
        "A change to the training step, NAME:key=value:...; repeat the flag for several: "
        "adaptive_weight, colour, curriculum, d_limit, diff_augment, fade_in, "
        "historical_averaging, instance_noise, low_frequencies, rotate, unrolled; "
        "docs/training.md.",
    )
    lambda_low: float = setting(0.1, "Weight of the distortion at quality 0.", above=0)
    lambda_high: float = setting(6.0, "Weight of the distortion at quality 255.", above=0)
    rate_weight: Number = setting(
        1.0, "Weight of the rate beside these; may follow the run.", read=read_number
    )
    precision: str = setting(
        "float32",
        "Arithmetic of the convolutions; mixed_bfloat16 is faster on new CPUs and GPUs.",
        choices=("float32", "mixed_bfloat16", "mixed_float16"),
    )
    accumulate: int = setting(1, "Cut each batch into so many parts, for less memory.", least=1)
    strategy: str = setting(
        "none",
        "Devices: one; all GPUs of this machine; the machines in TF_CONFIG; a TPU.",
        choices=("none", "mirrored", "multiworker", "tpu"),
    )
    jit: bool = setting(False, "Compile the steps by XLA.")
    seed: int = setting(0, "Seed of all random numbers.")
    early_stopping: Optional[str] = setting(
        None,
        "End when the validation sees no more progress in the last phase: "
        "val_loss:patience=5:min_delta=0.01. Default: never.",
    )
    epoch_steps: int = setting(250, "Steps between validations.", least=1)
    save_minutes: float = setting(5.0, "Minutes between checkpoints.", least=0)
    keep: int = setting(3, "How many checkpoints stay.", least=1)
    on_nan: str = setting(
        "stop",
        "When a figure is not finite or the loss explodes: stop with an error, or go back to the "
        "last checkpoint with half the learning rate, five times at most.",
        choices=("stop", "rollback"),
    )
    resume: bool = setting(False, "Go on with the run in --out.")
    overwrite: bool = setting(
        False, "Begin anew in --out; the run there is deleted once the new one has saved."
    )

    def __post_init__(self) -> None:
        settings.check(self)
        check_phases(self.phase)

    @property
    def limit(self) -> Limit:
        return Limit(self.steps, self.minutes)


def read_settings(path: PathLike) -> dict[str, Any]:
    """Returns the settings in a `--config` file, or in the `run.json` of any version, by name."""
    found = settings.load(path)
    found.pop("about", None)
    if "limit" in found:  # runs of 0.1.0 had it, and their phases, as bare lists
        try:
            found["steps"], found["minutes"] = found.pop("limit")
            found["phase"] = [str(_old_phase(phase)) for phase in found.pop("phases")]
        except (KeyError, TypeError, ValueError):
            raise UsageError(f"{path}: cannot read limit and phases as runs of 0.1.0 had") from None
        found = {name: value for name, value in found.items() if name not in _OF_A_COMMAND}
    for name in found.keys() & _OF_A_COMMAND:
        raise UsageError(f"{path}: {name} is for the command line, not for a file")
    return found


def _old_phase(values: list[Any]) -> Phase:
    fields: list[Any] = [tuple(value) if isinstance(value, list) else value for value in values]
    return Phase(*fields)


def write_config(folder: Path, config: Any, starts: list[dict]) -> None:
    """Writes `run.json`: the settings of a run, of `RunConfig` or another class, and under `about`
    its starts, each as `training.about` describes it."""
    text = json.dumps({**_asked(config), "about": starts}, indent=1)
    (folder / "run.json").write_text(text + "\n", encoding="utf-8")


def read_config(folder: PathLike) -> RunConfig:
    """Returns the settings of the run in `folder`; of several, separated by commas, the first's."""
    path = _file(folder)
    try:
        return settings.make(RunConfig, read_settings(path))
    except UsageError as error:
        bundle = path.parent / "bundle"  # of export.distill
        reason = f"take its bundle, {bundle}" if bundle.is_dir() else error
        raise UsageError(f"{path.parent} is not a run of apps.train: {reason}") from None


def read_starts(folder: PathLike, now: Any) -> list[dict]:
    """Returns the starts of the run in `folder` so far. The last one has under `flags` the settings
    that are others now, with the values that they had until now."""
    starts = settings.load(_file(folder)).get("about", [])
    if isinstance(starts, dict):  # runs of 0.1.0 knew the latest alone
        starts = [{"first_step": 0, **starts}]
    asked, before = _asked(now), settings.make(type(now), read_settings(_file(folder)))
    changed = {k: v for k, v in _asked(before).items() if v != asked[k]}
    if starts and changed:
        starts[-1]["flags"] = changed
    return starts


def public_config(folder: PathLike) -> dict[str, Any]:
    """Returns the settings of a run that a published bundle shows: none that are private."""
    return {k: v for k, v in read_settings(_file(folder)).items() if k not in _PRIVATE}


def _asked(config: Any) -> dict[str, Any]:
    return {k: v for k, v in settings.to_json(config).items() if k not in _OF_A_COMMAND}


def _file(folder: PathLike) -> Path:
    folder = Path(str(folder).split(",")[0])
    if not (folder / "run.json").is_file():
        raise UsageError(f"{folder} is not a run of apps.train: it has no run.json")
    return folder / "run.json"
