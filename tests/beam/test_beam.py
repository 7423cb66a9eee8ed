"""Pictures in Apache Beam pipelines: the same files as in a batch, whoever makes them, and how
often."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sample_pictures
from PIL import Image

beam = pytest.importorskip("apache_beam", exc_type=ImportError)

from apache_beam.io import fileio
from apache_beam.options.pipeline_options import PipelineOptions

import tfgan_codec as tgc
from tfgan_codec.batch.coder import digest_of
from tfgan_codec.batch.record import Record
from tfgan_codec.beam import DONE, FAILED, DecodePictures, EncodePictures, Failure, files, pipeline

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = ["--direct_num_workers=2", "--direct_running_mode=multi_processing"]
PATIENCE = 120  # seconds for what takes ten on a machine that is not busy


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with a tree of pictures, and a broken one."""
    folder = tmp_path / "photos"
    for number in range(6):
        path = folder / ("", "sub")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        sample_pictures.image(64, 48, seed=number).save(path)
    (folder / "sub" / "bad.png").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("none either")
    return folder


def run(folder: Path, step: Any, pattern: str) -> tuple[list[Record], list[Failure], Any]:
    """Runs a step on the files of a folder in this process; returns what it gives, and its
    metrics."""
    kept: dict[str, Path] = {tag: folder.parent / f"{tag}.txt" for tag in (DONE, FAILED)}
    with beam.Pipeline(options=PipelineOptions(["--runner=DirectRunner"])) as p:
        matched = p | fileio.MatchFiles(f"{folder}/{pattern}") | fileio.ReadMatches()
        named = matched | beam.Map(lambda file: (file.metadata.path, file))
        found = named | step
        for tag, kind in ((DONE, Record), (FAILED, Failure)):
            assert found[tag].element_type is kind
            text = found[tag] | f"{tag} to JSON" >> beam.Map(lambda row: json.dumps(row._asdict()))
            text | f"keep {tag}" >> beam.io.WriteToText(str(kept[tag]), shard_name_template="")
    done, failed = (
        [json.loads(line) for line in kept[tag].read_text().splitlines()] for tag in (DONE, FAILED)
    )
    return [Record(**each) for each in done], [Failure(**each) for each in failed], p.result


def tree(folder: Path) -> dict[str, bytes]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def counters(result: Any) -> dict[str, int]:
    return {each.key.metric.name: each.committed for each in result.metrics().query()["counters"]}


def test_there_and_back(photos: Path, tmp_path: Path, tiny_dir: Path, tiny: tgc.Codec) -> None:
    small, big = tmp_path / "small", tmp_path / "big"
    encode = EncodePictures(str(small), quality=60, model=str(tiny_dir), verify=True)
    done, failed, result = run(photos, encode, "**.png")
    assert [Path(each.source).name for each in failed] == ["bad.png"]
    assert failed[0].problem.startswith("the picture is not a picture that can be read")
    assert len(done) == 6
    for record in done:
        assert (small / record.output).read_bytes() == tiny.compress(record.source, quality=60)
        assert record.output.startswith(f"{record.source_sha256[:32]}-{record.model_id}-")
        assert (record.verified, record.width, record.height) == (True, 64, 48)
    assert set(tree(small)) == {record.output for record in done}
    names = {"num_inferences": 6, "failed_batches_counter": 1}
    assert {name: counters(result)[name] for name in names} == names
    told = result.metrics().query()["distributions"]
    spread = {each.key.metric.name: each.committed for each in told}
    assert spread["inference_request_batch_size"].sum == 6
    for name in ("inference_batch_latency_micro_secs", "load_model_latency_milli_secs"):
        assert spread[name].min > 0
    bundle = sum(path.stat().st_size for path in tiny_dir.iterdir())
    assert (spread["model_byte_size"].min, spread["model_byte_size"].max) == (bundle, bundle)

    decode = DecodePictures(str(big), realism=0.0, model=str(tiny_dir))
    back, failed, _ = run(small, decode, "*.tgc")
    assert (len(back), failed) == (6, [])
    for record in back:
        with Image.open(big / record.output) as image:
            assert image.tobytes() == tiny.decompress(record.source, realism=0.0).tobytes()


def test_running_again_changes_nothing(photos: Path, tmp_path: Path, tiny_dir: Path) -> None:
    out = tmp_path / "out"
    encode = EncodePictures(str(out), quality=60, model=str(tiny_dir))
    done, _, _ = run(photos, encode, "*.png")
    before = {path: path.stat().st_mtime_ns for path in out.glob("*.tgc")}
    first, damaged, missing = tree(out), *(out / each.output for each in done[:2])
    damaged.write_bytes(damaged.read_bytes()[:-1])
    missing.unlink()
    again, _, result = run(photos, encode, "*.png")
    assert counters(result)["num_inferences"] == 2
    assert tree(out) == first
    assert sorted(again) == sorted(done)
    changed = [path for path in before if path.stat().st_mtime_ns != before[path]]
    assert sorted(changed) == sorted([damaged, missing])


