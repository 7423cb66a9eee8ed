"""Builds what a run trains, and trains with, from its configuration."""

from __future__ import annotations

import math
from typing import NamedTuple

import tensorflow as tf

from tfgan_codec import discriminators, losses, models, techniques
from tfgan_codec.errors import UsageError
from tfgan_codec.losses import adversarial, gradient_penalty
from tfgan_codec.losses.contract import Loss
from tfgan_codec.losses.feature_matching import FeatureMatching
from tfgan_codec.losses.rate_distortion import RateDistortion
from tfgan_codec.specs.grammar import parse
from tfgan_codec.specs.ramps import Ramp
from tfgan_codec.techniques.contract import Technique
from tfgan_codec.techniques.fade_in import FadeIn
from tfgan_codec.training import optimizers, schedule
from tfgan_codec.training.config import RunConfig
from tfgan_codec.training.phases import Phase, fading
from tfgan_codec.training.ramps import Ramps
from tfgan_codec.training.schedule import Rate


class Adversary(NamedTuple):
    """Holds what a run trains the codec against."""

    discriminators: list[tf.keras.Model]  # [] in runs without
    optimizer: tf.keras.optimizers.Optimizer | None  # of all discriminators; None if there is none


def build_model(config: RunConfig) -> tf.keras.Model:
    """Builds the codec of a run, with fresh weights."""
    name, arguments = parse(config.model)
    offered = {"rate_ratio": config.lambda_high / config.lambda_low}
    model = models.build(name, offered, **arguments)
    model.build_weights()
    return model


def make_optimizer(config: RunConfig) -> tf.keras.optimizers.Optimizer:
    """Makes the codec's optimizer, which clips gradients and keeps an exponential moving average of
    the weights."""
    return _for_precision(
        optimizers.build(
            config.optimizer,
            learning_rate=config.learning_rate,
            global_clipnorm=config.clip or None,
            **_averaging(config.ema),
        ),
        config,
    )


def learning_rates(config: RunConfig) -> tuple[Rate, Rate]:
    """Returns the learning rates of the codec and of the discriminators, by default the same."""
    peak = config.d_learning_rate or config.learning_rate
    text = config.d_schedule or config.schedule
    return schedule.build(config.schedule, config.learning_rate), schedule.build(text, peak)


def make_adversary(config: RunConfig, model: tf.keras.Model) -> Adversary:
    """Builds the discriminators of a run and their optimizer."""
    if not config.discriminator:
        if any(phase.gan for phase in config.phase):
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
    makers = [techniques.TECHNIQUES.find(parse(text).name) for text in config.technique]
    wanted = any(getattr(maker, "averages", False) for maker in makers)
    averaging = _averaging(config.ema if wanted else 0.0)
    optimizer = optimizers.build(config.d_optimizer, learning_rate=rate, **averaging)
    optimizer = _for_precision(optimizer, config)
    optimizer.build([v for each in discriminators_ for v in each.trainable_variables])
    return Adversary(discriminators_, optimizer)


def compile_phase(
    model: tf.keras.Model, config: RunConfig, adversary: Adversary, phase: Phase
) -> Ramps:
    """Compiles the codec for one phase, with the optimizer that it has as `g_optimizer`.

    Returns the ramps among the settings, for `callbacks.follow_ramps`.
    """
    ramps = Ramps()
    model.compile(
        g_optimizer=model.g_optimizer,
        losses=phase_losses(config, phase, ramps),
        freeze=phase.freeze,
        techniques=phase_techniques(config, phase, ramps),
        accumulate=config.accumulate,
        random_seed=config.seed,
        jit_compile=config.jit,
        **(_adversarial(config, adversary, ramps) if phase.gan else {}),
    )
    return ramps


def phase_losses(config: RunConfig, phase: Phase, ramps: Ramps) -> list[Loss]:
    """Returns what the codec minimises in a phase, the adversarial loss aside."""
    terms: list[Loss] = []
    if phase.mse or phase.ms_ssim:
        low, high = config.lambda_low, config.lambda_high
        rate_weight = ramps.number(config.rate_weight)
        terms.append(RateDistortion(low, high, phase.mse, phase.ms_ssim, rate_weight))
    return terms + losses.build(ramps.specs(config.loss), {"relaxed": phase.early})


def phase_techniques(config: RunConfig, phase: Phase, ramps: Ramps) -> list[Technique]:
    """Returns the techniques that change the steps of a phase."""
    found = techniques.build(ramps.specs(config.technique))
    if phase.fade:
        level = Ramp(fading(config.phase, phase))
        found.insert(0, FadeIn(ramps.number(level), most=math.ceil(level.at(0.0))))
    return found


def _adversarial(config: RunConfig, adversary: Adversary, ramps: Ramps) -> dict:
    """Returns the arguments of `compile` for a phase with discriminators."""
    arguments = {
        "discriminator": adversary.discriminators,
        "d_optimizer": adversary.optimizer,
        "adversarial": adversarial.build(config.adversarial),
        "adversarial_weight": ramps.number(config.adversarial_weight),
        "d_steps": config.d_steps,
        "own_batches": config.own_batches,
    }
    if config.gradient_penalty:
        name, options = parse(config.gradient_penalty)
        arguments["penalty"] = gradient_penalty.build(name, **options)
    if config.feature_matching:
        arguments["feature_matching"] = FeatureMatching(
            config.feature_matching, config.feature_matching_squared
        )
    return arguments


def _averaging(momentum: float) -> dict:
    return {"use_ema": True, "ema_momentum": momentum} if momentum else {}


def _for_precision(
    optimizer: tf.keras.optimizers.Optimizer, config: RunConfig
) -> tf.keras.optimizers.Optimizer:
    """Wraps an optimizer for loss scaling if the run is in float16: before `compile`, which would
    do it too, so that checkpoints fit at any time."""
    half = config.precision == "mixed_float16"
    return tf.keras.mixed_precision.LossScaleOptimizer(optimizer) if half else optimizer
