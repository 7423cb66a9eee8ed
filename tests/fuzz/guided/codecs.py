"""The codecs of every version of the format: plain, with a context model, in layers."""

from __future__ import annotations

import functools
import tempfile

import tfgan_codec as tgc
from tests.fuzz.guided.target import DATA
from tfgan_codec.bundle.layered import write_layered_bundle
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.codec import Codec

LAYERS = 3


@functools.lru_cache(maxsize=1)
def codecs() -> tuple[Codec, Codec, Codec]:
    """Returns the codecs of the golden files, of tests/data/context and of tests/data/layers."""
    with tempfile.TemporaryDirectory() as folder:
        plain = DATA / "tiny"
        write_layered_bundle(folder, name="layered", layers=[plain] * LAYERS, info={})
        plain_codec, context = tgc.load(plain), tgc.load(DATA / "context" / "bundle.zip")
        return plain_codec, context, tgc.load(folder)


def layers_of(codec: Codec) -> tuple[Bundle, ...]:
    """Returns the bundle of each stream of a file, coarse to fine."""
    bundle = codec.bundle
    return (bundle,) if isinstance(bundle, Bundle) else bundle.layers


def decode(codec: Codec, blob: bytes) -> None:
    """Decodes a file at every scale and with each decoder of its model, and a region of it."""
    for scale in (1, 2, 4)[: len(layers_of(codec))]:
        for realism in codec.bundle.realisms:
            image = codec.decompress(blob, realism, scale)
            assert image.width * image.height <= 1 << 28
    if len(layers_of(codec)) == 1:
        left, top, width, height = image.width // 3, image.height // 3, *image.size
        region = left, top, -(-width // 2), -(-height // 2)
        assert codec.decompress(blob, region=region).size == region[2:]