def test_settings_and_models_do_not_mix(photos: Path, tmp_path: Path, tiny_dir: Path) -> None:
    out, model = tmp_path / "out", str(tiny_dir)
    for quality in (60, 90):
        run(photos, EncodePictures(str(out), quality=quality, model=model), "0.png")
    assert len(tree(out)) == 2


def test_a_name_that_another_worker_gave_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems refuse to rename to a name that is there."""

    def refuse(sources: list[str], targets: list[str]) -> None:
        raise files.BeamIOError("it is there", {})

    target = tmp_path / "a"
    target.write_bytes(b"same")
    monkeypatch.setattr(files.FileSystems, "rename", refuse)
    files.name(files.stage(str(tmp_path), b"same"), str(target), b"same")
    assert tree(tmp_path) == {"a": b"same"}
    with pytest.raises(files.BeamIOError):
        files.name(files.stage(str(tmp_path), b"other"), str(target), b"other")


def test_what_is_named(photos: Path, tmp_path: Path) -> None:
    listing = tmp_path / "list"
    listing.write_text("gs://b/c.png\n")
    names = [f"@{listing}", "gs://a/photos", "gs://a/*.jpg", f"{photos}/0.png"]
    found = pipeline.find(names, [], recursive=True)
    assert found.paths == ["gs://b/c.png", f"{photos}/0.png"]
    assert found.patterns == ["gs://a/photos/**", "gs://a/*.jpg"]


def batch(photos: Path, out: Path, model: Path, *flags: str) -> list[str]:
    program = [sys.executable, "-m", "apps.batch", str(photos), str(out), "--recursive"]
    return [*program, "--quality=60", f"--model={model}", *flags]


def on_beam(photos: Path, out: Path, model: Path) -> list[str]:
    options = ",".join(flag[2:] for flag in PROCESSES)
    return batch(photos, out, model, "--runner=DirectRunner", f"--pipeline={options}")


def finish(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


def hashes(out: Path) -> dict[str, str]:
    """By the hash of each source, that of its result, of the manifest and of the files."""
    lines = (out / "manifest.jsonl").read_text().splitlines()
    records = [Record(**json.loads(line)) for line in lines]
    assert all(digest_of((out / each.output).read_bytes()) == each[9:11] for each in records)
    return {each.source_sha256: each.output_sha256 for each in records}


def test_processes_of_beam_and_of_a_batch_write_the_same(
    photos: Path, tmp_path: Path, tiny_dir: Path
) -> None:
    pool, cluster = tmp_path / "pool", tmp_path / "cluster"
    local = finish(batch(photos, pool, tiny_dir, "--jobs=2"))
    spread = finish(on_beam(photos, cluster, tiny_dir))
    for done in (local, spread):
        assert done.returncode == 1, done.stderr
        assert done.stdout.startswith("6 made, 0 kept, 1 failed: ")
    assert hashes(cluster) == hashes(pool)
    assert len(hashes(pool)) == 6
    assert f"{photos}/sub/bad.png" in (cluster / "failed.txt").read_text()
    assert set(tree(cluster)) - {"failed.txt", "manifest.jsonl"} == {
        path.name for path in cluster.glob("*.tgc")
    }


@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="workers are found in /proc")
def test_a_worker_that_is_killed(photos: Path, tmp_path: Path, tiny_dir: Path) -> None:
    """The pipeline ends, well or not; run again, it leaves the tree of one that nobody killed."""
    for number in range(150):
        sample_pictures.image(96, 64, seed=100 + number).save(photos / f"more{number}.png")
    out, whole = tmp_path / "out", tmp_path / "whole"
    process = subprocess.Popen(
        on_beam(photos, out, tiny_dir),
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: len(list(out.glob("*.tgc"))) >= 5 or process.poll() is not None)
        assert process.poll() is None
        os.kill(workers(process.pid)[0], signal.SIGKILL)
        deadline = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # it waits for a worker that is gone
        process.wait()
    assert not (out / "manifest.jsonl").exists()
    assert 5 <= len(list(out.glob("*.tgc"))) < 156
    assert finish(on_beam(photos, out, tiny_dir)).returncode == 1
    assert finish(on_beam(photos, whole, tiny_dir)).returncode == 1
    assert len(list(whole.glob("*.tgc"))) == 156
    assert tree(out) == tree(whole)


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)


def workers(program: int) -> list[int]:
    """Returns the processes of Beam's workers in a program's session."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            ours = os.getsid(int(entry.name)) == program
            command = (entry / "cmdline").read_text()
            if ours and "\0apache_beam.runners.worker.sdk_worker_main\0" in command:
                found.append(int(entry.name))
        except OSError:
            continue
    return found
