"""The studies' measurements, on codecs that were not trained."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from apps import study as study_app
from apps import train as train_app
from tfgan_codec import losses, models
from tfgan_codec import techniques as training_techniques
from tfgan_codec.deploy import bundling
from tfgan_codec.evaluation import schema
from tfgan_codec.specs.grammar import parse
from tfgan_codec.studies import report, study, techniques
from tfgan_codec.studies.experiments import EXPERIMENTS
from tfgan_codec.training import run
from tfgan_codec.training.config import RunConfig
from tfgan_codec.training.ramps import Ramps


def pretend(name: str, tmp_path: Path, only: list[str], seeds: int = 1) -> tuple[study.Study, str]:
    """Runs an experiment on codecs that are there already; its settings and its README.md."""
    random = np.random.default_rng(0)
    (tmp_path / "test").mkdir()
    for number in range(2):
        coarse = Image.fromarray(random.integers(0, 256, (12, 16, 3), dtype=np.uint8))
        coarse.resize((224, 176), Image.Resampling.BICUBIC).save(tmp_path / f"test/{number}.png")
    experiment, runs, out = EXPERIMENTS[name], tmp_path / "runs", tmp_path / "results"
    places = "", str(tmp_path / "test"), runs, out
    commands = [lambda arguments: pytest.fail(f"not there already: {arguments}")] * 2
    asked = study.Study(*places, *commands, seeds, None, "the command", only=only)
    for each in asked.trainings(study.chosen(asked, experiment.systems)):
        codec, arguments = parse(flag(each.system, "--model"))
        smaller = {"width": 0.03, "kernel": 3} if name == "adversarial" else {"width": 0.05}
        tf.keras.utils.set_random_seed(each.seed)
        model = models.build(codec, **{**arguments, **smaller})
        model.build_weights()
        model.prepare_for_coding()
        bundling.write(model, str(asked.bundle(each)), each.name, {"steps": 7})
        (runs / each.name).mkdir()
        figures = {"step": 25, "loss": 1.0}
        if any("--discriminator" in text for text in each.system.flags):
            figures.update(d_loss=1.75, d_real=0.5, d_fake=-0.25)
        (runs / each.name / "figures.jsonl").write_text(json.dumps(figures) + "\n")
    report.run(asked, experiment, metrics=("psnr", "ms_ssim"))
    assert Image.open(out / "pictures.png").width > 300
    assert Image.open(out / "curves.png").width > 300
    return asked, (out / "README.md").read_text()


def flag(system: study.System, name: str) -> str:
    """Returns the value of a flag of a system's training."""
    (value,) = (text.partition("=")[2] for text in system.flags if text.startswith(f"{name}="))
    return value


def row(text: str, start: str) -> list[str]:
    """Returns the cells of the first line of a table that starts so."""
    line = next(line for line in text.splitlines() if line.startswith(start))
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.slow
def test_the_papers_experiment(tmp_path: Path):
    asked, text = pretend("mobilevit_gan", tmp_path, ["mobilevit", "ls_gan"], seeds=2)
    results = schema.load(asked.out / "results.json")
    sets = {row["codec"]: row for row in results.sets}
    names = {"none", "mobilevit", "ls_gan"}
    assert set(sets) == names | {f"{name}-seed1" for name in names}
    assert row(text, "| MobileViT-GAN | 2 |")[:3] == ["MobileViT-GAN", "2", "7"]
    assert "| 0.0889 | 0.9012 | 53.14 |" in text  # the paper's
    assert "| 1.750 | 1.750 | 0.500 | -0.250 | yes |" in text
    mean = np.mean([sets[name]["psnr"] for name in ("mobilevit", "mobilevit-seed1")])
    base = np.mean([sets[name]["psnr"] for name in ("none", "none-seed1")])
    (difference,) = re.findall(r"\| MobileViT-GAN \| [+-][\d.]+ % \| \**([+-][\d.]+) ±", text)
    assert float(difference) == pytest.approx(mean - base, abs=0.006)
    assert "| It serves better than LS-GAN's. | MS-SSIM |" in text
    assert "Hinge GAN-GP's" not in text  # which was not trained
    # Nothing was learned: tables are the normal ones, so both rates agree but for the header.
    bpp, normal = map(float, row(text, "| LS-GAN | 0.")[1:3])
    assert 0 < bpp - normal < 8 * 24 / (224 * 176)


@pytest.mark.slow
def test_the_ablations_of_the_adversarial_codec(tmp_path: Path):
    asked, text = pretend("adversarial", tmp_path, ["post_processing", "discriminator"])
    rows = {row["codec"]: row for row in schema.load(asked.out / "results.json").sets}
    assert set(rows) == {"none", "post_processing", "discriminator"}
    fewer = rows["none"]["params"]
    # Between 3, 4 and 3 channels, 4 being the smallest width; untrained, biases are all the same.
    weights, biases = (27 + 40 * 36) * 4 + 36 * 3, 41 * 4 + 3
    assert weights <= rows["post_processing"]["params"] - fewer <= weights + biases
    assert "| with discriminator | 0.149 | 29.118 | 0.9725 | 214865170 | 11988 |" in text


