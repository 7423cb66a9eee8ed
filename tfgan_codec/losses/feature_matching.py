"""Feature matching (Salimans et al., 2016; pix2pixHD; MSAE): compares discriminators' features."""

import tensorflow as tf

from tfgan_codec.discriminators.contract import DiscriminatorOutput
from tfgan_codec.losses.adversarial import per_picture


class FeatureMatching:
    """Gives the mean distance of a discriminator's hidden activations for x and x', [batch].

    Layers and sizes count alike. No gradient flows through the activations for x.

    Args:
        weight: factor, which the training step applies.
        squared: whether to take squared differences (MSAE) or absolute ones (pix2pixHD).
    """

    def __init__(self, weight: float = 10.0, squared: bool = False):
        self.weight = weight
        self.squared = squared

    def __call__(self, real: DiscriminatorOutput, fake: DiscriminatorOutput) -> tf.Tensor:
        distances = []
        for layers in zip(real.features, fake.features):
            for a, b in zip(*layers):
                difference = tf.stop_gradient(tf.cast(a, tf.float32)) - tf.cast(b, tf.float32)
                norm = tf.square(difference) if self.squared else tf.abs(difference)
                distances.append(per_picture(norm))
        return tf.add_n(distances) / len(distances)
