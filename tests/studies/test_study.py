"""The studies' measurements, on codecs that were not trained."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from apps import study as study_app
from apps import train as train_app
from tfgan_codec import losses, models, techniques
from tfgan_codec.deploy import bundling
from tfgan_codec.evaluation import schema
from tfgan_codec.specs.grammar import parse
from tfgan_codec.studies import study
from tfgan_codec.studies.experiments import EXPERIMENTS
from tfgan_codec.training import run
from tfgan_codec.training.config import RunConfig
from tfgan_codec.training.ramps import Ramps

RECIPES = Path(study_app.__file__).parent / "flags"


def pretend(name: str, tmp_path: Path, only: list[str]) -> tuple[study.Study, str]:
    """Runs an experiment on codecs that are there already; its settings and its README.md."""
    random = np.random.default_rng(0)
    (tmp_path / "test").mkdir()
    for number in range(2):
        coarse = Image.fromarray(random.integers(0, 256, (12, 16, 3), dtype=np.uint8))
        coarse.resize((224, 176), Image.Resampling.BICUBIC).save(tmp_path / f"test/{number}.png")
    experiment, runs = EXPERIMENTS[name], tmp_path / "runs"
    for system in experiment.systems:
        if only and system.name not in (*only, experiment.systems[0].name):
            continue
        codec = "mobilevit_gan" if name == "techniques" else system.name.partition("-")[0]
        arguments = {"width": 0.03, "blocks": 1, "kernel": 3} if codec == "adversarial" else {}
        if system.name.endswith("no_post_processing"):
            arguments["post_processing"] = 0
        if system.name == "msae-one_scale":
            arguments["scales"] = 1
        model = models.build(codec, **{"width": 0.05, **arguments})
        model.build_weights()
        model.prepare_for_coding()
        bundling.write(model, str(runs / f"{system.name}.bundle"), system.name, {"steps": 7})
        (runs / system.name).mkdir()
        figures = {"step": 25, "loss": 1.0}
        if "no_" not in system.name:
            figures.update(d_loss=1.75, d_real=0.5, d_fake=-0.25)
        (runs / system.name / "figures.jsonl").write_text(json.dumps(figures) + "\n")
    out = tmp_path / "results"
    places = "", str(tmp_path / "test"), runs, out, RECIPES
    commands = [lambda arguments: pytest.fail(f"not there already: {arguments}")] * 2
    asked = study.Study(*places, *commands, None, None, "the command", only=only)
    study.run(asked, experiment, metrics=("psnr", "ms_ssim"))
    assert Image.open(out / "pictures.png").width > 300
    return asked, (out / "README.md").read_text()


@pytest.mark.slow
def test_the_papers_experiment(tmp_path: Path):
    asked, text = pretend("mobilevit_gan", tmp_path, [])
    results = schema.load(asked.out / "results.json")
    systems = EXPERIMENTS["mobilevit_gan"].systems
    assert {row["codec"] for row in results.sets} == {system.name for system in systems}
    assert "| MobileViT-GAN | 7 |" in text
    assert "| 0.0889 | 0.9012 | 53.14 |" in text  # the paper's
    assert "| 1.750 | 1.750 | 0.500 | -0.250 | yes |" in text
    # Nothing was measured: tables are the normal ones, so both rates agree but for the header.
    for line in text.splitlines():
        if line.startswith("| LS-GAN | 7 |"):
            bpp, normal = (float(cell) for cell in line.split("|")[3:5])
            assert 0 < bpp - normal < 8 * 24 / (224 * 176)


@pytest.mark.slow
def test_the_ablations_of_the_adversarial_codec(tmp_path: Path):
    asked, text = pretend("adversarial", tmp_path, ["adversarial-no_post_processing"])
    rows = {row["codec"]: row for row in schema.load(asked.out / "results.json").sets}
    assert set(rows) == {"adversarial", "adversarial-no_post_processing"}
    fewer = rows["adversarial-no_post_processing"]["params"]
    # Between 3, 4 and 3 channels, 4 being the smallest width; untrained, biases are all the same.
    weights, biases = (27 + 40 * 36) * 4 + 36 * 3, 41 * 4 + 3
    assert weights <= rows["adversarial"]["params"] - fewer <= weights + biases
    assert "| without post-processing | 0.149 | 29.118 | 0.9725 | 214865170 | 11988 |" in text


@pytest.mark.slow
def test_the_ablations_of_msae(tmp_path: Path):
    asked, text = pretend("msae", tmp_path, [])
    rows = {row["codec"]: row for row in schema.load(asked.out / "results.json").sets}
    assert set(rows) == {"msae", "msae-no_gan", "msae-one_scale"}
    assert rows["msae"]["params"] > 2.5 * rows["msae-one_scale"]["params"]
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if line.startswith("| MSAE |") and cells[-2] == "0.7943":
            bpp = float(cells[3])
        elif line.startswith("| MSAE |") and len(cells) == 7:  # the layers, and 18 to 24 bytes
            layers = [float(cell) for cell in cells[2:-1]]
            assert sum(layers) == pytest.approx(bpp, abs=3e-4)
            assert 0 < layers[0] < layers[1] < layers[2]
            assert 8 * 18 / (224 * 176) - 1e-4 < layers[3] < 8 * 24 / (224 * 176) + 1e-4
        elif line.startswith("| one scale |") and len(cells) == 7:
            assert cells[2:4] == ["0.0000", "0.0000"]


@pytest.mark.slow
def test_techniques_are_compared_with_the_baseline(tmp_path: Path):
    asked, text = pretend("techniques", tmp_path, ["no_gan", "warm_up"])
    rows = {row["codec"]: row for row in schema.load(asked.out / "results.json").sets}
    assert set(rows) == {"baseline", "no_gan", "warm_up"}
    difference = rows["warm_up"]["psnr"] - rows["baseline"]["psnr"]
    share = 100 * (rows["warm_up"]["bpp"] / rows["baseline"]["bpp"] - 1)
    assert f"| GAN warm-up | {share:+.1f} % | {difference:+.2f} |" in text
    assert "| GAN warm-up | `--adversarial_weight=0@0.35,1@0.7` |" in text
    assert "| no discriminator | `--phase=1.0:192:4:0:0` `no --discriminator` |" in text


def test_all_systems_have_flags_that_make_a_run(monkeypatch: pytest.MonkeyPatch, capsys):
    asked: list[RunConfig] = []
    monkeypatch.setattr(run, "train", asked.append)
    for experiment in EXPERIMENTS.values():
        assert len({system.name for system in experiment.systems}) == len(experiment.systems)
        for system in experiment.systems:
            recipe = [f"--flagfile={RECIPES / system.recipe}.flags"] if system.recipe else []
            command = ["train", *recipe, *system.flags, "--data=photos", "--out=run"]
            assert train_app.main(command) == 0, capsys.readouterr().err
            config = asked[-1]
            ramps = Ramps()
            losses.build(ramps.specs(text for text in config.loss if "lpips" not in text))
            techniques.build(ramps.specs(config.technique))
            assert bool(config.discriminator) == any(phase.gan for phase in config.phase)
    for name, arguments in map(parse, {config.model for config in asked}):
        models.build(name, **arguments)


def test_a_wrong_name_gets_a_suggestion(tmp_path: Path, capsys):
    places = [f"--{name}={tmp_path}" for name in ("data", "test", "runs")]
    assert study_app.main(["study", "technique", *places]) == 1
    assert "did you mean techniques" in capsys.readouterr().err
    assert study_app.main(["study", "techniques", "--only=warmup", *places]) == 1
    assert "did you mean warm_up" in capsys.readouterr().err


def test_a_system_is_trained_and_exported_by_the_commands_that_were_handed_in(tmp_path: Path):
    """The one that it begins with first; nothing is exported where training failed."""
    first = study.System("first", "First", recipe="small")
    second = study.System("second", "Second", ("--seed=1",), begins=first)
    said: list[list[str]] = []

    def train(arguments):
        said.append(arguments)
        return "--seed=1" in arguments

    def export(arguments):
        said.append(arguments)
        return 0

    places = "photos", "test", tmp_path, tmp_path, Path("recipes")
    asked = study.Study(*places, train, export, 2.0, None, "", also=["--jit"])
    with pytest.raises(tgc.UsageError, match="second could not be trained"):
        study._train(asked, second)
    more = ["--minutes=2.0", "--jit"]
    runs = tmp_path / "first", tmp_path / "second"
    assert said == [
        ["--flagfile=recipes/small.flags", "--data=photos", f"--out={runs[0]}", *more],
        [f"--model={runs[0]}", f"--out={runs[0]}.bundle", "--name=first"],
        ["--seed=1", "--data=photos", f"--out={runs[1]}", f"--init_from={runs[0]}", *more],
    ]
