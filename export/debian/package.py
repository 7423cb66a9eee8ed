"""Makes the .deb file: control fields, maintainer scripts, checksums, and the files themselves."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import tfgan_codec
from export.debian import tree, wheels
from tfgan_codec.errors import UsageError

# NumPy's libraries are named, though it has them: the thumbnailer loads them without the links in
# /etc/alternatives.
DEPENDS = (
    "python3 (>= 3.11~)",
    "python3 (<< 3.12~)",
    "python3-numpy (>= 1:1.23)",
    "python3-tqdm",
    "libblas3",
    "liblapack3",
    "libc6 (>= 2.31)",
    "libgcc-s1",
    "libstdc++6",
)
_DATE = "1767225600"  # of all files, where the environment names no other: 2026 began
_CONTROL = """Package: {name}
Version: {version}
Architecture: {architecture}
Maintainer: The tfgan_codec authors <tfgan-codec@example.org>
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: xdg-utils
Section: graphics
Priority: optional
Description: image codec with a GAN-trained decoder
 Compresses photographs to a tenth of a bit per pixel with a neural network, and
 decompresses them: the command tgc, with a trained model. Desktops know .tgc
 files, show them and make thumbnails of them.
"""
# Python's files are compiled where they are installed.
SCRIPTS = {
    "postinst": f"""#!/bin/sh
set -e
if [ "$1" = configure ]; then
  py3compile -p {tree.NAME} /{tree.LIBRARY}
fi
""",
    "prerm": f"""#!/bin/sh
set -e
py3clean -p {tree.NAME} /{tree.LIBRARY}
""",
}


def build(out: Path) -> Path:
    """Makes the package in a folder, and returns its path.

    Raises:
      UsageError: dpkg is missing, a Python package cannot be fetched, or the folder not be written.
    """
    if shutil.which("dpkg-deb") is None:
        raise UsageError("dpkg-deb is needed, which Debian and its relatives have")
    architecture = _run("dpkg", "--print-architecture")
    made = out / f"{tree.NAME}_{tfgan_codec.__version__}_{architecture}.deb"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        files = [*tree.files(), *wheels.files()]
        for each in files:
            tree.write(root, each)
        _write_control(root, files, architecture)
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot write {out}: {error.strerror or error}") from error
        _run("dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(made))
    return made


def control(files: Sequence[tree.File], architecture: str) -> str:
    """Returns the control fields of a package with these files."""
    return _CONTROL.format(
        name=tree.NAME,
        version=tfgan_codec.__version__,
        architecture=architecture,
        kilobytes=sum(-(-len(each.contents) // 1024) for each in files),
        depends=", ".join(DEPENDS),
    )


def _write_control(root: Path, files: Sequence[tree.File], architecture: str) -> None:
    folder = root / "DEBIAN"
    folder.mkdir()
    (folder / "control").write_text(control(files, architecture))
    sums = [f"{hashlib.md5(each.contents).hexdigest()}  {each.path}\n" for each in files]
    (folder / "md5sums").write_text("".join(sums))
    for name, text in SCRIPTS.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)


def _run(*command: str) -> str:
    """Returns what a program of Debian's prints; the same files give the same package."""
    environment = {"SOURCE_DATE_EPOCH": _DATE, **os.environ}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        reason = (done.stderr.strip() or f"status {done.returncode}").splitlines()[-1]
        raise UsageError(f"{command[0]} failed: {reason}")
    return done.stdout.strip()
