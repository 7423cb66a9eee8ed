"""Between latents and bytes for bundles with a context model; `latents` is that for all others.

The stream holds the hyper-latents z, a check of the features that follow from z, and the latents,
front after front (`docs/format.md`, "Payload with a context model").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tfgan_codec import context, latents
from tfgan_codec.errors import BundleError
from tfgan_codec.latents import Array, Floats, Integers
from tfgan_codec.rangecoder import Decoder, Encoder

if TYPE_CHECKING:
    from tfgan_codec import container
    from tfgan_codec.bundle import Bundle


class ContextCoding(NamedTuple):
    """What a stream says of the latents [h, w, C]."""

    z: Integers
    features: Array  # [h, w, features of the context model], follows from z
    q: Integers  # [h, w, C]


def quantize(bundle: Bundle, y: Floats) -> ContextCoding:
    """Rounds latents to what is coded; there is one quality."""
    v = y * bundle.gain[0]
    z = latents.hyper_latents(bundle, v)
    features = latents.index_map(bundle.scale_decoder, z, *v.shape[:2])
    rounded = latents.round_half_up(v)
    q = np.clip(rounded, -latents.MAX_RESIDUAL, latents.MAX_RESIDUAL).astype(np.int32)
    return ContextCoding(z, features, q)


def dequantize(bundle: Bundle, coding: ContextCoding) -> Floats:
    """The decoded latents, y_hat."""
    y_hat: Floats = coding.q.astype(np.float32) * bundle.inverse_gain[0]
    return y_hat


def encode_symbols(bundle: Bundle, coding: ContextCoding) -> bytes:
    """One range-coded stream."""
    coded = context.encode(_model(bundle), coding.features, coding.q)
    encoder = Encoder()
    latents.encode_head(encoder, coding.z, coding.features, bundle.z_tables)
    encoder.encode(coded.values, coded.tables, bundle.y_tables)
    return encoder.finish()


def read_symbols(bundle: Bundle, file: container.File) -> ContextCoding:
    """The symbols of a file made with the model of `bundle`.

    Raises:
      BitstreamError: the data is not such a stream, or the features came out differently here.
    """
    model = _model(bundle)
    height, width = latents.latent_shape(file)
    decoder = Decoder(file.streams[0])
    z, features = latents.decode_head(decoder, height, width, bundle.z_tables, bundle.scale_decoder)
    q = context.decode(model, features, lambda tables: decoder.decode(tables, bundle.y_tables))
    decoder.finish()
    return ContextCoding(z, features, q)


def _model(bundle: Bundle) -> context.ContextModel:
    if bundle.context is None:
        raise BundleError(f"{bundle.name} has no context model")
    return bundle.context
