"""MSAE: sizes, training, files, export."""

import json
from pathlib import Path

import numpy as np
import pytest
import sample_pictures

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec import models
from tfgan_codec.codec import Codec
from tfgan_codec.coding import pyramid
from tfgan_codec.deploy import bundling
from tfgan_codec.entropy import static
from tfgan_codec.format import container, header, payload
from tfgan_codec.losses.multiscale import MultiScale
from tfgan_codec.models.msae import Msae, enlarge, shrink

FILTERS = (30, 60, 120, 240, 480)


def parameters(*parts: tf.keras.layers.Layer) -> int:
    return sum(int(np.prod(v.shape)) for part in parts for v in part.trainable_variables)


def conv(kernel: int, cin: int, cout: int) -> int:
    return kernel * kernel * cin * cout + cout


@pytest.mark.parametrize(("scales", "total"), [(3, 120_346_215), (1, 40_132_687)])
def test_parameter_counts(scales: int, total: int):
    """Of the networks; the densities of the latents are tested below."""
    with tf.Graph().as_default():  # all layers, but no memory for their weights
        model = models.build("msae", scales=scales)
        model.build_weights()
        assert parameters(model) == total
    ladder = list(zip(FILTERS, FILTERS[1:]))
    for part, neck in zip(model.layer_codecs[::-1], (4, 1, 1)):
        encoder = conv(7, 3, 30) + sum(conv(3, a, b) for a, b in ladder) + conv(3, 480, neck)
        decoder = conv(3, neck, 480) + 18 * conv(3, 480, 480) + conv(7, 30, 3)
        decoder += sum(conv(3, b, a) for a, b in ladder)
        assert parameters(part.analysis) == encoder
        assert parameters(part.synthesis) == decoder


@pytest.fixture(scope="module")
def model() -> Msae:
    """Untrained, but all its scales code something and draw something."""
    tf.keras.utils.set_random_seed(1)
    model = models.build("msae", width=0.05)
    model.build_weights()
    for part in model.layer_codecs:
        last = part.synthesis.layers[-1].kernel
        last.assign(0.03 * tf.random.stateless_normal(last.shape, [1, 2]))
    model.prepare_for_coding()
    return model


