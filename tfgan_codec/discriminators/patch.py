"""PatchGAN discriminators (Isola et al., 2017): a verdict for each patch of a picture."""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.discriminators.contract import Discriminator, DiscriminatorOutput
from tfgan_codec.errors import UsageError
from tfgan_codec.layers.spectral import SpectralConv2D
from tfgan_codec.layers.widths import scale_filters

NORMS = ("instance", "spectral", "none")


class InstanceNorm(tf.keras.layers.Layer):
    """`gamma * (x - mean) / sqrt(variance + 1e-5) + beta`, moments over a picture's positions."""

    def build(self, shape: tf.TensorShape):
        self.gamma = self.add_weight("gamma", (shape[-1],), initializer="ones")
        self.beta = self.add_weight("beta", (shape[-1],), initializer="zeros")

    def call(self, x: tf.Tensor) -> tf.Tensor:
        values = tf.cast(x, tf.float32)
        mean, variance = tf.nn.moments(values, axes=(1, 2), keepdims=True)
        gamma, beta = tf.cast(self.gamma, tf.float32), tf.cast(self.beta, tf.float32)
        normal = (values - mean) * tf.math.rsqrt(variance + 1e-5)
        return tf.cast(normal * gamma + beta, x.dtype)


class PatchNetwork(tf.keras.layers.Layer):
    """k4 convolutions of 64, 128, 256, 512 filters with leaky ReLU 0.2, then one of 1 filter.

    Args:
        width: factor on the filters.
        norm: "instance" (all hidden layers but the first), "spectral" (all hidden layers), "none".
        strides: of the hidden layers.
        spectral_head: whether the last convolution is normalised too, with `norm="spectral"`.
    """

    def __init__(
        self,
        width: float,
        norm: str,
        strides: tuple[int, ...] = (2, 2, 2, 2),
        spectral_head: bool = False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if norm not in NORMS:
            raise UsageError(f"unknown norm {norm!r}: choose from {', '.join(NORMS)}")
        conv = SpectralConv2D if norm == "spectral" else tf.keras.layers.Conv2D
        head = conv if spectral_head else tf.keras.layers.Conv2D
        self.hidden = [
            conv(scale_filters(filters, width), 4, stride, padding="same")
            for filters, stride in zip((64, 128, 256, 512), strides)
        ]
        norms = len(self.hidden) - 1 if norm == "instance" else 0
        self.norms = [InstanceNorm() for _ in range(norms)]
        self.head = head(1, 4, padding="same")

    def call(self, x: tf.Tensor, training: bool = False) -> tuple[tf.Tensor, tuple[tf.Tensor, ...]]:
        """Logits [batch, h, w] and the hidden activations."""
        features = []
        for i, conv in enumerate(self.hidden):
            x = _convolve(conv, x, training)
            if i and self.norms:
                x = self.norms[i - 1](x)
            x = tf.nn.leaky_relu(x, 0.2)
            features.append(x)
        logits = tf.cast(_convolve(self.head, x, training), tf.float32)[..., 0]
        return logits, tuple(features)


class Patch(Discriminator):
    """LS-GAN's, 2,766,529 parameters: instance normalisation on layers 2 to 4.

    Its published 4.37 GFLOPs are those of one network applied at three scales (see `multiscale`);
    at one scale it has 3.33.
    """

    def __init__(self, width: float = 1.0, norm: str = "instance", **kwargs):
        super().__init__(**kwargs)
        self.network = PatchNetwork(width, norm)

    def call(
        self, pictures: tf.Tensor, latents: tf.Tensor | None = None, training: bool = False
    ) -> DiscriminatorOutput:
        logits, features = self.network(pictures, training=training)
        return DiscriminatorOutput((logits,), (features,))


def _convolve(conv: tf.keras.layers.Layer, x: tf.Tensor, training: bool) -> tf.Tensor:
    return conv(x, training=training) if isinstance(conv, SpectralConv2D) else conv(x)
