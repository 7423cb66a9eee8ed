"""The architecture, stated: `docs/architecture.md` says why. Each rule is shown to bite."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import architecture
import pytest
import sample_pictures

ROOT = Path(__file__).resolve().parent.parent
_HAS_BEAM = importlib.util.find_spec("apache_beam") is not None  # an extra of the portable wing

RULES: dict[str, Callable[[Path], list[str]]] = {
    "no circles": architecture.cycles,
    "two wings": architecture.crossings,
    "the format stands alone": architecture.format_needs,
    "thin mains": architecture.long_mains,
}
VIOLATIONS = [
    ("no circles", "tfgan_codec/layers/gdn.py", "from tfgan_codec.models.mobile import Mobile"),
    ("no circles", "tfgan_codec/losses/mae.py", "def f():\n    import tfgan_codec.training.run"),
    ("no circles", "tfgan_codec/studies/study.py", "from apps import train"),
    ("two wings", "tfgan_codec/codec.py", "from tfgan_codec.layers import gains"),
    ("two wings", "tfgan_codec/evaluation/runner.py", "def f():\n    import tensorflow as tf"),
    ("two wings", "tfgan_codec/coding/coders.py", "find('tfgan_codec.search.refiner')"),
    ("two wings", "tfgan_codec/pictures/reading.py", "from export import tflite"),
    ("two wings", "tfgan_codec/description.py", "from tfgan_codec.commands import info"),
    ("no circles", "tfgan_codec/search/refiner.py", "from tfgan_codec.commands import training"),
    ("the format stands alone", "tfgan_codec/format/fields.py", "from PIL import Image"),
    ("the format stands alone", "tfgan_codec/format/scales.py", "import tfgan_codec.pictures"),
    ("thin mains", "apps/compress.py", "\n" * architecture.LONGEST_MAIN),
    ("thin mains", "export/prune.py", "\n" * architecture.LONGEST_MAIN),
    ("thin mains", "tfgan_codec/commands/tgc.py", "\n" * architecture.LONGEST_MAIN),
]


@pytest.mark.parametrize("rule", RULES)
def test_the_sources_obey(rule: str) -> None:
    assert RULES[rule](ROOT) == []


@pytest.mark.parametrize(("rule", "file", "lines"), VIOLATIONS)
def test_a_violating_line_is_seen(rule: str, file: str, lines: str, tmp_path: Path) -> None:
    for top in ("tfgan_codec", "apps", "export"):
        copied = shutil.ignore_patterns("*.tflite", "*.npz", "build", "__pycache__", "*.java")
        shutil.copytree(ROOT / top, tmp_path / top, ignore=copied)
    before = set(RULES[rule](tmp_path))
    with (tmp_path / file).open("a", encoding="utf-8") as source:
        source.write(f"\n{lines}\n")
    found = set(RULES[rule](tmp_path)) - before
    assert any(file in each for each in found)


_WITHOUT_TENSORFLOW = """
import importlib, sys
for name in ("tensorflow", "tensorflow_compression", "keras", "tf_keras"):
    sys.modules[name] = None  # importing them fails from here on
"""
_ALL_MODULES = """
for name in {modules!r}:
    importlib.import_module(name)
import numpy as np
import tfgan_codec as tgc
blob = tgc.compress(np.zeros((40, 60, 3), np.uint8), bpp=1.0)
assert tgc.decompress(blob).size == (60, 40)
"""


def test_the_portable_wing_runs_where_tensorflow_cannot_be_imported() -> None:
    modules = [
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for here, file in architecture.sources(ROOT)
        if architecture.is_portable(ROOT, here) and (here != "beam" or _HAS_BEAM)
    ]
    assert len(modules) > 50
    _run(_ALL_MODULES.format(modules=modules), ROOT)


_ALL_COMMANDS = """
from tfgan_codec.commands import tgc
def run(*arguments):
    assert tgc.main(["tgc", *arguments]) == 0, arguments
run("models")
run("compress", "a.png", "a.tgc", "--bpp=1")
run("info", "a.tgc")
run("decompress", "a.tgc", "b.png")
run("demo", "a.png", "--bpp=1")
assert tgc.main(["tgc", "compress", "a.png", "a.tgc", "--search=fidelity1"]) == 1
assert tgc.main(["tgc", "info", "--model=mobile"]) == 1
"""


def test_tgc_runs_where_tensorflow_cannot_be_imported(tmp_path: Path) -> None:
    """Only what needs it fails, in a line that says so."""
    sample_pictures.image(60, 40).save(tmp_path / "a.png")
    errors = _run(_ALL_COMMANDS, tmp_path)
    training = 'needs tensorflow: in a checkout of tfgan_codec, pip install ".[train]"\n'
    newest = "needs tensorflow, which Python 3.%d cannot have: take Python 3.9 to 3.13\n"
    expected = newest % sys.version_info[1] if sys.version_info >= (3, 14) else training
    assert errors.count(expected) == 2


_TRAINING_COMMANDS = """
import importlib
for line in {lines!r}:
    module, *arguments = line.split()
    assert importlib.import_module(module).main([module, *arguments]) == 1, line
"""
_NEEDS_TENSORFLOW = [
    "apps.train --data=. --out=run --steps=1",
    "apps.train --data=. --dry_run",
    "apps.study mobilevit_gan --data=. --test=. --runs=runs",
    "apps.bench --decoders=mobile,random:hific --data=. --out=bench",
    "export.bundle --model=run --out=bundle",
    "export.bundle --model=run --out=bundle --add_to=mobile",
    "export.distill --model=mobile --data=. --out=run --steps=1",
    "export.prune --model=mobile --out=bundle",
    "export.tflite --model=mobile --out=bundle",
]


def test_programs_that_need_tensorflow_say_so_in_a_line(tmp_path: Path) -> None:
    sample_pictures.image(60, 40).save(tmp_path / "a.png")
    errors = _run(_TRAINING_COMMANDS.format(lines=_NEEDS_TENSORFLOW), tmp_path).splitlines()
    assert len(errors) == len(_NEEDS_TENSORFLOW)
    for line, error in zip(_NEEDS_TENSORFLOW, errors):
        assert error.startswith("tfgan_codec: "), line
        assert " needs tensorflow" in error, line
    assert [file.name for file in tmp_path.iterdir()] == ["a.png"]


def _run(code: str, folder: Path) -> str:
    """Runs code of this checkout in a process without TensorFlow; returns its standard error."""
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_TENSORFLOW + code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stderr