@pytest.fixture(scope="module")
def bundle(model: Msae, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("msae") / "bundle"
    return bundling.write(model, str(folder), "msae", {})


def test_a_density_has_28_parameters_for_each_channel(model: Msae):
    assert [parameters(part.entropy) for part in model.layer_codecs] == [28, 28, 4 * 28]


def test_sizes_are_made_as_in_files():
    x = np.random.default_rng(0).uniform(0, 255, (1, 32, 48, 3)).astype(np.float32)
    quarter, half, _ = shrink(tf.constant(x), 3)
    np.testing.assert_allclose(half[0], pyramid.halve(x[0]), atol=1e-4)
    np.testing.assert_allclose(quarter[0], pyramid.halve(pyramid.halve(x[0])), atol=1e-4)
    np.testing.assert_allclose(enlarge(half)[0], pyramid.double(half[0].numpy()), atol=1e-4)


def test_a_fresh_model_shows_the_enlarged_small_picture():
    model = models.build("msae", width=0.05)
    output = model(tf.random.stateless_uniform([2, 64, 128, 3], [1, 2], 0, 255))
    quarter, half = (each.reconstruction for each in output.coarse)
    assert quarter.shape == (2, 16, 32, 3)
    np.testing.assert_array_equal(half, enlarge(quarter))
    np.testing.assert_array_equal(output.reconstruction, enlarge(half))
    assert list(output.bits) == ["quarter", "half", "full"]


@pytest.mark.parametrize("end_to_end", [True, False])
def test_gradients_pass_through_predictions_if_asked_to(end_to_end: bool):
    model = models.build("msae", width=0.05, end_to_end=end_to_end)
    pictures = tf.random.stateless_uniform([1, 64, 64, 3], [1, 2], 0, 255)
    with tf.GradientTape() as tape:
        output = model(pictures, training=True)
        fine = tf.reduce_mean(tf.square(output.reconstruction - pictures))
    gradient = tape.gradient(fine, model.quarter.synthesis.layers[-1].bias)
    assert (gradient is not None and float(tf.norm(gradient)) > 0) == end_to_end


def test_noise_differs_between_scales_and_steps(model: Msae):
    pictures = tf.random.stateless_uniform([1, 64, 64, 3], [1, 2], 0, 255)
    runs = [model(pictures, training=True, seed=[step, 0]) for step in (1, 1, 2)]
    for part in (0, 1):
        noises = []
        for run in runs:
            y = run.coarse[part].latents.numpy().ravel()[0]
            noises.append(y)
        assert noises[0] == noises[1] != noises[2]


def test_stages_train_one_scale_and_step_down(model: Msae):
    fresh = models.build("msae", width=0.05)
    fresh.compile(
        tf.keras.optimizers.Adam(0.01),
        losses=[MultiScale()],
        freeze=("half", "full"),
        random_seed=1,
    )
    names = {v.ref() for v in fresh.quarter.trainable_variables}
    assert {v.ref() for v in fresh.trained_variables} == names
    pictures = tf.constant(sample_pictures.pixels(64, 64)[None], tf.float32)
    half = [v.numpy() for v in fresh.half.trainable_variables]
    losses = [float(fresh.train_step(pictures)["coarse_mse"]) for _ in range(3)]
    assert np.isfinite(losses).all()
    assert min(losses[1:]) < losses[0]
    for before, after in zip(half, fresh.half.trainable_variables):
        np.testing.assert_array_equal(before, after)


def test_bits_predict_the_layers(model: Msae):
    picture = sample_pictures.pixels(256, 192)
    streams = model.encode(picture, 0)
    # The same means of pixels, so the same symbols: no picture is padded here.
    output = model(tf.constant(picture[None], tf.float32))
    for data, bits in zip(streams, output.bits.values()):
        assert -1 <= len(data) - float(bits[0]) / 8 <= 0.005 * float(bits[0]) / 8 + 6
    assert 8 * sum(map(len, streams)) > 500


@pytest.mark.parametrize("size", [(1, 1), (17, 33), (130, 200), (513, 769)])
def test_files_with_and_without_tensorflow(size: tuple[int, int], model: Msae, bundle):
    picture = sample_pictures.pixels(size[1], size[0])
    portable = Codec(bundle)
    assert bundle.model_id == model.model_id()
    ours, theirs = model.compress(picture), portable.compress(picture)
    for blob in (ours, theirs):
        sizes = container.parse(blob).sizes
        assert 0 <= len(blob) - sum(sizes.streams) <= 24
        for scale, end in zip((4, 2, 1), sizes.ends):
            file = container.parse(blob, scale).file
            cells = [-(-side // (16 * scale)) for side in size]
            part = model.layer_codecs[len(file.streams) - 1]
            read = static.read(file.streams[-1], *cells, part.entropy.tables.read())
            layer = bundle.layers[len(file.streams) - 1]
            tables = layer.z_tables, layer.y_tables, layer.scale_decoder
            coding = payload.decode_symbols(file.streams[-1], *cells, *tables)
            np.testing.assert_array_equal(coding.r, read)
            whole = model.decompress(blob, scale)
            assert whole.shape == (*pyramid.shrunk(*size, scale), 3)
            np.testing.assert_array_equal(model.decompress(blob[:end], scale), whole)
            shown = np.asarray(portable.decompress(blob, scale=scale))
            # Weights are rounded to float16, which adds up over the scales.
            assert np.abs(whole.astype(int) - shown).max() <= 2


def test_one_scale_is_an_ordinary_codec(tmp_path: Path):
    tf.keras.utils.set_random_seed(1)
    model = models.build("msae", width=0.05, scales=1)
    model.build_weights()
    model.prepare_for_coding()
    bundle = bundling.write(model, str(tmp_path), "one", {})
    picture = sample_pictures.pixels(50, 40)
    blob = model.compress(picture)
    assert blob[3] >> 4 == header.VERSION
    assert bundle.model_id == model.model_id()
    shown = np.asarray(Codec(bundle).decompress(blob))
    assert np.abs(model.decompress(blob).astype(int) - shown).max() <= 1
    with pytest.raises(tgc.UsageError, match="it has: 1$"):
        model.decompress(blob, 2)


def test_a_file_of_other_layers_is_refused(model: Msae):
    blob = container.pack(container.TgcFile(model.model_id(), 20, 20, 0, (b"a", b"b")))
    with pytest.raises(tgc.BitstreamError, match="the file has 2 layers"):
        model.decompress(blob)


def test_tables_survive_a_checkpoint(model: Msae, tmp_path: Path):
    tf.train.Checkpoint(model=model).write(str(tmp_path / "c"))
    other = models.build("msae", width=0.05)
    other.build_weights()
    tf.train.Checkpoint(model=other).read(str(tmp_path / "c")).assert_consumed()
    picture = sample_pictures.pixels(70, 50)
    assert other.compress(picture) == model.compress(picture)


@pytest.mark.slow
def test_channel_norm_and_other_upsampling(tmp_path: Path):
    for options in ({"norm": "channel"}, {"upsample": "subpixel"}):
        model = models.build("msae", width=0.05, **options)
        model.build_weights()
        model.prepare_for_coding()
        picture = sample_pictures.pixels(33, 20)
        bundle = bundling.write(model, str(tmp_path / next(iter(options))), "msae", {})
        shown = np.asarray(Codec(bundle).decompress(model.compress(picture)))
        assert np.abs(model.decompress(model.compress(picture)).astype(int) - shown).max() <= 2


def test_misuse_is_told_in_a_line(model: Msae):
    with pytest.raises(tgc.UsageError, match="multiples of 64, not 96x64"):
        model(tf.zeros([1, 64, 96, 3]))
    with pytest.raises(tgc.UsageError, match="scales must be 1 to 3, not 4"):
        models.build("msae", scales=4)


def test_info_lists_its_size(capsys, monkeypatch):
    from tfgan_codec.studies import sizes

    monkeypatch.setattr(sizes.models, "build", lambda name: Msae(width=0.05))
    facts = json.loads(json.dumps(sizes.describe("msae")))
    assert facts["synthesis_kmac_per_pixel"] > facts["analysis_kmac_per_pixel"] > 0
