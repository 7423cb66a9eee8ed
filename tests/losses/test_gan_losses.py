"""Losses against numbers worked out by hand or by another implementation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec import losses
from tfgan_codec.discriminators.contract import DiscriminatorOutput
from tfgan_codec.errors import UsageError
from tfgan_codec.losses import adversarial, gradient_penalty, perceptual
from tfgan_codec.losses.content import Content
from tfgan_codec.losses.contextual import contextual_similarity
from tfgan_codec.losses.contract import CodecOutput
from tfgan_codec.losses.distillation import Distillation
from tfgan_codec.losses.distortion import charbonnier, mae, ms_ssim
from tfgan_codec.losses.feature_matching import FeatureMatching
from tfgan_codec.losses.multiscale import MultiScale
from tfgan_codec.losses.rate import Entropy, RateTarget
from tfgan_codec.losses.shared import FeatureLoss
from tfgan_codec.losses.smoothness import smoothness
from tfgan_codec.losses.wasserstein import distance as wasserstein
from tfgan_codec.metrics import lpips as reference
from tfgan_codec.metrics.dists import Dists as DistsMetric

REAL = tf.constant([[2.0, 0.5], [-1.0, 3.0]])
FAKE = tf.constant([[-2.0, 0.0], [1.0, -0.5]])
LOG2, E = np.log(2.0), np.exp(1.0)


def softplus(x: float) -> float:
    return float(np.log1p(np.exp(x)))


@pytest.mark.parametrize(
    ("name", "discriminator", "generator"),
    [
        # D: mean(relu(1 - real)) + mean(relu(1 + fake)); G: -mean(fake)
        ("hinge", [0.25 + 0.5, 1.0 + 1.25], [1.0, -0.25]),
        ("lsgan", [0.625 + 2.0, 4.0 + 0.625], [5.0, 1.125]),
        ("wgan", [-1.0 - 1.25, 0.25 - 1.0], [1.0, -0.25]),
        (
            "bce",
            [
                (softplus(-2) + softplus(-0.5) + softplus(-2) + LOG2) / 2,
                (softplus(1) + softplus(-3) + softplus(1) + softplus(-0.5)) / 2,
            ],
            [(softplus(2) + LOG2) / 2, (softplus(-1) + softplus(0.5)) / 2],
        ),
    ],
)
def test_adversarial_losses_by_hand(name: str, discriminator: list, generator: list):
    loss = adversarial.build(name)
    np.testing.assert_allclose(loss.discriminator(REAL, FAKE), discriminator, rtol=1e-6)
    np.testing.assert_allclose(loss.generator(FAKE), generator, rtol=1e-6)


def test_single_verdicts_need_no_averaging():
    np.testing.assert_array_equal(adversarial.build("hinge").generator(tf.constant([3.0])), [-3])


def linear(x: tf.Tensor) -> tuple[tf.Tensor]:
    """D(x) = 0.5 * sum(x): the gradient is 0.5 in each of the 2 * 2 * 3 values."""
    return (0.5 * tf.reduce_sum(x, axis=(1, 2, 3)),)


def test_gradient_penalties_of_a_linear_discriminator():
    real, fake, mix = tf.ones([2, 2, 2, 3]), tf.zeros([2, 2, 2, 3]), tf.constant([0.1, 0.9])
    norm = 0.5 * np.sqrt(12.0)
    interpolated = gradient_penalty.build("interpolated")
    np.testing.assert_allclose(interpolated(linear, real, fake, mix), (norm - 1) ** 2, rtol=1e-5)
    np.testing.assert_allclose(
        gradient_penalty.build("r1")(linear, real, fake, mix), norm**2 / 2, rtol=1e-5
    )


@pytest.mark.parametrize("every", [0, -1, 2.5, "often"])
def test_a_penalty_is_taken_in_a_whole_number_of_steps(every):
    with pytest.raises(UsageError, match="1 or more"):
        gradient_penalty.build("r1", every=every)


def test_the_penalty_is_taken_between_the_pictures():
    """D(x) = sum(x^2) / 2 has the gradient x."""
    real, fake = tf.fill([1, 1, 1, 3], 2.0), tf.fill([1, 1, 1, 3], -1.0)

    def square(x: tf.Tensor) -> tuple[tf.Tensor]:
        return (tf.reduce_sum(tf.square(x), axis=(1, 2, 3)) / 2,)

    value = gradient_penalty.build("interpolated")(square, real, fake, tf.constant([0.25]))
    # 0.25 * 2 + 0.75 * -1 = -0.25 in three values
    np.testing.assert_allclose(value, (0.25 * np.sqrt(3) - 1) ** 2, rtol=1e-5)


def test_smoothness_by_hand():
    # 0 1
    # 3 7  in one channel: horizontal 1 + 16, vertical 9 + 36, diagonal 49; four pixels.
    picture = tf.reshape(tf.constant([0.0, 1.0, 3.0, 7.0]), [1, 2, 2, 1])
    np.testing.assert_allclose(smoothness(picture), [62 / 4])
    np.testing.assert_allclose(smoothness(picture, diagonal=True), [49 / 4])


def pictures(size: int = 192) -> tuple[tf.Tensor, tf.Tensor]:
    random = np.random.default_rng(0)
    coarse = tf.constant(random.uniform(0, 255, (2, 12, 12, 3)), tf.float32)
    a = tf.image.resize(coarse, [size, size], "bicubic")
    return a, a + tf.constant(random.normal(0, 20, a.shape), tf.float32)


def output(reconstruction: tf.Tensor, bits: list[float], rounded: list | None = None):
    latents = tf.zeros([len(bits), 4, 4, 2])
    rounded = None if rounded is None else {"y": tf.constant(rounded)}
    fixed = tf.zeros([len(bits)])
    return CodecOutput(reconstruction, {"y": tf.constant(bits)}, latents, fixed, rounded)


def test_content_loss_is_made_of_its_parts():
    a, b = pictures()
    value = Content(weight=100, alpha=0.84)(a, output(b, [1.0, 1.0]))
    expected = 100 * (0.16 * mae(a, b) / 255 - 0.84 * ms_ssim(a, b))
    np.testing.assert_allclose(value.total, expected, rtol=1e-5)
    assert set(value.parts) == set(Content.names)


def test_distances_by_hand():
    a = tf.zeros([1, 1, 2, 3])
    b = tf.constant([[[[3.0, 0, 0], [0, 0, -9.0]]]])
    np.testing.assert_allclose(mae(a, b), [2.0])
    roots = np.sqrt([9 + 4, 4, 4, 4, 4, 81 + 4])
    np.testing.assert_allclose(charbonnier(a, b, epsilon=2.0), [roots.mean()], rtol=1e-6)


def test_entropy_is_bits_per_latent():
    value = Entropy(weight=3)(tf.zeros([2, 64, 64, 3]), output(tf.zeros([2]), [64.0, 32.0]))
    np.testing.assert_allclose(value.total, [6.0, 3.0])  # 32 latents
    np.testing.assert_allclose(value.parts["bpp"], [64 / 4096, 32 / 4096])


@pytest.mark.parametrize(("rounded", "factor"), [([600.0, 600.0], 2.0), ([500.0, 500.0], 1 / 64)])
def test_rate_target_judges_rounded_and_pays_noisy_bits(rounded: list[float], factor: float):
    blank = tf.zeros([2, 64, 64, 3])
    value = RateTarget(target=0.14)(blank, output(blank, [400.0, 800.0], rounded))
    np.testing.assert_allclose(value.total, factor * np.array([400, 800]) / 4096, rtol=1e-6)


@pytest.mark.parametrize(("rounded", "factor"), [(900.0, 1.0), (700.0, 1 / 128)])
def test_relaxed_rate_target(rounded: float, factor: float):
    """Half the lambdas, and 0.20 bpp (819 bits here) in place of 0.14 (573)."""
    blank = tf.zeros([1, 64, 64, 3])
    value = RateTarget(target=0.14, relaxed=True)(blank, output(blank, [400.0], [rounded]))
    np.testing.assert_allclose(value.total, factor * 400 / 4096, rtol=1e-6)


def test_contextual_similarity_does_not_look_at_places():
    random = np.random.default_rng(0)
    x = tf.constant(random.normal(size=(2, 3, 4, 5)), tf.float32)
    moved = tf.reverse(tf.roll(x, [1, 2], [1, 2]), [1])
    # Every activation finds itself at distance 0 while the others are infinitely far in comparison.
    np.testing.assert_allclose(contextual_similarity(moved, x), [1.0, 1.0], atol=1e-3)
    other = tf.constant(random.normal(size=(2, 3, 4, 5)), tf.float32)
    assert np.all(contextual_similarity(other, x).numpy() < 0.9)


def test_distillation_asks_for_what_the_teacher_draws():
    """The original does not matter; the teacher learns nothing."""
    latents = tf.Variable(tf.fill([2, 4, 4, 1], 3.0))
    loss = Distillation(lambda y: 10.0 * y)
    with tf.GradientTape() as tape:
        drawn = CodecOutput(tf.fill([2, 4, 4, 1], 26.0), {}, latents, tf.zeros([2]))
        value = loss(tf.zeros([2, 4, 4, 1]), drawn)
    np.testing.assert_allclose(value.total, [16.0, 16.0])
    assert tape.gradient(value.total, latents) is None


def test_contextual_similarity_by_hand():
    """Two activations of two channels; y has mean 0, directions are along the axes."""
    y = tf.constant([[[[1.0, 0.0], [-1.0, 0.0]]]])
    x = tf.constant([[[[2.0, 0.0], [0.0, 3.0]]]])
    # Distances: x0 to y0, y1: 0 and 2; x1: 1 and 1. Affinities at h = 1/2: (1, 0) and (1/2, 1/2).
    np.testing.assert_allclose(contextual_similarity(x, y, 0.5), [(1.0 + 0.5) / 2], atol=1e-4)


@pytest.mark.parametrize(("squared", "expected"), [(False, 1.25), (True, 2.5)])
def test_feature_matching_averages_layers(squared: bool, expected: float):
    def features(first: float, second: float) -> DiscriminatorOutput:
        hidden = tf.fill([1, 2, 2, 1], first), tf.fill([1, 1, 1, 3], second)
        return DiscriminatorOutput((tf.zeros([1]),), (hidden,))

    loss = FeatureMatching(squared=squared)
    value = loss(features(1.0, 0.0), features(3.0, 0.5 if not squared else 1.0))
    np.testing.assert_allclose(value, [expected])


@pytest.mark.parametrize("net", ["alex", "vgg"])
def test_lpips_equals_the_metric_and_has_finite_gradients(net: str, shared_dir: Path):
    folder = str(shared_dir / "weights")
    if not (shared_dir / "weights" / "lpips_alex.npz").is_file():
        pytest.skip("LPIPS weights are not in ../shared/weights")
    (loss,) = losses.build([f"lpips:net={net}:folder={folder}"])
    a, b = (tf.clip_by_value(x[:1], 0, 255) for x in pictures(64))
    expected = reference.Lpips(net, folder)(a[0].numpy(), b[0].numpy())
    np.testing.assert_allclose(loss.distance(a, b), [expected], rtol=1e-3)
    flat = tf.Variable(tf.zeros_like(a))
    with tf.GradientTape() as tape:
        value = loss.distance(a, flat)
    assert np.isfinite(tape.gradient(value, flat)).all()


@pytest.mark.parametrize("net", ["alex", "vgg"])
def test_lpips_in_bfloat16_points_the_same_way(net: str, shared_dir: Path):
    folder = str(shared_dir / "weights")
    if not (shared_dir / "weights" / "lpips_alex.npz").is_file():
        pytest.skip("LPIPS weights are not in ../shared/weights")
    a, b = pictures(64)
    values, gradients = [], []
    for bfloat16 in (False, True):
        (loss,) = losses.build([f"lpips:net={net}:folder={folder}:bfloat16={bfloat16}"])
        with tf.GradientTape() as tape:
            tape.watch(b)
            value = loss.distance(a, b)
        assert value.dtype == tf.float32
        values.append(value.numpy())
        gradients.append(tape.gradient(value, b).numpy().ravel())
    np.testing.assert_allclose(values[1], values[0], rtol=0.03)  # 8 bits, 13 layers deep
    exact, rounded = (g / np.linalg.norm(g) for g in gradients)
    assert 0.97 < exact @ rounded < 1.0  # the latter: there was rounding at all


def test_lpips_looks_at_the_same_shifted_place_of_both_pictures():
    rows = tf.range(0.0, 32.0)[None, :, None, None] * tf.ones([1, 32, 32, 3])
    columns = tf.transpose(rows, [0, 2, 1, 3])
    seen = set()
    for place in range(16):
        # The sum of every 16th pixel decides; pixel (0, 0) is one of them.
        a = tf.tensor_scatter_nd_add(100.0 * rows, [[0, 0, 0, 0]], [float(place)])
        top, left = perceptual._shifted(a, rows)[1], perceptual._shifted(a, columns)[1]
        assert top.shape == (1, 28, 28, 3)
        seen.add((int(top[0, 0, 0, 0]), int(left[0, 0, 0, 0])))
    assert seen == {(y, x) for y in range(4) for x in range(4)}


def test_vgg_loss_is_zero_for_equal_pictures(shared_dir: Path):
    if not (shared_dir / "weights" / "vgg16_features_lpips.npz").is_file():
        pytest.skip("VGG16 weights are not in ../shared/weights")
    (loss,) = losses.build([f"vgg:folder={shared_dir / 'weights'}"])
    a, b = (x[:1] for x in pictures(64))
    assert loss(a, output(a, [0.0])).total.numpy() == 0
    assert loss(a, output(b, [0.0])).total.numpy() > 0


def test_dists_equals_the_metric(dists_dir: Path):
    """Values of the numpy code, which equals the authors'; and a gradient that leads nearer."""
    (loss,) = losses.build([f"dists:folder={dists_dir}"])
    metric = DistsMetric(str(dists_dir))
    a, b = (x[:1] for x in pictures(75))
    expected = metric(a[0].numpy(), b[0].numpy())
    np.testing.assert_allclose(loss.distance(a, b), [expected], atol=1e-5)
    np.testing.assert_allclose(loss.distance(a, a), [0.0], atol=1e-6)
    found = tf.Variable(b)
    with tf.GradientTape() as tape:
        value = loss(a, output(found, [0.0])).total
    gradient = tape.gradient(value, found)
    found.assign_sub(2.0 * gradient / tf.reduce_max(tf.abs(gradient)))
    assert loss.distance(a, found).numpy() < expected


