"""Puts a model bundle where the Android demo finds it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tfgan_codec import cli, description, outputs
from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.errors import BundleError

_USAGE = """
usage: python -m export.android --model=MODEL --out=ASSETS

Checks a model bundle and copies its files to ASSETS/bundle. The Java decoder reads a bundle as it
is, so that nothing is converted.

  python -m export.android --model=mobile --out=export/android/app/src/main/assets
"""

FOLDER = "bundle"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    values.add_model()
    values.add("out", None, "The folder of the app's assets.")
    values.add_overwrite()

    def command() -> None:
        cli.require(values, "out")
        folder = Path(values.out) / FOLDER
        outputs.check_folder(folder, description.BUNDLE, values.overwrite)
        size = export(values.model, Path(values.out))
        print(f"{folder}: {size} bytes")

    return cli.run(command, values, _USAGE, argv)


def export(model: str, assets: Path) -> int:
    """Copies a bundle to `assets`, in place of the one that is there; returns its size."""
    Bundle.load(model)  # checks all of it
    read = bundle_files.reader(bundle_files.locate(model))
    contents = {name: read(name) for name in bundle_files.manifest(read)["files"]}
    contents[bundle_files.MANIFEST] = read(bundle_files.MANIFEST)
    folder = assets / FOLDER
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, data in contents.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise BundleError(f"cannot write {folder}: {error.strerror or error}") from error
    return sum(map(len, contents.values()))


if __name__ == "__main__":
    sys.exit(main())
