"""The documents as a site: what `make docs` builds on. `.ci/run` builds it, strictly."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import documents
import pytest

from tfgan_codec import __version__

ROOT = documents.ROOT
NAV = (ROOT / "website" / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]


def load(name: str) -> ModuleType:
    """Returns a script of website/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "website" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_navigation_names_every_document() -> None:
    """A new document needs its line in website/mkdocs.yml, under `nav`."""
    pages = [place for _, place in load("stage").documents() if place.endswith(".md")]
    made = ["commands.md", *(page.name for page in (ROOT / "website" / "pages").iterdir())]
    assert sorted(re.findall(r": (\S+\.md)$", NAV, re.MULTILINE)) == sorted([*pages, *made])


def test_links_are_rewritten_between_folders(tmp_path: Path) -> None:
    """Of documents to documents, to pictures of results, and to sources, which come along."""
    stage = load("stage")
    places = dict(stage.documents())
    stage.put("docs/model_card.md", tmp_path / "model_card.md", places)
    text = (tmp_path / "model_card.md").read_text(encoding="utf-8")
    assert "](results/mobile/README.md)" in text
    assert "](readme.md#patents)" in text
    stage.put("docs/conformance.md", tmp_path / "conformance.md", places)
    assert (tmp_path / "files" / "conformance" / "minimal.c").is_file()


def test_every_document_can_be_gathered(tmp_path: Path) -> None:
    """With the files that it links to, which must be files."""
    stage = load("stage")
    places = dict(stage.documents())
    for source, place in places.items():
        stage.put(source, tmp_path / place, places)
        assert (tmp_path / place).is_file()
    assert not list((tmp_path / "files").rglob("*.md"))  # a document of a folder that has none here


def test_links_in_code_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = load("stage")
    monkeypatch.setattr(stage, "ROOT", tmp_path)
    (tmp_path / "a.md").write_text("[b](b.md)\n\n```js\nf[0](b.md)\n```\n")
    stage.put("a.md", tmp_path / "out" / "deep" / "a.md", {"a.md": "deep/a.md", "b.md": "c.md"})
    made = (tmp_path / "out" / "deep" / "a.md").read_text()
    assert made == "[b](../c.md)\n\n```js\nf[0](b.md)\n```\n"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('<a href="b.html#there">', ""),
        ('<a href="https://example.org/x">', ""),
        ('<a href="#here">', ""),
        ('<a href="c.html">', "is not there"),
        ('<a href="b.html#nowhere">', "has no such place"),
        ('<a href="http:x">', "is no address"),
        ('<img src="https://example.org/badge.svg">', "is loaded from elsewhere"),
        ('<img src="none.png">', "is not there"),
        ('<link rel="stylesheet" href="//example.org/a.css">', "is loaded from elsewhere"),
    ],
)
def test_the_link_checker_bites(tmp_path: Path, line: str, problem: str) -> None:
    (tmp_path / "index.html").write_text(f'<p id="here">{line}</p>')
    (tmp_path / "b.html").write_text('<p id="there"></p>')
    found = load("check_links").problems(tmp_path)
    assert [each.rpartition(": ")[2] for each in found] == ([problem] if problem else [])


def test_packages_of_the_site_are_pinned() -> None:
    lines = (ROOT / "website" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[\w-]+==[\w.]+", line) for line in lines if line[:1] != "#")


def test_the_citation_names_this_version() -> None:
    for page in ("CITATION.cff", "docs/cite.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert re.findall(r"^ *version(?:: | = \{)([\d.]+)", text, re.M) == [__version__], page
