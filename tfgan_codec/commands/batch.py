"""Compresses or decompresses whole folders, on all cores."""

from __future__ import annotations

from collections.abc import Sequence

from tfgan_codec import cli, streams
from tfgan_codec.progress import Bar

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
  find photos/./ -name '*.jpg' | {program} small --list=-    keeps what follows /./ as a tree
"""


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
    values.add("jobs", None, "How many processes work; one for each core by default.", int)
    values.add("resume", False, "Go on in OUT: leave what is done, by its hashes.")
    values.add("verify", False, "Read each result back and decode it before it counts.")
    values.add("overwrite", False, "Replace files in OUT that no manifest there knows.")

    def batch(*names: str) -> None:
        from tfgan_codec.batch import run, sources  # with NumPy: not before the flags are read
        from tfgan_codec.batch.settings import Settings, checked

        if not names:
            raise cli.CommandLineError("name files to read, and last the folder to write to")
        options = {"bpp": values.bpp, "nbytes": values.bytes, "quality": values.quality}
        if sum(value is not None for value in options.values()) > 1:
            raise cli.CommandLineError("give only one of --bpp, --bytes and --quality")
        options.update(metadata=values.metadata, realism=values.realism, model=values.model)
        settings = checked(Settings(values.mode, **options, verify=values.verify))
        *ins, out = names
        lists = [values.list] if values.list else []
        found = sources.find(ins, lists, out, settings, values.recursive)
        if not found:
            raise cli.CommandLineError("there is nothing to do in these; --recursive looks deeper")
        with Bar(values.mode) as bar:

            def progress(outcome: run.Outcome, done: int, of: int) -> None:
                if outcome.problem:
                    bar.close()
                    cli.fail(f"{outcome.task.source}: {outcome.problem}")
                bar(done / of)

            how = (values.jobs, values.resume, values.overwrite)
            summary = run.run(found, out, settings, *how, progress)
        streams.say(str(summary))
        if summary.failed:
            raise cli.Unfinished

    return cli.run(batch, values, _USAGE.format(program=program), argv)
