"""Compares the browser's codec with this one, both on networks that any program can compute.

So whole files have to be the same byte for byte, and pictures level for level. What the networks
compute stands in `export/web/tests/codec/fake-runtime.js` as well.
"""

from __future__ import annotations

import base64
import functools
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Callable, NamedTuple

import numpy as np
import pytest
import sample_pictures
from PIL import Image

from tfgan_codec import tiling
from tfgan_codec.bundle.layered import write_layered_bundle
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.codec import Codec, load
from tfgan_codec.format import container

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"


class Fake(NamedTuple):
    """What a fake network does: each output is one input, scaled and shifted."""

    cell: int
    out: int
    channels: int
    scale: float
    shift: float
    step: float

    def __call__(self, x: np.ndarray) -> np.ndarray:
        height, width = (side // self.cell * self.out for side in x.shape[:2])
        rows, columns = (np.arange(n) * self.cell // self.out for n in (height, width))
        channels = np.arange(self.channels)
        picked = x.astype(np.float32)[rows][:, columns][..., channels % x.shape[2]]
        shift = np.asarray(self.shift + channels % 5 * self.step, np.float32)
        return picked * np.float32(self.scale) + shift


FAKES = {
    "analysis": Fake(16, 1, 12, 1 / 8, -8, 1 / 2),
    "hyper_analysis": Fake(4, 1, 4, 1 / 4, 0, 1 / 4),
    "mean": Fake(1, 4, 12, 1 / 8, 0, 1 / 8),
    "synthesis": Fake(1, 16, 3, 4, 96, 8),
}


def fake_network(self: Bundle, kind: str, realism: float = 0.0) -> Callable[..., Any]:
    fake = FAKES[kind]
    geometry = tiling.Geometry(fake.cell, fake.out, self.part(kind, realism).halo)
    return functools.partial(tiling.run, fake, geometry)


class Job(NamedTuple):
    model: str
    picture: Image.Image
    options: dict[str, Any]  # of encode, by the names of both languages
    scale: int = 1


JOBS = [
    *(Job("tiny", sample_pictures.image(200, 136, seed=2), {"quality": q}) for q in (0, 87, 255)),
    *(Job("tiny", sample_pictures.image(*size), {"bpp": 2.0}) for size in [(500, 300), (64, 700)]),
    Job("tiny", sample_pictures.image(150, 90, seed=4), {}),
    Job("tiny", sample_pictures.image(1, 1, seed=1), {"quality": 128}),
    Job("tiny", sample_pictures.image(70, 50, "L", seed=3), {"quality": 200}),
    Job("tiny", sample_pictures.image(90, 70, "RGBA", seed=3), {"quality": 200}),
    Job("tiny", sample_pictures.image(33, 31, "LA", seed=3), {"quality": 90}),
    Job("context", sample_pictures.image(37, 150, seed=8), {}),
    Job("context", sample_pictures.image(100, 65, "L", seed=8), {}),
    *(Job("layered", sample_pictures.image(150, 100, seed=7), {}, scale) for scale in (1, 2, 4)),
    Job("layered", sample_pictures.image(97, 33, "RGBA", seed=7), {}, 2),
]


@pytest.fixture(scope="module")
def codecs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Codec]:
    folder = tmp_path_factory.mktemp("layered") / "bundle"
    write_layered_bundle(folder, name="layered", layers=[DATA / "tiny"] * 3, info={})
    places = {"tiny": DATA / "tiny", "context": DATA / "context/bundle.zip", "layered": folder}
    return {name: load(place) for name, place in places.items()}


def rgba(image: Image.Image) -> bytes:
    return image.convert("RGBA").tobytes()


def test_same_files_and_pixels_as_the_browser_codec(
    codecs: dict[str, Codec], monkeypatch: pytest.MonkeyPatch
) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not there")
    monkeypatch.setattr(Bundle, "network", fake_network)
    jobs: list[dict[str, Any]] = []
    blobs, pictures = [], []
    for model, picture, options, scale in JOBS:
        blob = codecs[model].compress(picture, metadata=False, **options)
        blobs.append(blob)
        pictures.append(codecs[model].decompress(blob, scale=scale))
        fields = {
            "width": picture.width,
            "height": picture.height,
            "rgba": base64.b64encode(rgba(picture)).decode(),
            "grey": picture.mode[0] == "L",
        }
        file = base64.b64encode(blob).decode()
        job = {"model": model, "picture": fields, "options": options, "file": file}
        jobs.append({**job, "scale": scale})
    script = ROOT / "export/web/tests/codec/code-pictures.js"
    done = subprocess.run(
        [node, str(script)], input=json.dumps(jobs), capture_output=True, check=True, text=True
    )
    for asked, blob, picture, found in zip(JOBS, blobs, pictures, json.loads(done.stdout)):
        made = base64.b64decode(found["file"])
        if asked.picture.mode.endswith("A"):  # other programs pack a PNG's rows otherwise
            ours, theirs = (container.parse(each).file for each in (blob, made))
            assert theirs._replace(alpha=None) == ours._replace(alpha=None), asked
            made_pixels = codecs[asked.model].decompress(made, scale=asked.scale)
            assert rgba(made_pixels) == rgba(picture), asked
        else:
            assert made == blob, asked
        assert tuple(found["size"]) == picture.size
        assert base64.b64decode(found["rgba"]) == rgba(picture), asked
