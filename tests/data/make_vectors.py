"""Writes the golden vectors of the entropy-coded part of the format.

    python tests/data/make_vectors.py

They let an implementation in another language be checked without this one. Once released they
never change: run this only to add cases, and look at the difference before committing it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tfgan_codec.format.rangecoder import RangeEncoder
from tfgan_codec.format.scales import IntegerConv, ScaleDecoder, crc16
from tfgan_codec.format.tables import Tables, build_tables, gaussian_tables, uniform_tables

FOLDER = Path(__file__).parent / "vectors"
Case = dict[str, Any]


def call(values, indexes, tables: Tables) -> Case:
    rows = [row[: n + 1].tolist() for row, n in zip(tables.cdf, tables.length)]
    return {
        "cdf": rows,
        "offset": tables.offset.tolist(),
        "escape": tables.escape,
        "indexes": np.asarray(indexes).tolist(),
        "values": np.asarray(values).tolist(),
    }


def stream(name: str, *calls: tuple[Any, Any, Tables]) -> Case:
    encoder = RangeEncoder()
    for values, indexes, tables in calls:
        encoder.encode(values, indexes, tables)
    return {"name": name, "bytes": encoder.finish().hex(), "calls": [call(*c) for c in calls]}


def rangecoder_cases() -> list[Case]:
    rng = np.random.default_rng(20)
    fair = build_tables([[1, 1]], 0, escape=False)
    middle = build_tables([[1, 2, 1]], -1, escape=False)
    escape_only = build_tables([[1]], 3)
    scales = [0.12, 0.3, 0.8, 2.0, 6.0]
    gaussian = gaussian_tables(scales)
    indexes = rng.integers(0, 5, 120)
    values = np.floor(rng.normal(size=120) * np.array(scales)[indexes] + 0.5).astype(int)
    wild = [0, 1, -1, 2, -2, 7, -8, 100, -100, 2**20, -(2**20), 2**30 - 3, -(2**30) + 4]
    z_tables = build_tables([[1, 3, 9, 3, 1, 1], [5, 5, 1]], [-2, 0])
    return [
        stream("nothing", ([], [], fair)),
        stream("fair bits", ([1, 0, 1, 1, 0, 0, 1], [0] * 7, fair)),
        stream("fair zeros fill a word", ([0] * 16, [0] * 16, fair)),
        stream("delay left open", ([0] * 60, [0] * 60, middle)),
        stream("delay ended by a carry", ([0] * 60 + [1], [0] * 61, middle)),
        stream("delay ended without a carry", ([0] * 60 + [-1], [0] * 61, middle)),
        stream("escapes, no other symbol", ([3, 2, 4, 5, 1, 0, -4, 60], [0] * 8, escape_only)),
        stream("low-rate Gaussian values", (values, indexes, gaussian)),
        stream("escapes of all sizes", (wild, [0, 1, 2, 3, 4] * 2 + [0, 1, 2], gaussian)),
        stream(
            "a payload: hyper-latents, index check, residuals",
            ([0, 1, -1, 0, 0, 2, 9, 1], [0, 1] * 4, z_tables),
            ([0x29, 0xB1], [0, 0], uniform_tables(256)),
            (values[:40], indexes[:40], gaussian),
        ),
    ]


def damaged_cases() -> list[Case]:
    """Streams a decoder must reject: while decoding, or when it has read the last value."""
    fair = build_tables([[1, 1]], 0, escape=False)
    escape_only = build_tables([[1]], 0)
    cases = []
    for name, data, count, tables in [
        ("an escape with 30 zeros", "00000002", 1, escape_only),
        ("an escape that never ends", "", 1, escape_only),
        ("bytes after the end", "a000000000", 3, fair),
        ("bits after the end", "a1", 3, fair),
    ]:
        described = call([], [0] * count, tables)
        del described["values"]
        cases.append({"name": name, "bytes": data, "calls": [described]})
    return cases


def scales_cases() -> list[Case]:
    rng = np.random.default_rng(21)
    layers = []
    for cin, cout, size, shift, maximum, upscale in [
        (3, 16, 3, 6, 255, 2),
        (4, 4, 3, 9, 255, 1),
        (4, 8, 1, 8, 63, 2),
    ]:
        kernel = rng.integers(-127, 128, (size, size, cin, cout)).astype(np.int32)
        bias = rng.integers(-4000, 8000, cout).astype(np.int32)
        layers.append(IntegerConv(kernel, bias, shift, maximum, upscale))
    decoder = ScaleDecoder(tuple(layers))
    decoder.check()
    z = rng.integers(-127, 128, (2, 3, 3))
    index = decoder(z, exact=True)
    return [
        {
            "name": "three layers, z of 2 x 3 x 3 to an index map of 8 x 12 x 2",
            "layers": [
                {
                    "shift": layer.shift,
                    "maximum": layer.maximum,
                    "upscale": layer.upscale,
                    "bias": layer.bias.tolist(),
                    "kernel": layer.kernel.tolist(),
                }
                for layer in layers
            ],
            "z": z.tolist(),
            "index": index.tolist(),
            "crc16": crc16(index),
        }
    ]


def crc16_cases() -> list[Case]:
    return [
        {"bytes": data.hex(), "crc16": crc16(np.frombuffer(data, np.uint8))}
        for data in (b"", b"\0", b"123456789", bytes(range(64)), bytes(1000))
    ]


def varint_cases() -> list[Case]:
    """Unsigned LEB128, written out by hand."""
    return [
        {"value": value, "bytes": data}
        for value, data in [
            (0, "00"),
            (1, "01"),
            (127, "7f"),
            (128, "8001"),
            (300, "ac02"),
            (512, "8004"),
            (768, "8006"),
            (16383, "ff7f"),
            (16384, "808001"),
            (2**28, "8080808001"),
        ]
    ]


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, cases in {
        "rangecoder": rangecoder_cases(),
        "rangecoder_damaged": damaged_cases(),
        "scales": scales_cases(),
        "crc16": crc16_cases(),
        "varint": varint_cases(),
    }.items():
        lines = [",\n  ".join(f'"{k}": {json.dumps(v)}' for k, v in case.items()) for case in cases]
        text = "[\n" + ",\n".join(f" {{{line}}}" for line in lines) + "\n]\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
