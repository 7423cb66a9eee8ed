"""Runs the shipped scale decoder as a float32 network in one runtime, in a process of its own.

    python tests/run_scale_decoder.py RUNTIME FOLDER

RUNTIME is tensorflow-THREADS or litert-KERNELS with the kernels xnnpack, builtin or reference.
Reads FOLDER/z.npy and writes FOLDER/RUNTIME.npy.
"""

import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

sys.path.insert(0, str(Path(__file__).parents[2]))

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.format.scales import ScaleDecoder


def network(decoder: ScaleDecoder):
    """The scale decoder in float32 operations."""

    def call(a: tf.Tensor) -> tf.Tensor:
        for layer in decoder.layers:
            kernel = tf.constant(layer.kernel, tf.float32)
            total = tf.nn.conv2d(a, kernel, 1, "SAME") + tf.constant(layer.bias, tf.float32)
            a = tf.clip_by_value(tf.floor(total * 2.0**-layer.shift + 0.5), 0.0, layer.maximum)
            a = tf.nn.depth_to_space(a, layer.upscale) if layer.upscale > 1 else a
        return a

    return call


def main(runtime: str, folder: Path) -> None:
    name, variant = runtime.split("-")
    inputs = np.load(folder / "z.npy").astype(np.float32)
    call = tf.function(network(Bundle.load("mobile").scale_decoder))
    if name == "tensorflow":
        tf.config.threading.set_intra_op_parallelism_threads(int(variant))
        run = call
    else:
        from ai_edge_litert.interpreter import Interpreter, OpResolverType

        traced = call.get_concrete_function(tf.TensorSpec(inputs[:1].shape, tf.float32))
        converter = tf.lite.TFLiteConverter.from_concrete_functions([traced])
        kernels = {
            "xnnpack": OpResolverType.AUTO,
            "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
            "reference": OpResolverType.BUILTIN_REF,
        }
        interpreter = Interpreter(
            model_content=converter.convert(),
            experimental_op_resolver_type=kernels[variant],
            num_threads=2,
        )
        interpreter.allocate_tensors()

        def run(z: np.ndarray) -> np.ndarray:
            interpreter.set_tensor(interpreter.get_input_details()[0]["index"], z)
            interpreter.invoke()
            return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])

    indexes = np.concatenate([np.asarray(run(z[None])) for z in inputs])
    np.save(folder / f"{runtime}.npy", indexes.astype(np.uint8))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
