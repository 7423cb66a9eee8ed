"""Builds the sites that the tests in browsers open.

    python tests/web/make_sites.py FOLDER

They are for the tiny model of the golden files, the one with a context model, the one in layers,
and the shipped one, of whose demo file the pixels are written too, as Python decodes it. FOLDER/
pictures has files of the shipped model of all kinds, and some that are none.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from export.web import site
from tfgan_codec import codec
from tfgan_codec.bundle.layered import write_layered_bundle
from tfgan_codec.format.profiles import KNOWN

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
    # With the decoders that the site has: those of the shipped bundle may be in floats.
    same = codec.load(folder / SHIPPED / "tgc" / "model")
    for realism in (0, 1):
        picture = same.decompress(compressed, realism)
        picture.save(folder / f"photograph-{realism}.png")
    make_pictures(folder / "pictures")


def make_pictures(folder: Path) -> None:
    """Writes what the test page with twelve pictures shows."""
    photograph = Image.open(site.PHOTOGRAPH).reduce(2)
    width, height = photograph.size
    fading = photograph.copy()
    fading.putalpha(Image.linear_gradient("L").resize(photograph.size))
    profiled = photograph.copy()
    profiled.info["icc_profile"] = KNOWN[1].icc()
    pictures = {
        "photograph": (photograph, 0.2),
        "small": (photograph, 0.05),
        "grey": (photograph.convert("L"), 0.1),
        "transparent": (fading, 0.2),
        "profile": (profiled, 0.2),
        "narrow": (photograph.crop((0, 100, width, 140)), 0.3),
        "left": (photograph.crop((0, 0, width // 2, height)), 0.1),
        "right": (photograph.crop((width // 2, 0, width, height)), 0.1),
    }
    folder.mkdir(exist_ok=True)
    files = {
        name: codec.compress(picture, bpp=bpp, model=SHIPPED)
        for name, (picture, bpp) in pictures.items()
    }
    files["cut"] = files["photograph"][:2000]
    files["wrong"] = b"<html>not a picture</html>"
    files["foreign"] = (DATA / "golden" / "low.tgc").read_bytes()
    for name, data in files.items():
        (folder / f"{name}.tgc").write_bytes(data)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
