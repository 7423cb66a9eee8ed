"""A new codec touches one file: this one holds a codec and a layer that no other file knows."""

from pathlib import Path

import numpy as np
import pytest
import sample_pictures

tf = pytest.importorskip("tensorflow")

from tfgan_codec import losses
from tfgan_codec.codec import Codec
from tfgan_codec.deploy import bundling, decoders
from tfgan_codec.deploy.settings import Settings
from tfgan_codec.entropy.hyperprior import HyperpriorEntropy
from tfgan_codec.format.scales import SCALES
from tfgan_codec.layers.integer import hyper_decoder
from tfgan_codec.layers.reach import Convolving, Window
from tfgan_codec.layers.upsample import SubpixelUpsample
from tfgan_codec.models.contract import CodecModel
from tfgan_codec.studies import sizes

LATENTS, HYPER = 4, 2


class Smooth(Convolving):
    """Averages 5x5 positions of each channel, which all start alike; learns a factor."""

    def build(self, shape: tf.TensorShape):
        self.gain = self.add_weight("gain", (), initializer="ones")
        self.box = tf.ones([5, 5, shape[-1], 1]) / 25.0

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return self.gain * tf.nn.depthwise_conv2d(x, self.box, [1] * 4, "SAME")

    def windows(self) -> list[Window]:
        return [Window(5)]


def conv(filters: int, stride: int = 1) -> tf.keras.layers.Layer:
    return tf.keras.layers.Conv2D(filters, 3, stride, padding="same")


class Tiny(CodecModel):
    """Four convolutions to 1/16 and back, with the hyperprior of the project."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.analysis = tf.keras.Sequential([conv(LATENTS, 2) for _ in range(4)])
        up = [SubpixelUpsample(LATENTS) for _ in range(3)]
        self.synthesis = tf.keras.Sequential([Smooth(), *up, SubpixelUpsample(3, kernel_size=3)])
        self.entropy = HyperpriorEntropy(
            tf.keras.Sequential([conv(HYPER, 2), conv(HYPER, 2)]),
            tf.keras.Sequential([SubpixelUpsample(HYPER), SubpixelUpsample(LATENTS)]),
            hyper_decoder(8, LATENTS, SCALES - 1, 12.0, "scale_decoder"),
            HYPER,
        )


@pytest.fixture(scope="module")
def model() -> Tiny:
    """One step old, with latents that are large enough to be coded."""
    tf.keras.utils.set_random_seed(1)
    model = Tiny()
    model.build_weights()
    last = model.analysis.layers[-1].kernel
    last.assign(30.0 * last)
    before = [v.numpy() for v in model.trainable_variables]
    loss = losses.build(["mse:weight=0.01", "entropy"])
    model.compile(tf.keras.optimizers.Adam(1e-3), loss, run_eagerly=True)
    pictures = tf.random.stateless_uniform([2, 64, 64, 3], [1, 2], 0.0, 255.0)
    figures = model.train_step(pictures)
    assert np.isfinite(float(figures["loss"]))
    moved = [np.any(v.numpy() != old) for v, old in zip(model.trainable_variables, before)]
    assert sum(moved) > 0.9 * len(moved)  # ReLUs that are off have no gradient
    model.prepare_for_coding()
    return model


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return sample_pictures.pixels(90, 70)


def test_its_bundle_is_read_without_tensorflow(model: Tiny, picture: np.ndarray, tmp_path: Path):
    bundle = bundling.write(model, str(tmp_path), "tiny", {})
    portable = Codec(bundle)
    assert bundle.model_id == model.model_id()
    # 2 latents in `Smooth`, and an eighth in the last layer, which has eight positions to one.
    assert bundle.part("synthesis").halo == 3
    # Four windows of reach 1, at steps of 1, 2, 4 and 8 pixels.
    assert bundle.part("analysis").halo == 15
    for blob in (model.compress(picture), portable.compress(picture)):
        assert len(blob) > 100
        shown = np.asarray(portable.decompress(blob)).astype(int)
        assert np.abs(model.decompress(blob) - shown).max() <= 2


@pytest.mark.parametrize("quantize", ["fp16", "int8"])
def test_its_decoder_takes_every_form(
    model: Tiny, photographs: Path, quantize: str, tmp_path: Path
):
    settings = Settings(quantize, tile=256, calibration=str(photographs))
    (path,) = decoders.from_model(model, str(tmp_path), settings, {})
    assert path.is_file()


def test_its_size_is_told(model: Tiny):
    facts = sizes.facts(model)
    cells = [4**-n for n in (1, 2, 3, 4)]  # positions per pixel behind each stride
    macs = 9 * (3 * LATENTS * cells[0] + LATENTS**2 * sum(cells[1:]))
    assert facts["analysis_kmac_per_pixel"] == pytest.approx(macs / 1000, abs=0.005)
    macs = 25 * LATENTS * cells[3] + 4 * LATENTS**2 * sum(cells[1:])
    macs += 9 * 4 * 3 * LATENTS * cells[0]
    assert facts["synthesis_kmac_per_pixel"] == pytest.approx(macs / 1000, abs=0.005)
    count = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
    assert facts["parameters"] == count
