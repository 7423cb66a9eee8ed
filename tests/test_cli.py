"""Tests of the command-line programs: what they write, say and return."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import types
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sample_pictures
from PIL import Image

import tfgan_codec as tgc
from apps import compress, decompress, info
from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.format import container
from tfgan_codec.format.profiles import KNOWN

ROOT = Path(__file__).resolve().parent.parent


class Result:
    """The outcome of one call of a program."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    def fails(self, message: str, status: int = 1) -> None:
        """One line that says what is wrong, and nothing else."""
        assert self.status == status
        assert self.out == ""
        assert self.err.startswith("tfgan_codec: ")
        assert message in self.err
        if status == 1:
            assert self.err.count("\n") == 1


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Calls a program's main function."""

    def call(program: object, *arguments: object) -> Result:
        status = program.main(["program", *map(str, arguments)])
        return Result(status, *capfd.readouterr())

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder with a picture in it."""
    sample_pictures.image(120, 80).save(tmp_path / "a.png")
    return tmp_path


@pytest.fixture
def shipped(tiny_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the tiny model a shipped one."""
    monkeypatch.setattr(bundle_files, "places", lambda: [tiny_dir.parent])


@pytest.fixture
def blob(tiny: tgc.Codec) -> bytes:
    return tiny.compress(sample_pictures.image(48, 48), quality=20)


def test_there_and_back(run, folder: Path, tiny_dir: Path) -> None:
    model = f"--model={tiny_dir}"
    result = run(compress, folder / "a.png", folder / "a.tgc", model, "--quality=150")
    blob = (folder / "a.tgc").read_bytes()
    bpp = 8 * len(blob) / (120 * 80)
    expected = f"{folder / 'a.tgc'}: {len(blob)} bytes, {bpp:.4g} bpp, quality 150\n"
    assert (result.status, result.out, result.err) == (0, expected, "")
    result = run(decompress, folder / "a.tgc", folder / "b.png", model, "--realism=0")
    assert (result.status, result.out, result.err) == (0, f"{folder / 'b.png'}: 120x80\n", "")
    with Image.open(folder / "a.png") as a, Image.open(folder / "b.png") as b:
        assert a.size == b.size
        assert np.abs(np.asarray(a).astype(int) - np.asarray(b)).mean() < 15
    assert sorted(os.listdir(folder)) == ["a.png", "a.tgc", "b.png"]


def test_budget_flags(run, folder: Path, tiny_dir: Path) -> None:
    model = f"--model={tiny_dir}"
    assert run(compress, folder / "a.png", folder / "a", model, "--bytes=400").status == 0
    assert 0.9 * 400 <= (folder / "a").stat().st_size <= 400
    assert run(compress, folder / "a.png", folder / "b", model, "--bpp=0.5").status == 0
    assert 0.9 * 600 <= (folder / "b").stat().st_size <= 600
    too_few = run(compress, folder / "a.png", folder / "c", model, "--bytes=20")
    too_few.fails("the smallest file has")
    assert not (folder / "c").exists()


def test_finds_the_shipped_model(run, folder: Path, shipped: None) -> None:
    assert run(compress, folder / "a.png", folder / "a.tgc", "--model=tiny").status == 0
    assert run(decompress, folder / "a.tgc", folder / "b.png").status == 0
    assert json.loads(run(info, folder / "a.tgc").out)["model"] == "tiny"


def test_info(run, folder: Path, tiny: tgc.Codec) -> None:
    picture = sample_pictures.image(768, 512, "LA")
    blob = tiny.compress(picture, quality=7)
    (folder / "a.tgc").write_bytes(blob)
    result = run(info, folder / "a.tgc")
    assert (result.status, result.err) == (0, "")
    facts = json.loads(result.out)
    alpha, stream = facts.pop("alpha_bytes"), facts.pop("stream_bytes")
    assert alpha > 0
    assert 16 + alpha + sum(stream) == len(blob)
    assert facts == {
        "model": None,
        "model_id": tiny.bundle.model_id.hex(),
        "width": 768,
        "height": 512,
        "mode": "LA",
        "quality": 7,
        "bytes": len(blob),
        "bpp": round(8 * len(blob) / (768 * 512), 6),
        "header_bytes": 16,
        "profile": "sRGB",
        "icc_bytes": 0,
        "exif_bytes": 0,
    }


