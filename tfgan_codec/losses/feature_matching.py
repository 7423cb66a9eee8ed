"""Feature matching (Salimans et al., 2016; pix2pixHD; MSAE)."""

import tensorflow as tf

from tfgan_codec.discriminators.contract import DiscriminatorOutput
from tfgan_codec.losses.adversarial import per_picture


class FeatureMatching:
    """Mean distance between a discriminator's hidden activations for x and x', [batch].

    Args:
        weight: factor.
        squared: squared differences (MSAE) in place of absolute ones (pix2pixHD).

    Layers and scales are averaged. Activations for x are constants of the gradient.
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
