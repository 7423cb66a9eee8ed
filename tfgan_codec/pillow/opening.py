"""Opens ``.tgc`` files for Pillow: the header at once, the picture when its pixels are needed."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageFile

from tfgan_codec.errors import BitstreamError, UsageError
from tfgan_codec.format import container, header
from tfgan_codec.pillow.errors import OptionValueError, UnidentifiedFileError, for_pillow

_EXIF_PREFIX = b"Exif\0\0"


class TgcImageFile(ImageFile.ImageFile):
    """Is a picture in a ``.tgc`` file, decoded when its pixels are first needed."""

    format = "TGC"
    format_description = "tfgan_codec picture"

    _pending: header.Header | None = None  # of the file, until the picture is decoded
    _scale = 1
    _realism: float | None = None
    _model: Any = None

    def _open(self) -> None:
        assert self.fp is not None
        try:
            head = header.read(self.fp)
            icc, exif = head.metadata()
        except BitstreamError as error:
            raise UnidentifiedFileError(str(error)) from error
        self._pending, self._mode, self._size = head, head.mode, (head.width, head.height)
        if icc is not None:
            self.info["icc_profile"] = icc
        if exif is not None:
            self.info["exif"] = _EXIF_PREFIX + exif

    @property
    def realism(self) -> float | None:
        """0 for the faithful decoder, 1 for the most realistic one, the default. To be set before
        the picture is decoded; `ValueError` later."""
        return self._realism

    @realism.setter
    def realism(self, realism: float | None) -> None:
        self._require_pending("realism")
        self._realism = realism

    @property
    def model(self) -> Any:
        """The name or path of the bundle that decodes, by default the shipped one that made the
        file. To be set before the picture is decoded; `ValueError` later."""
        return self._model

    @model.setter
    def model(self, model: Any) -> None:
        self._require_pending("model")
        self._model = model

    def draft(
        self, mode: str | None, size: tuple[int, int] | None
    ) -> tuple[str, tuple[int, int, float, float]] | None:
        """Makes `load` decode the smallest picture in the file that is not below a size (width,
        height). Files without layers hold one size; no file holds another mode.

        Returns the mode and the box of the whole picture in the smaller one; None if it is whole.
        """
        head = self._pending
        if head is None or size is None:
            return None
        scale = 1 << len(head.lengths)
        while scale > 1 and (head.width < size[0] * scale or head.height < size[1] * scale):
            scale //= 2
        self._scale = scale
        self._size = (-(-head.width // scale), -(-head.height // scale))
        return None if scale == 1 else (self.mode, (0, 0, head.width / scale, head.height / scale))

    def load(self) -> Any:
        """Decodes the picture, if that is not done."""
        if self._pending is not None:
            with for_pillow():
                decoded = self._decoded(self._contents())
            self.im, self.readonly = decoded.im, decoded.readonly
            self._pending = None
            if self._exclusive_fp and self.fp is not None:
                self.fp.close()
            self.fp = None
        return super().load()

    def verify(self) -> None:
        """Compares the file's checksum, without decoding it, and closes the file."""
        if self._pending is not None:
            with for_pillow():
                container.parse(self._contents())
        super().verify()

    def _contents(self) -> bytes:
        """Reads the whole file."""
        if self.fp is None or getattr(self.fp, "closed", False):
            raise UsageError(
                "the file was closed before its picture was decoded; call load() while it is open"
            )
        self.fp.seek(0)
        contents = self.fp.read()
        if header.read(io.BytesIO(contents)) != self._pending:
            raise BitstreamError("the file has changed since it was opened; open it again")
        return contents

    def _decoded(self, contents: bytes) -> Image.Image:
        from tfgan_codec import codec  # brings NumPy, which opening a file need not wait for

        scale = self._scale
        if ImageFile.LOAD_TRUNCATED_IMAGES:  # the largest picture of which all layers are there
            scale = max(scale, container.parse_layers(contents).file.scale)
        image = codec.decompress(contents, self._realism, self._model, scale)
        if scale == self._scale:
            return image
        ratio = self._scale / scale
        box = (0, 0, self.width * ratio, self.height * ratio)
        return image.resize(self.size, Image.Resampling.BICUBIC, box)

    def _require_pending(self, name: str) -> None:
        if self._pending is None:
            raise OptionValueError(f"the picture is decoded already; set {name} before it is used")
