"""The adversarial hyperprior codec: sizes, files, the two decoders, the portable codec."""

from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec import models, tiling
from tfgan_codec.codec import Codec
from tfgan_codec.deploy import bundling
from tfgan_codec.format import context, geometry, payload, wavefront
from tfgan_codec.format.container import parse
from tfgan_codec.format.prediction import Predictor
from tfgan_codec.format.tables import bits
from tfgan_codec.models.adversarial import Adversarial


def parameters(*parts: tf.keras.layers.Layer) -> int:
    return sum(int(np.prod(v.shape)) for part in parts for v in part.trainable_variables)


def conv(kernel: int, cin: int, cout: int) -> int:
    return kernel**2 * cin * cout + cout


def expected(n: int, hidden: int, post: int, kernel: int, blocks: int) -> dict[str, int]:
    """The layer list: n filters, latents and hyper-latents; `blocks` residual blocks in each CSAB.

    hidden: units of the channel attention. post: filters of the post-processing.
    """
    attention = (n * hidden + hidden) + (hidden * n + n) + (25 * 2 + 1)  # W0, W1; 5x5
    block = blocks * (2 * conv(3, n, n) + conv(1, n, n)) + attention  # GDN is as large as a 1x1
    upscaling = conv(1, 96, 4 * 96)
    return {
        "analysis": conv(5, 3, n) + 3 * conv(5, n, n) + 4 * block + conv(3, n, n),
        "synthesis": conv(3, n, n) + 4 * block + 3 * conv(5, n, n) + conv(5, n, 3),
        "hyper_analysis": conv(3, n, n) + 2 * block + 2 * conv(5, n, n),
        "hyper_decoder": conv(3, n, 96) + 2 * (upscaling + conv(3, 96, 96)) + conv(1, 96, 2 * n),
        # 24 features of the context and two of the hyper-latents, 48, 96, and the two heads.
        "context": kernel**3 * 24 + 24 + conv(1, 26, 48) + conv(1, 48, 96) + 2 * conv(1, 96, 1),
        # NoisyDeepFactorized: matrices 1x3, 3x3, 3x1; biases 3, 3, 1; factors 3, 3.
        "densities": 28 * n,
        "post_processing": conv(3, 3, post) + 40 * conv(3, post, post) + conv(3, post, 3),
    }


def found(model: Adversarial) -> dict[str, int]:
    entropy = model.entropy
    return {
        "analysis": parameters(model.analysis),
        "synthesis": parameters(model.synthesis),
        "hyper_analysis": parameters(entropy.hyper_analysis),
        "hyper_decoder": parameters(entropy.hyper_decoder),
        "context": parameters(entropy.convolution, *entropy.joint, entropy.scale, entropy.mean),
        "densities": parameters(entropy.side),
        "post_processing": parameters(model.post_processing),
    }


def test_parameter_counts_of_a_small_one(model: Adversarial):
    parts = expected(6, 1, 4, kernel=5, blocks=1)
    assert found(model) == parts
    assert parameters(model) == sum(parts.values())


@pytest.mark.slow
def test_parameter_counts():
    parts = expected(192, 12, 64, kernel=11, blocks=3)
    assert parts == {
        "analysis": 11_543_292,
        "synthesis": 11_543_103,
        "hyper_analysis": 6_391_230,
        "hyper_decoder": 443_808,
        "context": 38_162,
        "densities": 5_376,
        "post_processing": 1_480_643,
    }
    model = models.build("adversarial")
    model.build_weights()
    assert found(model) == parts
    assert parameters(model) == 31_445_614
    without = models.build("adversarial", post_processing=0)
    assert without.post_processing is None


@pytest.fixture(scope="module")
def model() -> Adversarial:
    """Untrained, with latents that are not all zero and a context that matters."""
    tf.keras.utils.set_random_seed(1)
    model = models.build("adversarial", width=0.03, blocks=1, kernel=5)
    model.build_weights()
    model.analysis.layers[-1].kernel.assign(10.0 * model.analysis.layers[-1].kernel)
    entropy = model.entropy
    last = entropy.hyper_analysis.layers[-1]
    last.bias.assign(tf.linspace(-4.0, 4.0, last.bias.shape[0]))
    for number, layer in enumerate((entropy.convolution, entropy.mean, entropy.scale)):
        draw = tf.random.stateless_normal(layer.kernel.shape, [1, number])
        layer.kernel.assign(0.1 * draw)
    entropy.scale.bias.assign([52.0])  # wide enough for latents that nothing predicts
    model.prepare_for_coding()
    return model


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """Of no multiple of the stride."""
    coarse = np.random.default_rng(0).uniform(0, 255, (5, 7, 3))
    return tf.cast(tf.image.resize(coarse, [90, 120], "bicubic"), tf.uint8).numpy()


def test_training_predicts_what_files_are_parsed_by(model: Adversarial, picture: np.ndarray):
    """The Keras layers and the integer model give the same tables and means, for every order."""
    entropy = model.entropy
    y = model.analyse(geometry.pad_edges(picture, 16)[None].astype(np.float32))
    symbols = entropy.symbols(y)
    assert 1 < np.abs(symbols.q).max() < 127
    floats = [tf.cast(part, tf.float32)[None] for part in (symbols.q, symbols.z)]
    features = payload.index_map(entropy.integer_hyper_decoder(), symbols.z, 6, 8)
    for axes in ((0, 1, 2), (2, 0, 1)):
        entropy.axes = axes
        mean, index = entropy._predict(*floats)
        portable = entropy.integer_context()
        predictor = Predictor(portable, features, exact=True)
        predictor.canvas.fill(np.transpose(symbols.q, axes))
        fronts = wavefront.fronts(predictor.shape, portable.kernel)
        found = np.zeros([2, symbols.q.size])
        for front in fronts:
            element = predictor.elements(front)
            found[:, element] = predictor(element, predictor.canvas.cells(front))
        tables, whole = found.reshape(2, *predictor.shape)
        want = 8 * index + 8 * (mean - tf.floor(mean)), tf.floor(mean)
        for got, wanted in zip((tables, whole), want):
            np.testing.assert_array_equal(got, np.transpose(wanted[0], axes))
        assert len(np.unique(tables)) > 30
    entropy.axes = (0, 1, 2)


