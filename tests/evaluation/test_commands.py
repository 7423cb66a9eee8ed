"""The programs apps.evaluate, apps.bench and apps.weights, called as from a shell."""

import json
import shutil
import sys

import pytest

from apps import bench, evaluate, weights
from tfgan_codec.evaluation import schema


def run(app, *arguments):
    return app.main([f"apps.{app.__name__}", *map(str, arguments)])


def test_evaluate(pictures_dir, tiny_dir, tmp_path, capsys):
    out = tmp_path / "tiny.json"
    flags = ("--metrics=psnr,ms_ssim", "--jobs=1", f"--out={out}", f"--files={tmp_path / 'files'}")
    status = run(evaluate, f"--data={pictures_dir}", f"--model={tiny_dir}", "--bpp=0.2,0.4", *flags)
    assert status == 0
    found = schema.load(out)
    assert [row["setting"] for row in found.sets] == ["0.2", "0.4"]
    assert all(row["bpp"] <= float(row["setting"]) for row in found.sets)
    assert found.sets[0]["params"] > 0
    assert found.sets[0]["kmac_per_pixel"] > 0
    assert found.about["command"].startswith("python -m apps.evaluate --data=")
    assert len(list((tmp_path / "files").rglob("*.tgc"))) == 6
    assert "tiny" in capsys.readouterr().out


def test_evaluate_by_quality_and_misuse(pictures_dir, tiny_dir, tmp_path, capsys):
    common = (f"--data={pictures_dir}", f"--model={tiny_dir}", "--metrics=psnr", "--jobs=1")
    assert run(evaluate, *common, "--quality=7", f"--out={tmp_path / 'q.json'}") == 0
    assert schema.load(tmp_path / "q.json").sets[0]["setting"] == "q7"
    assert run(evaluate, *common) == 2
    assert "--out=FILE.json is needed" in capsys.readouterr().err
    assert run(evaluate, "--data=/no/such/place", f"--out={tmp_path / 'x.json'}") == 1


def test_bench(pictures_dir, tiny_dir, tmp_path, capsys, monkeypatch):
    pytest.importorskip("matplotlib")
    pytest.importorskip("scipy")
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    out = tmp_path / "out"
    codecs = f"--codecs=jpeg=5/20,webp=0/20,jxl,{tiny_dir}=0.2/0.4"
    flags = ("--metrics=psnr,ms_ssim", "--jobs=1", "--anchor=webp", "--sheet_bpp=0.4")
    status = run(
        bench, f"--data={pictures_dir}", codecs, *flags, f"--out={out}", "--choice=webp,tiny"
    )
    printed = capsys.readouterr()
    assert status == 0
    assert "jxl is left out: it needs imagecodecs" in printed.err
    assert "BD-rate to webp" in printed.out
    names = {path.name for path in out.iterdir()}
    assert names == {
        *("README.md", "report.html", "sheet.png", "choice.html", "results.json", "files"),
        *("psnr.svg", "psnr.png", "ms_ssim.svg", "ms_ssim.png"),
    }
    found = schema.load(out / "results.json")
    assert any("jxl is left out" in problem for problem in found.problems)
    assert "jxl is left out" in (out / "README.md").read_text()

    again = tmp_path / "again"
    status = run(
        bench, f"--data={pictures_dir}", "--codecs=jpeg=10/30", f"--include={out / 'results.json'}",
        *flags[:2], "--sheet_bpp=0", f"--out={again}",
    )  # fmt: skip
    assert status == 0
    rows = [(row["codec"], row["setting"]) for row in schema.load(again / "results.json").sets]
    assert rows[:2] == [("jpeg", "10"), ("jpeg", "30")], "the new run's rows replace the old ones"
    assert rows[2:] == [("webp", "0"), ("webp", "20"), ("tiny", "0.2"), ("tiny", "0.4")]
    assert "| tiny |" in (again / "README.md").read_text()


def test_bench_of_two_bundles_of_one_name(pictures_dir, tiny_dir, tmp_path, capsys, monkeypatch):
    """Where they are tells them apart: here their decoders trade realisms."""
    monkeypatch.chdir(tmp_path)
    for place in ("one", "deep/two"):
        shutil.copytree(tiny_dir, place)
    manifest = tmp_path / "deep" / "two" / "manifest.json"
    text = manifest.read_text().replace('"realism": 0.0', '"realism": 0.5')
    text = text.replace('"realism": 1.0', '"realism": 0.0').replace("0.5", "1.0")
    manifest.write_text(text)
    status = run(
        bench, f"--data={pictures_dir}", "--codecs=one=0.2,deep/two=0.2,one=0.2,one@0=0.2",
        "--metrics=psnr", "--jobs=1", "--sheet_bpp=0.2", "--out=out", "--choice=one,deep/two",
    )  # fmt: skip
    assert status == 0, capsys.readouterr().err
    found = schema.load("out/results.json")
    rows = {row["codec"]: row for row in found.sets}
    assert list(rows) == ["one", "deep/two", "tiny@0"]
    assert [row["images"] for row in found.sets] == [3, 3, 3]
    assert rows["one"]["bytes"] == rows["deep/two"]["bytes"]
    assert rows["deep/two"]["psnr"] == rows["tiny@0"]["psnr"] != rows["one"]["psnr"]
    assert rows["one"]["version"] != rows["deep/two"]["version"]
    assert len(list((tmp_path / "out" / "files").rglob("*.tgc"))) == 3 * 3
    for name in ("README.md", "report.html"):
        assert "deep/two" in (tmp_path / "out" / name).read_text()


def test_nothing_is_written_outside_of_the_folder(pictures_dir, tiny_dir, tmp_path, capsys):
    """A bundle cannot choose where: its name is none."""
    folder = shutil.copytree(tiny_dir, tmp_path / "hostile")
    text = (folder / "manifest.json").read_text().replace('"tiny"', '"../../escaped/x"')
    (folder / "manifest.json").write_text(text)
    out = tmp_path / "deep" / "one"
    assert run(bench, f"--data={pictures_dir}", f"--codecs={folder}", f"--out={out}") == 1
    assert "'../../escaped/x' is not a plain name" in capsys.readouterr().err
    assert not list(tmp_path.rglob("*escaped*"))


def test_bench_with_nothing_to_do(pictures_dir, tmp_path, capsys):
    assert run(bench, f"--data={pictures_dir}", "--codecs=nothing", f"--out={tmp_path}") == 1
    assert "nothing to measure: no model 'nothing'" in capsys.readouterr().err
    assert run(bench, f"--out={tmp_path}", "--codecs=jpeg") == 2


def test_tally(tmp_path, capsys):
    answers = [{"left": "a", "right": "b", "chosen": "a"}] * 12
    content = {"kind": "tfgan_codec forced choice", "answers": answers}
    (tmp_path / "answers.json").write_text(json.dumps(content))
    assert run(bench, f"--tally={tmp_path / 'answers.json'}") == 0
    assert "a over b: 12 of 12 = 100.0%" in capsys.readouterr().out


def test_weights_says_what_to_download(tmp_path, capsys):
    assert run(weights, f"--weights={tmp_path}") == 0
    printed = capsys.readouterr().out
    for part in ("alexnet-owt-7be5be79.pth", "v0.1/vgg.pth", "pt_inception-2015-12-05"):
        assert part in printed
    (tmp_path / "x.pth").write_bytes(b"nothing")
    assert run(weights, f"--from={tmp_path / 'x.pth'}", f"--weights={tmp_path}") == 1
    assert "no PyTorch checkpoint" in capsys.readouterr().err
