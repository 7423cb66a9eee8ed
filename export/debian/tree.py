"""Lays out the files of the Debian package, all under /usr: thumbnailers see nothing else."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from export.debian import manual

NAME = "tfgan-codec"
LIBRARY = f"usr/lib/{NAME}"  # of Python packages that this one alone uses
_HERE = Path(__file__).parent / "files"
_ROOT = Path(__file__).resolve().parents[2]
_DOC = f"usr/share/doc/{NAME}"
_ICONS = "usr/share/icons/hicolor/scalable"
# Where each file of `files/` goes.
PLACES = {
    "tgc": ("usr/bin/tgc",),
    "tgc-open": ("usr/bin/tgc-open",),
    "tgc-thumbnailer": ("usr/bin/tgc-thumbnailer",),
    "tfgan-codec.xml": ("usr/share/mime/packages/tfgan-codec.xml",),
    "tfgan-codec.thumbnailer": ("usr/share/thumbnailers/tfgan-codec.thumbnailer",),
    "tgc.desktop": ("usr/share/applications/tgc.desktop",),
    "copyright": (f"{_DOC}/copyright",),
}
_ICON = _ROOT / "export" / "web" / "page" / "icon.svg"
_ICON_PLACES = (f"{_ICONS}/apps/tgc.svg", f"{_ICONS}/mimetypes/image-vnd.tfgan-codec.svg")


class File(NamedTuple):
    """Is a file of the package."""

    path: str  # below /
    contents: bytes

    @property
    def mode(self) -> int:
        """Its permissions."""
        return 0o755 if self.path.startswith("usr/bin/") else 0o644


def files() -> Iterator[File]:
    """Yields the files of the package, but for those of other Python packages."""
    for name, places in PLACES.items():
        for place in places:
            yield File(place, (_HERE / name).read_bytes())
    for place in _ICON_PLACES:
        yield File(place, _ICON.read_bytes())
    for name in ("tgc", "tgc-open", "tgc-thumbnailer"):
        yield File(f"usr/share/man/man1/{name}.1.gz", _packed(manual.page(name).encode()))
    yield File(f"{_DOC}/changelog.gz", _packed((_ROOT / "CHANGELOG.md").read_bytes()))
    for path in sorted((_ROOT / "tfgan_codec").rglob("*")):
        if path.is_file() and path.suffix not in (".pyc", ".tmp"):
            yield File(f"{LIBRARY}/{path.relative_to(_ROOT).as_posix()}", path.read_bytes())


def write(root: Path, each: File) -> None:
    """Writes a file of the package below `root`."""
    path = root / each.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(each.contents)
    path.chmod(each.mode)


def _packed(contents: bytes) -> bytes:
    return gzip.compress(contents, 9, mtime=0)
