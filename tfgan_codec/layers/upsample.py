"""Three layers that double height and width: sub-pixel, repeating and transposed convolution."""

from __future__ import annotations

import math

import tensorflow as tf

from tfgan_codec.layers.reach import Convolving, Window


class SubpixelUpsample(Convolving):
    """Convolves to `4 * channels` channels and rearranges them, [n, h, w, C] to [n, 2h, 2w,
    channels] (Shi et al., 2016).

    Equals a transposed convolution of kernel `2 * kernel_size` and stride 2, but its TFLite form
    holds no shape constant: the network can be resized to any picture, and XNNPACK runs it several
    times faster. The four phases start from one kernel (ICNR, Aitken et al., 2017), so the layer
    begins as nearest-neighbour interpolation and has no checkerboard to unlearn.
    """

    def __init__(self, channels: int, kernel_size: int = 1, **kwargs):
        super().__init__(**kwargs)
        self.channels = channels
        self.kernel_size = kernel_size
        self.conv = tf.keras.layers.Conv2D(
            4 * channels,
            kernel_size,
            padding="same",
            kernel_initializer=icnr,
            dtype=self.dtype_policy,
        )

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return tf.nn.depth_to_space(self.conv(x), 2)

    def windows(self) -> list[Window]:
        return [Window(self.kernel_size, upscale=2)]


class NearestUpsample(Convolving):
    """Repeats each position 2x2 and convolves, which gives no checkerboard whatever the weights are
    (Odena et al., 2016), for four times the work of a sub-pixel convolution.

    Positions are repeated by `depth_to_space` of copies, as TFLite's resizing would fix the size.
    """

    def __init__(self, channels: int, kernel_size: int = 3, **kwargs):
        super().__init__(**kwargs)
        self.kernel_size = kernel_size
        self.conv = tf.keras.layers.Conv2D(
            channels, kernel_size, padding="same", dtype=self.dtype_policy
        )

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return self.conv(tf.nn.depth_to_space(tf.concat([x] * 4, axis=-1), 2))

    def windows(self) -> list[Window]:
        return [Window(1, upscale=2), Window(self.kernel_size)]


def icnr(shape: tuple[int, ...], dtype: tf.DType = tf.float32) -> tf.Tensor:
    """Returns an initial kernel in which the four phases of each output channel are the same.

    `depth_to_space` takes phase `p` of channel `c` from input channel `p * channels + c`.
    """
    *window, cin, cout = shape
    phase = tf.keras.initializers.GlorotUniform()((*window, cin, cout // 4), dtype=dtype)
    return tf.concat([phase] * 4, axis=-1)


def interpolating(shape: tuple[int, ...], dtype: tf.DType = tf.float32) -> tf.Tensor:
    """Returns an initial kernel [k, k, out, in] of a `TransposedConv` that interpolates linearly.

    From independent taps the four phases of an output, which have one, two, two and four of them,
    begin as four unlike pictures, and a ChannelNorm makes each of them as strong. Between channels
    the kernel is as in Glorot and Bengio (2010).
    """
    size, _, cout, cin = shape
    # Binomials: the odd and the even taps have the same sum, so all phases are equally bright.
    tent = tf.constant([math.comb(size - 1, i) / 2.0 ** (size - 2) for i in range(size)], dtype)
    mixing = tf.keras.initializers.GlorotUniform()((1, 1, cout, cin), dtype=dtype)
    return tent[:, None, None, None] * tent[:, None, None] * mixing


# By kernel size, for output rows 2i and 2i + 1: the kernel's row that multiplies each input row
# (x[i - 1], x[i] with kernel 3; x[i - 1], x[i], x[i + 1] with kernel 5); None for no row.
_TAPS = {3: ((2, 0), (None, 1)), 5: ((3, 1, None), (4, 2, 0))}


class TransposedConv(Convolving, tf.keras.layers.Conv2DTranspose):
    """Is a transposed convolution of stride 2 and kernel 3 or 5, "T k3 n C - 2" in the papers.

    Exporting sets `subpixel`: the same numbers then come from a 2x2 (3x3) convolution and
    `depth_to_space`, since TFLite's transposed convolution fixes the picture's size.
    """

    def __init__(self, channels: int, kernel_size: int = 3, **kwargs):
        super().__init__(channels, kernel_size, strides=2, padding="same", **kwargs)
        self.subpixel = False

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return self._as_subpixel(x) if self.subpixel else super().call(x)

    def windows(self) -> list[Window]:
        return [Window(len(_TAPS[self.kernel_size[0]][0]), upscale=2)]  # as sub-pixel convolution

    def _as_subpixel(self, x: tf.Tensor) -> tf.Tensor:
        taps = _TAPS[self.kernel_size[0]]
        kernel = tf.transpose(self.kernel, [0, 1, 3, 2])  # [k, k, in, out]
        missing = tf.zeros_like(kernel[0, 0])

        def phase(rows: tuple[int | None, ...], columns: tuple[int | None, ...]) -> tf.Tensor:
            window = [
                tf.stack([missing if None in (r, c) else kernel[r, c] for c in columns])
                for r in rows
            ]
            return tf.stack(window)

        phases = tf.concat([phase(rows, columns) for rows in taps for columns in taps], axis=-1)
        sides = [1, len(taps[0]) - 2]
        padded = tf.pad(x, [[0, 0], sides, sides, [0, 0]])
        y = tf.nn.conv2d(padded, phases, strides=1, padding="VALID")
        return self.activation(tf.nn.bias_add(tf.nn.depth_to_space(y, 2), self.bias))


UPSAMPLING = {
    "nearest": NearestUpsample,
    "subpixel": SubpixelUpsample,
    "transposed": TransposedConv,
}
