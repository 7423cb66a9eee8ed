"""The codecs of the MobileViT-GAN paper: sizes, files, export."""

from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec import models
from tfgan_codec.codec import Codec
from tfgan_codec.deploy import bundling
from tfgan_codec.entropy import static
from tfgan_codec.format import geometry, payload
from tfgan_codec.format.container import parse
from tfgan_codec.layers.trunk import ResidualTrunk

FIVE_LEVEL = ["mobilevit_gan", "hinge_gan_gp", "ls_gan", "hific_five_level"]


def parameters(*parts: tf.keras.layers.Layer) -> int:
    return sum(int(np.prod(v.shape)) for part in parts for v in part.trainable_variables)


@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("mobilevit_gan", 160_672_403),
        ("hinge_gan_gp", 160_672_403),
        ("ls_gan", 160_672_371),
        ("hific_five_level", 160_603_239),
    ],
)
def test_published_parameter_counts(name: str, total: int):
    with tf.Graph().as_default():  # all layers, but no memory for their weights
        model = models.build(name)
        model.build_weights()
        assert parameters(model) == total


def test_parameter_count_of_hific():
    with tf.Graph().as_default():
        model = models.build("hific")
        model.build_weights()
    entropy = model.entropy
    hyper = parameters(entropy.hyper_analysis, entropy.mean_decoder, entropy.scale_decoder)
    assert parameters(model.analysis) == 7_423_420
    assert parameters(model.synthesis) == 156_774_683
    assert hyper == 17_263_480
    # The densities of the 320 hyper-latents are not part of the published total.
    assert parameters(model) - parameters(entropy.side) == 181_461_583


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """Of no multiple of the stride."""
    coarse = np.random.default_rng(0).uniform(0, 255, (5, 7, 3))
    return tf.cast(tf.image.resize(coarse, [150, 200], "bicubic"), tf.uint8).numpy()


def build(name: str, picture: np.ndarray, **kwargs) -> tf.keras.Model:
    tf.keras.utils.set_random_seed(1)
    model = models.build(name, width=0.05, **kwargs)
    model.build_weights()
    model.measure([picture[None, :144, :192]])
    model.prepare_for_coding()
    return model


@pytest.mark.parametrize("name", [*FIVE_LEVEL, "hific"])
def test_files_hold_the_quantised_latents(name: str, picture: np.ndarray):
    model = build(name, picture)
    blob = model.compress(picture)
    decoded = model.decompress(blob)
    assert decoded.shape == picture.shape
    expected = model.decode(model.encode(picture, 0), 150, 200, 0)
    np.testing.assert_array_equal(decoded, np.clip(np.floor(expected + 0.5), 0, 255))
    if name != "hific":
        symbols = static.read(parse(blob).file.streams[0], 10, 13, model.entropy.tables.read())
        np.testing.assert_array_equal(symbols, model.symbols(picture))
        assert set(np.unique(symbols)) <= set(range(-2, 3))


def test_fine_widths_apart_from_the_widest():
    with tf.Graph().as_default():
        model = models.build("mobilevit_gan", width=0.1, fine=0.2)
        model.build_weights()
    assert model.config.filters() == (12, 24, 48, 96, 96)
    assert parameters(model) == 1_805_843


def test_five_level_codecs_start_gently_and_others_as_published():
    five_level, published = (models.build(name, width=0.05) for name in ("ls_gan", "hific"))
    starts = {}
    for model in (five_level, published):
        model.build_weights()
        (trunk,) = [part for part in model.synthesis.layers if isinstance(part, ResidualTrunk)]
        starts[model.name] = [float(norm.alpha[0]) for norm in trunk.norms]
    np.testing.assert_allclose(starts["ls_gan"], [1.0, 0.1] * 9, rtol=1e-6)
    assert starts["hific"] == [1.0] * 18


def test_bits_predict_the_file(picture: np.ndarray):
    model = build("mobilevit_gan", picture)
    padded = geometry.pad_edges(picture, 16)[None]
    bits = float(model(padded).bits["y"][0])
    # 16 bytes around the stream, 2 of check in it, up to 4 of the coder's end.
    assert -1 <= len(model.compress(picture)) - bits / 8 <= 0.005 * bits / 8 + 22


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("mobilevit_gan", {}),
        ("hific", {"integer_scales": True}),
        ("ls_gan", {"upsample": "nearest", "norm": "none"}),
    ],
)
def test_files_are_read_without_tensorflow(
    name: str, arguments: dict, picture: np.ndarray, tmp_path: Path
):
    model = build(name, picture, **arguments)
    bundle = bundling.write(model, str(tmp_path), name, {})
    assert bundle.model_id == model.model_id()
    portable = Codec(bundle)
    blob = model.compress(picture)
    stream = parse(blob).file.streams[0]
    tables = bundle.z_tables, bundle.y_tables, bundle.scale_decoder
    coding = payload.decode_symbols(stream, 10, 13, *tables)
    if name == "hific":
        np.testing.assert_array_equal(coding.r, model.entropy.read(stream, 10, 13).r)
    else:
        np.testing.assert_array_equal(coding.r, model.symbols(picture))
    assert payload.encode_symbols(coding, *tables[:2]) == stream
    ours, theirs = model.decompress(blob), np.asarray(portable.decompress(blob))
    assert np.abs(ours.astype(int) - theirs).max() <= 1  # weights are rounded to float16
    # The other way round, with the default options.
    written = parse(portable.compress(picture)).file
    again = payload.decode_symbols(written.streams[0], 10, 13, *tables)
    assert np.mean(again.r != coding.r) < 0.02
    assert np.asarray(portable.decompress(portable.compress(picture))).shape == picture.shape


def test_tables_survive_a_checkpoint(picture: np.ndarray, tmp_path: Path):
    model = build("ls_gan", picture)
    tf.train.Checkpoint(model=model).write(str(tmp_path / "c"))
    other = models.build("ls_gan", width=0.05)
    other.build_weights()
    tf.train.Checkpoint(model=other).read(str(tmp_path / "c")).assert_consumed()
    assert other.compress(picture) == model.compress(picture)
    np.testing.assert_array_equal(
        other(picture[None, :144, :192]).bits["y"], model(picture[None, :144, :192]).bits["y"]
    )


def test_hific_without_integer_scales_says_why_it_cannot_be_exported(
    picture: np.ndarray, tmp_path: Path
):
    model = build("hific", picture)
    with pytest.raises(tgc.UsageError, match="integer_scales"):
        bundling.write(model, str(tmp_path), "hific", {})


def test_bad_input_is_told_in_a_line(picture: np.ndarray):
    with pytest.raises(tgc.UsageError, match="did you mean mobilevit_gan"):
        models.build("mobilevit-gan")
    with pytest.raises(tgc.UsageError, match="did you mean width"):
        models.build("ls_gan", widht=0.5)
    model = build("ls_gan", picture)
    with pytest.raises(tgc.ImageError, match=r"uint8 array \[height, width, 3\]"):
        model.compress(picture.astype(np.float32))
    with pytest.raises(tgc.ImageError, match=r"\(150, 200\)"):
        model.compress(picture[..., 0])
    other = build("hific_five_level", picture)
    with pytest.raises(tgc.BitstreamError, match="load the model that made it"):
        other.decompress(model.compress(picture))
