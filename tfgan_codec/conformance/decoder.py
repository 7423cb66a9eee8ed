"""Answers the suite's questions with this package: one of the decoders that it can test."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tfgan_codec.bundle.layered import LayeredBundle
from tfgan_codec.bundle.model import FLOAT
from tfgan_codec.codec import Codec, load
from tfgan_codec.conformance import pnm, symbols
from tfgan_codec.errors import BitstreamError, ImageError

CLASSES = {BitstreamError: "bitstream", ImageError: "image"}


def answer(model: str, out: Path, files: Sequence[str], form: str = FLOAT) -> None:
    """Writes into a folder what is found in each file, by the protocol of `docs/conformance.md`.

    Args:
      model: the folder of the model that the files were made with.
      out: the folder.
      files: the files.
      form: of the decoder, as `codec.load` takes it.
    """
    codec = load(model, decoder=form)
    for file in map(Path, files):
        try:
            fields = _found(codec, file.read_bytes(), out / f"{file.stem}.pnm")
        except tuple(CLASSES) as error:
            kind = next(name for family, name in CLASSES.items() if isinstance(error, family))
            fields = {"error": kind, "message": str(error)}
        (out / f"{file.stem}.json").write_text(json.dumps(fields) + "\n", encoding="utf-8")


def _form(codec: Codec) -> str:
    """Returns the form of the decoder that runs: a model may have but one."""
    return FLOAT if isinstance(codec.bundle, LayeredBundle) else codec.bundle.decoder


def _found(codec: Codec, blob: bytes, picture: Path) -> dict[str, Any]:
    image = codec.decompress(blob)
    found = symbols.hashes(codec.bundle, blob)
    levels = np.asarray(image)
    picture.write_bytes(pnm.write(levels.reshape(*levels.shape[:2], -1)))
    return {"symbols": found, "decoder": _form(codec)}
