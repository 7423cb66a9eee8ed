"""Bundles changed on purpose, to see what becomes of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def edit_manifest(folder: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    """Rewrites the manifest of a bundle after `edit` has changed it."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    edit(manifest)
    path.write_text(json.dumps(manifest))
