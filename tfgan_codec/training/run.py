"""A whole training run in a folder: build or resume, fit phase by phase, save."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_codec.data.crops import crops, middle_crops
from tfgan_codec.data.pool import Pool
from tfgan_codec.errors import UsageError
from tfgan_codec.layers.precision import precision
from tfgan_codec.step.updates import steps_of
from tfgan_codec.techniques.fade_in import shrunk
from tfgan_codec.training import schedule, strategies
from tfgan_codec.training.about import about
from tfgan_codec.training.build import (
    Adversary,
    build_model,
    compile_phase,
    make_adversary,
    make_optimizer,
)
from tfgan_codec.training.callbacks import early_stopping
from tfgan_codec.training.callbacks.early_stopping import EarlyStopping
from tfgan_codec.training.callbacks.figures import WriteFigures
from tfgan_codec.training.callbacks.follow_ramps import FollowRamps
from tfgan_codec.training.callbacks.health import (
    DivergenceError,
    WatchHealth,
    rate_factor,
    roll_back,
)
from tfgan_codec.training.callbacks.pictures import Pictures
from tfgan_codec.training.callbacks.progress_bar import ProgressBar
from tfgan_codec.training.callbacks.signals import StopOnSignal
from tfgan_codec.training.callbacks.validation import Validate
from tfgan_codec.training.checkpoints import (
    BEST,
    NEWEST,
    Checkpoints,
    SaveRegularly,
    claim_folder,
)
from tfgan_codec.training.config import RunConfig, read_about, write_config
from tfgan_codec.training.phases import Phase, phase_at
from tfgan_codec.training.ramps import Ramps
from tfgan_codec.training.schedule import FollowProgress, Progress
from tfgan_codec.training.trained import copy_weights, load_start

_ENDLESS = 1_000_000
_FIGURES_EVERY = 25
_PICTURES_EVERY, _SAMPLES, _SAMPLE_SIDE = 1000, 4, 192
_VALIDATION_COUNT, _VALIDATION_SIDE = 64, 256


class Run(NamedTuple):
    """Everything a run consists of while it goes on.

    start: the codec of `init_from`.
    validation, sample: uint8 pictures to validate on, and to show.
    """

    config: RunConfig
    out: Path
    pool: Pool
    validation: np.ndarray | None
    sample: np.ndarray
    model: tf.keras.Model
    start: tf.keras.Model | None
    adversary: Adversary
    progress: Progress
    checkpoints: Checkpoints
    best: Checkpoints
    signals: StopOnSignal
    early_stopping: EarlyStopping | None

    @property
    def ceased(self) -> bool:
        return self.early_stopping is not None and self.early_stopping.stopped

    @property
    def step(self) -> int:
        return steps_of(self.model.g_optimizer)


def train(config: RunConfig) -> None:
    """Trains until the limit, phase by phase; saves regularly, at the end and when interrupted."""
    strategy = strategies.make(config.strategy)
    with StopOnSignal() as signals, strategy.scope(), precision(config.precision):
        run = start(config, signals)
        share = run.progress.update(run.step)
        while share < 1.0 and not (signals.stopped or run.ceased):
            try:
                fit_phase(run, phase_at(config.phase, share))
            except DivergenceError as problem:
                if config.on_nan == "stop":
                    advice = "lower a learning rate, or --on_nan=rollback"
                    raise DivergenceError(f"{problem}: {advice}") from None
                _say(roll_back(run.checkpoints, problem))
            share = run.progress.update(run.step)
        if run.ceased:
            _say(f"stopped early at step {run.step}: --early_stopping saw no more progress")
        if signals.stopped:
            _say(f"stopped and saved at step {run.step}: the same command with --resume goes on")


def start(config: RunConfig, signals: StopOnSignal) -> Run:
    """Claims the folder, builds everything, and loads the newest checkpoint of a resumed run."""
    _check(config)
    out = Path(config.out)
    progress = Progress(config.limit)
    writes = strategies.is_chief()
    if writes:
        claim_folder(out, config.resume, config.overwrite)
    tf.keras.utils.set_random_seed(config.seed)
    pool = Pool(config.data, config.cache_mb, out / "broken.txt" if writes else None)
    validation = None
    if config.validation:
        validation = middle_crops(Pool(config.validation), _VALIDATION_SIDE, _VALIDATION_COUNT)
    model = build_model(config)
    beginning = load_start(config.init_from) if config.init_from else None
    if beginning is not None:
        copy_weights(beginning, model, config.init_parts)
    model.g_optimizer = make_optimizer(config)
    model.g_optimizer.build(model.trainable_variables)
    adversary = make_adversary(config, model)
    more = adversary._asdict() if adversary.discriminators else {}
    checkpoints = Checkpoints(out / NEWEST, model, progress, config.keep, writes, **more)
    best = Checkpoints(out / BEST, model, progress, 1, writes, **more)
    made = about(pool)
    if config.resume:
        _compare_data(read_about(out), made)
        checkpoints.restore()  # a run that was never saved begins anew
        best.read_state()
    if writes:
        write_config(out, config, made)
    if not checkpoints.all():
        checkpoints.save(0)  # something to go back to; and a full disk shows now
    progress.start()
    return Run(
        config=config,
        out=out,
        pool=pool,
        validation=validation,
        sample=middle_crops(pool, _SAMPLE_SIDE, _SAMPLES),
        model=model,
        start=beginning,
        adversary=adversary,
        progress=progress,
        checkpoints=checkpoints,
        best=best,
        signals=signals,
        early_stopping=early_stopping.build(config.early_stopping, checkpoints),
    )


def fit_phase(run: Run, number: int) -> None:
    """Trains until the end of a phase, or until a signal."""
    config, phase = run.config, run.config.phase[number]
    ramps = compile_phase(run.model, config, run.adversary, phase)
    epoch, first_step = divmod(run.step, config.epoch_steps)
    listed = callbacks(run, number, ramps)
    try:
        run.model.fit(
            batches(run, phase),
            initial_epoch=epoch,
            first_step=first_step,
            epochs=_ENDLESS,
            steps_per_epoch=config.epoch_steps,
            verbose=0,
            callbacks=listed,
        )
    except tf.errors.OpError:
        raise run.pool.problem or sys.exc_info()[1] from None
    finally:
        for callback in listed:
            if isinstance(callback, ProgressBar):
                callback.close()


def batches(run: Run, phase: Phase) -> tf.data.Dataset:
    """The training crops of a phase, from the run's present step on, for each replica its own."""
    config = run.config
    strategy = tf.distribute.get_strategy()
    read = math.prod(technique.reads for technique in run.model.techniques)
    if phase.batch % strategy.num_replicas_in_sync:
        raise UsageError(
            f"a batch of {phase.batch} cannot be shared by {strategy.num_replicas_in_sync} replicas"
        )

    def share(context: tf.distribute.InputContext) -> tf.data.Dataset:
        dataset = crops(
            run.pool,
            phase.crop * phase.shrink,
            phase.batch * read,
            config.seed,
            run.step,
            smallest_scale=config.smallest_scale,
            workers=context.num_input_pipelines,
            worker=context.input_pipeline_id,
            replicas=context.num_replicas_in_sync // context.num_input_pipelines,
        )
        return dataset if phase.shrink == 1 else dataset.map(lambda x: shrunk(x, phase.shrink))

    if strategy.num_replicas_in_sync == 1:
        return share(tf.distribute.InputContext())
    return strategy.distribute_datasets_from_function(share)


