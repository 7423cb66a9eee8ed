"""Tests of `tgc` in a shell: pipes, a full disk, closed streams, terminals, Ctrl-C."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sample_pictures
from PIL import Image

import tfgan_codec as tgc
from tfgan_codec import streams

ROOT = Path(__file__).resolve().parent.parent
TGC = f'"{sys.executable}" -m tfgan_codec'

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="uses Linux's /dev")


@pytest.fixture
def folder(tmp_path: Path, tiny: tgc.Codec, tiny_dir: Path) -> Path:
    """A folder with a picture, a .tgc file and a link to the model."""
    picture = sample_pictures.image(60, 40)
    picture.save(tmp_path / "a.png")
    (tmp_path / "a.tgc").write_bytes(tiny.compress(picture))
    (tmp_path / "tiny").symlink_to(tiny_dir)
    return tmp_path


def shell(line: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Runs a line of bash, in which `tgc` is ours and fails as a whole if a part does."""
    known = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    environment = {**known, "PYTHONPATH": str(ROOT), **variables}
    script = f'set -o pipefail; tgc() {{ {TGC} "$@"; }}; {line}'
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, timeout=120
    )


def picture_of(data: bytes) -> tuple[str | None, tuple[int, int]]:
    with Image.open(io.BytesIO(data)) as image:
        return image.format, image.size


@pytest.mark.parametrize(
    "line",
    [
        "tgc compress - - --model=tiny <a.png | tgc decompress - - --model=tiny",
        "cat a.png | tgc compress - --model=tiny | tgc decompress - --model=tiny",
        "tgc compress a.png /dev/stdout --model=tiny | tgc decompress /dev/stdin - --model=tiny",
        "tgc compress <(cat a.png) - --model=tiny | tgc decompress - - --model=tiny",
        "tgc decompress <(tgc compress a.png - --model=tiny) >(cat >b) --model=tiny >&2"
        "; sleep 0.2; cat b",
        "tgc decompress a.tgc /dev/fd/3 --model=tiny 3>b >&2; cat b",
        "mkfifo p; cat p & tgc decompress a.tgc p --model=tiny >&2; wait",
        "tgc decompress a.tgc --out=- --model=tiny",
    ],
)
def test_pipes(line: str, folder: Path) -> None:
    """Data alone on standard output, and the line for people beside it."""
    done = shell(line, folder)
    assert done.returncode == 0, done.stderr
    assert picture_of(done.stdout) == ("PNG", (60, 40))
    assert b"60x40\n" in done.stderr


def test_appends_to_what_the_shell_opened(folder: Path) -> None:
    """`/dev/stdout` is a link to that file; replacing the file would lose its beginning."""
    line = "echo first >b; tgc decompress a.tgc /dev/stdout --model=tiny >>b; cat b"
    first, _, rest = shell(line, folder).stdout.partition(b"\n")
    assert first == b"first"
    assert picture_of(rest) == ("PNG", (60, 40))


def test_other_formats_in_pipes(folder: Path) -> None:
    line = "mkfifo p.jpg; cat p.jpg & tgc decompress a.tgc p.jpg --model=tiny >&2; wait"
    assert picture_of(shell(line, folder).stdout) == ("JPEG", (60, 40))


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "line",
    [
        "tgc --help",
        "tgc --version",
        "tgc compress --help",
        "tgc models",
        "tgc info a.tgc",
        "tgc info a.tgc a.tgc missing.tgc",
        "tgc compress a.png b.tgc --model=tiny",
        "tgc decompress a.tgc - --model=tiny",
    ],
)
def test_a_full_disk(line: str, unbuffered: str, folder: Path) -> None:
    done = shell(f"{line} >/dev/full", folder, PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 1
    last = done.stderr.decode().splitlines()[-1]
    assert last == "tfgan_codec: cannot write standard output: No space left on device"
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


def test_a_full_disk_behind_a_name(folder: Path) -> None:
    done = shell("tgc decompress a.tgc /dev/full --model=tiny", folder)
    message = b"tfgan_codec: cannot write /dev/full: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, message)


def test_a_reader_that_has_seen_enough(folder: Path) -> None:
    done = shell("tgc decompress a.tgc - --model=tiny | true; tgc info a.tgc | true", folder)
    assert done.stderr == b""


def test_closed_streams(folder: Path) -> None:
    done = shell("tgc decompress a.tgc - --model=tiny >&-", folder)
    message = b"tfgan_codec: standard output is closed; name a file\n"
    assert (done.returncode, done.stderr) == (1, message)
    done = shell("tgc info - <&-", folder)
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    done = shell("tgc info missing 2>&-", folder)
    assert (done.returncode, done.stdout) == (1, b"")  # not on the other stream


def test_endless_input_of_another_kind_is_left_at_once(folder: Path) -> None:
    done = shell("ulimit -v 8000000; yes | tgc info -", folder)
    assert done.returncode != 0
    assert done.stderr.startswith(b"tfgan_codec: standard input: not a .tgc file")


def test_data_is_not_for_terminals(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from apps import decompress

    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert decompress.main(["decompress", str(folder / "a.tgc"), "-"]) == 1
    assert "is nothing for a terminal; redirect it, or name a file" in capfd.readouterr().err


def test_names_that_no_terminal_can_show(folder: Path) -> None:
    done = shell("tgc info $'b\\xff\\033[31m\\n.tgc'", folder)
    assert done.stderr.count(b"\n") == 1
    assert b"\x1b" not in done.stderr
    os.rename(folder / "a.png", os.fsencode(folder / "ä") + b"\xff.png")
    done = shell("tgc compress *.png --model=tiny", folder, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"\\xe4\\udcff.tgc: ")


_INTERRUPTED = """
import os, signal, sys
sys.argv[0] = "-m"  # as Python has it then
signal.signal(signal.SIGINT, signal.default_int_handler)  # which jobs in the background ignore
class Interrupt:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupt)
{program}
"""
_PROGRAMS = [
    ("numpy", "from tfgan_codec.commands.tgc import main; main(['tgc', 'compress', 'a.png'])"),
    ("absl", "from tfgan_codec.commands.tgc import main; main(['tgc', 'compress', 'a.png'])"),
    ("numpy", "import apps.bench"),
    ("absl", "import export.tflite"),
]


@pytest.mark.parametrize(("module", "program"), _PROGRAMS)
def test_ctrl_c_during_imports(module: str, program: str, folder: Path) -> None:
    """The signal ends the program, as it ends `cat`, and Python does not tell where it was."""
    code = _INTERRUPTED.format(module=module, program=program)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


def test_ctrl_c_is_told_again_once_a_command_runs() -> None:
    former = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        streams.end_on_interrupt()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
        streams.tell_interrupts()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # as shells do for the background
        streams.end_on_interrupt()
        streams.tell_interrupts()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, former)
