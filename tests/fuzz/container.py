"""Files that a stranger made for models that are what they should be.

Golden files with bytes changed, most of them with a right checksum; headers that claim anything;
streams whose head is right and whose rest is not.
"""

from __future__ import annotations

import shutil
import tempfile
import zlib
from pathlib import Path

import numpy as np

import tfgan_codec as tgc
from tests.fuzz.mutation import mutated
from tests.fuzz.runner import Case, Use
from tfgan_codec.bundle.layered import write_layered_bundle
from tfgan_codec.codec import Codec
from tfgan_codec.format import payload
from tfgan_codec.format.fields import chunk, varint
from tfgan_codec.format.rangecoder import RangeEncoder
from tfgan_codec.format.tables import uniform_tables

DATA = Path(__file__).resolve().parents[1] / "data"


def cases(bundle: str) -> Case:
    """Returns the cases for files of the bundle at a path, and of others made of it."""
    folder = tempfile.mkdtemp()
    try:
        write_layered_bundle(folder, name="layered", layers=[bundle] * 3, info={})
        codecs = [tgc.load(bundle), tgc.load(DATA / "context" / "bundle.zip"), tgc.load(folder)]
    finally:
        shutil.rmtree(folder)
    golden = [[path.read_bytes() for path in sorted((DATA / "golden").glob("*.tgc"))]]
    golden += [[(DATA / name / "file.tgc").read_bytes()] for name in ("context", "layers")]

    def case(number: int) -> Use:
        rng = np.random.default_rng([2, number])
        kind = rng.integers(len(codecs))
        codec, seeds = codecs[kind], golden[kind]
        blob = seeds[rng.integers(len(seeds))]
        how = rng.integers(8)
        if how == 0:
            blob = mutated(blob, rng)
        elif how < 5:
            blob = with_checksum(b"TGC" + mutated(blob[3:-4], rng))
        elif how == 5 or kind:
            blob = with_checksum(claim(codec.bundle.model_id, rng))
        else:
            blob = headed(codec, rng)
        scale = (1, 2, 4)[rng.integers(3)] if kind == 2 else 1
        realism = (0.0, 1.0)[rng.integers(2)]

        def use() -> str:
            image = codec.decompress(blob, realism, scale)
            assert image.width * image.height < 1 << 28
            return "picture"

        return use

    return case


def with_checksum(body: bytes) -> bytes:
    return body + zlib.crc32(body).to_bytes(4, "little")


def claim(model_id: bytes, rng: np.random.Generator) -> bytes:
    """Returns a file without checksum, of any size and with any chunks."""
    flags = int(rng.integers(16))
    body = b"TGC" + bytes([(0x10, 0x20)[rng.integers(2)] | flags]) + model_id
    for _ in "wh":
        body += varint(int(2 ** (29 * rng.random() ** 2)))
    body += rng.bytes(1)
    for flag in (1, 2, 4):
        if flags & flag:
            data = zlib.compress(bytes(int(2 ** (26 * rng.random()))), 1)
            body += chunk(data if rng.integers(4) else mutated(data, rng))
    return body + bytes(int(2 ** (13 * rng.random()))) + rng.bytes(int(2 ** (12 * rng.random())))


def headed(codec: Codec, rng: np.random.Generator) -> bytes:
    """Returns a file whose hyper-latents and check are right, before random symbols."""
    bundle = codec.bundle
    height, width = (int(side) for side in rng.integers(1, 400, 2))
    h, w = -(-height // 16), -(-width // 16)
    z = rng.integers(-9, 10, (-(-h // 4), -(-w // 4), bundle.hyper_channels)).astype(np.int32)
    index = payload.index_map(bundle.scale_decoder, z, h, w)
    encoder = RangeEncoder()
    payload.encode_head(encoder, z, index, bundle.z_tables)
    symbols = rng.integers(0, 256, int(2 ** (11 * rng.random())))
    encoder.encode(symbols, np.zeros(symbols.size, int), uniform_tables(256))
    head = b"TGC\x10" + bundle.model_id + varint(width) + varint(height) + rng.bytes(1)
    return with_checksum(head + encoder.finish())