def test_contextual_loss_pulls_towards_the_picture(shared_dir: Path):
    """Small steps along its gradient bring a blurred picture's features nearer."""
    if not (shared_dir / "weights" / "lpips_alex.npz").is_file():
        pytest.skip("LPIPS weights are not in ../shared/weights")
    (loss,) = losses.build([f"contextual:net=alex:layer=1:folder={shared_dir / 'weights'}"])
    a, b = (x[:1] for x in pictures(64))
    found = tf.Variable(b)
    before = loss(a, output(found, [0.0])).total
    assert before.numpy() > loss(a, output(a, [0.0])).total.numpy()
    for _ in range(3):
        with tf.GradientTape() as tape:
            value = loss(a, output(found, [0.0])).total
        gradient = tape.gradient(value, found)
        assert np.isfinite(gradient).all()
        found.assign_sub(2.0 * gradient / tf.reduce_max(tf.abs(gradient)))
    assert loss(a, output(found, [0.0])).total.numpy() < before.numpy()


def test_bad_requests_are_told_in_a_line(tmp_path: Path):
    with pytest.raises(tgc.UsageError, match="did you mean content"):
        losses.build(["contents"])
    with pytest.raises(tgc.UsageError, match="did you mean weight"):
        losses.build(["mse:wieght=2"])
    with pytest.raises(tgc.UsageError, match="name:key=value"):
        losses.build(["mse:2"])
    small = pictures(128)
    with pytest.raises(tgc.UsageError, match="at least 161 pixels"):
        ms_ssim(*small)
    with pytest.raises(tgc.UsageError, match=r"apps.weights"):
        losses.build([f"lpips:folder={tmp_path}"])


