"""Defines HiFiC (Mentzer et al., 2020), and what the MobileViT-GAN paper calls by that name.

`HiFiC` has 220 latent channels and a mean-scale hyperprior: 181,461,583 parameters, the densities
of the hyper-latents aside. `HiFiCFiveLevel` has the 160,603,239 parameters of the paper's table: 12
latent channels of five levels and no hyperprior.
"""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.bundle.normative import Normative, normative_hash
from tfgan_codec.entropy.hyperprior import HyperpriorEntropy
from tfgan_codec.errors import UsageError
from tfgan_codec.format import scales
from tfgan_codec.layers.rounding import inward_clip, straight_through_round
from tfgan_codec.layers.upsample import TransposedConv
from tfgan_codec.layers.widths import scale_filters
from tfgan_codec.losses.contract import CodecOutput
from tfgan_codec.models.blocks.encoder_decoder import EncoderDecoderConfig, decoder, encoder
from tfgan_codec.models.blocks.five_level import FiveLevelCodec
from tfgan_codec.models.contract import CodecModel
from tfgan_codec.models.mobile import MobileConfig, scale_decoder

_LATENTS, _HYPER = 220, 320


class HiFiCFiveLevel(FiveLevelCodec):
    """Is the "HiFiC" of the MobileViT-GAN paper's table. Its 0.1501 bpp there are above what 12
    channels of five levels can cost (0.1088 bpp), so that row must have been made differently."""

    latents = 12


class TableIndex(tf.keras.layers.Layer):
    """Rounds numbers to indexes 0..63 of the coding tables, with straight-through gradients."""

    def call(self, x: tf.Tensor) -> tf.Tensor:
        # Tables are spaced evenly in the logarithm of the scale; index 24 is a scale of 1.2.
        return straight_through_round(inward_clip(x + 24.0, 0.0, scales.SCALES - 1.0))


class HiFiC(CodecModel):
    """Is HiFiC with the entropy model of this project (`entropy.hyperprior`).

    Departures from the published code, none of which changes a parameter: the scale network gives
    the logarithm of the scale, in steps of the coding tables; scales are 0.11 to 64, not 256; and
    elements at the smallest scale are not coded.

    Args:
        width: factor on all layers, latents included.
        integer_scales: replaces the scale network (5,754,460 parameters) by an integer network, so
            that files parse alike on every machine and the model can be exported. With the
            published float network, files are for the machine and build that wrote them: a 16-bit
            check in the file turns a different result into an error.
        upsample, norm: see `models.blocks.encoder_decoder`.
    """

    def __init__(
        self,
        width: float = 1.0,
        integer_scales: bool = False,
        upsample: str = "transposed",
        norm: str = "channel",
        **kwargs,
    ):
        super().__init__(**kwargs)
        channels, hyper = scale_filters(_LATENTS, width), scale_filters(_HYPER, width)
        self.config = EncoderDecoderConfig(channels, False, width, upsample, norm)
        self.integer_scales = integer_scales
        self.analysis = encoder(self.config)
        self.synthesis = decoder(self.config)
        if integer_scales:
            scale = scale_decoder(MobileConfig(latents=channels, hyper_latents=hyper))
        else:
            scale = _hyper_synthesis(hyper, channels, "scale_decoder")
            scale.add(TableIndex(dtype="float32"))
        self.entropy = HyperpriorEntropy(
            _hyper_analysis(hyper),
            _hyper_synthesis(hyper, channels, "mean_decoder"),
            scale,
            hyper,
        )

    def code(
        self, pictures: tf.Tensor, quality: tf.Tensor, seed: tf.Tensor, training: bool
    ) -> CodecOutput:
        y = self.analyse(pictures)
        coded = self.entropy(y, training=training, seed=seed)
        rounded = coded.bits
        if training:  # the rate target looks at what files would cost
            rounded = self.entropy(tf.stop_gradient(y), training=False, seed=seed).bits
            rounded = {name: tf.stop_gradient(bits) for name, bits in rounded.items()}
        picture = self.synthesise(coded.latents)
        return CodecOutput(picture, coded.bits, coded.latents, quality, rounded)

    def normative(self) -> Normative:
        if not self.integer_scales:
            raise UsageError(
                "HiFiC's scale network is not made of integers, so its files cannot be read on "
                "other machines: train with integer_scales=true to export it"
            )
        return super().normative()

    def model_id(self) -> bytes:
        if self.integer_scales:
            return super().model_id()
        # All that parsing depends on here, floats included.
        weights = self.entropy.scale_decoder.get_weights()
        arrays = {f"scale{i:02}": weight for i, weight in enumerate(weights)}
        z_tables, y_tables = self.entropy.side.tables.read(), self.entropy.tables.read()
        arrays.update(z_cdf=z_tables.cdf, y_cdf=y_tables.cdf)
        return bytes.fromhex(normative_hash(arrays))[:3]


def _hyper_analysis(filters: int) -> tf.keras.Sequential:
    layers = tf.keras.layers
    conv = {"padding": "same"}
    return tf.keras.Sequential(
        [
            layers.Conv2D(filters, 3, activation="relu", **conv),
            layers.Conv2D(filters, 5, 2, activation="relu", **conv),
            layers.Conv2D(filters, 5, 2, dtype="float32", **conv),
        ],
        name="hyper_analysis",
    )


def _hyper_synthesis(filters: int, channels: int, name: str) -> tf.keras.Sequential:
    layers = tf.keras.layers
    return tf.keras.Sequential(
        [
            TransposedConv(filters, 5, activation="relu"),
            TransposedConv(filters, 5, activation="relu"),
            layers.Conv2D(channels, 3, padding="same", dtype="float32"),
        ],
        name=name,
    )
