"""Trains a light decoder for the files of `mobile` to do what its own decoder does."""

from __future__ import annotations

from pathlib import Path

import tensorflow as tf

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.data.crops import crops
from tfgan_codec.data.pool import Pool
from tfgan_codec.deploy import bundling
from tfgan_codec.deploy.settings import DistillSettings
from tfgan_codec.layers.precision import precision
from tfgan_codec.losses.distillation import Distillation
from tfgan_codec.models.from_bundle import RestoredMobile, restore
from tfgan_codec.models.mobile import MobileConfig, synthesis
from tfgan_codec.step.updates import steps_of
from tfgan_codec.training.about import start
from tfgan_codec.training.callbacks.signals import StopOnSignal
from tfgan_codec.training.checkpoints import NEWEST, Checkpoints, SaveRegularly
from tfgan_codec.training.config import Limit, read_starts, write_config
from tfgan_codec.training.run_folder import check_folder, claim_folder
from tfgan_codec.training.schedule import FollowProgress, Progress, warmup_cosine

# Widths and residual blocks of the stages at 1/16, 1/8, 1/4 and 1/2.
WIDTHS, BLOCKS = (128, 64, 40, 16), (2, 2, 1, 0)
_EMA_MOMENTUM = 0.998
_ENDLESS, _STEPS_PER_EPOCH = 1_000_000, 250


def distill(settings: DistillSettings) -> None:
    """Trains a light decoder, saving regularly, and writes the bundle with it to `out`/bundle."""
    out = Path(settings.out)
    check_folder(out, settings.resume)
    bundle = Bundle.load(settings.model)
    with precision(settings.precision):
        trained = _train(bundle, settings)
    with precision("float32"):
        finished = _student(bundle, trained.config)
    finished.synthesis.set_weights(trained.synthesis.get_weights())
    info = {**bundle.info, "decoder": "distilled by export.distill"}
    bundling.write(finished, str(out / "bundle"), f"{bundle.name}-lite", info)


def _train(bundle: Bundle, settings: DistillSettings) -> RestoredMobile:
    """Returns the codec of a bundle with a light decoder, trained and with averaged weights."""
    tf.keras.utils.set_random_seed(0)
    pool = Pool(settings.data)
    teacher = restore(bundle).synthesis
    config = restore(bundle).config._replace(synthesis=WIDTHS, blocks=BLOCKS)
    if settings.init_from:
        first = restore(Bundle.load(settings.init_from))
        config = config._replace(synthesis=first.config.synthesis, blocks=first.config.blocks)
    model = _student(bundle, config)
    if settings.init_from:
        model.synthesis.set_weights(first.synthesis.get_weights())
    optimizer = tf.keras.optimizers.Adam(
        settings.learning_rate, global_clipnorm=1.0, use_ema=True, ema_momentum=_EMA_MOMENTUM
    )
    pixels = Distillation(lambda y: (tf.cast(teacher(y), tf.float32) + 1.0) * 127.5)
    model.compile(optimizer, [pixels], freeze=("analysis", "entropy", "gains"))
    progress = Progress(Limit(settings.steps, settings.minutes))
    out = Path(settings.out)
    checkpoints = Checkpoints(out / NEWEST, model, progress)
    starts = []
    if settings.resume:
        starts = read_starts(out, settings)
        checkpoints.restore()
    step = steps_of(model.g_optimizer)
    with claim_folder(out), StopOnSignal() as signals:
        write_config(out, settings, [*starts, start(step, pool)])
        progress.start()
        model.fit(
            crops(pool, settings.crop, settings.batch, 0, first_step=step),
            epochs=_ENDLESS,
            steps_per_epoch=_STEPS_PER_EPOCH,
            verbose=2,
            callbacks=[
                FollowProgress(
                    progress,
                    lambda share, at: warmup_cosine(settings.learning_rate, share, at),
                    until=1.0,
                ),
                signals,
                SaveRegularly(checkpoints, minutes=5.0),
            ],
        )
    model.g_optimizer.finalize_variable_values(model.synthesis.trainable_variables)
    return model


def _student(bundle: Bundle, config: MobileConfig) -> RestoredMobile:
    """Returns the codec of a bundle with a fresh decoder of other sizes."""
    model = restore(bundle)
    model.config = config
    model.synthesis = synthesis(config)
    model.build_weights()
    return model
