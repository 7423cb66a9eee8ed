"""Perceptual losses: distances between activations of networks trained to classify pictures.

Weights are not part of the package; `python -m apps.weights` says how to make the files once from
the public checkpoints (`metrics.weights` finds them: `TGC_WEIGHTS`, or the user's cache).
"""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.losses.contract import CodecOutput, LossValue
from tfgan_codec.metrics import weights
from tfgan_codec.metrics.lpips import FILES, SCALE, SHIFT, VGG_BLOCKS

PERIOD = 4  # stride of AlexNet's first convolution; VGG16's is 1


class ClassifierFeatures:
    """Maps pictures [batch, h, w, 3] in [0, 255] to 5 layers' float32 activations, fine to coarse.

    Args:
        net: "alex" (AlexNet) or "vgg" (VGG16), whose convolutions stay as they are.
        folder: where the weights are, see above.
        bfloat16: whether to convolve in bfloat16, which takes 0.54 times as long with VGG16 on a
            CPU that has it; gradients turn by less than 14 degrees.
    """

    def __init__(self, net: str, folder: str | None = None, bfloat16: bool = False):
        if net not in FILES:
            raise UsageError(f"unknown network {net!r}: choose from {', '.join(FILES)}")
        self.net = net
        arrays = weights.load(FILES[net], folder)
        self._dtype = tf.bfloat16 if bfloat16 else tf.float32
        # Constants, not variables: they are no part of the model, its checkpoints or its optimizer.
        self._lines = {k: tf.constant(v) for k, v in arrays.items() if k.startswith("lin")}
        self._arrays = {k: tf.cast(v, self._dtype) for k, v in arrays.items() if "/" in k}

    def linear(self, layer: int) -> tf.Tensor:
        """Returns the weight that LPIPS gives each channel of a layer, [channels]."""
        return self._lines[f"lin{layer}"]

    def __call__(self, pictures: tf.Tensor) -> list[tf.Tensor]:
        x = (tf.cast(pictures, tf.float32) / 127.5 - 1.0 - SHIFT) / SCALE
        x = tf.cast(x, self._dtype)
        taps = self._alex(x) if self.net == "alex" else self._vgg(x)
        return [tf.cast(tap, tf.float32) for tap in taps]

    def _conv(self, x: tf.Tensor, i: int) -> tf.Tensor:
        """Applies a 3x3 or 5x5 convolution and ReLU. "SAME" pads as the classifiers do; giving
        the same padding in numbers takes 1.7 times as long (in bfloat16, 29 times), since oneDNN
        has no gradient for that."""
        y = tf.nn.conv2d(x, self._arrays[f"conv{i}/kernel"], 1, "SAME")
        return tf.nn.relu(y + self._arrays[f"conv{i}/bias"])

    def _first(self, x: tf.Tensor) -> tf.Tensor:
        """Applies AlexNet's 11x11 convolution of stride 4 and ReLU."""
        x = tf.pad(x, [[0, 0], [2, 2], [2, 2], [0, 0]])
        y = tf.nn.conv2d(x, self._arrays["conv0/kernel"], PERIOD, "VALID")
        return tf.nn.relu(y + self._arrays["conv0/bias"])

    def _alex(self, x: tf.Tensor) -> list[tf.Tensor]:
        first = self._first(x)
        second = self._conv(tf.nn.max_pool2d(first, 3, 2, "VALID"), 1)
        third = self._conv(tf.nn.max_pool2d(second, 3, 2, "VALID"), 2)
        fourth = self._conv(third, 3)
        return [first, second, third, fourth, self._conv(fourth, 4)]

    def _vgg(self, x: tf.Tensor) -> list[tf.Tensor]:
        taps: list[tf.Tensor] = []
        for block in VGG_BLOCKS:
            if taps:
                x = tf.nn.max_pool2d(x, 2, 2, "VALID")
            for i in block:
                x = self._conv(x, i)
            taps.append(x)
        return taps


class Lpips:
    """Is `weight` times LPIPS v0.1 (Zhang et al., 2018), with AlexNet (HiFiC's choice) or VGG16.

    It equals `metrics.lpips`, which works in numpy and has no gradients.

    Args:
        shift: whether to leave out some rows at the top and columns at the left, others in each
            step. AlexNet's first stride is 4: against a fixed grid a decoder learns to please it
            with a mesh of that period, which AlexNet does not see and people do.
        net, folder, bfloat16: see `ClassifierFeatures`.
    """

    def __init__(
        self,
        weight: float = 1.0,
        net: str = "alex",
        folder: str | None = None,
        shift: bool = False,
        bfloat16: bool = False,
    ):
        self.names = ("lpips",) if net == "alex" else (f"lpips_{net}",)
        self.weight = weight
        self.features = ClassifierFeatures(net, folder, bfloat16)
        self.shift = shift

    def __call__(self, pictures: tf.Tensor, output: CodecOutput) -> LossValue:
        a, b = pictures, output.reconstruction
        if self.shift:
            a, b = _shifted(a, b)
        value = self.distance(a, b)
        return LossValue(self.weight * value, {self.names[0]: value})

    def distance(self, a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
        """Returns LPIPS of pictures [batch, h, w, 3] in [0, 255], [batch]."""
        total = tf.zeros([tf.shape(a)[0]])
        for i, (x, y) in enumerate(zip(self.features(a), self.features(b))):
            difference = tf.square(_unit(x) - _unit(y))
            mean = tf.reduce_mean(difference, axis=(1, 2))
            total += tf.linalg.matvec(mean, self.features.linear(i))
        return total


class Vgg:
    """Is `weight` times the mean absolute difference of VGG16's activations, with pix2pixHD's
    weights of 1/32, 1/16, 1/8, 1/4 and 1 for the layers from fine to coarse."""

    names = ("vgg",)

    def __init__(self, weight: float = 1.0, folder: str | None = None):
        self.weight = weight
        self.features = ClassifierFeatures("vgg", folder)

    def __call__(self, pictures: tf.Tensor, output: CodecOutput) -> LossValue:
        pairs = zip(self.features(pictures), self.features(output.reconstruction))
        factors = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1.0)
        distances = [
            factor * tf.reduce_mean(tf.abs(tf.stop_gradient(x) - y), axis=(1, 2, 3))
            for factor, (x, y) in zip(factors, pairs)
        ]
        value = tf.add_n(distances)
        return LossValue(self.weight * value, {"vgg": value})


def _shifted(a: tf.Tensor, b: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Cuts `PERIOD` rows and columns off both, 0 to `PERIOD` - 1 of them at the top and the left.
    The batch itself decides how many there: a loss has no random numbers of its own."""
    height, width = a.shape[1] - PERIOD, a.shape[2] - PERIOD
    place = tf.reduce_sum(tf.cast(a[:, ::16, ::16], tf.int32)) % PERIOD**2
    begin = tf.stack([0, place // PERIOD, place % PERIOD, 0])
    size = [-1, height, width, 3]
    return tf.slice(a, begin, size), tf.slice(b, begin, size)


def _unit(x: tf.Tensor) -> tf.Tensor:
    """Scales each position's channels to length 1; the gradient is finite where all are 0."""
    square = tf.reduce_sum(tf.square(x), axis=-1, keepdims=True)
    return x / (tf.sqrt(tf.maximum(square, 1e-20)) + 1e-10)
