"""Compresses or decompresses whole folders, on all cores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfgan_codec import cli, streams
from tfgan_codec.errors import UsageError

_USAGE = """
usage: {program} IN ... OUT [--bpp=B | --bytes=N | --quality=Q] [--recursive] [--resume]

Compresses the pictures of folders, patterns and lists to .tgc files in the folder OUT, on all
cores; with --mode=decompress, .tgc files to PNG files. OUT gets manifest.jsonl, with the hashes of
all files, and failed.txt, a list of what failed and why, if something did.

  {program} photos small --bpp=0.1 --recursive    a whole tree, as a tree in small
  {program} photos small --bpp=0.1 --recursive --resume    goes on where it was killed
  {program} @small/failed.txt small --bpp=0.1 --resume     what failed, once more
  {program} '2024/*.jpg' small --verify           decodes each file before it counts
  {program} small pictures --mode=decompress --recursive
  {program} photos small --runner=FlinkRunner --pipeline=flink_master=host:8081
  find photos/./ -name '*.jpg' | {program} small --list=-    keeps what follows /./ as a tree
"""
_SETTINGS = ("mode", "metadata", "realism", "model", "verify")


def main(argv: Sequence[str] | None = None, program: str = "tgc batch") -> int:
    """Runs the program, which its usage text calls `program`, and returns its exit status."""
    values = cli.Flags()
    values.add("mode", "compress", "compress or decompress.")
    values.add("bpp", None, "At most so many bits per pixel, counting the whole file.", float)
    values.add("bytes", None, "At most so many bytes, counting the whole file.", int)
    values.add("quality", None, "A quality level from 0 to 255.", int)
    values.add_metadata()
    values.add("realism", None, "0 for faithful, 1 for realistic, to decompress.", float)
    values.add("model", None, "A model's name, or a bundle's folder or zip file.")
    values.add("recursive", False, "Also what is in folders of folders.")
    values.add("list", None, "A list with a file's name on each line; - is standard input.")
    values.add(
        "jobs", None, "How many processes; one for each core by default.", int, lower_bound=1
    )
    values.add("resume", False, "Go on in OUT: leave what is done, by its hashes.")
    values.add("verify", False, "Read each result back and decode it before it counts.")
    values.add("overwrite", False, "Replace files in OUT that no manifest there knows.")
    values.add("runner", None, "A runner of Apache Beam, such as FlinkRunner, for clusters.")
    values.add("pipeline", [], "Flags for it, such as --pipeline=parallelism=8,streaming.", list)

    def batch(*names: str) -> None:
        from tfgan_codec.batch import settings, terminal  # with NumPy: not before flags are read

        options = {"bpp": values.bpp, "nbytes": values.bytes, "quality": values.quality}
        if sum(value is not None for value in options.values()) > 1:
            raise cli.CommandLineError("give only one of --bpp, --bytes and --quality")
        options.update({name: values[name].value for name in _SETTINGS})
        if not names:
            raise cli.CommandLineError("name files to read, and last the folder to write to")
        *ins, out = names
        wanted = settings.checked(settings.Settings(**options))
        where = (ins, [values.list] if values.list else [], out, wanted, values.recursive)
        if values.runner:
            summary = _on_runner(values, *where)
        else:
            summary = terminal.run(*where, values.jobs, values.resume, values.overwrite)
        streams.say(str(summary))
        if summary.failed:
            raise cli.Unfinished

    return cli.run(batch, values, _USAGE.format(program=program), argv)


def _on_runner(values: cli.Flags, *where: Any) -> Any:
    try:
        from tfgan_codec.beam import pipeline
    except ModuleNotFoundError as error:
        raise UsageError(f'--runner needs {error.name}: pip install "tfgan_codec[beam]"') from error
    return pipeline.run_on(values.runner, [f"--{flag}" for flag in values.pipeline], *where)
