"""The suite, made once."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tfgan_codec.conformance import suite

ROOT = Path(__file__).resolve().parents[2]


def make_module() -> ModuleType:
    """Returns conformance/make.py, which is a script."""
    spec = importlib.util.spec_from_file_location("make_suite", ROOT / "conformance" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = sys.path[:]
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the suite."""
    out = tmp_path_factory.mktemp("conformance") / "suite"
    make_module().make(out)
    return out


@pytest.fixture(scope="session")
def cases(made: Path) -> suite.Suite:
    return suite.read(made)
