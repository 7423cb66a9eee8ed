"""Trains a light decoder for the files of `mobile` to do what its own decoder does."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from absl import flags

from apps import _main
from tfgan_codec import bundle_files

if TYPE_CHECKING:
    from tfgan_codec.bundle import Bundle
    from tfgan_codec.models.from_bundle import RestoredMobile
    from tfgan_codec.models.mobile import MobileConfig

_USAGE = """
usage: python -m export.distill --model=MODEL --data=FOLDER --out=RUN --minutes=M [--resume]

Trains the lite decoder, 7.9 kMAC per pixel, on what the decoder of MODEL, a bundle, makes of
photographs. Nothing else of the codec changes: files stay the same. RUN/bundle is then a bundle
with the new decoder. Ctrl-C saves and stops; the same command with --resume goes on.

  python -m export.distill --model=mobile --data=photos --out=runs/lite --minutes=120
  python -m apps.decompress photo.tgc photo.png --model=runs/lite/bundle
"""
# Widths and residual blocks of the stages at 1/16, 1/8, 1/4 and 1/2.
WIDTHS, BLOCKS = (128, 64, 40, 16), (2, 2, 1, 0)
_EMA_MOMENTUM = 0.998
_ENDLESS, _STEPS_PER_EPOCH = 1_000_000, 250


class Settings(NamedTuple):
    """What to train, see the flags."""

    model: str
    data: str
    out: str
    minutes: float
    init_from: str | None = None
    learning_rate: float = 1e-3
    crop: int = 128
    batch: int = 8
    precision: str = "float32"
    resume: bool = False


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = _main.new_flags()
    kw = {"flag_values": values}
    default = Settings._field_defaults
    flags.DEFINE_string("model", None, "Bundle, by its name or path.", **kw)
    flags.DEFINE_string("data", None, "Folder of photographs.", **kw)
    flags.DEFINE_string("out", None, "Folder of the run.", **kw)
    flags.DEFINE_float("minutes", None, "End after so many minutes of training.", **kw)
    flags.DEFINE_string("init_from", None, "Start with this bundle's decoder, of its sizes.", **kw)
    flags.DEFINE_float("learning_rate", default["learning_rate"], "The highest.", **kw)
    flags.DEFINE_integer("crop", default["crop"], "Side of the crops.", **kw)
    flags.DEFINE_integer("batch", default["batch"], "Crops per step.", **kw)
    flags.DEFINE_enum(
        "precision", default["precision"], ["float32", "mixed_bfloat16"], "Arithmetic.", **kw
    )
    flags.DEFINE_bool("resume", False, "Go on where a stopped run ended.", **kw)

    def command() -> None:
        for name in ("model", "data", "out", "minutes"):
            if values[name].value is None:
                raise _main.CommandLineError(f"--{name} is required")
        distill(Settings(**{name: values[name].value for name in Settings._fields}))

    return _main.run(command, values, _USAGE, argv)


def distill(settings: Settings) -> None:
    """Trains, saves and writes the bundle."""
    bundle_files.locate(settings.model)
    # TensorFlow takes seconds to import: only when there is something to do.
    import tensorflow as tf

    from export import bundle as bundles
    from tfgan_codec.bundle import Bundle
    from tfgan_codec.data.crops import crops
    from tfgan_codec.losses.distillation import Distillation
    from tfgan_codec.models.from_bundle import restore
    from tfgan_codec.training.checkpoints import Checkpoints, SaveRegularly, claim_folder
    from tfgan_codec.training.schedule import FollowProgress, Limit, Progress, warmup_cosine
    from tfgan_codec.training.signals import StopOnSignal

    out = Path(settings.out)
    claim_folder(out, settings.resume)
    (out / "run.json").write_text(f"{settings._asdict()}\n")
    tf.keras.mixed_precision.set_global_policy(settings.precision)
    bundle = Bundle.load(settings.model)
    teacher = restore(bundle).synthesis
    config = restore(bundle).config._replace(synthesis=WIDTHS, blocks=BLOCKS)
    if settings.init_from:
        start = restore(Bundle.load(settings.init_from))
        config = config._replace(synthesis=start.config.synthesis, blocks=start.config.blocks)
    model = _student(bundle, config)
    if settings.init_from:
        model.synthesis.set_weights(start.synthesis.get_weights())
    optimizer = tf.keras.optimizers.Adam(
        settings.learning_rate, global_clipnorm=1.0, use_ema=True, ema_momentum=_EMA_MOMENTUM
    )
    pixels = Distillation(lambda y: (tf.cast(teacher(y), tf.float32) + 1.0) * 127.5)
    model.compile(optimizer, [pixels], freeze=("analysis", "entropy", "gains"))
    progress = Progress(Limit(minutes=settings.minutes))
    checkpoints = Checkpoints(out / "checkpoints", model, progress)
    if settings.resume:
        checkpoints.restore()
    progress.start()
    step = int(model.g_optimizer.iterations)
    with StopOnSignal() as signals:
        model.fit(
            crops(settings.data, settings.crop, settings.batch, 0, first_step=step),
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
    tf.keras.mixed_precision.set_global_policy("float32")
    finished = _student(bundle, config)
    finished.synthesis.set_weights(model.synthesis.get_weights())
    info = {**bundle.info, "decoder": "distilled by export.distill"}
    bundles.write(finished, str(out / "bundle"), f"{bundle.name}-lite", info)


def _student(bundle: Bundle, config: MobileConfig) -> RestoredMobile:
    """The codec of a bundle with a fresh decoder of other sizes."""
    from tfgan_codec.models.from_bundle import restore
    from tfgan_codec.models.mobile import synthesis

    model = restore(bundle)
    model.config = config
    model.synthesis = synthesis(config)
    model.build_weights()
    return model


if __name__ == "__main__":
    sys.exit(main())
