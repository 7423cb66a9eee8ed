"""Records with which software and data a run was made, for `run.json`."""

from __future__ import annotations

import platform
from datetime import datetime, timezone
from importlib import metadata

from tfgan_codec.data.pool import Pool
from tfgan_codec.provenance import commit, machine

_PACKAGES = (
    "tfgan_codec",
    "tensorflow",
    "keras",
    "tensorflow-compression",
    "numpy",
    "pillow",
)


def start(step: int, pool: Pool) -> dict:
    """Describes a start of a run: its first step, date, commit, machine, versions, and the data,
    with the sha256 of its names and sizes."""
    return {
        "first_step": step,
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "data": pool.inventory()._asdict(),
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
