"""Writes bundles: the networks, tables and gains of a trained codec, with their hashes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.bundle.arrays import Array, save_arrays
from tfgan_codec.bundle.model import CONTEXT, FORMAT, Bundle, BundlePart
from tfgan_codec.bundle.normative import normative_arrays, normative_hash
from tfgan_codec.format.context_model import ContextModel
from tfgan_codec.format.geometry import HYPER_STRIDE, STRIDE
from tfgan_codec.format.scales import ScaleDecoder
from tfgan_codec.format.tables import Tables


def write_bundle(
    folder: bundle_files.PathLike,
    *,
    name: str,
    networks: Mapping[str, BundlePart],
    synthesis: Mapping[float, BundlePart],
    z_tables: Tables,
    y_tables: Tables,
    scale_decoder: ScaleDecoder,
    gain: Array,
    inverse_gain: Array,
    info: Mapping[str, Any],
    context: ContextModel | None = None,
) -> Bundle:
    """Writes a bundle folder and returns it as loaded again from there.

    Args:
      folder: where to write; made when missing. Files of a former bundle are overwritten.
      name: the model's name.
      networks: "analysis", "hyper_analysis" and, without a context model, "mean".
      synthesis: the decoders by their realism.
      z_tables: one table per hyper-latent channel.
      y_tables: the tables of scale indexes 0..63; with a context model, of all its fractions.
      scale_decoder: the integer network from hyper-latents to scale indexes, or to features for
        the context model.
      gain: float [256, latent channels], multiplied to latents before rounding.
      inverse_gain: the same shape, multiplied to decoded latents.
      info: free text for people: how it was trained, with what, when.
      context: the model that predicts latents from others, if there is one.
    """
    arrays = normative_arrays(z_tables, y_tables, scale_decoder, context)
    gains = {
        "gain": np.asarray(gain, np.float32),
        "inverse_gain": np.asarray(inverse_gain, np.float32),
    }
    files = {"normative.npz": save_arrays(arrays), "gains.npz": save_arrays(gains)}
    entries: dict[str, Any] = {}
    for kind, part in networks.items():
        files[f"{kind}.tflite"] = part.tflite
        entries[kind] = {"file": f"{kind}.tflite", "halo": part.halo}
    entries["synthesis"] = []
    for realism, part in sorted(synthesis.items()):
        file = f"synthesis-{realism:g}.tflite"
        files[file] = part.tflite
        entry = {"file": file, "realism": realism, "halo": part.halo}
        entries["synthesis"].append({**entry, "tile": part.tile} if part.tile else entry)
    fields = {
        "networks": entries,
        "latent_channels": gains["gain"].shape[1],
        "hyper_channels": len(z_tables.cdf),
        "stride": STRIDE,
        "hyper_stride": HYPER_STRIDE,
        "info": dict(info),
    }
    number = CONTEXT if context else FORMAT
    bundle_files.write(folder, number, name, normative_hash(arrays), files, fields)
    return Bundle.load(Path(folder).resolve())
