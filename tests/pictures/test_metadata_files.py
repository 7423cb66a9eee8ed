"""The pictures of `tests/data/metadata`, of which decoders in other languages keep the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.data import make_metadata

DATA = Path(make_metadata.__file__).parent / "metadata"
CASES = json.loads((DATA / "expected.json").read_text())


def _tags(block: str) -> dict[str, dict[int, Any]]:
    """The values of an EXIF block: how it is laid out differs between versions of Pillow."""
    exif = Image.Exif()
    exif.load(bytes.fromhex(block))
    of_camera = dict(exif.get_ifd(0x8769))
    return {"first": {k: v for k, v in exif.items() if k != 0x8769}, "camera": of_camera}


@pytest.mark.parametrize("name", CASES["files"])
def test_what_is_kept(name: str) -> None:
    found = make_metadata.expected((DATA / name).read_bytes())
    wanted = CASES["files"][name]
    assert _tags(found.pop("exif")) == _tags(wanted["exif"])
    assert found == {key: wanted[key] for key in found}


def test_orientations() -> None:
    assert make_metadata.turned() == CASES["turned"]


def test_what_hidden_pixels_take() -> None:
    assert make_metadata.filled() == json.loads((DATA / "filled.json").read_text())


def test_what_the_files_are_for() -> None:
    """The place and the maker's own are left out; all kinds of profiles occur."""
    phone = _tags(CASES["files"]["phone.jpg"]["exif"])
    assert phone["first"][0x0110] == "X1"
    assert phone["camera"][0xA434] == "Lens 28 mm"
    assert not {0x8825, 0x0112, 0x0131} & phone["first"].keys()
    assert 0x927C not in phone["camera"]
    assert {case["profile"] for case in CASES["files"].values()} == {0, 1, 2, 4}
    assert [name for name, case in CASES["files"].items() if case["icc"]] == ["rare.jpg"]
