"""Chooses the devices and machines that a run trains on."""

from __future__ import annotations

import json
import os

import tensorflow as tf

from tfgan_codec.errors import UsageError

STRATEGIES = ("none", "mirrored", "multiworker", "tpu")


def make(name: str) -> tf.distribute.Strategy:
    """Makes the strategy that --strategy names; call it before anything else of TensorFlow.

    mirrored trains on all GPUs of this machine, or its logical CPUs; multiworker on the machines
    that the variable TF_CONFIG names, each of which runs the same command; tpu on this machine's.
    """
    if name == "mirrored":
        devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
        return tf.distribute.MirroredStrategy([device.name for device in devices])
    if name == "multiworker":
        if "cluster" not in _cluster():
            raise UsageError(
                "--strategy=multiworker needs the variable TF_CONFIG, which names all workers and "
                "which of them this one is: see docs/training.md"
            )
        return tf.distribute.MultiWorkerMirroredStrategy()
    if name == "tpu":
        try:
            resolver = tf.distribute.cluster_resolver.TPUClusterResolver(tpu="local")
            tf.tpu.experimental.initialize_tpu_system(resolver)
        except (ValueError, tf.errors.OpError) as error:
            raise UsageError(f"no TPU to be used on this machine: {error}") from error
        return tf.distribute.TPUStrategy(resolver)
    return tf.distribute.get_strategy()


def is_chief() -> bool:
    """Returns whether this process is the one of its run that writes files; a lone one is."""
    task = _cluster().get("task", {})
    return task.get("type", "chief") == "chief" or (
        task.get("index", 0) == 0 and "chief" not in _cluster().get("cluster", {})
    )


def any_worker(strategy: tf.distribute.Strategy, here: bool) -> bool:
    """Returns whether `here` is true on any of the workers, all of which have to call this."""
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return here
    values = strategy.experimental_distribute_values_from_function(
        lambda _: tf.constant(float(here))
    )
    return float(strategy.reduce(tf.distribute.ReduceOp.SUM, values, axis=None)) > 0.0


def _cluster() -> dict:
    try:
        return json.loads(os.environ.get("TF_CONFIG") or "{}")
    except ValueError as error:
        raise UsageError(f"TF_CONFIG cannot be read: {error}") from error
