"""Tries parts of an installation in processes of their own: a part that is broken may crash."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tfgan_codec.errors import shown

_LONGEST = 300  # seconds; TensorFlow can take half a minute from a slow disk

_RUN_NETWORK = """
import sys
from ai_edge_litert.interpreter import Interpreter
interpreter = Interpreter(model_path=sys.argv[1])
interpreter.allocate_tensors()
interpreter.invoke()
"""
_START_TRAINING = """
import json
from tfgan_codec import compression
import tensorflow as tf
gpus = tf.config.list_physical_devices("GPU")
details = map(tf.config.experimental.get_device_details, gpus)
names = [found.get("device_name", "GPU") for found in details]
tf.keras.layers.Dense(1)(tf.zeros([1, 1]))
print(json.dumps([compression.RUNS, names]))
"""
_MEANING = {
    "tfc": "tfc, TensorFlow Compression",
    "own": "own, as TensorFlow Compression is not installed or not wanted",
}


class Training(NamedTuple):
    """What a process found that imported TensorFlow: which compression runs and the names of GPUs,
    or a line on why it failed."""

    compression: str = ""
    gpus: tuple[str, ...] = ()
    problem: str = ""


def delegates(network: Path) -> list[str] | None:
    """Returns what LiteRT says it runs a network with, such as "XNNPACK"; None if it fails."""
    done = _python(_RUN_NETWORK, str(network))
    if done.returncode:
        return None
    return re.findall(r"Created TensorFlow Lite (\S+) delegate", done.stderr)


def training() -> Training:
    """Imports TensorFlow and the compression of the training library, and makes a layer."""
    done = _python(_START_TRAINING)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it was killed"])[-1]
        return Training(problem=shown(last, 200))
    runs, gpus = json.loads(done.stdout.splitlines()[-1])
    return Training(_MEANING[runs], tuple(gpus))


def nvidia_driver() -> bool:
    """Whether the driver of an NVIDIA GPU runs here."""
    return Path("/proc/driver/nvidia/version").exists()


def _python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs code in this interpreter's environment, with TensorFlow quiet."""
    folder = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH"))))
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=_LONGEST,
    )