def test_ms_ssim_works_at_its_smallest_size():
    a, b = pictures(161)
    assert np.all(np.isfinite(ms_ssim(a, b)))


def test_multiscale_rate_and_distortion_by_hand():
    """Two scales: the small picture is 20 levels off, the whole one 10."""
    pictures = tf.random.stateless_uniform([1, 4, 8, 3], [1, 2], 0, 255)
    small = tf.nn.avg_pool2d(pictures, 2, 2, "VALID") + 20.0
    coarse = CodecOutput(small, {"y": tf.constant([16.0])}, small, tf.zeros([1]))
    bits = {"half": tf.constant([16.0]), "full": tf.constant([64.0])}
    output = CodecOutput(pictures - 10.0, bits, small, tf.zeros([1]), coarse=(coarse,))
    value = MultiScale(alpha=2.0, beta=3.0, coarse_alpha=5.0, coarse_beta=7.0, rate=0.1)(
        pictures, output
    )
    # Squared errors of [-1, 1]; bits per pixel of 4x8 and of 2x4.
    expected = 2.0 * (10 / 127.5) ** 2 + 3.0 * 0.1 * 64 / 32
    expected += 5.0 * (20 / 127.5) ** 2 + 7.0 * 0.1 * 16 / 8
    np.testing.assert_allclose(value.total, [expected], rtol=1e-4)
    parts = {name: float(part[0]) for name, part in value.parts.items()}
    assert parts == pytest.approx(
        {"bpp": 80 / 32, "mse": 100.0, "coarse_bpp": 16 / 32, "coarse_mse": 400.0}, rel=1e-4
    )
    single = MultiScale()(pictures, output._replace(bits={"full": bits["full"]}, coarse=()))
    assert float(single.parts["coarse_mse"][0]) == float(single.parts["coarse_bpp"][0]) == 0.0
    assert tuple(value.parts) == tuple(single.parts) == MultiScale.names


