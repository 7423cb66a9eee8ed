"""Loads the codec of a run, for export, evaluation, or another run to start from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import tensorflow as tf

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.data.crops import crops
from tfgan_codec.errors import UsageError
from tfgan_codec.models.deeper import further_blocks, start_as_identity
from tfgan_codec.models.from_bundle import restore
from tfgan_codec.specs.names import choose
from tfgan_codec.training import start_file
from tfgan_codec.training.build import build_model, make_optimizer
from tfgan_codec.training.checkpoints import BEST, NEWEST, Checkpoints
from tfgan_codec.training.config import read_config
from tfgan_codec.training.soup import stir


def load_run(folder: str | Path, best: bool = False) -> tf.keras.Model:
    """Returns the trained codec of a run's folder, with averaged weights, ready for evaluation.

    Several folders with commas between them give the average of their codecs (`training.soup`).

    best: whether to load the checkpoint that did best in validation, not the newest one.
    """
    if "," in str(folder):
        return stir([load_run(each, best) for each in str(folder).split(",")])
    config = read_config(folder)
    model = build_model(config)
    model.g_optimizer = make_optimizer(config)
    model.g_optimizer.build(model.trainable_variables)
    if not Checkpoints(Path(folder) / (BEST if best else NEWEST), model, None).restore():
        reason = "no best checkpoint: it had no --validation" if best else "no checkpoint yet"
        raise UsageError(f"{folder} has {reason}")
    model.g_optimizer.finalize_variable_values(model.trainable_variables)
    return model


def load_start(place: str) -> tf.keras.Model:
    """Returns the codec of a run's folder (or of several, see `load_run`) or of a start file or, if
    it is neither, of a bundle, by name or folder, with its faithful decoder; BUNDLE@1 is that with
    the realistic one.

    Bundles do not hold the float density of the hyper-latents: a run learns it anew, unless the
    entropy model is frozen.
    """
    if _is_run(place):
        return load_run(place)
    if start_file.holds(place):
        return start_file.read(place)
    name, realism = _bundle_at(place)
    try:
        return restore(Bundle.load(name), float(realism))
    except ValueError:
        raise UsageError(f"{place}: after @ comes the realism, a number such as 0 or 1") from None


def _is_run(place: str) -> bool:
    return "," in place or (Path(place) / "run.json").is_file()


def _bundle_at(place: str) -> tuple[str, str]:
    """Returns the bundle and the realism that BUNDLE or BUNDLE@REALISM means."""
    name, at, realism = place.rpartition("@")
    return (place, "0") if not at or Path(place).exists() else (name, realism)


def decodes(folder: str | Path) -> str | None:
    """Returns the bundle whose files a run trained a decoder for: it began with that bundle, and
    never trained the entropy model. None for other runs."""
    config = read_config(str(folder).partition(",")[0])
    start = config.init_from
    if not start or _is_run(start) or start_file.holds(start) or not config.phase:
        return None
    frozen = all("entropy" in phase.freeze for phase in config.phase)
    return _bundle_at(start)[0] if frozen else None


def copy_weights(source: tf.keras.Model, target: tf.keras.Model, parts: Sequence[str] = ()) -> None:
    """Gives `target` the weights of `source`, or only those of the named parts, such as "analysis".
    Both must have the same sizes.

    Post-processing that `source` lacks keeps its fresh weights, with which it changes nothing;
    residual blocks that its decoder lacks get weights with which they change nothing.
    """
    given, wanted = (
        [v for part in chosen for v in part.variables]
        for chosen in (
            [_part(model, name) for name in parts] or [model] for model in (source, target)
        )
    )
    decoders = [getattr(model, "synthesis", None) for model in (source, target)]
    deeper = further_blocks(*decoders) if not parts or "synthesis" in parts else []
    further: list[tf.keras.layers.Layer] = list(deeper)
    if source.post_processing is None and target.post_processing is not None:
        further.append(target.post_processing)
    own = {variable.ref() for layer in further for variable in layer.variables}
    wanted = [variable for variable in wanted if variable.ref() not in own]
    if [v.shape for v in given] != [v.shape for v in wanted]:
        raise UsageError(
            "--init_from is a codec of other sizes: give --model the arguments it was trained with"
            ", or --init_parts those parts that fit"
        )
    for variable, value in zip(wanted, given):
        variable.assign(value)
    for block in deeper:
        start_as_identity(block)


def _part(model: tf.keras.Model, name: str) -> tf.keras.layers.Layer:
    layers = {k: v for k, v in vars(model).items() if isinstance(v, tf.keras.layers.Layer)}
    return choose("part", name, layers)


def training_batches(folder: str | Path, count: int = 64) -> Iterator[tf.Tensor]:
    """Yields `count` batches [4, 256, 256, 3] of a run's training pictures, for measurements.

    Pictures are opened only when the first batch is asked for: most codecs measure nothing.
    """
    config = read_config(folder)
    yield from crops(config.data, 256, 4, config.seed).take(count)
