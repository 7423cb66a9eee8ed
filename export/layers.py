"""Bundles of codecs in layers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from tfgan_codec.layered_bundle import LayeredBundle, write_layered_bundle
from tfgan_codec.models.autoencoder import Autoencoder
from tfgan_codec.models.msae import Msae


def write_layers(
    model: Msae, out: str, name: str, info: dict, write: Callable[[int, Autoencoder, str], object]
) -> LayeredBundle:
    """Has `write` make the bundle of each autoencoder, by number, in a folder; packs them."""
    with tempfile.TemporaryDirectory() as scratch:
        folders = []
        for number, autoencoder in enumerate(model.autoencoders):
            folders.append(Path(scratch) / autoencoder.name)
            write(number, autoencoder, str(folders[-1]))
        return write_layered_bundle(out, name=name, layers=folders, info=info)
