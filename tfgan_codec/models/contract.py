"""Defines the base class of codecs: what training, export and evaluation ask of each of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tfgan_codec.bundle.layered import layered_hash
from tfgan_codec.bundle.normative import Normative, normative_arrays, normative_hash
from tfgan_codec.errors import BitstreamError, ImageError
from tfgan_codec.format import container
from tfgan_codec.format.geometry import QUALITIES, STRIDE, latent_size, pad_edges
from tfgan_codec.layers.reach import reach
from tfgan_codec.losses.contract import CodecOutput
from tfgan_codec.models.blocks.parts import Parts, Reaching
from tfgan_codec.models.blocks.post_processing import PostProcessing
from tfgan_codec.step.gan import GanModel


class CodecModel(GanModel):
    """Is a Keras model that compresses pictures by analysis, entropy model and synthesis.

    A new codec is a subclass that sets the networks `analysis` and `synthesis`, whose pictures are
    in [-1, 1], and an entropy model with side information, `entropy`. All else follows, and may be
    overridden where a codec differs.

    Args:
        post_processing: width of a network after the synthesis, 0 for none; see
            `models.blocks.post_processing`.
    """

    streams = 1  # how many a file has
    middle_quality = 0.0  # taken where none is given; 0 for codecs of a single rate
    offset = 1.0  # of `scaled`; 0 for codecs of differences

    def __init__(self, post_processing: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        self.post_processing = PostProcessing(post_processing) if post_processing else None

    def build_weights(self) -> None:
        """Creates all variables by one run on an empty picture."""
        self(tf.zeros([1, 64, 64, 3]))

    def call(
        self,
        pictures: tf.Tensor,
        training: bool = False,
        *,
        quality: tf.Tensor | None = None,
        seed: tf.Tensor | None = None,
    ) -> CodecOutput:
        """Codes and decodes pictures [n, h, w, 3] in [0, 255], whose sides are multiples of 16.

        Args:
            quality: a level in [0, 255] for each picture, [n]; codecs of a single rate ignore it.
            seed: int32 [2] that decides the noise in training.
        """
        if quality is None or not self.middle_quality:
            quality = tf.fill([tf.shape(pictures)[0]], self.middle_quality)
        if seed is None:
            seed = tf.zeros([2], tf.int32)
        return self.code(tf.cast(pictures, tf.float32), quality, seed, training)

    def code(
        self, pictures: tf.Tensor, quality: tf.Tensor, seed: tf.Tensor, training: bool
    ) -> CodecOutput:
        """Does what `call` says, with all arguments given; a codec may override it."""
        v = self.to_steps(self.analyse(pictures), quality)
        coded = self.entropy(v, training=training, seed=seed)
        latents = self.from_steps(coded.latents, quality)
        return CodecOutput(self.synthesise(latents), coded.bits, latents, quality)

    def analyse(self, pictures: tf.Tensor) -> tf.Tensor:
        """Returns the latents of pictures in [0, 255], before gain and quantisation, float32."""
        return tf.cast(self.analysis(self.scaled(pictures)), tf.float32)

    def scaled(self, pictures: tf.Tensor) -> tf.Tensor:
        """Returns pictures in [0, 255] as the networks see them, float32."""
        return tf.cast(pictures, tf.float32) / 127.5 - self.offset

    def to_steps(self, y: tf.Tensor, quality: tf.Tensor) -> tf.Tensor:
        """Returns latents [n, h, w, C] in units of the quantiser's step at qualities [n]."""
        return y

    def from_steps(self, v: tf.Tensor, quality: tf.Tensor) -> tf.Tensor:
        """Returns the latents of steps v: `to_steps` undone, or nearly, as suits the synthesis."""
        return v

    def synthesise(self, latents: tf.Tensor) -> tf.Tensor:
        """Returns the pictures of decoded latents, float32 in [0, 255], unclipped."""
        pictures = tf.cast(self.synthesis(latents), tf.float32)
        if self.post_processing is not None:
            pictures = self.post_processing(pictures)
        return (pictures + self.offset) * 127.5

    @property
    def synthesis_reach(self) -> int:
        """The number of latents to each side that a pixel of `synthesise` depends on."""
        after = [] if self.post_processing is None else [self.post_processing]
        return reach([*self.synthesis.layers, *after])

    @property
    def layer_codecs(self) -> Sequence[CodecModel]:
        """The codec of each layer (stream) of this codec's files, coarse to fine."""
        return [self]

    def calibrate(self, batches: Iterable[tf.Tensor]) -> None:
        """Fits fresh weights to the first of batches [n, h, w, 3]; most codecs need no such."""

    def measure(self, batches: Iterable[np.ndarray]) -> None:
        """Fits coding tables to the symbols of batches [n, h, w, 3]; most codecs learn theirs."""

    def prepare_for_coding(self) -> None:
        """Computes and keeps the integer coding tables; call it once training is over."""
        for codec in self.layer_codecs:
            codec.entropy.prepare_for_coding()

    def normative(self) -> Normative:
        """Returns what decides how bits are parsed; `UsageError` if those are not whole numbers."""
        return self.entropy.normative()

    def model_id(self) -> bytes:
        """Returns what files name their model by: 3 bytes of the hash of the normative part."""
        hashes = [normative_hash(normative_arrays(*each.normative())) for each in self.layer_codecs]
        return bytes.fromhex(hashes[0] if len(hashes) == 1 else layered_hash(hashes))[:3]

    def bundle_parts(self) -> Parts:
        """Returns what the bundle of a codec of one layer consists of, once tables are prepared."""
        normative, mean = self.normative(), self.entropy.mean_decoder
        qualities = tf.range(QUALITIES, dtype=tf.float32)
        ones = tf.ones([QUALITIES, 1, 1, self.analysis.output_shape[-1]])
        return Parts(
            Reaching(self.analyse, reach(self.analysis.layers)),
            Reaching.of(self.entropy.hyper_analysis),
            None if mean is None else Reaching.of(mean),
            normative,
            self.to_steps(ones, qualities)[:, 0, 0].numpy(),
            self.from_steps(ones, qualities)[:, 0, 0].numpy(),
        )

    def symbols(self, picture: np.ndarray, quality: int = 0) -> Any:
        """Returns the symbols that a file holds of a picture, uint8 [h, w, 3] of any size."""
        padded = pad_edges(picture, STRIDE).astype(np.float32)[None]
        v = self.to_steps(self.analyse(padded), tf.constant([float(quality)]))
        return self.entropy.symbols(v)

    def reconstruct(self, symbols: Any, quality: int = 0) -> tf.Tensor:
        """Returns the picture of symbols, float32 [1, h, w, 3] in [0, 255], padded, unclipped."""
        v = self.entropy.latents(symbols)
        return self.synthesise(self.from_steps(v, tf.constant([float(quality)])))

    def encode(self, picture: np.ndarray, quality: int) -> tuple[bytes, ...]:
        """Returns the streams of a file for a picture, uint8 [h, w, 3] of any size."""
        return (self.entropy.write(self.symbols(picture, quality)),)

    def decode(
        self, streams: tuple[bytes, ...], height: int, width: int, quality: int
    ) -> np.ndarray:
        """Returns the picture in streams of `encode`, float32 [h, w, 3], unclipped."""
        symbols = self.entropy.read(streams[0], *latent_size(height, width))
        return self.reconstruct(symbols, quality)[0, :height, :width].numpy()

    def compress(self, picture: np.ndarray, quality: int | None = None) -> bytes:
        """Returns a picture, uint8 [h, w, 3], as a `.tgc` file coded by TensorFlow Compression."""
        check_picture(picture)
        quality = int(self.middle_quality) if quality is None else quality
        height, width = picture.shape[:2]
        streams = self.encode(picture, quality)
        return container.pack(container.TgcFile(self.model_id(), width, height, quality, streams))

    def decompress(self, blob: bytes, scale: int = 1) -> np.ndarray:
        """Returns the picture, uint8 [h, w, 3], of a file of this model; for `scale` see `Msae`."""
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
