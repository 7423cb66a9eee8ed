"""Names of files in lists come back as they were, whatever letters they have."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tfgan_codec.batch import record, sources
from tfgan_codec.batch.record import Record
from tfgan_codec.errors import TgcError, UsageError

# As file systems have them: text, or bytes that are no text in any encoding.
names = st.one_of(
    st.text(min_size=1), st.binary(min_size=1).map(os.fsdecode), st.text('"# \\\r\n\tä', min_size=1)
).filter(lambda name: "\0" not in name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(names))
def test_lists(tmp_path: Path, wanted: list[str]) -> None:
    path = tmp_path / "list"
    text = "# a remark\n\n" + "".join(f"{sources.list_line(name)}\n" for name in wanted)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert sources.read_list(str(path)) == wanted


@given(names, names)
def test_records(output: str, source: str) -> None:
    digests = (12, "0" * 64, 3, "f" * 64)
    one = Record(output, source, "as it is", "016a4d", 3, 2, 4.0, *digests, verified=True)
    text = record.line(one)
    assert text.isascii()
    assert text.count("\n") == 1
    assert record.read(text) == one


@pytest.mark.parametrize("text", ["", "{}", "[]", "3", '{"output": 1}', "[" * 100_000, "\x00"])
def test_what_is_no_record(text: str) -> None:
    with pytest.raises(TgcError, match="no record"):
        record.read(text)


def test_a_quote_that_does_not_end(tmp_path: Path) -> None:
    (tmp_path / "list").write_text('"a.png\n')
    with pytest.raises(UsageError, match="a quote that does not end"):
        sources.read_list(str(tmp_path / "list"))
