"""What each side of the game minimises: the discriminators and the codec."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from tfgan_codec.discriminators.contract import Discriminator, DiscriminatorOutput
from tfgan_codec.losses.contract import CodecOutput
from tfgan_codec.losses.gradient_penalty import Penalty
from tfgan_codec.step.draws import Draws
from tfgan_codec.step.state import Figures

_MIX_SALT = 104_729  # keeps the mixes of penalties apart from other random numbers


class _Told(NamedTuple):
    """What one output of a discriminator tells of originals and their decoded versions."""

    loss: tf.Tensor  # [batch]
    real: tf.Tensor  # mean logit of originals
    fake: tf.Tensor  # mean logit of decoded versions
    accuracy: tf.Tensor  # how often an original is scored above its decoded version


class TwoLosses(Draws):
    """Computes the losses of both sides for a `step.gan.GanModel`, whose attributes it reads."""

    def discriminator_loss(
        self, pictures: tf.Tensor, output: CodecOutput, number: int
    ) -> tuple[tf.Tensor, Figures]:
        """Returns what the discriminators minimise on this replica in their step `number`.

        The figures are the adversarial loss without the penalty, mean logits, how often an original
        is scored above its decoded version (1/2 by guessing), and the penalty without its weight.
        """
        real = self._shown(pictures, number)
        fake = self._shown(tf.stop_gradient(output.reconstruction), number)
        latents = tf.stop_gradient(output.latents)
        told = [v for each in self.discriminators for v in self._told(each, real, fake, latents)]
        loss = tf.reduce_mean(tf.add_n([one.loss for one in told]))
        figures = {
            "d_loss": loss,
            "d_real": _mean([one.real for one in told]),
            "d_fake": _mean([one.fake for one in told]),
            "d_accuracy": _mean([one.accuracy for one in told]),
        }
        if self.penalty is not None:
            mix = self._uniform(tf.shape(pictures)[0], _MIX_SALT + number)
            given = self.penalty, real, fake, latents, mix
            penalties = [self._penalty(each, *given) for each in self.discriminators]
            loss += self.penalty.weight * tf.add_n(penalties)
            figures["penalty"] = _mean(penalties)
        accuracy = self._over_replicas(figures["d_accuracy"])
        for technique in self.techniques:
            loss *= technique.discriminator_share(accuracy)
        for technique in self.techniques:
            loss += technique.weight_loss(self.d_optimizer, self.discriminator_variables)
        return loss / self._replicas, figures

    def _told(
        self, discriminator: Discriminator, real: tf.Tensor, fake: tf.Tensor, latents: tf.Tensor
    ) -> list[_Told]:
        """Returns what a discriminator tells of originals and their decoded versions."""
        both = discriminator(tf.concat([real, fake], 0), tf.concat([latents] * 2, 0), training=True)
        return [
            _Told(
                self.adversarial.discriminator(on_real, on_fake),
                tf.reduce_mean(on_real),
                tf.reduce_mean(on_fake),
                0.5 + 0.5 * tf.reduce_mean(tf.sign(on_real - on_fake)),
            )
            for on_real, on_fake in (tf.split(logits, 2) for logits in both.logits)
        ]

    def generator_loss(
        self, pictures: tf.Tensor, output: CodecOutput, tape: tf.GradientTape
    ) -> tuple[tf.Tensor, Figures]:
        """Returns what the codec minimises on this replica, and figures; `tape` is persistent."""
        target = pictures
        for technique in self.techniques:
            target = technique.on_target(target)
        total, figures = self._codec_loss(target, output)
        if self.discriminators:
            judged = self._judged(pictures, output)
            weight = tf.convert_to_tensor(self.adversarial_weight, tf.float32)
            places = tape, output.reconstruction, total, judged["adversarial"]
            for technique in self.techniques:
                weight *= technique.adversarial_factor(*places)
            total += weight * judged["adversarial"]
            if self.feature_matching is not None:
                total += self.feature_matching.weight * judged["feature_matching"]
            figures = {**figures, **judged, "adversarial_weight": weight}
        for technique in self.techniques:
            total += technique.weight_loss(self.g_optimizer, self.trained_variables)
        return total / self._replicas, {"loss": total, **figures}

    def _codec_loss(self, pictures: tf.Tensor, output: CodecOutput) -> tuple[tf.Tensor, Figures]:
        values = [loss(pictures, output) for loss in self.codec_losses]
        parts = {name: part for value in values for name, part in value.parts.items()}
        totals = [tf.reduce_mean(value.total) for value in values]
        return tf.add_n(totals) if totals else tf.constant(0.0), parts

    def _judged(self, pictures: tf.Tensor, output: CodecOutput) -> Figures:
        """Returns what the discriminators cost the codec, without weights: the adversarial loss
        and, where it is asked for, feature matching; sums over discriminators."""
        latents = tf.stop_gradient(output.latents)
        shown = self._shown(output.reconstruction, -1)
        verdicts, distances = [], []
        for each in self.discriminators:
            fake: DiscriminatorOutput = each(shown, latents, training=False)
            verdicts.append(tf.add_n([self.adversarial.generator(x) for x in fake.logits]))
            if self.feature_matching is not None:
                real = each(self._shown(pictures, -1), latents, training=False)
                distances.append(tf.reduce_mean(self.feature_matching(real, fake)))
        judged = {"adversarial": tf.reduce_mean(tf.add_n(verdicts))}
        return {**judged, "feature_matching": tf.add_n(distances)} if distances else judged

    def _penalty(
        self,
        discriminator: Discriminator,
        penalty: Penalty,
        real: tf.Tensor,
        fake: tf.Tensor,
        latents: tf.Tensor,
        mix: tf.Tensor,
    ) -> tf.Tensor:
        """Returns the mean penalty; if it is lazy, `every` times that in one of `every` steps, else
        0."""
        every = penalty.every

        def judge(x: tf.Tensor) -> tuple[tf.Tensor, ...]:
            # The stored state of a discriminator moves with the verdicts alone.
            return discriminator(x, latents).logits

        def value() -> tf.Tensor:
            return every * tf.reduce_mean(penalty(judge, real, fake, mix))

        due = self.d_optimizer.iterations % every == 0
        return value() if every == 1 else tf.cond(due, value, lambda: 0.0)

    def _shown(self, pictures: tf.Tensor, number: int) -> tf.Tensor:
        """Returns what discriminators see of pictures in [0, 255], in [-1, 1]; `number` is that of
        their step, or -1 in the codec's."""
        pictures = _unit(pictures)
        for which, technique in enumerate(self.techniques):
            seed = self._technique_seed(len(self.techniques) * (number + 2) + which)
            pictures = technique.on_verdict(pictures, seed)
        return pictures


def _unit(pictures: tf.Tensor) -> tf.Tensor:
    """Maps pictures from [0, 255] to [-1, 1], as float32."""
    return tf.cast(pictures, tf.float32) / 127.5 - 1.0


def _mean(values: Sequence[tf.Tensor]) -> tf.Tensor:
    """Returns the mean of numbers, one of each discriminator."""
    return tf.add_n(values) / len(values)