@pytest.mark.slow
def test_the_ablations_of_msae(tmp_path: Path):
    asked, text = pretend("msae", tmp_path, ["gan", "one_scale"])
    rows = {row["codec"]: row for row in schema.load(asked.out / "results.json").sets}
    assert set(rows) == {"none", "gan", "one_scale"}
    assert rows["none"]["params"] > 2.5 * rows["one_scale"]["params"]
    bpp = float(row(text, "| no discriminator | 1 |")[3])
    # Three layers and headers, of 18 to 24 bytes.
    layers = [float(cell) for cell in row(text, "| no discriminator | 0.0")[1:]]
    assert sum(layers) == pytest.approx(bpp, abs=3e-4)
    assert 0 < layers[0] < layers[1] < layers[2]
    assert 8 * 18 / (224 * 176) - 1e-4 < layers[3] < 8 * 24 / (224 * 176) + 1e-4
    assert row(text, "| one scale, no discriminator | 0.0000")[1:3] == ["0.0000", "0.0000"]
    assert "| Three scales are better than one. |" in text
    assert "cannot be decided here |" in text  # with one seed each


def test_what_a_technique_changes_is_told_by_its_flags():
    systems = {system.name: system for system in techniques.EXPERIMENT.systems}
    change = {name: techniques._change(system) for name, system in systems.items()}
    assert change["baseline"] == "-"
    assert change["warm_up"] == "`--adversarial_weight=0@0.3,0.1@0.6`"
    assert change["feature_matching"] == "`--feature_matching=10`"
    assert change["no_gan"].endswith(
        "`no --discriminator` `no --adversarial` `no --adversarial_weight` `no --d_learning_rate`"
    )


def test_all_systems_have_flags_that_make_a_run(monkeypatch: pytest.MonkeyPatch, capsys):
    asked: list[RunConfig] = []
    monkeypatch.setattr(run, "train", asked.append)
    for experiment in EXPERIMENTS.values():
        assert len({system.name for system in experiment.systems}) == len(experiment.systems)
        for system in experiment.systems:
            command = ["train", *system.flags, "--data=photos", "--out=run"]
            assert train_app.main(command) == 0, capsys.readouterr().err
            config = asked[-1]
            ramps = Ramps()
            own = [text for text in config.loss if not text.startswith(("lpips", "wasserstein"))]
            losses.build(ramps.specs(own))  # the others need weights
            training_techniques.build(ramps.specs(config.technique))
            assert bool(config.discriminator) == any(phase.gan for phase in config.phase)
    for name, arguments in map(parse, {config.model for config in asked}):
        models.build(name, **arguments)


def test_a_wrong_name_gets_a_suggestion(tmp_path: Path, capsys):
    places = [f"--{name}={tmp_path}" for name in ("data", "test", "runs")]
    assert study_app.main(["study", "technique", *places]) == 1
    assert "did you mean techniques" in capsys.readouterr().err
    assert study_app.main(["study", "techniques", "--only=warmup", *places]) == 1
    assert "did you mean warm_up" in capsys.readouterr().err


def test_bases_are_trained_once_and_others_with_every_seed():
    base = study.System("base", "Base")
    other = study.System("other", "Other", begins=base)
    asked = study.Study((), "", Path(), Path(), None, None, 2, None, "")
    names = [each.name for each in asked.trainings([other, base])]
    assert names == ["other", "other-seed1", "base"]


def test_a_system_is_trained_and_exported_by_the_commands_that_were_handed_in(tmp_path: Path):
    """The one that it begins with first; nothing is exported where training failed."""
    first = study.System("first", "First", ("--clip=3",))
    second = study.System("second", "Second", ("--clip=2",), begins=first)
    said: list[list[str]] = []

    def train(arguments):
        said.append(arguments)
        return "--seed=1" in arguments

    def export(arguments):
        said.append(arguments)
        return 0

    places = ("a", "b"), "test", tmp_path, tmp_path
    asked = study.Study(*places, train, export, 2, None, "", also=["--jit"])
    with pytest.raises(tgc.UsageError, match="second-seed1 could not be trained"):
        study.train(asked, study.Run(second, 1))
    data = ["--data=a", "--data=b"]
    runs = tmp_path / "first", tmp_path / "second-seed1"
    begin = f"--init_from={runs[0]}"
    assert said == [
        ["--clip=3", *data, f"--out={runs[0]}", "--seed=0", "--jit"],
        [f"--model={runs[0]}", f"--out={runs[0]}.bundle", "--name=first"],
        ["--clip=2", *data, f"--out={runs[1]}", begin, "--seed=1", "--jit"],
    ]
    assert asked.seconds(study.Run(first, 0)) == 0.0  # nothing ran


def test_a_base_that_is_there_as_a_start_file_is_not_trained(tmp_path: Path):
    base = study.System("base", "Base")
    variant = study.System("variant", "Variant", begins=base)
    said: list[list[str]] = []
    commands = [lambda arguments: said.append(arguments)] * 2
    asked = study.Study(("a",), "test", tmp_path, tmp_path, *commands, 1, None, "")
    (tmp_path / "base.npz").touch()
    study.train(asked, study.Run(variant, 0))
    begin = f"--init_from={tmp_path / 'base.npz'}"
    assert said[0] == ["--data=a", f"--out={tmp_path / 'variant'}", begin, "--seed=0"]