def test_bits_predict_the_file(model: Adversarial, picture: np.ndarray):
    padded = geometry.pad_edges(picture, 16)[None]
    estimate = sum(float(value[0]) for value in model(padded).bits.values())
    entropy = model.entropy
    symbols = entropy.symbols(model.analyse(padded.astype(np.float32)))
    features = payload.index_map(entropy.integer_hyper_decoder(), symbols.z, 6, 8)
    coded = context.encode(entropy.integer_context(), features, symbols.q)
    tables = entropy.side.tables.read()
    exact = bits(coded.values, coded.tables, entropy.tables.read()).sum()
    channels = np.broadcast_to(np.arange(symbols.z.shape[-1]), symbols.z.shape)
    exact += bits(symbols.z, channels, tables).sum()
    assert exact == pytest.approx(estimate, rel=0.01)
    stream = len(model.encode(picture, 0)[0])
    assert -1 <= stream - exact / 8 <= 0.005 * stream + 16


@pytest.mark.parametrize("size", [(1, 1), (17, 33), (90, 120)])
def test_files_round_trip(model: Adversarial, picture: np.ndarray, size: tuple[int, int]):
    part = np.ascontiguousarray(picture[: size[0], : size[1]])
    blob = model.compress(part)
    decoded = model.decompress(blob)
    assert decoded.shape == part.shape
    y = model.analyse(geometry.pad_edges(part, 16)[None].astype(np.float32))
    sent = model.entropy.symbols(y)
    height, width = sent.q.shape[:2]
    for at_once in (None, 1):  # all that can be decoded together, and one after the other
        read = model.entropy.read(parse(blob).file.streams[0], height, width, at_once)
        for a, b in zip(read, sent):
            np.testing.assert_array_equal(a, b)


def test_another_hyper_decoder_is_an_error(model: Adversarial, picture: np.ndarray):
    (stream,) = model.encode(picture, 0)
    bias = model.entropy.hyper_decoder.layers[-1].bias
    before = bias.numpy()
    bias.assign_add(tf.ones_like(bias))
    with pytest.raises(tgc.BitstreamError, match="check of its scales"):
        model.entropy.read(stream, 6, 8)
    bias.assign(before)


@pytest.mark.slow
def test_a_step_lowers_the_loss(picture: np.ndarray):
    """Noise in training, gradients to every part."""
    tf.keras.utils.set_random_seed(2)
    model = models.build("adversarial", width=0.03, blocks=1, kernel=3)
    model.build_weights()
    pictures = tf.constant(picture[None, :64, :64], tf.float32)

    def loss(step: int) -> tf.Tensor:
        output = model(pictures, training=True, seed=tf.constant([step, 0]))
        rate = tf.add_n(list(output.bits.values()))[0] / 64**2
        return rate + tf.reduce_mean(tf.square(output.reconstruction - pictures)) / 1000.0

    with tf.GradientTape() as tape:
        before = loss(0)
    variables = model.trainable_variables
    gradients = tape.gradient(before, variables)
    without = [v.name for v, g in zip(variables, gradients) if g is None]
    assert not without
    optimizer = tf.keras.optimizers.Adam(1e-3)
    for step in range(4):
        with tf.GradientTape() as tape:
            value = loss(step)
        gradients = tape.gradient(value, variables)
        assert all(np.isfinite(g).all() for g in gradients)
        optimizer.apply_gradients(zip(gradients, variables))
    assert loss(0) < before


def test_bad_arguments_are_told_in_a_line():
    with pytest.raises(tgc.UsageError, match="must be one of hwc, chw"):
        models.build("adversarial", order="whc")
    with pytest.raises(tgc.UsageError, match="must be odd"):
        models.build("adversarial", kernel=4)
    with pytest.raises(tgc.UsageError, match="did you mean post_processing"):
        models.build("adversarial", postprocessing=0)


@pytest.mark.slow
def test_files_are_read_without_tensorflow(model: Adversarial, picture: np.ndarray, tmp_path: Path):
    bundle = bundling.write(model, str(tmp_path), "adversarial", {})
    assert bundle.model_id == model.model_id()
    assert {bundle.part(kind).halo for kind in bundle.kinds} == {tiling.WHOLE}
    portable = Codec(bundle)
    large = np.asarray(tf.cast(tf.image.resize(picture, [769, 513]), tf.uint8))
    for source in (picture, picture[:17, :33], picture[:1, :1], large):
        source = np.ascontiguousarray(source)
        blob, again = model.compress(source), portable.compress(source)
        ours, theirs = model.decompress(blob), np.asarray(portable.decompress(blob))
        assert ours.shape == theirs.shape == source.shape
        assert np.abs(ours.astype(int) - theirs).max() <= 1  # weights are rounded to float16
        np.testing.assert_allclose(model.decompress(again), portable.decompress(again), atol=1)
        assert abs(len(again) - len(blob)) <= 0.03 * len(blob) + 2
