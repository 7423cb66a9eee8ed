"""What the fuzzer that coverage guides is given, and all that it has found, without the fuzzer."""

from __future__ import annotations

import importlib
import io
import sys
import time
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("memory is measured with getrusage", allow_module_level=True)

from tests.fuzz.guided import NAMES, container, target
from tfgan_codec.errors import BundleError
from tfgan_codec.format import header
from tfgan_codec.format.container import parse, parse_layers

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", NAMES)
def test_seeds_and_what_was_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TGC_MAX_PIXELS", str(1 << 24))  # as `pictures` sets it
    fuzzed = importlib.import_module(f"tests.fuzz.guided.{name}").target()
    outcomes = [target.run(fuzzed, seed) for seed in fuzzed.seeds]
    assert outcomes.count("used") > len(outcomes) / 4  # the others: heads with random streams
    for path in target.found(name):
        assert target.run(fuzzed, path.read_bytes()) in ("used", "refused")


def test_changed_files_get_past_their_checks() -> None:
    layered = (ROOT / "tests" / "data" / "layers" / "file.tgc").read_bytes()
    plain = (ROOT / "tests" / "data" / "golden" / "low.tgc").read_bytes()
    for whole in (layered, plain):
        assert container.repaired(whole) == whole
        for at in (-5, -40):
            changed = bytearray(whole)
            changed[at] ^= 1
            mended = container.repaired(bytes(changed))
            assert mended[at] == changed[at]
            assert parse(mended).file.streams != parse(whole).file.streams
    tiled = (ROOT / "tests" / "data" / "tiles" / "file.tgc").read_bytes()
    assert container.repaired(tiled) == tiled
    index = header.read(io.BytesIO(tiled)).tiles
    assert index is not None
    for number, entry in enumerate(index.entries):  # in each tile, and one byte more in the last
        changed = bytearray(tiled)
        changed[entry.start + entry.nbytes // 2] ^= 1
        streams = parse(container.repaired(bytes(changed) + b"1")).file.streams
        differ = [x != y for x, y in zip(streams, parse(tiled).file.streams)]
        last = len(streams) - 1
        assert differ == [i in (number, last) for i in range(len(streams))]
    endless = tiled[:7] + 2 * (b"\xff" * 8 + b"\x7f") + tiled[9:]  # pixels a side
    assert container.repaired(endless)[7:25] == endless[7:25]
    first_layer = bytearray(layered)
    first_layer[30] ^= 1
    assert len(parse_layers(container.repaired(bytes(first_layer))).file.streams) == 3
    assert container.repaired(b"") == container.repaired(b"TGC")


def test_what_misbehaves_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def use(data: bytes) -> None:
        if data == b"slow":
            end = time.process_time() + 0.05
            while time.process_time() < end:
                pass
        if data == b"odd":
            raise BundleError("two\nlines")
        if data == b"raw":
            raise KeyError("raw")
        if data == b"plain":
            raise BundleError("plain")

    monkeypatch.setattr("tests.fuzz.runner.MOST_SECONDS", 0.04)
    fuzzed = target.Target([], use)
    assert target.run(fuzzed, b"good") == "used"
    assert target.run(fuzzed, b"plain") == "refused"
    for data, kind in ((b"slow", target.Misbehaved), (b"odd", target.Misbehaved)):
        with pytest.raises(kind):
            target.run(fuzzed, data)
    with pytest.raises(KeyError):
        target.run(fuzzed, b"raw")
