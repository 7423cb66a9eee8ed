"""Makes a whole training run in a folder: builds or resumes it, fits phase by phase, saves."""

from __future__ import annotations

import contextlib
import functools
import math
import sys
from pathlib import Path

import tensorflow as tf

from tfgan_codec.data.crops import crops
from tfgan_codec.layers.precision import precision
from tfgan_codec.techniques.fade_in import shrunk
from tfgan_codec.training import strategies
from tfgan_codec.training.about import start
from tfgan_codec.training.build import compile_phase, learning_rates
from tfgan_codec.training.callbacks import health
from tfgan_codec.training.callbacks.figures import WriteFigures
from tfgan_codec.training.callbacks.follow_ramps import FollowRamps
from tfgan_codec.training.callbacks.pictures import Pictures
from tfgan_codec.training.callbacks.progress_bar import ProgressBar
from tfgan_codec.training.callbacks.validation import Validate
from tfgan_codec.training.checkpoints import SaveRegularly
from tfgan_codec.training.config import RunConfig, read_starts, write_config
from tfgan_codec.training.phases import Phase, phase_at
from tfgan_codec.training.prepare import Run, prepare
from tfgan_codec.training.ramps import Ramps
from tfgan_codec.training.run_folder import check_folder, claim_folder, forget_replaced
from tfgan_codec.training.schedule import FollowProgress

_ENDLESS = 1_000_000
_FIGURES_EVERY = 25
_PICTURES_EVERY = 1000


def train(config: RunConfig) -> None:
    """Trains until the limit, phase by phase; saves regularly, at the end and when interrupted.

    The order matters: a run is opened and built as a whole before anything happens to another one
    in its folder, and that one is deleted only when this one has trained and saved.
    """
    folder, writes = Path(config.out), strategies.is_chief()
    if writes:
        check_folder(folder, config.resume, config.overwrite)
    strategy = strategies.make(config.strategy)
    with strategy.scope(), precision(config.precision):
        run = prepare(config)
        claim = claim_folder(folder, config.overwrite) if writes else contextlib.nullcontext()
        with run.signals, claim:
            begin(run)
            fit_phases(run)


def begin(run: Run) -> None:
    """Loads the newest checkpoint of a resumed run, or writes the first one of a new run."""
    earlier = []
    if run.config.resume:
        earlier = read_starts(run.out, run.config)
        run.checkpoints.restore()  # a run that was never saved begins anew
        run.best.read_state()
    starts = [*earlier, start(run.step, run.pool)]
    if starts[0].get("data", starts[-1]["data"]) != starts[-1]["data"]:
        _say("the pictures are not those that the run began with: it will not repeat itself")
    if run.checkpoints.writes:
        run.pool.list_broken(run.out / "broken.txt")
        write_config(run.out, run.config, starts)
    if not run.checkpoints.all():
        run.checkpoints.save(0)  # something to go back to; and a full disk shows now
    run.progress.start()


def fit_phases(run: Run) -> None:
    """Trains until the limit, a signal or early stopping; after a divergence it goes back to the
    last good checkpoint if --on_nan asks for that."""
    config = run.config
    share = run.progress.update(run.step)
    while share < 1.0 and not (run.signals.stopped or run.ceased):
        try:
            fit_phase(run, phase_at(config.phase, share))
        except health.DivergenceError as problem:
            if config.on_nan == "stop":
                advice = "lower a learning rate, or --on_nan=rollback"
                raise health.DivergenceError(f"{problem}: {advice}") from None
            _say(health.roll_back(run.checkpoints, problem))
        share = run.progress.update(run.step)
    if run.ceased:
        _say(f"stopped early at step {run.step}: --early_stopping saw no more progress")
    if run.signals.stopped:
        _say(f"stopped and saved at step {run.step}: the same command with --resume goes on")


def fit_phase(run: Run, number: int) -> None:
    """Trains until the end of phase `number`, from 0, or until a signal."""
    config, phase = run.config, run.config.phase[number]
    ramps = compile_phase(run.model, config, run.networks.adversary, phase)
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
    except tf.errors.OpError as error:
        raise run.pool.problem or error from None
    finally:
        for callback in listed:
            if isinstance(callback, ProgressBar):
                callback.close()


def batches(run: Run, phase: Phase) -> tf.data.Dataset:
    """Returns the training crops of a phase from the run's present step on, a share per replica."""
    config = run.config
    strategy = tf.distribute.get_strategy()
    read = math.prod(technique.reads for technique in run.model.techniques)

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
    """Returns the callbacks of phase `number`, in the order in which they must be called."""
    config, phase = run.config, run.config.phase[number]
    rate, d_rate = learning_rates(config)
    factor = health.rate_factor(run.checkpoints)
    every = min(_FIGURES_EVERY, config.epoch_steps)
    found: list[tf.keras.callbacks.Callback] = [
        FollowProgress(run.progress, rate, phase.until, d_rate, factor),
        FollowRamps(run.progress, ramps),
        health.WatchHealth(every),
        run.signals,
    ]
    if run.checkpoints.writes:
        found.append(ProgressBar(run.progress, f"phase {number + 1}/{len(config.phase)}"))
    if run.data.validation is not None:
        found.append(Validate(run.data.validation, run.best, number, lambda: run.signals.stopped))
    if run.early_stopping is not None and number == len(config.phase) - 1:
        found.append(run.early_stopping)
    found.append(WriteFigures(run.out, run.step, every, run.checkpoints.writes))
    if run.checkpoints.writes:
        saved = functools.partial(forget_replaced, run.out)
        place = run.out / "tensorboard" / "pictures"
        faithful = run.networks.start if phase.gan else None
        found.append(Pictures(place, run.data.sample, _PICTURES_EVERY, faithful))
        found.append(SaveRegularly(run.checkpoints, config.save_minutes, saved))
    return found


def _say(message: str) -> None:
    print(f"tfgan_codec: {message}", file=sys.stderr)
