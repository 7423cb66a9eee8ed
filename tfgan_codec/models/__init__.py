"""The codecs, one system per file, built by name."""

import tensorflow as tf

from tfgan_codec.errors import UsageError


def build(name: str, **kwargs) -> tf.keras.Model:
    """Makes the codec called `name` with fresh weights; `kwargs` go to its constructor."""
    from tfgan_codec.models.mobile import Mobile

    registry = {"mobile": Mobile}
    if name not in registry:
        raise UsageError(f"unknown codec {name!r}: choose from {', '.join(sorted(registry))}")
    return registry[name](name=name, **kwargs)
