"""Writes tests/data/golden: files of the tiny model, and what they must decode to.

    python tests/data/make_golden.py [layers|context|tiles|models]

With "layers" it writes tests/data/layers instead: a file in three layers, of the model whose layers
are the tiny one three times, and its pictures at all scales. With "context", tests/data/context: a
bundle with a context model, a file of it and its picture. With "tiles", tests/data/tiles: a file in
tiles, its picture, and the hashes of what its tiles give together. With "models",
tests/data/models: for each shipped model a file and its picture, called after the model and its id.

Once released they never change: run this only to add cases, and look at the difference before
committing it.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import context_models
import sample_pictures

from tfgan_codec.bundle.files import shipped
from tfgan_codec.bundle.layered import write_layered_bundle
from tfgan_codec.codec import Codec, load
from tfgan_codec.coding import compression, hyperprior, mosaic
from tfgan_codec.format import container, tiles
from tfgan_codec.format.profiles import KNOWN
from tfgan_codec.pictures import reading, writing

DATA = Path(__file__).resolve().parent
FOLDER = DATA / "golden"
LAYERS = DATA / "layers"
CONTEXT = DATA / "context"
TILES = DATA / "tiles"
MODELS = DATA / "models"
SAMPLE = DATA.parents[1] / "apps" / "assets" / "sample.jpg"


def pictures() -> dict[str, tuple[Image.Image, int]]:
    """Pictures by name, with a quality each."""
    annotated = sample_pictures.image(120, 90, seed=6)
    annotated.info["icc_profile"] = sample_pictures.rgb_profile()
    annotated.info["exif"] = sample_pictures.exif().tobytes()
    wide, grey = sample_pictures.image(90, 60, seed=9), sample_pictures.image(60, 90, "L", seed=9)
    wide.info["icc_profile"], grey.info["icc_profile"] = KNOWN[1].icc(), KNOWN[4].icc()
    return {
        "pixel": (sample_pictures.image(1, 1, seed=1), 128),
        "low": (sample_pictures.image(200, 136, seed=2), 0),
        "high": (sample_pictures.image(200, 136, seed=2), 255),
        "wide": (sample_pictures.image(700, 5, seed=3), 100),
        "grey": (sample_pictures.image(17, 33, "L", seed=4), 150),
        "alpha": (sample_pictures.image(50, 70, "RGBA", seed=5), 90),
        "grey-alpha": (sample_pictures.image(33, 31, "LA", seed=5), 90),
        "profile-exif": (annotated, 60),
        "black": (Image.new("RGB", (64, 64)), 30),
        "display-p3": (wide, 120),
        "grey-gamma": (grey, 120),
    }


def make(codec: Codec, name: str, picture: Image.Image, quality: int) -> dict[str, str]:
    blob = codec.compress(picture, quality=quality, metadata="keep")
    (FOLDER / f"{name}.tgc").write_bytes(blob)
    writing.save(codec.decompress(blob), FOLDER / f"{name}.png")
    file = container.parse(blob).file
    coding = hyperprior.read_symbols(codec.bundle, file)
    hashes = {k: hashlib.sha256(v.tobytes()).hexdigest() for k, v in coding._asdict().items()}
    return {"name": name, **hashes}


def make_layers() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        write_layered_bundle(scratch, name="layered", layers=[DATA / "tiny"] * 3, info={})
        codec = load(scratch)
        blob = codec.compress(sample_pictures.image(150, 100, "RGBA", seed=7))
        LAYERS.mkdir(exist_ok=True)
        (LAYERS / "file.tgc").write_bytes(blob)
        for scale in (1, 2, 4):
            writing.save(codec.decompress(blob, scale=scale), LAYERS / f"scale{scale}.png")


def make_context() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        context_models.write_bundle(Path(scratch), load(DATA / "tiny").bundle)
        CONTEXT.mkdir(exist_ok=True)
        shutil.make_archive(str(CONTEXT / "bundle"), "zip", Path(scratch) / "bundle")
    codec = load(CONTEXT / "bundle.zip")
    blob = codec.compress(sample_pictures.image(37, 150, seed=8))
    (CONTEXT / "file.tgc").write_bytes(blob)
    writing.save(codec.decompress(blob), CONTEXT / "file.png")


def make_tiles() -> None:
    codec = load(DATA / "tiny")
    with reading.opening(sample_pictures.image(700, 600, "RGBA", seed=12)) as found:
        strips = found.strips()
        job = compression.of_strips(codec.bundle, strips, "keep", 10**6, 4, lambda share: None)
    blob = job.file(100)
    TILES.mkdir(exist_ok=True)
    (TILES / "file.tgc").write_bytes(blob)
    writing.save(codec.decompress(blob), TILES / "file.png")
    source = mosaic.Source(io.BytesIO(blob))
    symbols = mosaic.Mosaic(codec.bundle, source, 1.0).symbols(tiles.Box(0, 0, 38, 44))
    arrays = {"z": np.int32, "indexes": np.uint8, "r": np.int32}
    hashes = {
        name: hashlib.sha256(getattr(symbols, name).astype(kind).tobytes()).hexdigest()
        for name, kind in arrays.items()
    }
    (TILES / "hashes.json").write_text(json.dumps(hashes, indent=2) + "\n")


def make_models() -> None:
    """Files of a piece of a photograph, by all shipped models that have none yet."""
    MODELS.mkdir(exist_ok=True)
    with Image.open(SAMPLE) as sample:
        picture = sample.crop((300, 180, 460, 292))
    for place in shipped():
        codec = load(place)
        target = MODELS / f"{place.stem}-{codec.bundle.model_id.hex()}.tgc"
        if not target.exists():
            target.write_bytes(codec.compress(picture, quality=60))
            # The faithful decoder's: the realistic one may become better for the same files.
            faithful = codec.decompress(target.read_bytes(), realism=0)
            writing.save(faithful, target.with_suffix(".png"))


def main() -> None:
    others = {
        "layers": make_layers,
        "context": make_context,
        "tiles": make_tiles,
        "models": make_models,
    }
    if sys.argv[1:]:
        others[sys.argv[1]]()
        return
    FOLDER.mkdir(exist_ok=True)
    codec = load(DATA / "tiny")
    table = FOLDER / "golden.json"
    cases = json.loads(table.read_text()) if table.exists() else []
    made = {case["name"] for case in cases}  # these never change
    cases += [make(codec, n, *case) for n, case in pictures().items() if n not in made]
    table.write_text(json.dumps(cases, indent=2) + "\n")


if __name__ == "__main__":
    main()
