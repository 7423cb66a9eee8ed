"""What all codecs share, and what the rest of the training library may ask of them."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tfgan_codec.errors import BitstreamError, ImageError
from tfgan_codec.format import container
from tfgan_codec.format.geometry import QUALITIES
from tfgan_codec.models.blocks.post_processing import PostProcessing
from tfgan_codec.step.gan import GanModel


class CodecModel(GanModel):
    """A Keras model that compresses: analysis, entropy model, synthesis.

    Subclasses define the networks `analysis` and `synthesis`, whose pictures are in [-1, 1], and
    `call`, `encode`, `decode`, `prepare_for_coding` and `model_id`.

    Args:
        post_processing: width of a network behind the synthesis, 0 for none; see
            `models.blocks.post_processing`.
    """

    streams = 1  # in a file
    default_quality = (QUALITIES - 1) // 2  # of `compress`; 0 for codecs of a single rate
    offset = 1.0  # networks see pixels / 127.5 - offset; 0 for codecs of differences

    def __init__(self, post_processing: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        self.post_processing = PostProcessing(post_processing) if post_processing else None

    def build_weights(self) -> None:
        """Creates all variables by one run on an empty picture."""
        self(tf.zeros([1, 64, 64, 3]))

    def analyse(self, pictures: tf.Tensor) -> tf.Tensor:
        """Pictures in [0, 255] -> latents before gain and quantisation, float32."""
        return tf.cast(self.analysis(pictures / 127.5 - self.offset), tf.float32)

    def synthesise(self, latents: tf.Tensor) -> tf.Tensor:
        """Decoded latents -> pictures in [0, 255], unclipped, float32."""
        pictures = tf.cast(self.synthesis(latents), tf.float32)
        if self.post_processing is not None:
            pictures = self.post_processing(pictures)
        return (pictures + self.offset) * 127.5

    def prepare_for_coding(self) -> None:
        """Fixes the integer coding tables; call it once training is over. Idempotent."""
        raise NotImplementedError

    def model_id(self) -> bytes:
        """What files name their model by: 3 bytes of the hash of the normative part."""
        raise NotImplementedError

    def encode(self, picture: np.ndarray, quality: int) -> tuple[bytes, ...]:
        """Picture, uint8 [h, w, 3] of any size -> the streams of its file."""
        raise NotImplementedError

    def decode(
        self, streams: tuple[bytes, ...], height: int, width: int, quality: int
    ) -> np.ndarray:
        """Inverse of `encode`: float32 [h, w, 3], unclipped."""
        raise NotImplementedError

    def compress(self, picture: np.ndarray, quality: int | None = None) -> bytes:
        """Picture, uint8 [h, w, 3] -> a `.tgc` file, written by TensorFlow Compression's coder."""
        check_picture(picture)
        quality = self.default_quality if quality is None else quality
        height, width = picture.shape[:2]
        streams = self.encode(picture, quality)
        return container.pack(container.File(self.model_id(), width, height, quality, streams))

    def decompress(self, blob: bytes, scale: int = 1) -> np.ndarray:
        """A `.tgc` file of this very model -> uint8 [h, w, 3]; see `Msae` for `scale`."""
        file = container.parse(blob, scale).file
        if file.model_id != self.model_id():
            raise BitstreamError(
                f"the file was made by model {file.model_id.hex()}, "
                f"this one is {self.model_id().hex()}: load the model that made it"
            )
        if file.layers != self.streams:
            raise BitstreamError(
                f"the file has {file.layers} layers, those of this model have {self.streams}: "
                "load the model that made it"
            )
        pixels = self.decode(file.streams, file.height, file.width, file.quality)
        return np.clip(np.floor(pixels + 0.5), 0, 255).astype(np.uint8)


def check_picture(picture: np.ndarray) -> None:
    """Raises `ImageError` unless the array is a picture, uint8 [h, w, 3]."""
    shape, dtype = getattr(picture, "shape", None), getattr(picture, "dtype", None)
    if shape is None or len(shape) != 3 or shape[2] != 3 or 0 in shape or dtype != np.uint8:
        raise ImageError(
            f"a picture must be a uint8 array [height, width, 3], not {dtype} {shape}: "
            "convert it to 8-bit RGB"
        )
