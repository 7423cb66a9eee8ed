"""Reads, writes and hashes a bundle's normative part, the integers that decide how bits are parsed.

Files name their model by the first bytes of the hash, so a bundle whose decoders were trained
further still opens old files. ``docs/format.md`` ("Normative hash") has the details.
"""

from __future__ import annotations

import hashlib
import itertools
from typing import NamedTuple

import numpy as np

from tfgan_codec.bundle.arrays import Array, Arrays, checked_array, require_known
from tfgan_codec.errors import BundleError
from tfgan_codec.format.context_model import ContextModel
from tfgan_codec.format.scales import IntegerConv, ScaleDecoder
from tfgan_codec.format.tables import Tables


class Normative(NamedTuple):
    """Holds what decides how bits are parsed, with the names of `Bundle`'s attributes."""

    z_tables: Tables
    y_tables: Tables
    scale_decoder: ScaleDecoder
    context: ContextModel | None = None  # for models with a context model


def read_normative(arrays: Arrays, digest: str) -> Normative:
    """Reads and checks the arrays of ``normative.npz``, whose hash must be `digest`."""
    if normative_hash(arrays) != digest:
        raise BundleError("the normative part does not match its hash; export the bundle again")
    _require_known(arrays)
    scale_decoder = ScaleDecoder(_layers(arrays, "scale"))
    scale_decoder.check()
    context = None
    if "context_kernel" in arrays:
        context = ContextModel(
            tuple(checked_array(arrays, "context_axes", 1, np.int32).tolist()),
            _layer(arrays, "context"),
            _layers(arrays, "joint"),
            _layer(arrays, "table"),
            _layer(arrays, "mean"),
        )
        context.check()
    return Normative(_tables(arrays, "z"), _tables(arrays, "y"), scale_decoder, context)


def normative_arrays(
    z_tables: Tables,
    y_tables: Tables,
    scale_decoder: ScaleDecoder,
    context: ContextModel | None = None,
) -> dict[str, Array]:
    """Returns the arrays of ``normative.npz`` by name; the inverse of `read_normative`."""
    arrays: dict[str, Array] = {}
    for prefix, tables in (("z", z_tables), ("y", y_tables)):
        if not tables.escape:
            raise BundleError(f"the {prefix} tables have no escape symbol")
        for field in ("cdf", "length", "offset"):
            arrays[f"{prefix}_{field}"] = np.asarray(getattr(tables, field), np.int32)
    layers = {f"scale{i}": layer for i, layer in enumerate(scale_decoder.layers)}
    if context:
        layers.update({f"joint{i}": layer for i, layer in enumerate(context.joint)})
        layers.update(context=context.convolution, table=context.table, mean=context.mean)
        arrays["context_axes"] = np.array(context.axes, np.int32)
    for name, layer in layers.items():
        arrays[f"{name}_kernel"] = np.asarray(layer.kernel, np.int8)
        arrays[f"{name}_bias"] = np.asarray(layer.bias, np.int32)
        arrays[f"{name}_params"] = np.array([layer.shift, layer.maximum, layer.upscale], np.int32)
    return arrays


def normative_hash(arrays: Arrays) -> str:
    """Returns the SHA-256 of named arrays in hex, whatever way they are stored."""
    return hashlib.sha256(normative_bytes(arrays)).hexdigest()


def normative_bytes(arrays: Arrays) -> bytes:
    """Returns what the hash is taken of.

    That is, for each array, sorted by name: its name, dtype (such as ``<i4``) and shape (decimal
    numbers joined by commas), each ended by a zero byte, then its elements in row-major order,
    little endian.
    """
    parts = []
    for name in sorted(arrays):
        array = arrays[name].astype(arrays[name].dtype.newbyteorder("<"), copy=False)
        for text in (name, array.dtype.str, ",".join(map(str, array.shape))):
            parts.append(text.encode() + b"\0")
        parts.append(array.tobytes())
    return b"".join(parts)


def _require_known(arrays: Arrays) -> None:
    """Raises `BundleError` where an array is none that is read below."""
    known = {f"{prefix}_{field}" for prefix in "zy" for field in ("cdf", "length", "offset")}
    layers = _names(arrays, "scale")
    if "context_kernel" in arrays:
        layers += ["context", *_names(arrays, "joint"), "table", "mean"]
        known.add("context_axes")
    known |= {f"{layer}_{field}" for layer in layers for field in ("kernel", "bias", "params")}
    require_known(arrays, known)


def _names(arrays: Arrays, chain: str) -> list[str]:
    """Returns the names of the layers of a chain, of which the first that is missing is the end."""
    names = (f"{chain}{i}" for i in itertools.count())
    return list(itertools.takewhile(lambda name: f"{name}_kernel" in arrays, names))


def _tables(arrays: Arrays, prefix: str) -> Tables:
    cdf = checked_array(arrays, f"{prefix}_cdf", 2, np.int32)
    length, offset = (
        checked_array(arrays, f"{prefix}_{k}", 1, np.int32) for k in ("length", "offset")
    )
    tables = Tables(cdf, length, offset, escape=True)
    tables.check()
    return tables


def _layers(arrays: Arrays, name: str) -> tuple[IntegerConv, ...]:
    return tuple(_layer(arrays, each) for each in _names(arrays, name))


def _layer(arrays: Arrays, name: str) -> IntegerConv:
    kernel = checked_array(arrays, f"{name}_kernel", 4, np.int8, np.int32).astype(np.int32)
    bias = checked_array(arrays, f"{name}_bias", 1, np.int32)
    params = checked_array(arrays, f"{name}_params", 1, np.int32).tolist()
    if len(params) != 3:
        raise BundleError(f"{name}_params has {len(params)} numbers, expected 3; export again")
    return IntegerConv(kernel, bias, *params)
