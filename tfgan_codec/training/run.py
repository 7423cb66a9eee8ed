"""A whole training run in a folder: build or resume, fit phase by phase, save."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import tensorflow as tf

from tfgan_codec import discriminators, losses, models
from tfgan_codec.bundle import Bundle
from tfgan_codec.data.folder import crops
from tfgan_codec.errors import UsageError
from tfgan_codec.losses import adversarial, gradient_penalty
from tfgan_codec.losses.contract import Loss
from tfgan_codec.losses.feature_matching import FeatureMatching
from tfgan_codec.losses.rate_distortion import RateDistortion
from tfgan_codec.models.from_bundle import restore
from tfgan_codec.names import choose, parse
from tfgan_codec.training.callbacks import FollowProgress, Pictures, StopOnSignal, WriteFigures
from tfgan_codec.training.checkpoints import Checkpoints, SaveRegularly, claim_folder
from tfgan_codec.training.phases import Phase, phase_at
from tfgan_codec.training.schedule import SCHEDULES, Limit, Progress

_EMA_MOMENTUM = 0.998
_STEPS_PER_EPOCH = 250
_ENDLESS = 1_000_000
# Of a run's configuration, what does not belong in a published bundle.
_PRIVATE = ("data", "out", "init_from", "resume", "save_minutes")


class RunConfig(NamedTuple):
    """What `apps.train` was asked for.

    model: name of a codec with arguments, `name:key=value`; so are the items of `loss` and
        `discriminator`, and `gradient_penalty`.
    feature_matching: its weight.
    init_from: run or bundle whose codec weights this one starts with.
    lambda_low, lambda_high: rate-distortion multipliers of the lowest and the highest quality.
    d_learning_rate: of the discriminators; 0 for that of the codec.
    ema, clip: momentum of the averaged weights, and the largest norm of a gradient; 0 for none.
    """

    model: str
    data: str
    out: str
    limit: Limit
    phases: list[Phase]
    init_from: str | None = None
    learning_rate: float = 6e-4
    schedule: str = "cosine"
    ema: float = _EMA_MOMENTUM
    clip: float = 1.0
    lambda_low: float = 0.1
    lambda_high: float = 6.0
    loss: Sequence[str] = ()
    discriminator: Sequence[str] = ()
    adversarial: str = "hinge"
    adversarial_weight: float = 1.0
    gradient_penalty: str | None = None
    feature_matching: float = 0.0
    d_learning_rate: float = 0.0
    d_steps: int = 1
    own_batches: bool = False
    precision: str = "float32"
    seed: int = 0
    save_minutes: float = 5.0
    resume: bool = False


class Adversary(NamedTuple):
    """What a run trains against; neither in runs without discriminators."""

    discriminators: list[tf.keras.Model]
    optimizer: tf.keras.optimizers.Optimizer | None


def train(config: RunConfig) -> None:
    """Trains until the limit, phase by phase; saves regularly, at the end and when interrupted."""
    out = Path(config.out)
    claim_folder(out, config.resume)
    tf.keras.mixed_precision.set_global_policy(config.precision)
    tf.keras.utils.set_random_seed(config.seed)
    model = build_model(config._asdict())
    if config.init_from:
        _copy_weights(load_start(config.init_from), model)
    optimizer = make_optimizer(config._asdict())
    optimizer.build(model.trainable_variables)
    model.g_optimizer = optimizer
    adversary = _make_adversary(config, model)
    progress = Progress(config.limit)
    more = adversary._asdict() if adversary.discriminators else {}
    checkpoints = Checkpoints(out / "checkpoints", model, progress, **more)
    if config.resume and not checkpoints.restore():
        raise UsageError(f"nothing to resume in {out}: start without --resume")
    (out / "run.json").write_text(json.dumps(config._asdict(), indent=1) + "\n")

    progress.start()
    signals = StopOnSignal()
    share = progress.update(int(optimizer.iterations))
    while share < 1.0 and not signals.stopped:
        phase = config.phases[phase_at(config.phases, share)]
        _fit_phase(model, adversary, config, phase, progress, checkpoints, signals)
        share = progress.update(int(optimizer.iterations))


def build_model(config: dict) -> tf.keras.Model:
    """The codec of a run, with fresh weights."""
    name, arguments = parse(config["model"])
    if name == "mobile":
        arguments.setdefault("rate_ratio", config["lambda_high"] / config["lambda_low"])
    model = models.build(name, **arguments)
    model.build_weights()
    return model


def make_optimizer(config: dict) -> tf.keras.optimizers.Optimizer:
    """Adam with clipped gradients and an exponential moving average of the weights."""
    ema = config.get("ema", _EMA_MOMENTUM)
    averaging = {"use_ema": True, "ema_momentum": ema} if ema else {}
    clip = config.get("clip", 1.0) or None
    optimizer = tf.keras.optimizers.Adam(config["learning_rate"], global_clipnorm=clip, **averaging)
    return _for_precision(optimizer, config)


def load_run(folder: str | Path) -> tf.keras.Model:
    """The trained model of a run's folder, with averaged weights, ready for evaluation."""
    config = read_config(folder)
    model = build_model(config)
    model.g_optimizer = make_optimizer(config)
    model.g_optimizer.build(model.trainable_variables)
    if not Checkpoints(Path(folder) / "checkpoints", model, None).restore():
        raise UsageError(f"{folder} has no checkpoint yet: train for longer")
    model.g_optimizer.finalize_variable_values(model.trainable_variables)
    return model


