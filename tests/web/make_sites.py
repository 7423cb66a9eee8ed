"""Builds the sites that the tests in browsers open.

    python tests/web/make_sites.py FOLDER

They are for the tiny model of the golden files, the one with a context model, the one in layers,
and the shipped one, of whose demo file the pixels are written too, as Python decodes it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from export.web import site
from tfgan_codec import codec
from tfgan_codec.bundle.layered import write_layered_bundle

DATA = Path(__file__).resolve().parents[1] / "data"
TINY = DATA / "tiny"
SHIPPED = "mobile"


def make(folder: Path) -> None:
    """Writes a site for each model into a folder of its name."""
    with tempfile.TemporaryDirectory() as temporary:
        layered = Path(temporary) / "layers"
        write_layered_bundle(layered, name="layers", layers=[TINY] * 3, info={})
        models = {"tiny": TINY, "context": DATA / "context" / "bundle.zip", "layers": layered}
        for name, model in {**models, SHIPPED: SHIPPED}.items():
            site.build(str(model), folder / name)
    compressed = (folder / SHIPPED / "demo" / "photograph.tgc").read_bytes()
    for realism in (0, 1):
        picture = codec.decompress(compressed, realism, SHIPPED)
        picture.save(folder / f"photograph-{realism}.png")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
