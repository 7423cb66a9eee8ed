"""Converts functions of one tensor to TFLite files in every number format."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator

import numpy as np
import tensorflow as tf

from tfgan_codec.deploy.int8.quantized import QuantizedChain
from tfgan_codec.layers.upsample import TransposedConv

FLOATS = ("none", "fp16", "dynamic")
INTEGERS = ("int8", "int16x8")

Function = Callable[[tf.Tensor], tf.Tensor]


def convert(
    function: Function,
    shape: tuple[int, ...],
    quantize: str = "fp16",
    samples: np.ndarray | None = None,
) -> bytes:
    """Converts a function of one float32 tensor to a TFLite file with float32 input and output.

    Args:
        shape: the shape that is stored; files without transposed convolutions can be resized.
        quantize: one of `FLOATS` and `INTEGERS`. "dynamic" stores kernels as int8 and computes in
            float32 or in integers as the runtime likes; "int16x8" has 16-bit activations.
        samples: for `INTEGERS`, inputs [n, ...] by which TFLite's converter chooses its ranges; the
            shape that is stored is then theirs. A `QuantizedChain` has better ranges: see
            `convert_chain`.
    """
    converter = _converter(function, shape if samples is None else (1, *samples.shape[1:]))
    if quantize != "none":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if quantize == "fp16":
        converter.target_spec.supported_types = [tf.float16]
    elif quantize == "int8":
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    elif quantize == "int16x8":
        sets = tf.lite.OpsSet
        converter.target_spec.supported_ops = [
            sets.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
        ]
    if quantize in INTEGERS and samples is not None:
        converter.representative_dataset = lambda: ([x[None]] for x in samples)
    return _run(converter)


def convert_chain(
    network: QuantizedChain, form: Callable, shape: tuple[int, ...], integer_edges: bool
) -> bytes:
    """Converts a calibrated chain to a TFLite file that computes in 8-bit integers alone.

    Args:
        form: how the chain is run, `chain.run` or `chain.run_transposed`.
        integer_edges: whether input and output are int8 too; otherwise one QUANTIZE and one
            DEQUANTIZE stand at the edges, for runtimes that take float32 alone.
    """
    constants = network.constants()
    converter = _converter(lambda x: form(constants, x, network.watch), shape)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if integer_edges:
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return _run(converter)


@contextlib.contextmanager
def resizable(model: tf.keras.Model) -> Iterator[None]:
    """Has transposed convolutions traced as sub-pixel ones inside `with`, see `TransposedConv`."""
    layers = [part for part in model.submodules if isinstance(part, TransposedConv)]
    for layer in layers:
        layer.subpixel = True
    try:
        yield
    finally:
        for layer in layers:
            layer.subpixel = False


def _converter(function: Function, shape: tuple[int, ...]) -> tf.lite.TFLiteConverter:
    traced = tf.function(function).get_concrete_function(tf.TensorSpec(shape, tf.float32))
    return tf.lite.TFLiteConverter.from_concrete_functions([traced], traced)


def _run(converter: tf.lite.TFLiteConverter) -> bytes:
    with warnings.catch_warnings():
        # The ranges are in the graph; TFLite expects them from a dataset.
        warnings.filterwarnings("ignore", "Statistics for quantized inputs")
        return converter.convert()