def load_start(place: str) -> tf.keras.Model:
    """The codec of a run's folder or, if it is none, of a bundle, given by name or folder.

    Bundles do not hold the float density of the hyper-latents: unless the entropy model is frozen,
    a run learns that anew.
    """
    if (Path(place) / "run.json").is_file():
        return load_run(place)
    return restore(Bundle.load(place))


def _copy_weights(source: tf.keras.Model, target: tf.keras.Model) -> None:
    given, wanted = source.variables, target.variables
    if [v.shape for v in given] != [v.shape for v in wanted]:
        raise UsageError(
            "--init_from is a codec of other sizes: give --model the arguments it was trained with"
        )
    for variable, value in zip(wanted, given):
        variable.assign(value)


def training_batches(folder: str | Path, count: int = 64) -> tf.data.Dataset:
    """Some of a run's training pictures, [4, 256, 256, 3] each, to measure coding tables on."""
    config = read_config(folder)
    return crops(config["data"], 256, 4, config["seed"]).take(count)


def read_config(folder: str | Path) -> dict:
    """What the run in `folder` was asked for."""
    try:
        return json.loads((Path(folder) / "run.json").read_text())
    except OSError as error:
        raise UsageError(f"{folder} is not a run of apps.train: {error}") from error


def public_config(folder: str | Path) -> dict:
    """The same without what is nobody else's business: the folders of this machine."""
    return {key: value for key, value in read_config(folder).items() if key not in _PRIVATE}


def _for_precision(
    optimizer: tf.keras.optimizers.Optimizer, config: dict
) -> tf.keras.optimizers.Optimizer:
    """Scales losses in float16, here and not in `compile`, so that checkpoints look the same."""
    half = config["precision"] == "mixed_float16"
    return tf.keras.mixed_precision.LossScaleOptimizer(optimizer) if half else optimizer


def _make_adversary(config: RunConfig, model: tf.keras.Model) -> Adversary:
    if not config.discriminator:
        if any(phase.gan for phase in config.phases):
            raise UsageError("a phase with :gan needs --discriminator")
        return Adversary([], None)
    # A penalty differentiates twice, which bfloat16 and float16 are too coarse for.
    dtype = "float32" if config.gradient_penalty else None
    latents = model(tf.zeros([1, 64, 64, 3])).latents.shape[-1]
    discriminators_ = []
    for text in config.discriminator:
        name, arguments = parse(text)
        discriminators_.append(discriminators.build(name, latents, dtype, **arguments))
    rate = config.d_learning_rate or config.learning_rate
    optimizer = _for_precision(tf.keras.optimizers.Adam(rate), config._asdict())
    optimizer.build([v for each in discriminators_ for v in each.trainable_variables])
    return Adversary(discriminators_, optimizer)


def _losses(config: RunConfig, phase: Phase) -> list[Loss]:
    terms: list[Loss] = []
    if phase.mse or phase.ms_ssim:
        low, high = config.lambda_low, config.lambda_high
        terms.append(RateDistortion(low, high, phase.mse, phase.ms_ssim))
    early = ":relaxed=true" if phase.early else ""
    texts = [t + early if t.startswith("rate_target") else t for t in config.loss]
    return terms + losses.build(texts)


def _adversarial(config: RunConfig, adversary: Adversary) -> dict:
    """Arguments of `compile` for a phase with discriminators."""
    arguments = {
        "discriminator": adversary.discriminators,
        "d_optimizer": adversary.optimizer,
        "adversarial": adversarial.build(config.adversarial),
        "adversarial_weight": config.adversarial_weight,
        "d_steps": config.d_steps,
        "own_batches": config.own_batches,
    }
    if config.gradient_penalty:
        name, options = parse(config.gradient_penalty)
        arguments["penalty"] = gradient_penalty.build(name, **options)
    if config.feature_matching:
        arguments["feature_matching"] = FeatureMatching(config.feature_matching)
    return arguments


def _fit_phase(
    model: tf.keras.Model,
    adversary: Adversary,
    config: RunConfig,
    phase: Phase,
    progress: Progress,
    checkpoints: Checkpoints,
    signals: StopOnSignal,
) -> None:
    out = Path(config.out)
    step = int(model.g_optimizer.iterations)
    model.compile(
        g_optimizer=model.g_optimizer,
        losses=_losses(config, phase),
        freeze=phase.freeze,
        random_seed=config.seed,
        **(_adversarial(config, adversary) if phase.gan else {}),
    )
    dataset = crops(config.data, phase.crop, phase.batch, config.seed, first_step=step)
    sample = next(iter(crops(config.data, 192, 4, config.seed).take(1))).numpy()
    schedule = choose("schedule", config.schedule, SCHEDULES)
    model.fit(
        dataset,
        initial_epoch=step // _STEPS_PER_EPOCH,
        epochs=_ENDLESS,
        steps_per_epoch=_STEPS_PER_EPOCH,
        callbacks=[
            FollowProgress(
                progress,
                lambda share, at: schedule(config.learning_rate, share, at),
                phase.until,
                (config.d_learning_rate or config.learning_rate) / config.learning_rate,
            ),
            signals,
            SaveRegularly(checkpoints, config.save_minutes),
            tf.keras.callbacks.TensorBoard(out / "tensorboard", write_graph=False),
            WriteFigures(out / "figures.jsonl"),
            Pictures(out / "tensorboard" / "pictures", sample, every=4),
        ],
    )
