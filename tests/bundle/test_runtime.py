"""Tests of the LiteRT wrapper: any size, several threads, and nothing on standard error."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tfgan_codec.bundle import runtime as networks
from tfgan_codec.bundle.runtime import Network
from tfgan_codec.errors import BundleError


@pytest.fixture
def mean(tiny_dir: Path) -> bytes:
    """A network that gives 4x4 positions of 12 channels for each one of 4 channels."""
    return (tiny_dir / "mean.tflite").read_bytes()


def test_any_size(mean: bytes) -> None:
    network = Network(mean, "mean")
    assert network.channels == (4, 12)
    for height, width in [(1, 1), (3, 2), (1, 40), (3, 2)]:
        x = np.full([height, width, 4], 5)  # integers and strides are no trouble
        y = network(x[::-1])
        assert y.dtype == np.float32
        assert y.shape == (4 * height, 4 * width, 12)


def test_results_do_not_change_under_the_reader(mean: bytes) -> None:
    network = Network(mean, "mean")
    first = network(np.full([2, 2, 4], 5.0))
    copy = first.copy()
    network(np.full([2, 2, 4], -9.0))
    assert np.array_equal(first, copy)


def test_threads(mean: bytes) -> None:
    """Two sizes at once through one network."""
    network = Network(mean, "mean")
    inputs = [np.full([1 + i % 2, 3, 4], i) for i in range(40)]
    expected = [network(x) for x in inputs]
    with ThreadPoolExecutor(4) as pool:
        for y, e in zip(pool.map(network, inputs), expected):
            assert np.array_equal(y, e)


@pytest.mark.parametrize("data", [b"", b"no network", bytes(5000)])
def test_not_a_network(data: bytes) -> None:
    with pytest.raises(BundleError, match="this one cannot be run"):
        Network(data, "this one")


def test_any_other_error_of_litert(mean: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of foreign networks: while it describes them, or when they run."""
    network = Network(mean, "mean")
    with pytest.raises(BundleError, match="mean cannot be run"):
        network(np.zeros([2, 2]))

    class Odd:
        def __init__(self, **_: object) -> None:
            pass

        def get_input_details(self) -> list[dict[str, object]]:
            raise UnicodeDecodeError("utf-8", b"", 0, 1, "\x1b" * 1000)

    monkeypatch.setattr("ai_edge_litert.interpreter.Interpreter", Odd)
    with pytest.raises(BundleError, match="odd cannot be run") as caught:
        Network(mean, "odd")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_without_litert(mean: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(BundleError, match="pip install ai-edge-litert"):
        Network(mean, "mean")


def test_other_output_is_passed_on(capfd: pytest.CaptureFixture[str]) -> None:
    with networks._without_greetings():
        os.write(2, b"INFO: hello\nWARNING: disk full\n")
    assert capfd.readouterr().err == "WARNING: disk full\n"


def test_standard_error_survives_threads(mean: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(lambda i: Network(mean, str(i))(np.zeros([1, 1, 4])), range(40)):
            pass
    os.write(2, b"still there\n")
    assert capfd.readouterr().err == "still there\n"
