"""One codec, many users of it: threads, forks, processes that start from nothing."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
import sample_pictures

import tfgan_codec as tgc

THREADS = 8
PICTURES = [sample_pictures.pixels(64 + 24 * i, 120 - 8 * i, seed=i) for i in range(THREADS)]
PATIENCE = 60  # seconds for what takes one, on a machine that is not busy


def coded(codec: tgc.Codec, number: int) -> tuple[bytes, bytes, bytes]:
    """A picture's file, and the pixels of both decoders."""
    blob = codec.compress(PICTURES[number], bpp=0.5 + 0.1 * number)
    return blob, *(codec.decompress(blob, realism).tobytes() for realism in (0.0, 1.0))


@pytest.fixture(scope="module")
def expected(tiny_dir: Path) -> list[tuple[bytes, bytes, bytes]]:
    codec = tgc.load(tiny_dir)
    return [coded(codec, number) for number in range(THREADS)]


def test_eight_threads_share_a_codec(expected, tiny_dir: Path) -> None:
    """Each does another picture at the same moment, all begin with a codec that nobody used."""
    codec, barrier = tgc.load(tiny_dir), threading.Barrier(THREADS)

    def work(first: int) -> list[tuple[bytes, bytes, bytes]]:
        barrier.wait()
        return [coded(codec, (first + i) % THREADS) for i in range(THREADS)]

    with ThreadPoolExecutor(THREADS) as pool:
        for first, found in enumerate(pool.map(work, range(THREADS))):
            assert found == expected[first:] + expected[:first]


def test_threads_share_the_functions_of_the_package(expected, tiny_dir: Path) -> None:
    """`tgc.compress` keeps a codec, which threads may ask for at the same time."""

    def work(number: int) -> tuple[bytes, int]:
        blob = tgc.compress(PICTURES[number], bpp=0.5 + 0.1 * number, model=tiny_dir)
        return blob, tgc.decompress(blob, model=tiny_dir).width

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(work, range(THREADS)))
    assert found == [(expected[i][0], 64 + 24 * i) for i in range(THREADS)]


_FORK = """
import os, sys
sys.path[:0] = [{root!r}, {root!r} + "/tests"]
import tfgan_codec as tgc
import sample_pictures
codec = tgc.load({model!r})
picture = sample_pictures.pixels(400, 300)
blob = codec.compress(picture, quality=60)
pixels = codec.decompress(blob).tobytes()
for _ in range(10):
    child = os.fork()
    if not child:
        good = codec.compress(picture, quality=60) == blob
        good &= codec.decompress(blob).tobytes() == pixels
        sys.exit(0 if good else 3)  # and not os._exit: what ends with Python ends too
    print(os.waitpid(child, 0)[1], flush=True)
os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize("model", ["tiny", "mobile"])
def test_forked_processes_go_on_with_a_codec(model: str, tiny_dir: Path) -> None:
    """And end as they should, with the threads of networks that were not copied."""
    root = str(Path(__file__).resolve().parent.parent)
    model = str(tiny_dir) if model == "tiny" else model
    code = _FORK.format(root=root, model=model)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE,
    )
    assert done.stdout.split() == ["0"] * 10, done.stderr[-2000:]


def _in_a_process(model: str, number: int) -> bytes:
    return tgc.compress(PICTURES[number], bpp=0.5 + 0.1 * number, model=model)


# Forks of their own are above: this process may have threads of TensorFlow, which other tests use.
METHODS = [method for method in multiprocessing.get_all_start_methods() if method != "fork"]


@pytest.mark.parametrize("method", METHODS)
def test_processes_that_start_from_nothing(method: str, expected, tiny_dir: Path) -> None:
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        found = list(pool.map(_in_a_process, [str(tiny_dir)] * 4, range(4)))
    assert found == [each[0] for each in expected[:4]]