def callbacks(run: Run, number: int, ramps: Ramps) -> list[tf.keras.callbacks.Callback]:
    """What happens beside the steps of a phase, in order."""
    config, phase = run.config, run.config.phase[number]
    rate = schedule.build(config.schedule, config.learning_rate)
    d_peak = config.d_learning_rate or config.learning_rate
    d_rate = schedule.build(config.d_schedule or config.schedule, d_peak)
    factor = rate_factor(run.checkpoints)
    every = min(_FIGURES_EVERY, config.epoch_steps)
    found: list[tf.keras.callbacks.Callback] = [
        FollowProgress(run.progress, rate, phase.until, d_rate, factor),
        FollowRamps(run.progress, ramps),
        WatchHealth(every),
        run.signals,
    ]
    if run.checkpoints.writes:
        found.append(ProgressBar(run.progress, f"phase {number + 1}/{len(config.phase)}"))
    if run.validation is not None:
        found.append(Validate(run.validation, run.best, number, lambda: run.signals.stopped))
    if run.early_stopping is not None and number == len(config.phase) - 1:
        found.append(run.early_stopping)
    found.append(WriteFigures(run.out, run.step, every, run.checkpoints.writes))
    if run.checkpoints.writes:
        place = run.out / "tensorboard" / "pictures"
        faithful = run.start if phase.gan else None
        found.append(Pictures(place, run.sample, _PICTURES_EVERY, faithful))
        found.append(SaveRegularly(run.checkpoints, config.save_minutes))
    return found


def _check(config: RunConfig) -> None:
    """Refuses what does not go together, before anything is built or deleted."""
    if config.early_stopping and not config.validation:
        raise UsageError("--early_stopping needs --validation")
    if config.strategy == "multiworker" and config.limit.minutes is not None:
        raise UsageError("clocks of several workers differ: give --steps in place of --minutes")
    if config.strategy == "multiworker" and config.on_nan == "rollback":
        raise UsageError("several workers cannot go back: leave out --on_nan=rollback")


def _compare_data(before: dict, made: dict) -> None:
    known = before.get("data")
    if known is not None and known != made["data"]:
        _say("the pictures are not those that the run began with: it will not repeat itself")


def _say(message: str) -> None:
    print(f"tfgan_codec: {message}", file=sys.stderr)
