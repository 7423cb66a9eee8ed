"""What a codec is compiled with, as all parts of its step see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tensorflow as tf

if TYPE_CHECKING:
    from collections.abc import Callable

    from tfgan_codec.discriminators.contract import Discriminator
    from tfgan_codec.losses.adversarial import Adversarial
    from tfgan_codec.losses.contract import CodecOutput, Loss
    from tfgan_codec.losses.feature_matching import FeatureMatching
    from tfgan_codec.losses.gradient_penalty import Penalty
    from tfgan_codec.techniques.contract import Technique

Figures = dict[str, tf.Tensor]


class State:
    """Names the attributes that `step.gan.GanModel.compile` sets, which Keras does not track."""

    g_optimizer: tf.keras.optimizers.Optimizer
    codec_losses: list[Loss]
    discriminators: list[Discriminator]
    d_optimizer: tf.keras.optimizers.Optimizer
    adversarial: Adversarial
    adversarial_weight: float | tf.Variable
    penalty: Penalty | None
    feature_matching: FeatureMatching | None
    d_steps: int
    own_batches: bool
    accumulate: int
    techniques: list[Technique]
    random_seed: int
    trained_variables: list[tf.Variable]
    trackers: dict[str, tf.keras.metrics.Mean]
    part: int | tf.Tensor  # which part of the batch a step is at, see `step.accumulation`

    if TYPE_CHECKING:  # of `GanModel`, for the parts of a step that call them
        run_codec: Callable[..., CodecOutput]
        track: Callable[[Figures], Figures]
        discriminator_variables: Any
        distribute_strategy: tf.distribute.Strategy
