"""The study's measurements, on codecs that were not trained."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

tf = pytest.importorskip("tensorflow")

from export import bundle as export_bundle
from tfgan_codec import models
from tfgan_codec.evaluation import schema, study


@pytest.mark.slow
def test_the_study_writes_tables_and_pictures(tmp_path: Path):
    random = np.random.default_rng(0)
    (tmp_path / "test").mkdir()
    for number in range(2):
        coarse = Image.fromarray(random.integers(0, 256, (12, 16, 3), dtype=np.uint8))
        coarse.resize((224, 176), Image.Resampling.BICUBIC).save(tmp_path / f"test/{number}.png")
    runs = tmp_path / "runs"
    for system in study.SYSTEMS:
        model = models.build(system.name.partition("-")[0], width=0.05)
        model.build_weights()
        model.prepare_for_coding()
        export_bundle.write(model, str(runs / f"{system.name}.bundle"), system.name, {"steps": 7})
        (runs / system.name).mkdir()
        figures = {"step": 25, "loss": 1.0}
        if "no_discriminator" not in system.name:
            figures.update(d_loss=1.75, d_real=0.5, d_fake=-0.25)
        (runs / system.name / "figures.jsonl").write_text(json.dumps(figures) + "\n")
    out = tmp_path / "results"
    asked = study.Study("", str(tmp_path / "test"), runs, out, None, None, "the command")
    study.run(asked, metrics=("psnr", "ms_ssim"))
    results = schema.load(out / "results.json")
    assert {row["codec"] for row in results.sets} == {system.name for system in study.SYSTEMS}
    text = (out / "README.md").read_text()
    assert "| MobileViT-GAN | 7 |" in text
    assert "| 0.0889 | 0.9012 | 53.14 |" in text  # the paper's
    assert "| 1.750 | 1.750 | 0.500 | -0.250 | yes |" in text
    assert Image.open(out / "pictures.png").width > 300
    # Nothing was measured: tables are the normal ones, so both rates agree but for the header.
    for line in text.splitlines():
        if line.startswith("| LS-GAN | 7 |"):
            bpp, normal = (float(cell) for cell in line.split("|")[3:5])
            assert 0 < bpp - normal < 8 * 24 / (224 * 176)
