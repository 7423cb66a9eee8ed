"""A whole training run in a folder: build or resume, fit phase by phase, save."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import tensorflow as tf

from tfgan_codec import models
from tfgan_codec.data.folder import crops
from tfgan_codec.errors import UsageError
from tfgan_codec.losses.rate_distortion import RateDistortion
from tfgan_codec.training.callbacks import FollowProgress, Pictures, StopOnSignal
from tfgan_codec.training.checkpoints import Checkpoints, SaveRegularly, claim_folder
from tfgan_codec.training.phases import Phase, phase_at
from tfgan_codec.training.schedule import Limit, Progress, warmup_cosine

_EMA_MOMENTUM = 0.998
_STEPS_PER_EPOCH = 250
_ENDLESS = 1_000_000


class RunConfig(NamedTuple):
    """What `apps.train` was asked for. lambda_low, lambda_high: rate-distortion multipliers of the
    lowest and the highest quality."""

    model: str
    data: str
    out: str
    limit: Limit
    phases: list[Phase]
    learning_rate: float = 6e-4
    lambda_low: float = 0.1
    lambda_high: float = 6.0
    precision: str = "float32"
    seed: int = 0
    save_minutes: float = 5.0
    resume: bool = False


def train(config: RunConfig) -> None:
    """Trains until the limit, phase by phase; saves regularly, at the end and when interrupted."""
    out = Path(config.out)
    claim_folder(out, config.resume)
    tf.keras.mixed_precision.set_global_policy(config.precision)
    tf.keras.utils.set_random_seed(config.seed)
    model = models.build(config.model, rate_ratio=config.lambda_high / config.lambda_low)
    model.build_weights()
    optimizer = make_optimizer(config.learning_rate)
    optimizer.build(model.trainable_variables)
    model.g_optimizer = optimizer
    progress = Progress(config.limit)
    checkpoints = Checkpoints(out / "checkpoints", model, progress)
    if config.resume and not checkpoints.restore():
        raise UsageError(f"nothing to resume in {out}: start without --resume")
    (out / "run.json").write_text(json.dumps(config._asdict(), indent=1) + "\n")

    progress.start()
    signals = StopOnSignal()
    share = progress.update(int(optimizer.iterations))
    while share < 1.0 and not signals.stopped:
        phase = config.phases[phase_at(config.phases, share)]
        _fit_phase(model, config, phase, progress, checkpoints, signals)
        share = progress.update(int(optimizer.iterations))


def make_optimizer(learning_rate: float) -> tf.keras.optimizers.Optimizer:
    """Adam with clipped gradients and an exponential moving average of the weights."""
    return tf.keras.optimizers.Adam(
        learning_rate, global_clipnorm=1.0, use_ema=True, ema_momentum=_EMA_MOMENTUM
    )


def load_run(folder: str | Path) -> tf.keras.Model:
    """The trained model of a run's folder, with averaged weights, ready for evaluation."""
    config = read_config(folder)
    ratio = config["lambda_high"] / config["lambda_low"]
    model = models.build(config["model"], rate_ratio=ratio)
    model.build_weights()
    model.g_optimizer = make_optimizer(config["learning_rate"])
    model.g_optimizer.build(model.trainable_variables)
    if not Checkpoints(Path(folder) / "checkpoints", model, None).restore():
        raise UsageError(f"{folder} has no checkpoint yet: train for longer")
    model.g_optimizer.finalize_variable_values(model.trainable_variables)
    return model


def read_config(folder: str | Path) -> dict:
    """What the run in `folder` was asked for."""
    try:
        return json.loads((Path(folder) / "run.json").read_text())
    except OSError as error:
        raise UsageError(f"{folder} is not a run of apps.train: {error}") from error


def _fit_phase(
    model: tf.keras.Model,
    config: RunConfig,
    phase: Phase,
    progress: Progress,
    checkpoints: Checkpoints,
    signals: StopOnSignal,
) -> None:
    out = Path(config.out)
    step = int(model.g_optimizer.iterations)
    losses = [RateDistortion(config.lambda_low, config.lambda_high, phase.mse, phase.ms_ssim)]
    model.compile(g_optimizer=model.g_optimizer, losses=losses, random_seed=config.seed)
    dataset = crops(config.data, phase.crop, phase.batch, config.seed, first_step=step)
    sample = next(iter(crops(config.data, 192, 4, config.seed))).numpy()
    model.fit(
        dataset,
        initial_epoch=step // _STEPS_PER_EPOCH,
        epochs=_ENDLESS,
        steps_per_epoch=_STEPS_PER_EPOCH,
        callbacks=[
            FollowProgress(
                progress,
                lambda share, at: warmup_cosine(config.learning_rate, share, at),
                phase.until,
            ),
            signals,
            SaveRegularly(checkpoints, config.save_minutes),
            tf.keras.callbacks.TensorBoard(out / "tensorboard", write_graph=False),
            Pictures(out / "tensorboard" / "pictures", sample, every=4),
        ],
    )
