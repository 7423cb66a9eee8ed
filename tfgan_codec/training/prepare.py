"""Opens, builds and checks everything a run consists of, before its folder is touched."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_codec.data.crops import crops, middle_crops
from tfgan_codec.data.pool import Pool
from tfgan_codec.errors import UsageError
from tfgan_codec.step.updates import steps_of
from tfgan_codec.training import build, strategies
from tfgan_codec.training.callbacks import early_stopping
from tfgan_codec.training.callbacks.early_stopping import EarlyStopping
from tfgan_codec.training.callbacks.signals import StopOnSignal
from tfgan_codec.training.checkpoints import BEST, NEWEST, Checkpoints
from tfgan_codec.training.config import RunConfig
from tfgan_codec.training.schedule import Progress
from tfgan_codec.training.trained import copy_weights, load_start

_SAMPLES, _SAMPLE_SIDE = 4, 192
_CALIBRATION_COUNT = 32
_VALIDATION_COUNT, _VALIDATION_SIDE = 64, 256


class Data(NamedTuple):
    """Holds the pictures of a run, some as crops, uint8 [count, side, side, 3]."""

    pool: Pool  # to train on
    validation: np.ndarray | None  # crops to validate on, if any
    sample: np.ndarray  # crops to show in TensorBoard


class Networks(NamedTuple):
    """Holds the networks of a run."""

    codec: tf.keras.Model  # the one in training, with its optimizer
    start: tf.keras.Model | None  # the codec of `init_from` that it started with, if any
    adversary: build.Adversary  # what it trains against


class Run(NamedTuple):
    """Holds what a run consists of while it goes on."""

    config: RunConfig
    data: Data
    networks: Networks
    progress: Progress
    checkpoints: Checkpoints  # the last ones
    best: Checkpoints  # the one that did best in validation
    early_stopping: EarlyStopping | None
    signals: StopOnSignal

    @property
    def out(self) -> Path:
        return Path(self.config.out)

    @property
    def pool(self) -> Pool:
        return self.data.pool

    @property
    def model(self) -> tf.keras.Model:
        return self.networks.codec

    @property
    def ceased(self) -> bool:
        return self.early_stopping is not None and self.early_stopping.stopped

    @property
    def step(self) -> int:
        return steps_of(self.model.g_optimizer)


def prepare(config: RunConfig) -> Run:
    """Opens the data of a run and builds its networks, with fresh weights or those of `init_from`.

    Whatever is wrong with the settings of any phase raises `UsageError` here, at once and not when
    its turn comes. Nothing is written, and of the folder `config.out` it is only
    seen whether a run to resume has a checkpoint, since a fresh codec is calibrated.
    """
    _check(config)
    tf.keras.utils.set_random_seed(config.seed)
    progress = Progress(config.limit)
    data = _open_data(config)
    networks = _build_networks(config, data.pool)
    codec, adversary = networks.codec, networks.adversary
    build.learning_rates(config)
    for phase in config.phase:
        build.compile_phase(codec, config, adversary, phase)
    saved = adversary._asdict() if adversary.discriminators else {}
    folder, writes = Path(config.out), strategies.is_chief()
    checkpoints = Checkpoints(folder / NEWEST, codec, progress, config.keep, writes, **saved)
    return Run(
        config=config,
        data=data,
        networks=networks,
        progress=progress,
        checkpoints=checkpoints,
        best=Checkpoints(folder / BEST, codec, progress, 1, writes, **saved),
        early_stopping=early_stopping.build(config.early_stopping, checkpoints),
        signals=StopOnSignal(),
    )


def _open_data(config: RunConfig) -> Data:
    pool = Pool(config.data, config.cache_mb)
    validation = None
    if config.validation:
        validation = middle_crops(Pool(config.validation), _VALIDATION_SIDE, _VALIDATION_COUNT)
    return Data(pool, validation, middle_crops(pool, _SAMPLE_SIDE, _SAMPLES))


def _build_networks(config: RunConfig, pool: Pool) -> Networks:
    codec = build.build_model(config)
    start = load_start(config.init_from) if config.init_from else None
    if start is not None:
        copy_weights(start, codec, config.init_parts)
    elif not (config.resume and Checkpoints(Path(config.out) / NEWEST, codec, None).all()):
        # Before the optimizer is built, whose moving averages begin with the weights.
        try:
            codec.calibrate(crops(pool, config.phase[0].crop, _CALIBRATION_COUNT, config.seed))
        except tf.errors.OpError as error:
            raise pool.problem or error from None
    codec.g_optimizer = build.make_optimizer(config)
    codec.g_optimizer.build(codec.trainable_variables)
    return Networks(codec, start, build.make_adversary(config, codec))


def _check(config: RunConfig) -> None:
    """Raises `UsageError` for settings that do not go together."""
    if config.early_stopping and not config.validation:
        raise UsageError("--early_stopping needs --validation")
    if config.strategy == "multiworker" and config.limit.minutes is not None:
        raise UsageError("clocks of several workers differ: give --steps in place of --minutes")
    if config.strategy == "multiworker" and config.on_nan == "rollback":
        raise UsageError("several workers cannot go back: leave out --on_nan=rollback")
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    for phase in config.phase:
        if phase.batch % replicas:
            raise UsageError(
                f"a batch of {phase.batch} cannot be shared by {replicas} replicas: make it a "
                "multiple of that"
            )
