"""Restores the Keras model that a bundle was exported from.

A bundle is all that is published of a trained codec. What it holds as float16 is restored to that
precision; what decides the parse is restored exactly. So decoders can be trained further, quantised
or exported in another form from a bundle alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.bundle.tflite_file import convolutions
from tfgan_codec.compression import GDN, GDNParameter
from tfgan_codec.errors import BundleError
from tfgan_codec.format.scales import ScaleDecoder
from tfgan_codec.layers.gains import RateGains
from tfgan_codec.layers.integer import WEIGHT_UNIT, IntegerConv, integer_network
from tfgan_codec.layers.residual import ResidualBlock
from tfgan_codec.layers.upsample import SubpixelUpsample
from tfgan_codec.models.mobile import Mobile, MobileConfig

Weights = tuple[np.ndarray, np.ndarray]


class RestoredMobile(Mobile):
    """Is a `mobile` codec whose entropy model is finished.

    The float density of the hyper-latents is not part of a bundle, only the tables made from it:
    bits of z that `call` reports mean nothing, and `prepare_for_coding` keeps the tables. Train it
    with `freeze=("analysis", "entropy", "gains")`.
    """

    def prepare_for_coding(self) -> None:
        """Does nothing: the tables are those of the bundle, and stay so."""


def restore(bundle: Bundle, realism: float = 0.0) -> RestoredMobile:
    """Returns the model of a bundle, with its decoder of that realism, 0..1."""
    if bundle.context:
        raise BundleError(
            f"{bundle.name} has a context model: only bundles of the codec mobile can be restored"
        )
    parts = {
        "analysis": convolutions(bundle.part("analysis").tflite),
        "hyper_analysis": convolutions(bundle.part("hyper_analysis").tflite),
        "mean": convolutions(bundle.part("mean").tflite),
        "synthesis": convolutions(bundle.part("synthesis", realism).tflite),
    }
    model = RestoredMobile(_config(parts, bundle.scale_decoder))
    model.build_weights()
    load_weights(model.analysis, parts["analysis"])
    load_weights(model.synthesis, parts["synthesis"])
    load_weights(model.entropy.hyper_analysis, parts["hyper_analysis"])
    load_weights(model.entropy.mean_decoder, parts["mean"])
    _restore_gains(model.gains, bundle)
    _restore_scales(model.entropy.scale_decoder, bundle.scale_decoder)
    model.entropy.side.tables.assign(bundle.z_tables)
    model.entropy.tables.assign(bundle.y_tables)
    if model.model_id() != bundle.model_id:
        raise BundleError(f"{bundle.name} is not a bundle of the codec mobile as it is built today")
    return model


def load_weights(network: tf.keras.Sequential, weights: Sequence[Weights]) -> None:
    """Assigns kernels and biases to the convolutions of a network in order."""
    targets = list(_targets(network))
    shapes = [tuple(kernel.shape) for kernel, _ in targets]
    stored = [kernel.shape for kernel, _ in weights]
    if shapes != stored:
        raise BundleError(f"the convolutions of {network.name} are {stored}, expected {shapes}")
    for (kernel, bias), (stored_kernel, stored_bias) in zip(targets, weights):
        kernel.assign(stored_kernel)
        bias.assign(stored_bias)


class _GdnVariable:
    """Assigns a GDN parameter from what a convolution stores, of which the root is trained."""

    def __init__(self, parameter: GDNParameter, shape: tuple[int, ...]):
        self._parameter = parameter
        self.shape = shape

    def assign(self, value: np.ndarray) -> None:
        variable = self._parameter.variable
        variable.assign(GDNParameter(value.reshape(variable.shape)).variable)


def _targets(network: tf.keras.Sequential) -> Iterator[tuple]:
    """Yields kernel and bias of each convolution, in the order in which they run."""
    for layer in network.layers:
        if isinstance(layer, tf.keras.layers.Conv2D):
            yield layer.kernel, layer.bias
        elif isinstance(layer, SubpixelUpsample):
            yield layer.conv.kernel, layer.conv.bias
        elif isinstance(layer, ResidualBlock):
            yield layer.expand.kernel, layer.expand.bias
            yield layer.project.kernel, layer.project.bias
        elif isinstance(layer, GDN):  # a 1x1 convolution of magnitudes
            gamma, beta = layer.gamma_parameter, layer.beta_parameter
            shape = tuple(gamma.variable.shape)
            yield _GdnVariable(gamma, (1, 1, *shape)), _GdnVariable(beta, shape[:1])


def _config(parts: dict[str, list[Weights]], scale_decoder: ScaleDecoder) -> MobileConfig:
    """Returns the widths of a codec, read off the shapes of its bundle's kernels."""
    outputs = {name: [kernel.shape[-1] for kernel, _ in weights] for name, weights in parts.items()}
    for name, count in (("analysis", 12), ("hyper_analysis", 3), ("mean", 5)):
        if len(outputs[name]) != count:
            raise BundleError(
                f"the {name} network has {len(outputs[name])} convolutions, that of the codec "
                f"mobile has {count}: only its bundles can be restored"
            )
    a, _, b, _, c, *_ = outputs["analysis"]
    # Each stage of the synthesis starts with a convolution to its width, 1x1 but for the first;
    # pairs of 3x3 convolutions are residual blocks; the last convolution gives the picture.
    kernels = [kernel for kernel, _ in parts["synthesis"]]
    starts = [0, *(i for i, kernel in enumerate(kernels) if kernel.shape[0] == 1)]
    ends = [*starts[1:], len(kernels) - 1]
    return MobileConfig(
        analysis=(a, b, c, outputs["analysis"][-2]),
        latents=outputs["analysis"][-1],
        hyper=outputs["hyper_analysis"][1],
        hyper_latents=outputs["hyper_analysis"][2],
        scales=scale_decoder.layers[0].kernel.shape[-1],
        synthesis=tuple(kernels[i].shape[-1] // (4 if i else 1) for i in starts),
        blocks=tuple((end - start - 1) // 2 for start, end in zip(starts, ends)),
    )


def _restore_gains(gains: RateGains, bundle: Bundle) -> None:
    """Restores the trained levels from the rows of the bundle's tables that they stand in."""
    step = (len(bundle.gain) - 1) // (gains.levels - 1)
    gains.log_gain.assign(np.log(bundle.gain[::step]))
    gains.log_inverse.assign(np.log(bundle.inverse_gain[::step]))
    for want, got in zip((bundle.gain, bundle.inverse_gain), gains.tables()):
        if not np.allclose(want, got, rtol=1e-4):
            raise BundleError(
                f"the gains of {bundle.name} are not interpolated from {gains.levels} levels"
            )


def _restore_scales(network: tf.keras.Sequential, scale_decoder: ScaleDecoder) -> None:
    for layer, stored in zip(network.layers, scale_decoder.layers):
        _restore_integers(layer, stored.kernel, stored.bias)
    found = integer_network(network)
    for got, want in zip(found.layers, scale_decoder.layers):
        same = np.array_equal(got.kernel, want.kernel) and np.array_equal(got.bias, want.bias)
        if not same or got[2:] != want[2:]:
            raise BundleError("the scale decoder of the bundle cannot be restored exactly")


def _restore_integers(layer: IntegerConv, kernel: np.ndarray, bias: np.ndarray) -> None:
    """Sets a layer's variables to values that round to these integers.

    Magnitudes are 0.49 too small, which rounds to the same integers, so that the sum of a channel
    that was scaled down to the accumulator bound does not pass the bound again.
    """
    inside = np.sign(kernel) * (np.abs(kernel) - 0.49)
    layer.kernel.assign(np.where(kernel == 0, 0.0, inside) / WEIGHT_UNIT)
    layer.bias.assign(bias / 2.0**layer.shift)