def test_flagfile(run, folder: Path, tiny_dir: Path) -> None:
    (folder / "my.flags").write_text(f"# a comment\n--model={tiny_dir}\n--quality=3\n")
    result = run(compress, folder / "a.png", folder / "a.tgc", f"--flagfile={folder}/my.flags")
    assert "quality 3" in result.out


@pytest.mark.parametrize("program", [compress, decompress, info])
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help(run, program: object, flag: str) -> None:
    """Usage and examples first, then our flags, and nobody else's."""
    result = run(program, flag)
    assert (result.status, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[0].startswith("usage: python -m apps.")
    assert max(map(len, lines)) <= 100
    examples = [line for line in lines if line.startswith("  python -m apps.")]
    assert examples
    flags = [line.split()[0] for line in lines if line.startswith("  --")]
    assert set(flags) >= {"--help", "--flagfile"}
    assert not set(flags) & {"--helpfull", "--helpxml", "--undefok", "--verbosity", "--logtostderr"}


@pytest.mark.parametrize(
    ("program", "arguments", "message"),
    [
        (compress, [], "expected at least 1 file name(s), got 0"),
        (decompress, [], "got 0"),
        (decompress, ["a.tgc", "b.tgc", "c.png"], "2 files do not fit into c.png; name a folder"),
        (info, [], "expected 1"),
        (compress, ["a.png", "b", "--bqp=1"], "Unknown command line flag 'bqp'. Did you mean: bpp"),
        (compress, ["a.png", "b", "--quality=high"], "--quality=high"),
        (compress, ["a.png", "b", "--flagfile=missing"], "Unable to open flagfile"),
        (compress, ["a.png", "b", "--bpp=1", "--bytes=5"], "only one of"),
        (compress, ["a.png", "a.png"], "a.png and a.png would both become a.tgc"),
        (compress, ["a.png", "--out=a.png"], "a.png is called like the file to make of it"),
        (compress, ["a.png", "--out=./a.png"], "would overwrite"),
        (compress, ["a.png", "--out=no/"], "there is no folder no/; make it first: mkdir -p no/"),
        (decompress, ["a.png", "./a.png"], "would overwrite"),
    ],
)
def test_wrong_usage(
    run, program: object, arguments: list[str], message: str, folder: Path, monkeypatch
) -> None:
    monkeypatch.chdir(folder)
    before = (folder / "a.png").read_bytes()
    result = run(program, *arguments)
    result.fails(message, status=2)
    assert "usage: python -m apps." in result.err
    assert os.listdir(folder) == ["a.png"]
    assert (folder / "a.png").read_bytes() == before


def test_pictures_that_cannot_be_compressed(run, folder: Path, tiny_dir: Path) -> None:
    model = f"--model={tiny_dir}"
    (folder / "text.png").write_text("no picture")
    (folder / "empty.png").touch()
    before = sorted(os.listdir(folder))
    for name, message in [
        ("text.png", "not a picture"),
        ("empty.png", "is empty"),
        ("missing.png", "No such file"),
        (".", "is a folder; name files in it"),
    ]:
        run(compress, folder / name, folder / "out.tgc", model).fails(message)
    run(compress, folder / "a.png", folder / "no/out.tgc", model).fails("there is no folder")
    run(compress, folder / "a.png", folder / "out.tgc", "--model=none").fails("no model 'none'")
    run(compress, folder / "a.png", folder / "out.tgc", model, "--quality=256").fails("0 to 255")
    assert sorted(os.listdir(folder)) == before


def test_files_that_cannot_be_decompressed(
    run, folder: Path, tiny_dir: Path, blob: bytes, shipped: None
) -> None:
    def frame(**changes: object) -> bytes:
        return container.pack(container.parse(blob).file._replace(**changes))

    for data, message in [
        (b"", "is empty"),
        (b"\x89PNG", "wrong magic"),
        (b"TGC\x40" + bytes(50), "version 4"),
        (frame(model_id=b"\1\2\3"), "model id 010203"),
        (frame(width=4000, height=4000), "damaged"),
        (frame(streams=(b"",)), "damaged"),
    ]:
        (folder / "a.tgc").write_bytes(data)
        run(decompress, folder / "a.tgc", folder / "out.png").fails(message)
        run(decompress, folder / "a.tgc", folder / "out.png").fails(f"{folder / 'a.tgc'}: ")
    run(decompress, folder / "missing.tgc", folder / "out.png").fails("No such file")
    run(decompress, folder, folder / "out.png").fails("is a folder; name files in it")
    (folder / "a.tgc").write_bytes(blob)
    run(decompress, folder / "a.tgc", folder / "out").fails("no picture format")
    run(decompress, folder / "a.tgc", folder / "no/out.png").fails("there is no folder")
    run(decompress, folder / "a.tgc", folder / "out.png", "--realism=2").fails("realism 2")
    assert sorted(os.listdir(folder)) == ["a.png", "a.tgc"]


@pytest.mark.parametrize("program", [decompress, info])
def test_damage_anywhere(run, program: object, folder: Path, blob: bytes, shipped: None) -> None:
    """Truncated at every byte, and with every byte changed; the line names the file."""
    damaged = [blob[:length] for length in range(len(blob))]
    for position in range(len(blob)):
        copy = bytearray(blob)
        copy[position] ^= 0x10
        damaged.append(bytes(copy))
    outputs = [folder / "out.png"] if program is decompress else []
    for data in damaged:
        (folder / "a.tgc").write_bytes(data)
        run(program, folder / "a.tgc", *outputs).fails(f"{folder / 'a.tgc'}: ")
    assert sorted(os.listdir(folder)) == ["a.png", "a.tgc"]


def test_interrupted(run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tgc, "load", interrupt)
    run(compress, folder / "a.png", folder / "a.tgc").fails("interrupted", status=130)


def test_out_of_memory_in_python(
    tiny: tgc.Codec, blob: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(
        tiny, "_coder", types.SimpleNamespace(layers=1, qualities=1, encode=fail, decode=fail)
    )
    for call in (lambda: tiny.compress(sample_pictures.image(9, 9)), lambda: tiny.decompress(blob)):
        with pytest.raises(tgc.ImageError, match="not enough memory"):
            call()


def test_out_of_memory(run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(tgc, "load", fail)
    run(compress, folder / "a.png", folder / "a.tgc").fails("memory")


@pytest.mark.parametrize("size", [(1, 1), (1, 4099), (17, 33), (4099, 37)])
def test_odd_sizes(run, size: tuple[int, int], tmp_path: Path, shipped: None) -> None:
    sample_pictures.image(*size).save(tmp_path / "a.png")
    assert run(compress, tmp_path / "a.png", tmp_path / "a.tgc", "--model=tiny").status == 0
    assert run(decompress, tmp_path / "a.tgc", tmp_path / "b.png").status == 0
    with Image.open(tmp_path / "b.png") as image:
        assert (image.mode, image.size) == ("RGB", size)


@pytest.mark.parametrize(
    ("name", "mode", "options", "expected"),
    [
        ("grey.png", "L", {}, "L"),
        ("palette.gif", "P", {}, "RGB"),
        ("alpha.png", "RGBA", {}, "RGBA"),
        ("cmyk.jpg", "CMYK", {}, "RGB"),
        ("sixteen.png", "I;16", {}, "L"),
        ("turned.jpg", "RGB", {"exif": sample_pictures.exif(6)}, "RGB"),
        ("profile.png", "RGB", {"icc_profile": KNOWN[1].icc()}, "RGB"),
    ],
)
def test_kinds_of_pictures(
    run, name: str, mode: str, options: dict, expected: str, tmp_path: Path, shipped: None
) -> None:
    if mode == "I;16":
        source = Image.fromarray(np.arange(60 * 40, dtype=np.uint16).reshape(40, 60) * 20)
    else:
        source = sample_pictures.image(60, 40, mode)
    source.save(tmp_path / name, **options)
    assert run(compress, tmp_path / name, tmp_path / "a.tgc", "--model=tiny").status == 0
    assert run(decompress, tmp_path / "a.tgc", tmp_path / "b.png").status == 0
    with Image.open(tmp_path / "b.png") as image:
        assert image.mode == expected
        assert image.size == ((40, 60) if name == "turned.jpg" else (60, 40))
        assert image.info.get("icc_profile") == options.get("icc_profile")
        if mode == "RGBA":
            assert np.array_equal(image.getchannel("A"), source.getchannel("A"))


def python(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a Python process that sees the checkout."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env=environment, timeout=120
    )


def test_as_processes(folder: Path, tiny_dir: Path) -> None:
    """As users call them: status, and not a word on standard error."""
    model = f"--model={tiny_dir}"
    result = python("-m", "apps.compress", "a.png", "a.tgc", model, folder=folder)
    assert (result.returncode, result.stderr) == (0, "")
    result = python("-m", "apps.decompress", "a.tgc", "b.png", model, folder=folder)
    assert (result.returncode, result.stderr) == (0, "")
    result = python("-m", "apps.info", "a.tgc", folder=folder)
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout)["width"] == 120
    result = python("-m", "apps.decompress", "a.png", "c.png", folder=folder)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert python("-m", "apps.info", folder=folder).returncode == 2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_bad_files_take_little_time_and_memory(folder: Path) -> None:
    """A size of 2^40 with a good checksum, and a large file of another kind."""
    head = b"TGC\x10abc" + b"\x80\x80\x80\x80\x80\x20" * 2 + b"\x10"
    (folder / "huge.tgc").write_bytes(head + zlib.crc32(head).to_bytes(4, "little"))
    with open(folder / "other.tgc", "wb") as stream:
        stream.truncate(1 << 32)  # sparse
    code = """
import sys
from apps import decompress
status = decompress.main(["decompress", sys.argv[1], "out.png"])
for line in open("/proc/self/status"):  # ru_maxrss would count the parent's memory too
    if line.startswith("VmHWM"):
        print(line.split()[1])
sys.exit(status)
"""
    for name, message in [("huge.tgc", "out of bounds"), ("other.tgc", "wrong magic")]:
        start = time.perf_counter()
        result = python("-c", code, name, folder=folder)
        assert time.perf_counter() - start < 10  # 0.3 s on a quiet machine
        assert message in result.stderr
        assert result.returncode == 1
        assert int(result.stdout) * 1024 < 500e6


def test_no_tensorflow(folder: Path, tiny_dir: Path) -> None:
    """The portable codec runs where TensorFlow is missing, and ignores it where it is not."""
    code = f"""
import sys
import tfgan_codec as tgc
assert not {{"numpy", "PIL", "ai_edge_litert"}} & sys.modules.keys(), "import is not lazy"
codec = tgc.load({str(tiny_dir)!r})
codec.decompress(codec.compress("a.png"))
heavy = {{"tensorflow", "keras", "scipy", "absl.app", "absl.logging", "matplotlib"}}
assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()
"""
    result = python("-c", code, folder=folder)
    assert (result.returncode, result.stderr) == (0, "")


def test_import_time(tmp_path: Path) -> None:
    """0.02 s on a quiet machine."""
    code = (
        "import time; a = time.perf_counter(); import tfgan_codec; print(time.perf_counter() - a)"
    )
    times = [float(python("-c", code, folder=tmp_path).stdout) for _ in range(3)]
    assert min(times) < 0.3
