"""Gathers what the site is built of: the documents of the whole repository, in one folder.

    python website/stage.py --python=PYTHON BUILD

`docs/` becomes the root of BUILD/pages; documents of other folders keep their paths. Links between
them are rewritten, files that they name are taken along, and the page of all commands is made of
their own --help, with the interpreter PYTHON, which has the project installed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]
# Documents outside docs/, with their places on the site.
OTHERS = {
    "README.md": "readme.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "LICENSE": "files/LICENSE.txt",
    "CITATION.cff": "files/CITATION.cff",
}
FOLDERS = ("results", "export", "conformance")  # with documents beside what they are about
MADE = {"build", "node_modules", "suite"}  # folders in these that commands write
PICTURES = (".png", ".svg", ".jpg", ".webp")
_LINK = re.compile(r"(\]\()([^)\s#]*)(#[^)\s]*)?(\))")
_FENCED = re.compile(r"(^ *```.*?^ *```$)", re.MULTILINE | re.DOTALL)


def main() -> None:
    """Runs the program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--python", required=True)
    parser.add_argument("build", type=Path)
    options = parser.parse_args()
    pages = options.build / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    places = dict(documents())
    for source, place in places.items():
        put(source, pages / place, places)
    for page in (ROOT / "website" / "pages").iterdir():
        shutil.copy(page, pages / page.name)
    shutil.copytree(ROOT / "website" / "assets", pages / "assets")
    (pages / "commands.md").write_text(commands(options.python), encoding="utf-8")


def documents() -> Iterator[tuple[str, str]]:
    """Yields the documents and pictures of the repository with their places on the site."""
    yield from OTHERS.items()
    for file in sorted((ROOT / "docs").rglob("*")):
        if file.is_file():
            yield file.relative_to(ROOT).as_posix(), file.relative_to(ROOT / "docs").as_posix()
    for folder in FOLDERS:
        for page in sorted((ROOT / folder).rglob("README.md")):
            path = page.relative_to(ROOT).as_posix()
            if not MADE.intersection(page.parts):
                yield path, path


def put(source: str, place: Path, places: dict[str, str]) -> None:
    """Copies a file to its place; of a document, rewrites links and takes along what they name."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if not source.endswith(".md"):
        shutil.copy(ROOT / source, place)
        return
    pages = place.parents[len(PurePosixPath(places[source]).parts) - 1]

    def link(found: re.Match[str]) -> str:
        opened, target, anchor, closed = found.groups()
        if not target or ":" in target:
            return found[0]
        named = os.path.normpath(PurePosixPath(source).parent / target)
        kept = named if named.endswith(PICTURES) else f"files/{named}"
        if named not in places:
            (pages / kept).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / named, pages / kept)
        there = os.path.relpath(places.get(named, kept), PurePosixPath(places[source]).parent)
        return f"{opened}{there}{anchor or ''}{closed}"

    text = (ROOT / source).read_text(encoding="utf-8")
    parts = _FENCED.split(text)  # every second one is code
    parts[::2] = [_LINK.sub(link, part) for part in parts[::2]]
    place.write_text("".join(parts), encoding="utf-8")


def commands(python: str) -> str:
    """Returns the page of all commands, each with what it says of itself."""
    table = subprocess.run(
        [python, "-c", "from tfgan_codec.commands import tgc; print(*tgc.COMMANDS)"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    modules = [
        f"{folder}.{file.stem}"
        for folder in ("apps", "export")
        for file in sorted((ROOT / folder).glob("*.py"))
        if '__name__ == "__main__"' in file.read_text(encoding="utf-8")
    ]
    modules += [f"export.{file.parent.name}" for file in sorted(ROOT.glob("export/*/__main__.py"))]
    calls = [("tgc", "tfgan_codec"), *((f"tgc {name}", f"tfgan_codec {name}") for name in table)]
    calls += [(f"python -m {name}", name) for name in modules if name.split(".")[1] not in table]

    def explained(call: tuple[str, str]) -> str:
        shown, words = call
        done = subprocess.run(
            [python, "-m", *words.split(), "--help"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return f"## `{shown}`\n\n```text\n{done.stdout.strip()}\n```\n"

    head = (
        "# Commands\n\nAll of them, with what they say for `--help`. `tgc NAME` of an installation "
    )
    head += "is\n`python -m apps.NAME` in a checkout.\n"
    with ThreadPoolExecutor() as pool:
        return "\n".join([head, *pool.map(explained, calls)])


if __name__ == "__main__":
    main()
