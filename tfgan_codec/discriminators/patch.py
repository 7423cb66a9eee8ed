"""PatchGAN discriminators (Isola et al., 2017): a verdict for each patch of a picture."""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.discriminators.contract import Discriminator, DiscriminatorOutput
from tfgan_codec.errors import UsageError
from tfgan_codec.layers.channel_norm import ChannelNorm
from tfgan_codec.layers.dropout import CountedDropout
from tfgan_codec.layers.instance_norm import InstanceNorm
from tfgan_codec.layers.minibatch import MinibatchStdDev
from tfgan_codec.layers.spectral import SpectralConv2D
from tfgan_codec.layers.widths import scale_filters
from tfgan_codec.specs.names import choose

NORMS = {"instance": InstanceNorm, "channel": ChannelNorm, "spectral": None, "none": None}
_FILTERS = (64, 128, 256, 512, 512)


class PatchNetwork(tf.keras.layers.Layer):
    """Applies 4x4 convolutions of 64, 128, 256, 512 filters with leaky ReLU 0.2, then one to 1.

    Batch normalisation is not offered: it ties the pictures of a batch together, which gradient
    penalties forbid, and its stored averages fit no single step.

    Args:
        width: factor on the numbers of filters.
        norm: "instance" or "channel" (all hidden layers but the first), "spectral" (all hidden
            layers), "none".
        strides: stride of each hidden layer; up to five.
        spectral_head: whether the last convolution is normalised too, with `norm="spectral"`.
        dropout: share of activations dropped before the last convolution (`layers.dropout`).
        head_side: side of the last convolution's kernel.
        minibatch: size of the groups whose spread the last convolution sees (`layers.minibatch`);
            0 for none.
    """

    def __init__(
        self,
        width: float,
        norm: str,
        strides: tuple[int, ...] = (2, 2, 2, 2),
        spectral_head: bool = False,
        dropout: float = 0.0,
        minibatch: int = 0,
        head_side: int = 4,
        **kwargs,
    ):
        super().__init__(**kwargs)
        normalise = choose("norm", norm, NORMS)
        conv = SpectralConv2D if norm == "spectral" else tf.keras.layers.Conv2D
        head = conv if spectral_head else tf.keras.layers.Conv2D
        self.hidden = [
            conv(scale_filters(filters, width), 4, stride, padding="same")
            for filters, stride in zip(_FILTERS, strides)
        ]
        self.norms = [normalise() for _ in self.hidden[1:]] if normalise else []
        self.before_head = [CountedDropout(dropout, salt=len(strides))] if dropout else []
        self.before_head += [MinibatchStdDev(minibatch)] if minibatch else []
        self.head = head(1, head_side, padding="same")

    def call(self, x: tf.Tensor, training: bool = False) -> tuple[tf.Tensor, tuple[tf.Tensor, ...]]:
        """Returns logits [batch, h, w], one per patch, and each hidden layer's activations."""
        features = []
        for i, conv in enumerate(self.hidden):
            x = _convolve(conv, x, training)
            if i and self.norms:
                x = self.norms[i - 1](x)
            x = tf.nn.leaky_relu(x, 0.2)
            features.append(x)
        for layer in self.before_head:
            x = layer(x, training=training)
        logits = tf.cast(_convolve(self.head, x, training), tf.float32)[..., 0]
        return logits, tuple(features)


class Patch(Discriminator):
    """Judges patches as LS-GAN's discriminator does: 2,766,529 parameters, instance normalisation
    on layers 2 to 4.

    The published 4.37 GFLOPs are those of one network applied at three sizes (see `multiscale`); at
    one size it has 3.33. With `depth` hidden layers, a logit depends on a square of
    `3 * 2^(depth + 1) - 2` pixels a side: 94 with the published four layers.
    """

    def __init__(
        self,
        width: float = 1.0,
        norm: str = "instance",
        depth: int = 4,
        dropout: float = 0.0,
        minibatch: int = 0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not 1 <= depth <= len(_FILTERS):
            raise UsageError(f"patch: depth must be 1 to {len(_FILTERS)}, not {depth}")
        self.network = PatchNetwork(width, norm, (2,) * depth, dropout=dropout, minibatch=minibatch)

    def call(
        self, pictures: tf.Tensor, latents: tf.Tensor | None = None, training: bool = False
    ) -> DiscriminatorOutput:
        logits, features = self.network(pictures, training=training)
        return DiscriminatorOutput((logits,), (features,))


def _convolve(conv: tf.keras.layers.Layer, x: tf.Tensor, training: bool) -> tf.Tensor:
    return conv(x, training=training) if isinstance(conv, SpectralConv2D) else conv(x)
