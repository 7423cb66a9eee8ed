"""Says what is made of each file of an archive, and when two results are of the same making."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.errors import UsageError

COMPRESS, DECOMPRESS = "compress", "decompress"
MODES = (COMPRESS, DECOMPRESS)
EXTENSIONS = {COMPRESS: ".tgc", DECOMPRESS: ".png"}


class Settings(NamedTuple):
    """Holds what to make of each file; sent to other processes and machines.

    Attributes:
      mode: "compress" or "decompress".
      bpp, nbytes, quality, metadata: as of `Codec.compress`.
      realism: as of `Codec.decompress`.
      model: a name or path; None, to decompress, for the shipped model that made the file.
      verify: whether each result is read back and decoded before it counts.
    """

    mode: str = COMPRESS
    bpp: float | None = None
    nbytes: int | None = None
    quality: int | None = None
    metadata: str = "basic"
    realism: float | None = None
    model: str | None = None
    verify: bool = False

    @property
    def extension(self) -> str:
        """What names of results end with."""
        return EXTENSIONS[self.mode]

    @property
    def options(self) -> dict[str, Any]:
        """The arguments for the codec, those left out that are None."""
        names = ["realism"] if self.mode == DECOMPRESS else ["bpp", "nbytes", "quality", "metadata"]
        found = {name: getattr(self, name) for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def making(self) -> str:
        """Returns a line that is the same for results that must be the same: mode, options, and the
        hash of the model, which is read."""
        options = [f"{name}={value}" for name, value in self.options.items()]
        return " ".join([self.mode, *options, f"model={self._model_digest()}"])

    def _model_digest(self) -> str:
        models = bundle_files.shipped() if self.model is None else [self.model]
        digests = "".join(map(bundle_files.digest, models))
        return digests if len(models) == 1 else hashlib.sha256(digests.encode()).hexdigest()


def checked(settings: Settings) -> Settings:
    """Returns the settings, with a model if one is needed; raises `UsageError` for a mode that
    there is not."""
    if settings.mode not in MODES:
        raise UsageError(f"mode must be one of {', '.join(MODES)}, not {settings.mode}")
    if settings.mode == COMPRESS and settings.model is None:
        from tfgan_codec.codec import DEFAULT_MODEL  # with NumPy: not for the help text

        return settings._replace(model=DEFAULT_MODEL)
    return settings
