"""Tests of large pictures on the command line: regions, strips, pipes, and what Ctrl-C leaves."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sample_pictures
from PIL import Image

import tfgan_codec as tgc
from apps import compress, decompress
from tfgan_codec import description
from tfgan_codec.coding import mosaic
from tfgan_codec.format import header

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tiny_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture, and its file in tiles."""
    place = tmp_path_factory.mktemp("regions")
    sample_pictures.image(1100, 1300, seed=8).save(place / "a.png")
    assert run(compress, f"{place}/a.png", f"{place}/a.tgc", f"--model={tiny_dir}", "--tiles") == 0
    assert (place / "a.tgc").read_bytes()[3] >> 4 == header.TILED
    return place


def run(program: object, *arguments: str) -> int:
    status: int = program.main(["program", *arguments])  # type: ignore[attr-defined]
    return status


@pytest.fixture(scope="module")
def whole(folder: Path, tiny: tgc.Codec) -> np.ndarray:
    return np.asarray(tiny.decompress(folder / "a.tgc"))


@pytest.mark.parametrize("name", ["a.out.png", "a.out.tif", "a.out.ppm", "a.out.bmp"])
def test_whole_pictures(folder: Path, tiny_dir: Path, whole: np.ndarray, name: str) -> None:
    assert run(decompress, f"{folder}/a.tgc", f"{folder}/{name}", f"--model={tiny_dir}") == 0
    with Image.open(folder / name) as image:
        assert np.array_equal(np.asarray(image), whole)


def test_a_region(folder: Path, tiny_dir: Path, whole: np.ndarray) -> None:
    asked = f"{folder}/a.tgc", f"{folder}/part.png", f"--model={tiny_dir}"
    assert run(decompress, *asked, "--region=900,1000,150,60") == 0
    with Image.open(folder / "part.png") as image:
        assert np.array_equal(np.asarray(image), whole[1000:1060, 900:1050])


@pytest.mark.parametrize("region", ["1,2,3", "a,b,c,d", "0,0,0,5", "1000,0,200,5", "-1,0,5,5"])
def test_regions_that_are_none(
    folder: Path, tiny_dir: Path, region: str, capsys: pytest.CaptureFixture[str]
) -> None:
    target = folder / "none.png"
    asked = f"{folder}/a.tgc", str(target), f"--model={tiny_dir}", f"--region={region}"
    assert run(decompress, *asked) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not target.exists()


def test_info_tells_the_tiles(folder: Path) -> None:
    facts = description.of_file((folder / "a.tgc").read_bytes())
    assert (facts["tile_pixels"], len(facts["stream_bytes"])) == (1024, 4)
    assert facts["bytes"] == facts["header_bytes"] + sum(facts["stream_bytes"])
    assert "layers" not in facts


def test_pillow_opens_files_in_tiles(folder: Path, tiny_dir: Path, whole: np.ndarray) -> None:
    import tfgan_codec.pillow  # noqa: F401 (registers the format)

    with Image.open(folder / "a.tgc") as image:
        assert (image.size, image.mode) == ((1100, 1300), "RGB")
        image.model = tiny_dir
        assert np.array_equal(np.asarray(image), whole)


def test_in_a_pipe(folder: Path, tiny_dir: Path, whole: np.ndarray) -> None:
    command = [sys.executable, "-m", "apps.decompress", "-", "-", f"--model={tiny_dir}"]
    data = (folder / "a.tgc").read_bytes()
    done = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True, cwd=ROOT)
    with Image.open(io.BytesIO(done.stdout)) as image:
        assert np.array_equal(np.asarray(image), whole)


@pytest.mark.parametrize("end", [KeyboardInterrupt, OSError])
def test_what_ends_early_leaves_nothing(
    folder: Path, tiny_dir: Path, monkeypatch: pytest.MonkeyPatch, end: type[BaseException]
) -> None:
    """The first strip is written, and at the second comes Ctrl-C, or the disk is full."""
    target = folder / "early" / "a.png"
    target.parent.mkdir()
    pixels = mosaic.Mosaic.pixels

    def interrupted(self: mosaic.Mosaic, box: mosaic.Box) -> object:
        if box.top:
            raise end(28, "No space left on device")
        return pixels(self, box)

    monkeypatch.setattr(mosaic.Mosaic, "pixels", interrupted)
    status = run(decompress, f"{folder}/a.tgc", str(target), f"--model={tiny_dir}")
    assert status == (130 if end is KeyboardInterrupt else 1)
    assert not list(target.parent.iterdir())
    target.parent.rmdir()


def test_a_damaged_tile_leaves_nothing(folder: Path, tiny_dir: Path) -> None:
    damaged = folder / "damaged"
    damaged.mkdir()
    data = bytearray((folder / "a.tgc").read_bytes())
    data[-9] ^= 1
    (damaged / "a.tgc").write_bytes(data)
    assert run(decompress, f"{damaged}/a.tgc", f"{damaged}/a.png", f"--model={tiny_dir}") == 1
    assert [path.name for path in damaged.iterdir()] == ["a.tgc"]
