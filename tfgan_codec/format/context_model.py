"""The networks of the integer context model, and the bounds that make all machines agree.

    q, clipped -> masked 3-D convolution --+
                                           +--> 1x1 convolutions --> table index 0..63
    z -> integer hyper decoder ------------+                    \\--> mean, in eighths

Normative (`docs/format.md`, "Context model"): integer arithmetic with the bounds of `scales`, where
float32 gives the same integers as int64 in any order of summation.
"""

from __future__ import annotations

from typing import NamedTuple

from tfgan_codec.errors import BundleError
from tfgan_codec.format import scales, wavefront
from tfgan_codec.format.scales import IntegerConv

FRACTIONS = 8
# The mean layer gives 0..2047, for -128 to 127 7/8.
MEAN_ZERO = 1024
MAX_MEAN = 2 * MEAN_ZERO - 1
MAX_SIDE = 31  # of the kernel
MAX_JOINT = 16  # layers
MAX_CONTEXT = 127  # |q| as the convolution sees it


class ContextModel(NamedTuple):
    """Holds the integer layers that predict a latent.

    Attributes:
        axes: the axes of the latents (0 row, 1 column, 2 channel) from the slowest to the fastest
            in raster order.
        convolution: kernel [k0, k1, k2, features] along `axes`, 0 at and after its middle.
        joint: 1x1 layers on a latent's features: the convolution's, then the hyper decoder's.
        table: 1x1 layer whose one output is the table index, 0..63.
        mean: 1x1 layer whose one output is the mean in eighths plus `MEAN_ZERO`, 0..2047.
    """

    axes: tuple[int, ...]
    convolution: IntegerConv
    joint: tuple[IntegerConv, ...]
    table: IntegerConv
    mean: IntegerConv

    @property
    def kernel(self) -> wavefront.Sizes:
        """The kernel's size (k0, k1, k2) along `axes`."""
        k0, k1, k2 = self.convolution.kernel.shape[:3]
        return k0, k1, k2

    @property
    def hyper_features(self) -> int:
        """The number of features that each latent gets from the hyper decoder."""
        first = self.joint[0] if self.joint else self.table
        return int(first.kernel.shape[2] - self.convolution.kernel.shape[3])

    @property
    def layers(self) -> tuple[IntegerConv, ...]:
        """All layers in the order in which they run."""
        return (self.convolution, *self.joint, self.table, self.mean)

    def check(self) -> None:
        """Raises `BundleError` unless the bounds that make every implementation agree hold."""
        if sorted(self.axes) != [0, 1, 2]:
            raise BundleError(f"the context model has axes {self.axes}: export the bundle again")
        kernel = self.convolution.kernel
        sides = kernel.shape[:3]
        if kernel.ndim != 4 or not all(size % 2 and size <= MAX_SIDE for size in sides):
            raise BundleError(f"the context kernel is {kernel.shape}: export the bundle again")
        if kernel[~wavefront.taps(self.kernel)].any():
            raise BundleError("the context model looks ahead: export the bundle again")
        flat = kernel.reshape(1, 1, -1, kernel.shape[3])
        first = self.convolution._replace(kernel=flat)
        _check("context", first, None, scales.MAX_ACTIVATION, MAX_CONTEXT)
        if len(self.joint) > MAX_JOINT:
            raise BundleError(f"the context model has more than {MAX_JOINT} joint layers")
        channels = kernel.shape[3] + self.hyper_features
        for layer in self.joint:
            _check("joint", layer, channels, scales.MAX_ACTIVATION)
            channels = layer.kernel.shape[3]
        last = (("table", self.table, scales.SCALES - 1), ("mean", self.mean, MAX_MEAN))
        for name, layer, maximum in last:
            _check(name, layer, channels, maximum)
            if layer.kernel.shape[3] != 1:
                raise BundleError(f"the {name} layer has more than one output: export again")


def _check(
    name: str,
    layer: IntegerConv,
    channels: int | None,
    maximum: int,
    largest: int = scales.MAX_ACTIVATION,
) -> None:
    problem = scales.problem(layer, channels, maximum, largest)
    if layer.kernel.shape[:2] != (1, 1) or layer.upscale != 1:
        problem = problem or "is not pointwise"
    if problem:
        raise BundleError(f"the {name} layer {problem}: export the bundle again")