def test_wasserstein_compares_means_and_deviations_of_windows():
    """A chessboard of 0 and 2 has mean 1 and deviation 1 in every window, wherever it begins; a
    plain 1 has deviation 0, which counts as the root of .001."""
    board = 2.0 * tf.cast((tf.range(16)[:, None] + tf.range(16)) % 2, tf.float32)
    board = tf.broadcast_to(board[None, :, :, None], [2, 16, 16, 3])
    moved, plain = tf.roll(board, 1, axis=1), tf.ones_like(board)
    np.testing.assert_allclose(wasserstein(board, moved, 0), [4.0, 4.0])
    inner = wasserstein(board[:, 1:], board[:, :-1], 1)  # the first row and column see the edge
    assert np.all(inner < 0.1)
    expected = (np.sqrt(1.001) - np.sqrt(0.001)) ** 2
    windows = wasserstein(tf.tile(board, [1, 4, 4, 1]), tf.tile(plain, [1, 4, 4, 1]), 2)
    np.testing.assert_allclose(windows, expected, rtol=0.1)


@pytest.mark.parametrize("sigma", [0, 3, 128])
def test_windows_are_powers_of_two(sigma: int):
    with pytest.raises(UsageError, match="power of two"):
        losses.build([f"wasserstein:sigma={sigma}"])


