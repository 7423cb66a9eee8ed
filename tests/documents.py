"""Finds the code blocks of the documents and runs them, in a folder with pictures to run them on.

A fenced block is run as it stands, unless a comment directly before it says otherwise:

    <!-- not run: WHY -->               it is not run; shell is still parsed, and Python compiled
    <!-- run: slow -->                  minutes rather than seconds
    <!-- run: needs tensorflow -->      only where that can be imported; `needs weights`: where the
                                        weights of LPIPS are
    <!-- run: --minutes=90 as --steps=2 -->  with the first text replaced by the second

One comment may say several of these, with semicolons between. The blocks of a page are run from the
first to the last, in one folder.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageOps

import tfgan_codec
from tfgan_codec.metrics import weights

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "apps" / "assets" / "sample.jpg"
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for page in [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "conformance" / "README.md",
        ROOT / "results" / "README.md",
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "export").glob("*/README.md"),
    ]
)
_FENCE = re.compile(r"^( *)```([\w+-]*)\n(.*?)^\1```$", flags=re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"<!-- (not run|run): ((?:(?!-->).)*) -->\n\s*$", flags=re.DOTALL)


class Mark(NamedTuple):
    """What the comment before a block says."""

    why_not: str  # the reason why it is not run; empty if it is
    slow: bool
    needs: tuple[str, ...]
    replaced: tuple[tuple[str, str], ...]


class Block(NamedTuple):
    """One fenced block: where it stands, its language, its text, and its mark."""

    page: str
    line: int
    language: str
    text: str
    mark: Mark

    @property
    def runs(self) -> bool:
        """Whether the block is run, sooner or later."""
        return not self.mark.why_not

    @property
    def code(self) -> str:
        """The text that is run: with replacements made, and without what installs packages."""
        text = self.text
        for old, new in self.mark.replaced:
            assert old in text, f"{self}: {old!r} is not in the block"
            text = text.replace(old, new)
        if self.language == "sh":
            text = re.sub(r"^(pip|apt-get) .*\n", "", text, flags=re.MULTILINE)
        return text

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: str) -> list[Block]:
    """Returns the fenced blocks of a page, a path from the repository's root."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = []
    for fence in _FENCE.finditer(text):
        indent, language, body = fence.groups()
        body = re.sub(f"^{indent}", "", body, flags=re.MULTILINE)
        line = text.count("\n", 0, fence.start()) + 1
        found.append(Block(page, line, language, body, _mark(text[: fence.start()])))
    return found


def _mark(before: str) -> Mark:
    """Returns what the comment at the end of a text says."""
    found = _MARK.search(before)
    if found is None:
        return Mark("", False, (), ())
    kind, said = found.groups()
    if kind == "not run":
        return Mark(" ".join(said.split()), False, (), ())
    words = [word.strip() for word in said.split(";")]
    needs = tuple(word[6:] for word in words if word.startswith("needs "))
    replaced = [tuple(word.split(" as ")) for word in words if " as " in word]
    known = len(needs) + len(replaced) + words.count("slow")
    assert known == len(words), f"a mark that is not understood: {said}"
    return Mark("", "slow" in words, needs, tuple((old, new) for old, new in replaced))


def missing(need: str) -> bool:
    """Whether this machine lacks what a block needs."""
    if need == "weights":
        return weights_folder() is None
    return importlib.util.find_spec(need) is None


def weights_folder() -> Path | None:
    """Returns where the weights of LPIPS and of the other metrics are, if they are here."""
    files = [weights.FILES[name].file for name in ("lpips_alex", "lpips_vgg")]
    for folder in (ROOT.parent / "shared" / "weights", weights.default_folder()):
        if all((folder / file).is_file() for file in files):
            return folder
    return None


def furnish(folder: Path) -> None:
    """Puts into a folder what the documents speak of: photo.jpg and photo.tgc, folders of pictures,
    and the flag files of the checkout."""
    sample = Image.open(SAMPLE)
    shutil.copy(SAMPLE, folder / "photo.jpg")
    (folder / "photo.tgc").write_bytes(tfgan_codec.compress(SAMPLE))
    for name in ("photos", "kodak", "DIR"):
        (folder / name).mkdir()
        sample.save(folder / name / "one.jpg")
        ImageOps.mirror(sample).save(folder / name / "two.jpg")
    sample.resize((1024, 896)).save(folder / "map.tif")
    for name in ("apps", "results"):
        (folder / name).symlink_to(ROOT / name)
    programs = folder / "bin"
    programs.mkdir()
    (programs / "tgc").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tfgan_codec "$@"\n')
    (programs / "tgc").chmod(0o755)


def run(block: Block, folder: Path) -> str:
    """Runs a block and returns what it printed. `python` is this interpreter; `tgc` runs in it."""
    programs = [str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = {**os.environ, "PATH": os.pathsep.join(programs), "PYTHONPATH": str(ROOT)}
    if (weighed := weights_folder()) is not None:
        environment[weights.VARIABLE] = str(weighed)
    interpreter = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}
    done = subprocess.run(
        [*interpreter[block.language], block.code],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert not done.returncode, f"{block}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout
