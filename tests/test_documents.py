"""What the documents say holds: their links, commands and examples. `documents` says how blocks are
marked; a new page is tested as soon as it is there."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterable
from pathlib import Path

import documents
import pytest

from tfgan_codec.commands import tgc

ROOT = documents.ROOT
BLOCKS = {page: documents.blocks(page) for page in documents.PAGES}
ALL = [block for page in documents.PAGES for block in BLOCKS[page]]
RUN = [page for page in documents.PAGES if any(b.runs and not b.mark.slow for b in BLOCKS[page])]
SLOW = [page for page in documents.PAGES if any(b.runs and b.mark.slow for b in BLOCKS[page])]
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize("block", ALL, ids=str)
def test_each_block_is_run_or_says_why_not(block: documents.Block) -> None:
    """Languages that no test runs here need a reason as well."""
    if block.runs:
        assert block.language in ("sh", "python"), f"{block}: mark it `<!-- not run: WHY -->`"
        assert block.code.strip()
    else:
        assert len(block.mark.why_not.split()) >= 3, f"{block}: a reason is a sentence"


@pytest.mark.parametrize("block", [b for b in ALL if b.language == "python"], ids=str)
def test_python_is_valid(block: documents.Block) -> None:
    compile(block.text, str(block), "exec")


@pytest.mark.parametrize("block", [b for b in ALL if b.language == "sh"], ids=str)
def test_commands_exist(block: documents.Block) -> None:
    """Shell parses, and its modules, make targets and flag files are there."""
    subprocess.run(["bash", "-n", "-c", block.text], check=True)
    for line in block.text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["make"]:
            assert words[1] in TARGETS
        if words[:1] == ["tgc"]:
            assert words[1] in tgc.COMMANDS
        if words[:2] == ["python", "-m"] and words[2].startswith(("apps.", "export.")):
            place = ROOT / words[2].replace(".", "/")
            assert place.with_suffix(".py").is_file() or (place / "__main__.py").is_file()
        for word in words:
            if word.startswith("--flagfile="):
                assert (ROOT / word.partition("=")[2]).is_file()


@pytest.mark.parametrize("page", documents.PAGES)
def test_commands_are_in_fenced_blocks(page: str) -> None:
    """Where they are run: not in indented ones."""
    text = (ROOT / page).read_text(encoding="utf-8")
    outside = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert not re.findall(r"^ {4}(?:python|tgc|make|pip|node|import|from) .*", outside, re.M)


@pytest.mark.parametrize("page", documents.PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert ((ROOT / page).parent / target).exists(), target


def run_all(blocks: Iterable[documents.Block], folder: Path) -> None:
    """Runs blocks in a furnished folder; skips in the end if this machine lacks what some need."""
    documents.furnish(folder)
    lacking = set()
    for block in blocks:
        absent = {need for need in block.mark.needs if documents.missing(need)}
        lacking |= absent
        if not absent:
            documents.run(block, folder)
    if lacking:
        pytest.skip(f"all blocks but those that need {', '.join(sorted(lacking))} were run")


@pytest.mark.parametrize("page", RUN)
def test_blocks_work_as_pasted(page: str, tmp_path: Path) -> None:
    run_all((b for b in BLOCKS[page] if b.runs and not b.mark.slow), tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("page", SLOW)
def test_all_blocks_work_as_pasted(page: str, tmp_path: Path) -> None:
    run_all((b for b in BLOCKS[page] if b.runs), tmp_path)


def output_of(page: str, part: str, folder: Path) -> str:
    """Runs the one block of a page that has this part, and returns what it prints."""
    (block,) = (block for block in BLOCKS[page] if part in block.text)
    documents.furnish(folder)
    return documents.run(block, folder)


def test_the_readme_keeps_its_word(tmp_path: Path) -> None:
    """No file is larger than was asked for, and nearly as large."""
    bpp = float(output_of("README.md", "import tfgan_codec as tgc", tmp_path).split()[0])
    assert 0.09 < bpp <= 0.1
    assert (tmp_path / "photo.png").is_file()


def test_the_readme_keeps_its_word_with_pillow(tmp_path: Path) -> None:
    assert output_of("README.md", "tfgan_codec.pillow", tmp_path) == "(768, 512)\n"
    assert (tmp_path / "photo.tgc").stat().st_size * 8 <= 0.1 * 768 * 512
