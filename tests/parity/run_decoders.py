"""Runs decoders in one runtime, in a process of its own.

    python tests/parity/run_decoders.py RUNTIME FOLDER

RUNTIME is LIBRARY-KERNELS-THREADS with a library of litert, tensorflow (its TFLite interpreter) and
kernels of xnnpack, builtin, reference; or keras-THREADS. For every NAME.npy in FOLDER, latents
[h, w, c], it runs the network NAME.tflite (or the bundle NAME, with keras) and writes
FOLDER/RUNTIME/NAME.npy.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))


def keras(bundle: Path, threads: int):
    """The decoder as a Keras model."""
    import tensorflow as tf

    from tfgan_codec.bundle.model import Bundle
    from tfgan_codec.models.from_bundle import restore

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    model = restore(Bundle.load(bundle))
    return lambda latents: model.synthesise(tf.constant(latents[None]))[0].numpy()


def interpreter(network: Path, library: str, kernels: str, threads: int):
    """The decoder as a TFLite file."""
    if library == "litert":
        from ai_edge_litert.interpreter import Interpreter, OpResolverType
    else:
        from tensorflow.lite.python.interpreter import Interpreter, OpResolverType

    made = Interpreter(
        str(network),
        num_threads=threads,
        experimental_op_resolver_type={
            "xnnpack": OpResolverType.AUTO,
            "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
            "reference": OpResolverType.BUILTIN_REF,
        }[kernels],
    )

    def run(latents: np.ndarray) -> np.ndarray:
        entry = made.get_input_details()[0]["index"]
        made.resize_tensor_input(entry, (1, *latents.shape))
        made.allocate_tensors()
        made.set_tensor(entry, latents[None])
        made.invoke()
        return made.get_tensor(made.get_output_details()[0]["index"])[0]

    return run


def main(runtime: str, folder: Path) -> None:
    library, *kernels, threads = runtime.split("-")
    out = folder / runtime
    out.mkdir(exist_ok=True)
    for latents in sorted(folder.glob("*.npy")):
        network = latents.with_suffix(".tflite")
        if library != "keras":
            run = interpreter(network, library, kernels[0], int(threads))
        elif latents.with_suffix("").is_dir():
            run = keras(latents.with_suffix(""), int(threads))
        else:
            continue
        np.save(out / latents.name, run(np.load(latents)))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