class _Counting:
    """Stands for a network; counts how often it is asked."""

    def __init__(self, settings: str):
        self.settings, self.calls = settings, 0

    def __call__(self, pictures: tf.Tensor) -> list[tf.Tensor]:
        self.calls += 1
        return [pictures * tf.reduce_mean(pictures)]


class _Mean(FeatureLoss):
    def __init__(self, name: str, settings: str, weight: float):
        self.names, self.weight = (name,), weight
        self.features = _Counting(settings)

    def compare(self, real: list[tf.Tensor], fake: list[tf.Tensor]) -> losses.contract.LossValue:
        value = tf.reduce_mean(tf.square(real[0] - fake[0]), axis=(1, 2, 3))
        return losses.contract.LossValue(self.weight * value, {self.names[0]: value})


def test_losses_on_equal_activations_share_them():
    """The sums and their gradients are those of separate losses, with a third of the passes."""
    x = tf.reshape(tf.range(24.0), [2, 2, 2, 3])
    y = tf.Variable(x + 1.0)
    made = [_Mean("a", "vgg", 1.0), _Mean("b", "alex", 2.0), _Mean("c", "vgg", 3.0)]
    apart, shared = made, losses.share_features(made)
    assert [loss.names for loss in shared] == [("a", "c"), ("b",)]
    results = []
    for each in (apart, shared):
        with tf.GradientTape() as tape:
            output = CodecOutput(y, {}, tf.zeros([2, 1, 1, 1]), tf.zeros([2]))
            values = [loss(x, output) for loss in each]
            total = tf.add_n([value.total for value in values])
        results.append((total, tape.gradient(total, y)))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-6)
    np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-5)
    assert [loss.features.calls for loss in made] == [4, 4, 2]
