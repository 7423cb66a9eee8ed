"""Makes the conformance suite from the golden files and vectors of the tests.

    python conformance/make.py [OUT]       # conformance/suite by default; a folder is replaced

README.md beside this says what is in it. What a decoder must find is computed with this package;
`tests/conformance` compares it with `suite.json` here, which stays as it is.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import malformed

from tfgan_codec.bundle import normative
from tfgan_codec.bundle.arrays import load_arrays
from tfgan_codec.bundle.layered import write_layered_bundle
from tfgan_codec.codec import load
from tfgan_codec.conformance import suite, symbols
from tfgan_codec.format import container

DATA = HERE.parent / "tests" / "data"
MOBILE = HERE.parent / "tfgan_codec" / "bundles" / "mobile"
# How far pixels may be from those of this package's float decoders, in levels of 255: the largest
# difference, and the root mean square. docs/conformance.md says what was measured.
BOUNDS = {
    "tiny": {"float": (1, 0.1)},
    "mobile": {"float": (1, 0.1), "float16": (3, 0.3), "int8": (24, 2.5)},
}


class Golden(NamedTuple):
    """Is a good file, and the picture that it decodes to."""

    name: str
    version: str
    model: str
    blob: bytes
    picture: Path


def golden() -> list[Golden]:
    """Returns all of them, in the order of the suite."""
    found = []
    for case in json.loads((DATA / "golden/golden.json").read_text()):
        name, place = case["name"], DATA / "golden"
        found.append(_golden(f"plain-{name}", "plain", "tiny", place / f"{name}.tgc"))
    found.append(_golden("layers", "layers", "layered", DATA / "layers/file.tgc", "scale1.png"))
    found.append(_golden("context", "context", "context", DATA / "context/file.tgc"))
    for each in found[-2:]:  # whose models have one quality: the byte is not looked at
        file = container.parse(each.blob).file
        other = container.pack(file._replace(quality=200))
        found.append(each._replace(name=f"{each.name}-quality", blob=other))
    found.append(_golden("tiles", "tiles", "tiny", DATA / "tiles/file.tgc"))
    found.append(_golden("mobile", "plain", "mobile", HERE / "mobile/photo.tgc"))
    return found


def _golden(name: str, version: str, model: str, file: Path, picture: str = "") -> Golden:
    beside = file.parent / picture if picture else file.with_suffix(".png")
    return Golden(name, version, model, file.read_bytes(), beside)


def make(out: Path) -> None:
    """Writes the suite into a folder, which is made anew."""
    shutil.rmtree(out, ignore_errors=True)
    for name in ("files", "pictures", "models"):
        (out / name).mkdir(parents=True)
    make_models(out / "models")
    shutil.copytree(DATA / "vectors", out / "vectors")
    shutil.copy(HERE / "README.md", out)
    cases = []
    for each in golden():
        (out / "files" / f"{each.name}.tgc").write_bytes(each.blob)
        shutil.copy(each.picture, out / "pictures" / f"{each.name}.png")
        cases.append(expected(each, out / "models" / each.model))
    for bad in malformed.files(DATA):
        (out / "files" / f"{bad.name}.tgc").write_bytes(bad.blob)
        fields = bad._asdict()
        del fields["blob"]
        cases.append(fields)
    models = sorted(path.name for path in (out / "models").iterdir())
    fields = {"format": suite.FORMAT, "models": models, "cases": cases}
    (out / suite.MANIFEST).write_text(json.dumps(fields, indent=1) + "\n")


def expected(each: Golden, model: Path) -> dict[str, Any]:
    """Returns what a decoder must find in a golden file, as the manifest has it."""
    place = MOBILE if each.model == "mobile" else model
    return {
        "name": each.name,
        "version": each.version,
        "model": each.model,
        "symbols": symbols.hashes(load(place).bundle, each.blob),
        "pixels": BOUNDS["mobile" if each.model == "mobile" else "tiny"],
    }


def make_models(out: Path) -> None:
    """Writes the models, each as a bundle and as the bytes that its normative hash is taken of.

    Of mobile, whose networks take 15 MB and are part of every installation, only the latter.
    """
    shutil.copytree(DATA / "tiny", out / "tiny")
    write_layered_bundle(out / "layered", name="layered", layers=[DATA / "tiny"] * 3, info={})
    shutil.unpack_archive(DATA / "context/bundle.zip", out / "context")
    (out / "mobile").mkdir()
    bundles = {"tiny": DATA / "tiny", "context": out / "context", "mobile": MOBILE}
    for name, folder in bundles.items():
        (out / name / "normative-1.bin").write_bytes(normative_bytes(folder))
    for number in (1, 2, 3):
        (out / "layered" / f"normative-{number}.bin").write_bytes(normative_bytes(DATA / "tiny"))


def normative_bytes(folder: Path) -> bytes:
    """Returns the bytes that the normative hash of a bundle is taken of."""
    files = {"normative.npz": (folder / "normative.npz").read_bytes()}
    return normative.normative_bytes(load_arrays(files, "normative.npz"))


def main() -> None:
    out = Path(sys.argv[1]) if sys.argv[1:] else HERE / "suite"
    make(out)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"{out}: {size} bytes")


if __name__ == "__main__":
    main()
