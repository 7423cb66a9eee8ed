"""Models of one rate beside codecs at their bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sample_pictures
from PIL import Image

from apps import systems as app
from tfgan_codec.evaluation import classical, schema, systems
from tfgan_codec.evaluation.neural import NeuralCodec


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed in (1, 2):
        sample_pictures.image(200, 180, seed=seed).save(folder / f"{seed}.png")
    return folder


def test_files_of_as_many_bytes(tiny_dir: Path, pictures: Path) -> None:
    model, jpeg = NeuralCodec(str(tiny_dir), settings=("q0",)), classical.create("jpeg")
    beside = systems.AsLarge(jpeg, [model])
    assert beside.settings == ("as:tiny",)
    picture = np.asarray(Image.open(pictures / "1.png").convert("RGB"))
    size = len(model.encode(picture, "q0"))
    sizes = [len(jpeg.encode(picture, str(quality))) for quality in jpeg.ladder]
    found = len(beside.encode(picture, "as:tiny"))
    nearest = min(sizes, key=lambda each: abs(np.log(each / size)))
    assert abs(np.log(found / size)) == abs(np.log(nearest / size))
    assert np.array_equal(
        beside.decode(beside.encode(picture, "as:tiny")), jpeg.decode(jpeg.match(picture, size))
    )


def test_the_command(
    tiny_dir: Path, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    places = [f"--data={pictures}", f"--out={out}", f"--models={tiny_dir}"]
    assert app.main(["systems", *places, "--codecs=jpeg", "--metrics=psnr"]) == 0
    results = schema.load(out / "results.json")
    rows = {(row["codec"], row["setting"]) for row in results.sets}
    assert rows == {("tiny", "q0"), ("jpeg", "as:tiny")}
    assert "as:tiny" in capsys.readouterr().out
    text = (out / "README.md").read_text()
    assert "## tiny" in text
    assert "| jpeg | as:tiny |" in text
    with Image.open(out / "tiny.png") as sheet:  # two pictures; the original and two codecs
        assert sheet.width > 3 * 168
    assert app.main(["systems", *places[:2], "--codecs=jpeg"]) == 2
    assert "--models" in capsys.readouterr().err
