"""Zip files and arrays are bounded before they are inflated."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

import tfgan_codec as tgc
from tfgan_codec.bundle import archives, arrays, npy
from tfgan_codec.bundle.archives import Archive
from tfgan_codec.errors import BundleError


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def opened(data: bytes, most: int | None = None) -> Archive:
    return Archive(io.BytesIO(data), len(data), most)


def peak_of(call) -> int:
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_reads_what_was_stored() -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        archive = opened(zipped({"a": b"one" * 999, "b": b""}, method))
        assert archive.names == ["a", "b"]
        assert archive.read("a") == b"one" * 999
        assert archive.read("b") == b""
        with pytest.raises(KeyError):
            archive.read("c")


def test_all_members_share_one_allowance() -> None:
    archive = opened(zipped({name: bytes(1000) for name in "abc"}), most=2999)
    archive.read("a")
    archive.read("b")
    with pytest.raises(BundleError, match="c inflates to 1000 bytes, which is out of proportion"):
        archive.read("c")


def test_allowance_grows_with_the_file() -> None:
    noise = np.random.default_rng(0).bytes(1 << 22)
    whole = zipped({"noise": noise, "zeros": bytes(archives.RATIO * len(noise))})
    archive = opened(whole)  # a little longer than the noise, which is what RATIO refers to
    archive.read("zeros")
    with pytest.raises(BundleError, match="out of proportion"):
        archive.read("noise")


def test_a_bomb_is_not_inflated() -> None:
    """A member of 256 MB in 256 kB."""
    bomb = zipped({"zeros": bytes(1 << 28)})

    def read() -> None:
        with pytest.raises(BundleError, match="out of proportion"):
            opened(bomb).read("zeros")

    assert peak_of(read) < 1 << 20


def test_a_member_that_is_longer_than_it_says() -> None:
    """The directory says 1000 bytes, the data inflates to 2^26."""
    data = bytearray(zipped({"zeros": bytes(1 << 26)}))
    directory = data.rindex(b"PK\x01\x02")
    for place in (22, directory + 24):  # in both headers
        data[place : place + 4] = (1000).to_bytes(4, "little")

    def read() -> None:
        with pytest.raises((BundleError, zipfile.BadZipFile)):
            opened(bytes(data)).read("zeros")

    assert peak_of(read) < 1 << 21


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_are_refused(method: int) -> None:
    with pytest.raises(BundleError, match="neither stored nor deflated"):
        opened(zipped({"a": b"x" * 99}, method)).read("a")


def test_count_and_names_of_members() -> None:
    opened(zipped({str(i): b"" for i in range(archives.MAX_MEMBERS)}))
    with pytest.raises(BundleError, match="has 129 members"):
        opened(zipped({str(i): b"" for i in range(archives.MAX_MEMBERS + 1)}))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a", b"2")
    with pytest.raises(BundleError, match="has 2 members"):
        opened(buffer.getvalue())


def test_a_bundle_that_inflates_out_of_proportion(tiny_dir: Path, tmp_path: Path) -> None:
    """A 410 kB zip took 768 MB, of which this is the tenth."""
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in tiny_dir.iterdir():
            data = bytes(1 << 26) if file.name == "mean.tflite" else file.read_bytes()
            archive.writestr(file.name, data)

    def load() -> None:
        with pytest.raises(BundleError, match="out of proportion"):
            tgc.load(path)

    assert peak_of(load) < 10 << 20


def test_unused_arrays_are_refused() -> None:
    """1,500 of them took 1.5 GB, of which these are the sixteenth."""
    many = arrays.save_arrays({f"a{i}": np.zeros(1 << 14, np.float32) for i in range(1500)})

    def load() -> None:
        with pytest.raises(BundleError, match="1500 members"):
            arrays.load_arrays({"x.npz": many}, "x.npz")

    assert peak_of(load) < 4 << 20
    few = arrays.save_arrays({f"a{i}": np.zeros(1 << 22, np.float32) for i in range(3)})
    with pytest.raises(BundleError, match="out of proportion"):
        arrays.load_arrays({"x.npz": few}, "x.npz")
    with pytest.raises(BundleError, match="the array extra is not known"):
        arrays.require_known({"gain": np.zeros(1), "extra": np.zeros(1)}, ["gain"])
    with pytest.raises(BundleError, match="holds an array called '../up'"):
        arrays.load_arrays({"x.npz": zipped({"../up.npy": b""})}, "x.npz")


@pytest.mark.parametrize(
    "array",
    [
        np.arange(24, dtype=np.int32).reshape(2, 3, 4),
        np.asfortranarray(np.arange(24, dtype=np.float32).reshape(2, 3, 4)),
        np.arange(-3, 3, dtype=np.int8),
        np.zeros((0, 5), np.float32),
        np.array(7, np.int32),
        np.arange(16, dtype=np.int8).reshape(2, 2, 2, 2),
    ],
)
def test_arrays_round_trip(array: np.ndarray) -> None:
    buffer = io.BytesIO()
    np.save(buffer, array)
    found = npy.parse(buffer.getvalue(), "x")
    assert found.dtype == array.dtype
    assert found.flags.c_contiguous
    assert np.array_equal(found, array)
    assert found.shape == array.shape


@pytest.mark.parametrize(
    "array",
    [
        np.zeros(3, np.float64),
        np.zeros(3, ">i4"),
        np.zeros(3, np.uint8),
        np.zeros(3, bool),
        np.zeros(3, "U2"),
        np.zeros((1,) * 5, np.int32),
        np.zeros(3, [("a", "<i4")]),
    ],
)
def test_other_arrays_are_refused(array: np.ndarray) -> None:
    buffer = io.BytesIO()
    np.save(buffer, array)
    with pytest.raises(BundleError, match="no header of an int8, int32 or float32 array"):
        npy.parse(buffer.getvalue(), "x")


def test_sizes_are_compared_before_anything_is_made() -> None:
    for shape in ("(999999999, 999999999)", "(2, 3)", "()"):
        text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
        data = b"\x93NUMPY\x01\x00\x76\x00" + text.encode() + bytes(8)
        with pytest.raises(BundleError, match="holds 8 bytes, which are not"):
            npy.parse(data, "x")
    for data in (
        b"",
        b"\x93NUMPY",
        b"\x93NUMPY\x01\x00\xff\xff",
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff",
    ):
        with pytest.raises(BundleError):
            npy.parse(data + bytes(9), "x")
