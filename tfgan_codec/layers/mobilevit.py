"""Building blocks of MobileViT (Mehta and Rastegari, 2021) as the MobileViT-GAN paper uses them.

There is no normalisation between convolutions, so their initial weights must keep the variance of
signals. Keras' default initialiser counts the inputs of a depthwise kernel as if it summed over all
channels: a discriminator then starts as nearly constant (gradients of 0.02 where a penalty wants 1)
and stays so.
"""

import tensorflow as tf

PATCH = 2  # side, in pixels, of the patches that are unfolded
KEEP = "he_normal"  # initialiser of a convolution, which keeps the variance
# The same for a depthwise convolution: Keras' "fan-out" is the number of inputs of each output.
KEEP_DEPTHWISE = {"class_name": "VarianceScaling", "config": {"scale": 2.0, "mode": "fan_out"}}


class Swish(tf.keras.layers.Layer):
    """Computes `x * sigmoid(beta * x)` (Eq. 1 of the paper); beta is 1 unless `trainable_beta`.

    The paper calls beta trainable, but its parameter count leaves no room for even one.
    """

    def __init__(self, trainable_beta: bool = False, **kwargs):
        super().__init__(**kwargs)
        self.trainable_beta = trainable_beta

    def build(self, _):
        if self.trainable_beta:
            self.beta = self.add_weight("beta", (), initializer="ones")

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return x * tf.sigmoid(self.beta * x) if self.trainable_beta else tf.nn.swish(x)


class InvertedResidual(tf.keras.layers.Layer):
    """Expands channels by 2 (1x1), convolves depthwise (3x3) and projects back (1x1), as in Fig. 3;
    the result is added to x where the shapes agree."""

    def __init__(self, channels: int, stride: int = 1, trainable_beta: bool = False, **kwargs):
        super().__init__(**kwargs)
        self.channels = channels
        self.stride = stride
        self.trainable_beta = trainable_beta

    def build(self, shape: tf.TensorShape):
        layers = tf.keras.layers
        plain = {"use_bias": False, "padding": "same"}
        self.residual = self.stride == 1 and shape[-1] == self.channels
        self.body = [
            layers.Conv2D(2 * shape[-1], 1, kernel_initializer=KEEP, **plain),
            Swish(self.trainable_beta),
            layers.DepthwiseConv2D(3, self.stride, depthwise_initializer=KEEP_DEPTHWISE, **plain),
            Swish(self.trainable_beta),
            layers.Conv2D(self.channels, 1, kernel_initializer=KEEP, **plain),
        ]

    def call(self, x: tf.Tensor) -> tf.Tensor:
        y = x
        for layer in self.body:
            y = layer(y)
        return x + y if self.residual else y


class TransformerLayer(tf.keras.layers.Layer):
    """Applies pre-norm self-attention (2 heads, each d wide) and an MLP with a hidden width of 2 d.

    Tokens are [batch, groups, tokens, d]; attention stays within a group. There is no dropout: a
    gradient penalty wants a discriminator that gives the same output each time.
    """

    def __init__(self, width: int, trainable_beta: bool = False, **kwargs):
        super().__init__(**kwargs)
        layers = tf.keras.layers
        self.norms = [layers.LayerNormalization(epsilon=1e-6) for _ in range(2)]
        self.attention = layers.MultiHeadAttention(num_heads=2, key_dim=width, attention_axes=(2,))
        self.mlp = [
            layers.Dense(2 * width),
            Swish(trainable_beta),
            layers.Dense(width),
            Swish(trainable_beta),
        ]

    def call(self, tokens: tf.Tensor) -> tf.Tensor:
        normal = self.norms[0](tokens)
        tokens += self.attention(normal, normal)
        y = self.norms[1](tokens)
        for layer in self.mlp:
            y = layer(y)
        return tokens + y


class MobileViTBlock(tf.keras.layers.Layer):
    """Mixes near and far positions (Fig. 2): 3x3 and 1x1 convolutions, `depth` transformer layers
    on the unfolded map, a 1x1 convolution, and a 3x3 one on its result and the input.

    With `unfold` "patches", as in the paper, the four pixels of each 2x2 patch go to four groups,
    and attention relates the pixels at the same place of all patches. "strips" cuts the map into
    four runs of rows instead, as the reshape of the well-known Keras example does, where patches
    were meant. Both have the same parameters.
    """

    def __init__(
        self,
        width: int,
        depth: int,
        unfold: str = "patches",
        trainable_beta: bool = False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.width = width
        self.depth = depth
        self.unfold_kind = unfold
        self.trainable_beta = trainable_beta

    def build(self, shape: tf.TensorShape):
        layers = tf.keras.layers
        same = {"padding": "same", "kernel_initializer": KEEP}
        self.local = layers.Conv2D(self.width, 3, **same)
        self.project = layers.Conv2D(self.width, 1, **same)
        self.transformers = [
            TransformerLayer(self.width, self.trainable_beta) for _ in range(self.depth)
        ]
        self.back = layers.Conv2D(shape[-1], 1, **same)
        self.fuse = layers.Conv2D(self.width, 3, **same)
        self.swish = [Swish(self.trainable_beta) for _ in range(4)]

    def unfold(self, x: tf.Tensor) -> tf.Tensor:
        """Rearranges a map [batch, h, w, d] into tokens [batch, 4, h w / 4, d]."""
        _, height, width, channels = x.shape
        if self.unfold_kind == "strips":
            return tf.reshape(x, [-1, PATCH * PATCH, height * width // PATCH**2, channels])
        x = tf.reshape(x, [-1, height // PATCH, PATCH, width // PATCH, PATCH, channels])
        x = tf.transpose(x, [0, 2, 4, 1, 3, 5])
        return tf.reshape(x, [-1, PATCH * PATCH, height * width // PATCH**2, channels])

    def fold(self, tokens: tf.Tensor, height: int, width: int) -> tf.Tensor:
        """Rearranges tokens into a map [batch, height, width, d]; the inverse of `unfold`."""
        channels = tokens.shape[-1]
        if self.unfold_kind == "patches":
            shape = [-1, PATCH, PATCH, height // PATCH, width // PATCH, channels]
            tokens = tf.transpose(tf.reshape(tokens, shape), [0, 3, 1, 4, 2, 5])
        return tf.reshape(tokens, [-1, height, width, channels])

    def call(self, x: tf.Tensor) -> tf.Tensor:
        y = self.swish[0](self.local(x))
        tokens = self.unfold(self.swish[1](self.project(y)))
        for transformer in self.transformers:
            tokens = transformer(tokens)
        y = self.fold(tokens, x.shape[1], x.shape[2])
        y = self.swish[2](self.back(y))
        return self.swish[3](self.fuse(tf.concat([x, y], axis=-1)))
