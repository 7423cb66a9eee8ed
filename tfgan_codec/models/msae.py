"""Defines MSAE (Huang et al., 2019): autoencoders for a picture at 1/4, 1/2 and all of its size.

The first codes the small picture, the others what the enlarged reconstruction of the one before
lacks (`coding.pyramid`, Eq. 1 to 3). Files are in layers: cut after the first or second one, they
hold a smaller picture. The networks are in `models.blocks.autoencoder`, Eq. 8 in
`losses.multiscale`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_codec.coding import pyramid
from tfgan_codec.errors import UsageError
from tfgan_codec.format.geometry import STRIDE
from tfgan_codec.losses.contract import CodecOutput
from tfgan_codec.models.blocks.autoencoder import Autoencoder
from tfgan_codec.models.contract import CodecModel

# The paper's C_neck, latent channels, of each scale, coarse to fine, by the part's name.
NECKS = {"quarter": 1, "half": 1, "full": 4}
_NOISE_SALT = 15_485_863  # keeps the noises of the scales apart


class Msae(CodecModel):
    """Is the codec that the module's text describes, of parts `quarter`, `half` and `full`.

    One model has one rate. Files decompress at scale 1, and at 2 and 4 to 1/2 and 1/4 of the size.

    The paper does not say whether the finer scales' losses reach the coarser autoencoders: they do
    with `end_to_end`, its "joint training"; without it, each learns for itself. Either can be
    trained stage by stage, with phases that freeze parts.

    Args:
        width: factor on all layers' channels.
        scales: how many of the parts, the last ones, there are: 3 as published; 1 in the ablation.
        end_to_end: lets gradients pass through the enlarged predictions.
        noisy, upsample, norm, fine: see `Autoencoder`.
    """

    def __init__(
        self,
        width: float = 1.0,
        scales: int = 3,
        end_to_end: bool = True,
        noisy: bool = True,
        upsample: str = "transposed",
        norm: str = "none",
        fine: float = 0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if self.post_processing is not None:
            raise UsageError("msae has no post-processing: its decoders give differences")
        if not 1 <= scales <= len(NECKS):
            raise UsageError(f"scales must be 1 to {len(NECKS)}, not {scales}")
        self.streams = scales
        self.parts = list(NECKS)[-scales:]
        self.end_to_end = end_to_end
        for number, name in enumerate(self.parts):
            sizes = NECKS[name], width, number > 0
            setattr(self, name, Autoencoder(*sizes, noisy, upsample, norm, fine, name=name))

    @property
    def layer_codecs(self) -> list[Autoencoder]:
        return [getattr(self, name) for name in self.parts]

    def code(
        self, pictures: tf.Tensor, quality: tf.Tensor, seed: tf.Tensor, training: bool
    ) -> CodecOutput:
        """Codes pictures whose sides are multiples of 64, if there are three scales."""
        multiple = STRIDE << (self.streams - 1)
        if any(side is not None and side % multiple for side in pictures.shape[1:3]):
            raise UsageError(
                f"msae trains on pictures whose sides are multiples of {multiple}, not "
                f"{pictures.shape[2]}x{pictures.shape[1]}: choose other crops"
            )
        targets = shrink(pictures, self.streams)
        made: list[CodecOutput] = []
        for number, (autoencoder, target) in enumerate(zip(self.layer_codecs, targets)):
            prediction = enlarge(made[-1].reconstruction) if made else 0.0
            if made and not self.end_to_end:
                prediction = tf.stop_gradient(prediction)
            own_seed = seed + tf.constant([0, number * _NOISE_SALT])
            coded = autoencoder(target - prediction, training=training, seed=own_seed)
            made.append(coded._replace(reconstruction=prediction + coded.reconstruction))
        bits = {name: output.bits["y"] for name, output in zip(self.parts, made)}
        return made[-1]._replace(bits=bits, coarse=tuple(made[:-1]))

    def calibrate(self, batches: Iterable[tf.Tensor]) -> None:
        """Gives fresh parts a start that suits the first batch, each after the one before."""
        predictions: tf.Tensor | float = 0.0
        pictures = tf.cast(next(iter(batches)), tf.float32)
        for autoencoder, target in zip(self.layer_codecs, shrink(pictures, self.streams)):
            if tf.is_tensor(predictions):
                predictions = enlarge(predictions)
            autoencoder.calibrate([target - predictions])
            predictions += autoencoder(target - predictions).reconstruction

    def encode(self, picture: np.ndarray, quality: int) -> tuple[bytes, ...]:
        return pyramid.encode(picture, self._layers())

    def decode(
        self, streams: tuple[bytes, ...], height: int, width: int, quality: int
    ) -> np.ndarray:
        return pyramid.decode(streams, self._layers(), height, width)

    def _layers(self) -> list[_Layer]:
        return [_Layer(autoencoder) for autoencoder in self.layer_codecs]


class _Layer(NamedTuple):
    """Is the `pyramid.LayerCodec` of an autoencoder."""

    codec: Autoencoder

    def encode(self, x: np.ndarray) -> bytes:
        return self.codec.encode(x, 0)[0]

    def decode(self, data: bytes, height: int, width: int) -> np.ndarray:
        return self.codec.decode((data,), height, width, 0)


def shrink(pictures: tf.Tensor, scales: int) -> list[tf.Tensor]:
    """Returns pictures at `scales` sizes, each half the next (`pyramid.halve`), smallest first."""
    sizes = [pictures]
    for _ in range(scales - 1):
        sizes.insert(0, tf.nn.avg_pool2d(sizes[0], 2, 2, "VALID"))
    return sizes


def enlarge(pictures: tf.Tensor) -> tf.Tensor:
    """Returns pictures of twice the size, as by `pyramid.double`."""
    return tf.image.resize(pictures, 2 * tf.shape(pictures)[1:3], "bilinear")
