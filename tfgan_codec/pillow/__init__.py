"""Teaches Pillow ``.tgc`` files: after ``import tfgan_codec.pillow`` it opens and saves them.

    image = Image.open("photo.tgc")  # reads the header, no more
    image.realism = 0.0  # if you like, before the pixels are used
    image.save("copy.tgc", bpp=0.1)  # or bytes=, or quality=

``docs/pillow.md`` tells what else it does. Importing this is quick; the codec is imported, and a
model loaded, when the first picture is decoded or saved.
"""

from __future__ import annotations

from PIL import Image

from tfgan_codec.format import header
from tfgan_codec.pillow.opening import TgcImageFile
from tfgan_codec.pillow.saving import refuse_several, save

MEDIA_TYPE = "image/vnd.tfgan-codec"


def _accept(prefix: bytes) -> bool:
    return prefix.startswith(header.MAGIC)


Image.register_open(TgcImageFile.format, TgcImageFile, _accept)
Image.register_save(TgcImageFile.format, save)
Image.register_save_all(TgcImageFile.format, refuse_several)
Image.register_extension(TgcImageFile.format, ".tgc")
Image.register_mime(TgcImageFile.format, MEDIA_TYPE)
