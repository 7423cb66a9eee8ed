"""Defines `GanModel`, the base class of all codecs, with the project's only `train_step`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tensorflow as tf

from tfgan_codec.discriminators.contract import Discriminator
from tfgan_codec.errors import UsageError
from tfgan_codec.format.geometry import QUALITIES
from tfgan_codec.losses.adversarial import Adversarial
from tfgan_codec.losses.contract import CodecOutput, Loss
from tfgan_codec.losses.feature_matching import FeatureMatching
from tfgan_codec.losses.gradient_penalty import Penalty
from tfgan_codec.specs.names import choose
from tfgan_codec.step.accumulation import Accumulation
from tfgan_codec.step.batches import NOT_FINITE, check_parts, checked
from tfgan_codec.step.state import Figures
from tfgan_codec.step.updates import scaled_loss, update
from tfgan_codec.techniques.contract import Technique


class GanModel(Accumulation, tf.keras.Model):
    """Is the base class of every codec and trains it, alone or against discriminators.

    A step is a pure function of weights, batch and `g_optimizer.iterations`: all random numbers are
    stateless and keyed by the step. Resumed runs repeat themselves exactly, the step can be
    compiled by XLA, and replicas of a `tf.distribute` strategy together do what one device does
    with the whole batch (entropy models' noise apart, which differs between replicas).

    compile:
        g_optimizer: minimises `losses` over the codec's weights.
        losses: objects of `losses.contract.Loss`; their totals are added.
        discriminator: none, one or several; each is trained on its own verdicts.
        d_optimizer: of all discriminators.
        adversarial, adversarial_weight: a loss of `losses.adversarial`, and the weight of the
            codec's side of it in the codec's loss.
        penalty: a gradient penalty of `losses.gradient_penalty`.
        feature_matching: see `losses.feature_matching`.
        d_steps: discriminator steps before each step of the codec.
        own_batches: gives each of these steps pictures of its own: the batch is cut into
            `d_steps + 1` parts. By default they all see the whole batch.
        accumulate: number of parts that each batch is cut into, see `step.accumulation`.
        freeze: attributes of the codec whose weights stay as they are, such as "analysis".
        techniques: changes to the step, see `techniques.contract`.
        random_seed: changes all random numbers of the run.

    `compile` makes weights and optimizer slots: call it inside `strategy.scope()`. Under a float16
    policy both optimizers are wrapped for loss scaling (Keras 2.14 wraps only one called
    `optimizer`).
    """

    def compile(
        self,
        g_optimizer: tf.keras.optimizers.Optimizer,
        losses: Sequence[Loss] = (),
        *,
        discriminator: Discriminator | Sequence[Discriminator] | None = None,
        d_optimizer: tf.keras.optimizers.Optimizer | None = None,
        adversarial: Adversarial | None = None,
        adversarial_weight: float = 1.0,
        penalty: Penalty | None = None,
        feature_matching: FeatureMatching | None = None,
        d_steps: int = 1,
        own_batches: bool = False,
        accumulate: int = 1,
        freeze: Sequence[str] = (),
        techniques: Sequence[Technique] = (),
        random_seed: int = 0,
        **kwargs,
    ):
        one = isinstance(discriminator, tf.keras.Model)
        discriminators = [discriminator] if one else list(discriminator or ())
        if discriminators and (d_optimizer is None or adversarial is None):
            raise UsageError("a discriminator needs d_optimizer= and adversarial= as well")
        for name, value in (("d_steps", d_steps), ("accumulate", accumulate)):
            if value < 1:
                raise UsageError(f"{name} must be 1 or more, not {value}")
        if accumulate > 1 and any(
            type(t).look_ahead is not Technique.look_ahead for t in techniques
        ):
            raise UsageError("accumulate does not go together with unrolled discriminators")
        if not losses and not discriminators:
            raise UsageError("nothing to minimise: give losses=, or a discriminator")
        self._compile_untracked(**kwargs)
        # Metrics are those of all replicas already; Keras would add them up over workers.
        self.distribute_reduction_method = "first"
        self.build_weights()
        self.g_optimizer = self._scaled(g_optimizer)
        self.g_optimizer.build(self.trainable_variables)
        settings = {
            "codec_losses": list(losses),
            "discriminators": discriminators,
            "d_optimizer": self._scaled(d_optimizer) if discriminators else None,
            "adversarial": adversarial,
            "adversarial_weight": adversarial_weight,
            "penalty": penalty,
            "feature_matching": feature_matching,
            "d_steps": d_steps,
            "own_batches": own_batches,
            "accumulate": accumulate,
            "techniques": list(techniques),
            "random_seed": random_seed,
            "trained_variables": self._without(freeze),
        }
        self._set_untracked(settings)
        if discriminators:
            self.d_optimizer.build(self.discriminator_variables)
        trackers = {name: tf.keras.metrics.Mean(name) for name in self._figure_names()}
        # Which part of the batch a step is at.
        self._set_untracked({"trackers": trackers, "part": 0})

    @tf.__internal__.tracking.no_automatic_dependency_tracking
    def _compile_untracked(self, **kwargs) -> None:
        """Calls Keras' own compile, whose optimizer no step uses; as a part of the codec its
        variables would be missing in checkpoints written before, such as the first of a run."""
        super().compile(**kwargs)

    @tf.__internal__.tracking.no_automatic_dependency_tracking
    def _set_untracked(self, settings: dict[str, object]) -> None:
        """Sets attributes that Keras counts neither among the weights nor saves in checkpoints."""
        for name, value in settings.items():
            setattr(self, name, value)

    def build_weights(self) -> None:
        """Creates all variables of the codec; each codec does this."""
        raise NotImplementedError

    @property
    def discriminator_variables(self) -> list[tf.Variable]:
        """The weights that a discriminator step trains; it also moves vectors of spectral norm."""
        return [v for each in self.discriminators for v in each.trainable_variables]

    @property
    def metrics(self) -> list[tf.keras.metrics.Metric]:
        """The running means of all figures, which Keras resets at the start of each epoch."""
        return list(self.trackers.values())

    def fit(self, *args, first_step: int = 0, **kwargs):
        """Does what Keras' `fit` does; this package's errors come as one line each.

        first_step: how many steps of the first epoch are done already, in a run that goes on.
        """
        self._first_step = first_step
        try:
            return super().fit(*args, **kwargs)
        except UsageError as error:  # TensorFlow wraps what is raised while it traces
            text = str(error).rsplit("UsageError: ", 1)[-1]
            raise type(error)(" ".join(text.split())) from None
        except tf.errors.InvalidArgumentError as error:
            if NOT_FINITE in str(error):
                raise UsageError(NOT_FINITE) from None
            raise

    def _maybe_load_initial_counters_from_ckpt(self, steps_per_epoch, initial_epoch):
        """Returns the epoch and the step in it to begin with; Keras asks at the start of `fit`."""
        epoch, step = super()._maybe_load_initial_counters_from_ckpt(steps_per_epoch, initial_epoch)
        return epoch, step or self._first_step

    def train_step(self, pictures: tf.Tensor) -> Figures:
        """Updates the discriminators `d_steps` times, then the codec once; returns the figures.

        One tape sees the codec twice, with the discriminators' updates between that it must not
        see: when it makes the output that they are shown, and when that output is judged.
        """
        *own, pictures = self._batches(pictures)
        if self.accumulate > 1:
            return self._accumulated_step(pictures, own)
        figures: Figures = {}
        for number, batch in enumerate(own):
            figures = self.discriminator_step(batch, self.run_codec(batch, number + 1), number)
        tape = tf.GradientTape(persistent=True)
        with tape:
            output = self.run_codec(pictures, 0)
        take_back = []
        if self.discriminators:
            for number in range(0 if own else self.d_steps):
                figures = self.discriminator_step(pictures, output, number)
            take_back = self._look_ahead(pictures, output)
        with tape:
            loss, parts = self.generator_loss(pictures, output, tape)
            scaled = scaled_loss(self.g_optimizer, loss)
        gradients = tape.gradient(scaled, self.trained_variables)
        norm = update(self.g_optimizer, gradients, self.trained_variables)
        for undo in take_back:
            undo()
        return self.track({**parts, **figures, "gradient": norm})

    def _batches(self, pictures: tf.Tensor) -> list[tf.Tensor]:
        """Returns the pictures of each discriminator step that has its own, then the codec's."""
        pictures = checked(pictures)
        for number, technique in enumerate(self.techniques):
            pictures = technique.on_batch(pictures, self._technique_seed(number))
        shares = self.d_steps + 1 if self.own_batches and self.discriminators else 1
        check_parts(pictures.shape[0], shares * self.accumulate)
        return tf.split(pictures, shares)

    def discriminator_step(
        self, pictures: tf.Tensor, output: CodecOutput, number: int = 0
    ) -> Figures:
        """Updates the discriminators once, from pictures and the codec's output for them."""
        with tf.GradientTape() as tape:
            loss, figures = self.discriminator_loss(pictures, output, number)
            scaled = scaled_loss(self.d_optimizer, loss)
        gradients = tape.gradient(scaled, self.discriminator_variables)
        norm = update(self.d_optimizer, gradients, self.discriminator_variables)
        return {**figures, "d_gradient": norm}

    def _look_ahead(self, pictures: tf.Tensor, output: CodecOutput) -> list[Callable[[], None]]:
        """Lets techniques change the discriminators; returns functions that undo the changes."""

        def step(number: int) -> None:
            self.discriminator_step(pictures, output, self.d_steps + number)

        changed = [v for part in self.discriminators for v in part.variables]
        changed += self.d_optimizer.variables
        return [technique.look_ahead(step, changed) for technique in self.techniques]

    def test_step(self, pictures: tf.Tensor) -> Figures:
        return self.track(self.test_figures(checked(pictures)))

    def test_figures(self, pictures: tf.Tensor) -> Figures:
        """Returns loss and figures of pictures as they are coded in files: with real rounding, at
        qualities 0..255 spread evenly over the batch, without discriminators."""
        quality = tf.linspace(0.0, float(QUALITIES - 1), tf.shape(pictures)[0])
        seed = tf.zeros([2], tf.int32)
        output = self(pictures, quality=quality, seed=seed, training=False)
        loss, parts = self._codec_loss(pictures, output)
        return {"loss": loss, **parts}

    def run_codec(self, pictures: tf.Tensor, number: int) -> CodecOutput:
        """Returns the codec's output in training, at random qualities; `number` varies them."""
        quality = self._uniform(tf.shape(pictures)[0], number) * float(QUALITIES - 1)
        return self(pictures, quality=quality, seed=self._own_seed(number), training=True)

    def _without(self, freeze: Sequence[str]) -> list[tf.Variable]:
        parts = {layer: getattr(self, layer) for layer in vars(self) if not layer.startswith("_")}
        parts = {k: v for k, v in parts.items() if isinstance(v, tf.keras.layers.Layer)}
        frozen = {
            v.ref() for name in freeze for v in choose("part", name, parts).trainable_variables
        }
        left = [v for v in self.trainable_variables if v.ref() not in frozen]
        if not left:
            raise UsageError("everything is frozen: leave at least one part of the codec to train")
        return left

    def _scaled(self, optimizer: tf.keras.optimizers.Optimizer):
        scale = tf.keras.mixed_precision.LossScaleOptimizer
        wanted = self.compute_dtype == "float16" and not isinstance(optimizer, scale)
        return scale(optimizer) if wanted else optimizer

    def _figure_names(self) -> list[str]:
        names = ["loss", *(name for loss in self.codec_losses for name in loss.names), "gradient"]
        if self.discriminators:
            names += ["adversarial", "adversarial_weight"]
            names += ["d_loss", "d_gradient", "d_real", "d_fake", "d_accuracy"]
            names += ["penalty"] if self.penalty is not None else []
            names += ["feature_matching"] if self.feature_matching is not None else []
        return names

    def track(self, figures: Figures) -> Figures:
        for name, value in figures.items():
            self.trackers[name].update_state(value)
        return {name: self.trackers[name].result() for name in figures}
