"""The integer scale decoder turns hyper-latents z into table indexes, alike on every machine.

Normative (`docs/format.md`, "Integer scale decoder"): the indexes decide how a stream is parsed.
The int64 path is the definition. The float32 path, which numpy hands to BLAS, gives the same
integers because `ScaleDecoder.check` bounds every partial sum by 2^20, well inside the 2^24 up to
which float32 holds all integers, in any order of summation.
"""

from __future__ import annotations

import binascii
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tfgan_codec.errors import BitstreamError, BundleError

MAX_INPUT = 127  # |z|
MAX_ACTIVATION = 255
MAX_WEIGHT = 127
MAX_SUM = 1 << 20
MAX_WEIGHTS = 1 << 15  # of an output channel, zeros included; no more than 8256 can differ from 0
MAX_OUTPUTS = 1 << 13  # channels of a layer before depth-to-space
MAX_LAYERS = 16
MAX_SHIFT = 20  # larger ones round every accumulator to zero
SCALES = 64  # coding tables that the indexes choose from


class IntegerConv(NamedTuple):
    """Holds one layer: convolution, rounding division by 2^shift, clipping, then depth-to-space.

    Attributes:
        kernel: int32 [kh, kw, cin, cout], odd kh and kw.
        bias: int32 [cout].
        shift: divides the accumulator: ``(acc + 2^(shift - 1)) >> shift``.
        maximum: bounds the result, which is clipped to 0..maximum.
        upscale: 1, or 2 for depth-to-space with blocks of 2x2.
    """

    kernel: NDArray[np.int32]
    bias: NDArray[np.int32]
    shift: int
    maximum: int
    upscale: int


class ScaleDecoder(NamedTuple):
    """Holds a chain of integer convolutions; called with z, it returns the index map."""

    layers: tuple[IntegerConv, ...]

    @property
    def upscale(self) -> int:
        """The factor by which the index map is higher and wider than z."""
        scale = 1
        for layer in self.layers:
            scale *= layer.upscale
        return scale

    def __call__(self, z: ArrayLike, *, exact: bool = False) -> NDArray[np.uint8]:
        """Returns the index map uint8 [h * upscale, w * upscale, C] of hyper-latents z [h, w, Cz].

        `exact` computes in int64, as the specification is written, instead of in float32.
        """
        a = np.asarray(z, np.int64)
        check_input(a)
        for kernel, bias, shift, maximum, upscale in self.layers:
            acc = _convolve(a, kernel, np.int64 if exact else np.float32) + bias
            a = np.clip((acc + (1 << (shift - 1))) >> shift, 0, maximum)
            a = _depth_to_space(a, upscale)
        return a.astype(np.uint8)

    def check(self) -> None:
        """Raises `BundleError` where a layer breaks a bound that makes all machines agree."""
        if not self.layers:
            raise BundleError("the scale decoder has no layers: export the bundle again")
        if len(self.layers) > MAX_LAYERS:
            raise BundleError(f"the scale decoder has more than {MAX_LAYERS} layers: export again")
        channels = None
        for number, layer in enumerate(self.layers):
            fault = problem(layer, channels)
            if fault:
                raise BundleError(f"scale decoder layer {number} {fault}: export the bundle again")
            channels = layer.kernel.shape[3] // layer.upscale**2


def check_input(z: NDArray[Any]) -> None:
    """Raises `BitstreamError` where hyper-latents are outside of what keeps all machines alike."""
    if z.size and max(-int(z.min()), int(z.max())) > MAX_INPUT:
        raise BitstreamError(f"a hyper-latent is outside +-{MAX_INPUT}: the file is damaged")


def crc16(index_map: ArrayLike) -> int:
    """Returns CRC-16/CCITT-FALSE of an index map's bytes in row-major order."""
    return binascii.crc_hqx(np.asarray(index_map, np.uint8).tobytes(), 0xFFFF)


def problem(
    layer: IntegerConv,
    channels: int | None,
    maximum_allowed: int = MAX_ACTIVATION,
    largest_input: int = MAX_ACTIVATION,
) -> str:
    """Says what is wrong with a layer whose input has `channels` channels; "" where nothing is.

    Args:
        layer: the layer.
        channels: of its input; None for any number.
        maximum_allowed: the largest `maximum` that the layer may have.
        largest_input: the largest magnitude of its inputs, which bounds the accumulator.
    """
    kernel, bias, shift, maximum, upscale = layer
    for array in (kernel, bias):
        if not np.issubdtype(array.dtype, np.integer):
            return f"has {array.dtype} weights instead of integers"
    if kernel.ndim != 4 or bias.shape != kernel.shape[3:] or 0 in kernel.shape:
        return f"has a kernel of shape {kernel.shape} and a bias of shape {bias.shape}"
    if kernel.shape[0] % 2 == 0 or kernel.shape[1] % 2 == 0:
        return f"has an even kernel {kernel.shape[:2]}"
    if channels is not None and kernel.shape[2] != channels:
        return f"expects {kernel.shape[2]} channels but gets {channels}"
    if upscale not in (1, 2) or kernel.shape[3] % upscale**2:
        return f"cannot upscale {kernel.shape[3]} channels by {upscale}"
    if not 1 <= shift <= MAX_SHIFT or not 1 <= maximum <= maximum_allowed:
        return f"has shift {shift} and maximum {maximum}"
    if kernel.shape[3] > MAX_OUTPUTS:
        return f"has {kernel.shape[3]} outputs, above {MAX_OUTPUTS}"
    if kernel[..., 0].size > MAX_WEIGHTS:
        return f"has {kernel[..., 0].size} weights for each channel, above {MAX_WEIGHTS}"
    weight = np.abs(kernel.astype(np.int64))
    if weight.max() > MAX_WEIGHT:
        return f"has a weight of {weight.max()}, above {MAX_WEIGHT}"
    total = weight.sum((0, 1, 2)) * largest_input + np.abs(bias.astype(np.int64))
    if total.max() > MAX_SUM:
        return f"may reach {total.max()}, above {MAX_SUM}"
    return ""


def _convolve(
    a: NDArray[np.int64], kernel: NDArray[np.int32], dtype: type[np.generic]
) -> NDArray[np.int64]:
    """Convolves with stride 1 and zero padding, [h, w, cin] to [h, w, cout], as one product."""
    kh, kw, cin, cout = kernel.shape
    h, w = a.shape[:2]
    padded = np.pad(a.astype(dtype), [(kh // 2, kh // 2), (kw // 2, kw // 2), (0, 0)])
    shifted = [padded[i : i + h, j : j + w] for i in range(kh) for j in range(kw)]
    patches = np.concatenate(shifted, axis=2).reshape(h * w, kh * kw * cin)
    product: NDArray[np.generic] = patches @ kernel.reshape(-1, cout).astype(dtype)
    return product.reshape(h, w, cout).astype(np.int64)


def _depth_to_space(a: NDArray[np.int64], block: int) -> NDArray[np.int64]:
    """Moves channels into blocks of pixels: channel (i * block + j) * C + c to row i, column j."""
    h, w, channels = a.shape
    depth = channels // block**2
    blocks = a.reshape(h, w, block, block, depth).transpose(0, 2, 1, 3, 4)
    return blocks.reshape(h * block, w * block, depth)
