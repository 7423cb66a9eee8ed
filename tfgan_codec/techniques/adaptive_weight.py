"""Adaptive weight of the adversarial loss (VQGAN, Esser et al., 2021, Eq. 7)."""

import tensorflow as tf

from tfgan_codec.techniques.contract import Technique


class AdaptiveWeight(Technique):
    """Multiplies the adversarial loss by `|grad of the codec's losses| / (|grad of the adversarial
    loss| + 1e-4)`, at most `limit`.

    Both then pull the decoder equally hard, and `--adversarial_weight` says how much of that is
    wanted (VQGAN: 0.8). VQGAN takes gradients with respect to the weights of the decoder's last
    layer; here they are with respect to its output, the reconstruction, which needs no knowledge of
    the layers and no second pass through them. Losses without a gradient there, such as rates, do
    not count. No gradient flows through the factor, and each replica has its own.
    """

    def __init__(self, limit: float = 1e4):
        self.limit = limit

    def adversarial_factor(
        self,
        tape: tf.GradientTape,
        reconstruction: tf.Tensor,
        codec_loss: tf.Tensor,
        adversarial: tf.Tensor,
    ) -> tf.Tensor:
        with tape.stop_recording():
            pull, push = (
                tf.norm(tf.cast(tape.gradient(loss, reconstruction), tf.float32))
                for loss in (codec_loss, adversarial)
            )
            return tf.stop_gradient(tf.minimum(pull / (push + 1e-4), self.limit))
