"""What a run was asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tfgan_codec.data.crops import SMALLEST_SCALE
from tfgan_codec.data.pool import CACHE_MB
from tfgan_codec.errors import UsageError
from tfgan_codec.training.phases import Phase
from tfgan_codec.training.schedule import Limit

# Of a run's configuration, what does not belong in a published bundle.
_PRIVATE = {"data", "out", "init_from", "validation", "about"}
# And what had no influence on its weights.
_PRIVATE |= {"cache_mb", "keep", "overwrite", "resume", "save_minutes"}


class RunConfig(NamedTuple):
    """What `apps.train` was asked for.

    model: name of a codec with arguments, `name:key=value`; so are the items of `loss`,
        `discriminator` and `technique`, and the optimizers, schedules and `gradient_penalty`.
    data, validation: places of pictures, see `data.sources.open_source`.
    cache_mb: memory for decoded pictures.
    smallest_scale: crops are cut from pictures shrunk by up to this factor.
    adversarial_weight, rate_weight: numbers, or ramps `VALUE@SHARE,VALUE@SHARE`.
    feature_matching, feature_matching_squared: its weight, and MSAE's squared distances.
    init_from: run or bundle whose codec weights this one starts with; several runs, with commas,
        are averaged. init_parts: the parts of the codec that take them; none named: all.
    lambda_low, lambda_high: rate-distortion multipliers of the lowest and the highest quality;
        rate_weight: what the rate counts beside them.
    d_learning_rate, d_schedule, d_optimizer: of the discriminators; by default those of the codec,
        but for an optimizer that is a plain Adam.
    early_stopping: figure of the validation with arguments (`training.callbacks.early_stopping`).
    ema, clip: momentum of the averaged weights, and the largest norm of a gradient; 0 for none.
    accumulate: parts into which each batch is cut, see `step.accumulation`.
    strategy: see `training.strategies.make`.
    jit: whether XLA compiles the steps.
    epoch_steps: steps between two validations.
    save_minutes, keep: time between two checkpoints, and how many of them stay.
    on_nan: "stop", or "rollback" to the last checkpoint with lower learning rates.
    resume, overwrite: go on with the run that is in the folder, or delete it.
    """

    model: str
    data: str | Sequence[str]
    out: str
    limit: Limit
    phases: list[Phase]
    validation: str | None = None
    cache_mb: float = CACHE_MB
    smallest_scale: float = SMALLEST_SCALE
    init_from: str | None = None
    init_parts: Sequence[str] = ()
    learning_rate: float = 6e-4
    schedule: str = "cosine"
    optimizer: str = "adam"
    ema: float = 0.998
    clip: float = 1.0
    lambda_low: float = 0.1
    lambda_high: float = 6.0
    rate_weight: float | str = 1.0
    loss: Sequence[str] = ()
    discriminator: Sequence[str] = ()
    adversarial: str = "hinge"
    adversarial_weight: float | str = 1.0
    gradient_penalty: str | None = None
    feature_matching: float = 0.0
    feature_matching_squared: bool = False
    technique: Sequence[str] = ()
    d_learning_rate: float = 0.0
    d_schedule: str | None = None
    d_optimizer: str = "adam"
    d_steps: int = 1
    own_batches: bool = False
    accumulate: int = 1
    precision: str = "float32"
    strategy: str = "none"
    jit: bool = False
    seed: int = 0
    early_stopping: str | None = None
    epoch_steps: int = 250
    save_minutes: float = 5.0
    keep: int = 3
    on_nan: str = "stop"
    resume: bool = False
    overwrite: bool = False


def write_config(folder: Path, config: RunConfig, about: dict) -> None:
    """Writes `run.json`: the configuration, and `about`, where and of what the run is made."""
    text = json.dumps({**config._asdict(), "about": about}, indent=1)
    (folder / "run.json").write_text(text + "\n", encoding="utf-8")


def read_config(folder: str | Path) -> dict:
    """What the run in `folder` was asked for; of several with commas between them, the first."""
    folder = Path(str(folder).split(",")[0])
    try:
        return json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder} is not a run of apps.train: {error}") from error


def public_config(folder: str | Path) -> dict:
    """The same without what is nobody else's business: the folders of this machine."""
    return {key: value for key, value in read_config(folder).items() if key not in _PRIVATE}
