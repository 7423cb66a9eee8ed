"""The decoders in other languages pass; `make conformance` runs Java's, too."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest
from test_suite import ROOT, verdicts

from tfgan_codec.conformance import suite, table

SOURCE = ROOT / "conformance" / "minimal.c"
WARNINGS = ["-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
SANITIZED = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
MUTATED = 400  # files of each model


@pytest.fixture(scope="module")
def minimal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The minimal decoder, which stops where C is undefined."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    program = tmp_path_factory.mktemp("minimal") / "minimal"
    command = [compiler, *WARNINGS, *SANITIZED, "-o", str(program), str(SOURCE), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "sanitize" in done.stderr or "asan" in done.stderr:
        pytest.skip("the C compiler has no sanitizers")
    assert done.returncode == 0, done.stderr
    return program


def test_the_minimal_decoder_is_minimal() -> None:
    lines = SOURCE.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 600
    assert max(map(len, lines)) <= 100


def test_the_minimal_decoder_passes(minimal: Path, cases: suite.Suite) -> None:
    """All symbols, and of malformed files all that a decoder of symbols can see."""
    found = verdicts([str(minimal)], cases)
    assert table.failures({"minimal": found}) == []
    assert all(each.tried for each in found if each.level == suite.SYMBOLS)


@pytest.mark.parametrize("model", ["tiny", "layered", "context"])
def test_changed_files_are_refused_or_decoded(
    minimal: Path, cases: suite.Suite, model: str, tmp_path: Path
) -> None:
    numbers = random.Random(model)
    good = [c.file.read_bytes() for c in cases.cases if c.model == model and not c.error]
    files = [tmp_path / f"{number}.tgc" for number in range(MUTATED)]
    for file in files:
        file.write_bytes(changed(numbers.choice(good), numbers))
    command = [str(minimal), str(cases.models[model]), str(tmp_path), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[:2000]
    answers = [json.loads(file.with_suffix(".json").read_text()) for file in files]
    refused = [each["error"] for each in answers if "error" in each]
    assert set(refused) <= {"bitstream", "image"}
    assert MUTATED / 2 < len(refused) < MUTATED


def changed(blob: bytes, numbers: random.Random) -> bytes:
    """Changes a file in one to four places; nine of ten get a checksum that is right again."""
    body = bytearray(blob[:-4])
    for _ in range(numbers.choice((1, 1, 2, 4))):
        # Half of the changes go to the header, where most of the decisions are made.
        at = numbers.randrange(3, max(4, min(len(body), numbers.choice((24, len(body))))))
        kind = numbers.randrange(4)
        if kind == 0:
            body[at : at + 1] = bytes([numbers.choice((0, 1, 127, 128, 255))])
        elif kind == 1:
            body[at : at + 1] = bytes([body[at] ^ 1 << numbers.randrange(8)]) if body[at:] else b""
        elif kind == 2:
            body[at:at] = numbers.randbytes(numbers.randrange(1, 9))
        else:
            del body[at : at + numbers.randrange(1, 9)]
    right = zlib.crc32(body).to_bytes(4, "little")
    return bytes(body) + (right if numbers.randrange(10) else bytes(4))


def test_the_browsers_code_passes(cases: suite.Suite) -> None:
    """All but pixels, in Node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not there")
    found = verdicts([node, str(ROOT / "export/web/tests/codec/conformance.js")], cases)
    assert table.failures({"javascript": found}) == []
    assert all(each.tried for each in found if each.case.error or each.level == suite.SYMBOLS)
