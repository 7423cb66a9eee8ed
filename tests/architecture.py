"""Computes the project's structure from its sources: who imports whom, and by what means."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

# The portable wing: loose modules of the package count to it too, but for the door to `commands`,
# which stands above both wings.
PORTABLE = ("batch", "beam", "bundle", "coding", "conformance", "evaluation", "format", "metrics")
PORTABLE += ("pictures", "pillow", "specs")
LONGEST_MAIN = 80  # lines
# What the file format may lean on: numpy, the standard library, and two small portable modules.
FORMAT_NEEDS = ("numpy", "tfgan_codec.errors", "tfgan_codec.tiling")


class Import(NamedTuple):
    """One import of a module or name: where it stands, and what it names."""

    file: Path
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.name}"


def imports(file: Path) -> Iterator[Import]:
    """Yields what a file imports anywhere, lazily and for types as well, and the names of modules
    in its strings, which `importlib` could be given."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: a relative import"
            for alias in node.names:
                yield Import(file, node.lineno, f"{node.module}.{alias.name}")
        elif isinstance(node, ast.Constant) and id(node) not in documentation:
            text = node.value if isinstance(node.value, str) else ""
            for found in re.findall(r"\b(?:tfgan_codec|tensorflow|keras)[._]\w[\w.]*", text):
                yield Import(file, node.lineno, found)


def room(root: Path, name: str) -> str | None:
    """Returns the room of a dotted name: a folder or loose module of `tfgan_codec`, "apps" or
    "export"; None for what is not of the project."""
    top, _, rest = name.partition(".")
    if top in ("apps", "export"):
        return top
    if top != "tfgan_codec":
        return None
    part = rest.partition(".")[0]
    known = (root / top / part).is_dir() or (root / top / f"{part}.py").is_file()
    return part if part and known else "__init__"


def sources(root: Path) -> Iterator[tuple[str, Path]]:
    """Yields each source file with its room."""
    for top in ("tfgan_codec", "apps", "export"):
        for file in sorted((root / top).rglob("*.py")):
            name = ".".join(file.relative_to(root).with_suffix("").parts)
            found = room(root, name)
            assert found is not None
            yield found, file


def edges(root: Path) -> dict[str, dict[str, Import]]:
    """Returns for each room the rooms it imports, with one place where it does."""
    found: dict[str, dict[str, Import]] = {}
    for here, file in sources(root):
        found.setdefault(here, {})
        for each in imports(file):
            there = room(root, each.name)
            if there not in (None, here):
                found[here].setdefault(there, each)
    return found


def cycles(root: Path) -> list[str]:
    """Describes every import between rooms that closes a circle."""
    graph = edges(root)

    def reaches(start: str, goal: str) -> bool:
        seen, todo = set(), [start]
        while todo:
            here = todo.pop()
            if here == goal:
                return True
            if here not in seen:
                seen.add(here)
                todo.extend(graph.get(here, {}))
        return False

    return [str(e) for here in graph for there, e in graph[here].items() if reaches(there, here)]


def is_portable(root: Path, here: str) -> bool:
    """Whether a room belongs to the portable wing."""
    loose = here != "__main__" and (root / "tfgan_codec" / f"{here}.py").is_file()
    return loose or here in PORTABLE


def crossings(root: Path) -> list[str]:
    """Describes every import of the training library, or of TensorFlow, in the portable wing."""
    found = []
    for here, file in sources(root):
        if not is_portable(root, here):
            continue
        for each in imports(file):
            there = room(root, each.name)
            outside = there and not is_portable(root, there)
            if outside or each.name.startswith(("tensorflow", "keras", "tf_keras")):
                found.append(str(each))
    return found


def standard_library() -> frozenset[str]:
    """Returns the names of the standard library's modules, where Python knows them."""
    if sys.version_info < (3, 10):
        pytest.skip("Python 3.9 does not know the names of its own modules")
    return sys.stdlib_module_names


def format_needs(root: Path) -> list[str]:
    """Describes what `format` imports beyond what it may."""
    standard, found = standard_library(), []
    for file in sorted((root / "tfgan_codec" / "format").glob("*.py")):
        for each in imports(file):
            known = each.name.partition(".")[0] in standard
            if not known and not each.name.startswith((*FORMAT_NEEDS, "tfgan_codec.format.")):
                found.append(str(each))
    return found


def long_mains(root: Path) -> list[str]:
    """Names the mains that are too long to be thin."""
    mains = [*(root / "apps").glob("*.py"), *(root / "export").glob("*.py")]
    mains += [
        *(root / "export").glob("*/__main__.py"),
        *(root / "tfgan_codec/commands").glob("*.py"),
    ]
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in mains}
    return [f"{f}: {n} lines" for f, n in sorted(lengths.items()) if n > LONGEST_MAIN]
