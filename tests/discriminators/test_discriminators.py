"""Sizes and behaviour of the discriminators."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec import discriminators
from tfgan_codec.layers.mobilevit import MobileViTBlock
from tfgan_codec.losses.adversarial import Hinge


@pytest.mark.parametrize(
    ("name", "latents", "arguments", "parameters"),
    [
        ("mobilevit", 16, {}, 1_301_249),
        ("mobilevit", 16, {"unfold": "strips"}, 1_301_249),
        ("mobilevit", 16, {"trainable_beta": True}, 1_301_249 + 46),
        ("patch", 16, {}, 2_766_529),
        ("multiscale", 16, {}, 2_766_529),
        ("multiscale", 16, {"shared": False}, 3 * 2_766_529),
        ("conditional", 12, {}, 2_777_025 + 960),
        ("hinge_gan_gp", 16, {}, 3_049_857),
    ],
)
def test_published_parameter_counts(name: str, latents: int, arguments: dict, parameters: int):
    discriminator = discriminators.build(name, latents, **arguments)
    assert discriminator.count_params() == parameters


def test_official_conditional_variant_by_hand():
    """3x3 latent convolution to 12 channels, every convolution with its vector u."""
    filters = [3 + 12, 64, 128, 256, 512, 1]
    expected = 9 * 220 * 12 + 12 + 12
    expected += sum(16 * a * b + b + b for a, b in zip(filters, filters[1:]))
    discriminator = discriminators.build("conditional", 220, official=True)
    assert discriminator.count_params() == expected
    # The 512-filter layer keeps the resolution: 1/8.
    verdict = discriminator(tf.zeros([1, 64, 64, 3]), tf.zeros([1, 4, 4, 220]))
    assert verdict.logits[0].shape == (1, 8, 8)


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("mobilevit", [(2,)]),
        ("patch", [(2, 4, 4)]),
        ("multiscale", [(2, 4, 4), (2, 2, 2), (2, 1, 1)]),
        ("conditional", [(2, 4, 4)]),
        ("hinge_gan_gp", [(2, 4, 4)]),
    ],
)
def test_logits_are_float32_under_mixed_precision(name: str, shapes: list):
    discriminator = discriminators.build(name, 6, "mixed_bfloat16", width=0.125)
    assert tf.keras.mixed_precision.global_policy().name == "float32"
    verdict = discriminator(tf.zeros([2, 64, 64, 3]), tf.zeros([2, 4, 4, 6]), training=True)
    assert [logits.shape for logits in verdict.logits] == shapes
    assert {logits.dtype for logits in verdict.logits} == {tf.float32}
    assert verdict.features[0][0].dtype == tf.bfloat16


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_patch_is_as_large_as_its_depth_says(depth: int):
    discriminator = discriminators.build("patch", 6, width=0.125, norm="none", depth=depth)
    x = tf.zeros([1, 64, 64, 3])
    with tf.GradientTape() as tape:
        tape.watch(x)
        (logits,) = discriminator(x).logits
        middle = logits[0, logits.shape[1] // 2, logits.shape[2] // 2]
    seen = np.flatnonzero(np.abs(tape.gradient(middle, x)[0]).sum(axis=(1, 2)))
    assert seen[-1] - seen[0] + 1 == 3 * 2 ** (depth + 1) - 2


@pytest.mark.parametrize(
    ("norm", "extra"), [("none", 0), ("channel", 2 * (8 + 16 + 32)), ("instance", 2 * 56)]
)
def test_norms_of_patches(norm: str, extra: int):
    """Offset and scale of layers 2 to 4 at a sixteenth of the width: 8, 16 and 32 channels."""
    sizes = [3, 4, 8, 16, 32, 1]
    plain = sum(16 * a * b + b for a, b in zip(sizes, sizes[1:]))
    discriminator = discriminators.build("patch", 6, width=0.0625, norm=norm)
    assert discriminator.count_params() == plain + extra
    # Without a norm, a verdict on the same pictures at half the contrast is nearer to that on grey.
    x = tf.random.stateless_normal([1, 64, 64, 3], [1, 2])
    far, near, grey = (discriminator(c * x).logits[0].numpy() for c in (1.0, 0.5, 0.0))
    ratio = np.abs(near - grey).mean() / np.abs(far - grey).mean()
    assert (ratio < 0.6) == (norm == "none")


def test_batch_normalisation_is_refused():
    with pytest.raises(tgc.UsageError, match="choose from channel, instance, none, spectral"):
        discriminators.build("patch", 6, norm="batch")


@pytest.mark.parametrize("name", ["patch", "multiscale", "conditional"])
def test_dropout_acts_in_the_discriminators_own_step_and_repeats(name: str):
    tf.keras.utils.set_random_seed(1)
    discriminator = discriminators.build(name, 6, width=0.125, dropout=0.5)
    x, y = tf.random.stateless_normal([2, 64, 64, 3], [1, 2]), tf.zeros([2, 4, 4, 6])
    start = discriminator.get_weights()

    def verdicts() -> list[np.ndarray]:
        return [discriminator(x, y, training=t).logits[0].numpy() for t in (True, True, False)]

    first, second, quiet = verdicts()
    assert np.abs(first - second).max() > 1e-4
    assert np.abs(first - quiet).max() > 1e-4
    discriminator.set_weights(start)  # as from a checkpoint
    for again, before in zip(verdicts(), (first, second, quiet)):
        np.testing.assert_array_equal(again, before)


def test_conditional_sees_the_latents():
    discriminator = discriminators.build("conditional", 6, width=0.125)
    pictures = tf.zeros([1, 64, 64, 3])
    a, b = (discriminator(pictures, tf.fill([1, 4, 4, 6], x)).logits[0] for x in (0.0, 1.0))
    assert np.abs(a - b).max() > 1e-4


def test_conditional_repeats_each_latent_over_its_pixels():
    seen = []
    discriminator = discriminators.build("conditional", 2, width=0.125)
    discriminator.network = lambda x, training: (seen.append(x), [])
    latents = np.random.default_rng(0).normal(size=(1, 2, 3, 2)).astype(np.float32)
    discriminator(tf.zeros([1, 32, 48, 3]), latents)
    want = np.kron(latents[0, :, :, 1], np.ones((16, 16), np.float32))
    np.testing.assert_array_equal(seen[0][0, :, :, 4], want)


def test_mobilevit_starts_as_a_function_of_the_picture():
    """Without normalisation, first weights of the wrong size make it a constant: 0.02 here."""
    tf.keras.utils.set_random_seed(1)
    discriminator = discriminators.build("mobilevit", 16, width=0.5)
    picture = tf.random.stateless_uniform([1, 64, 64, 3], [1, 2], -1.0, 1.0)
    with tf.GradientTape() as tape:
        tape.watch(picture)
        logit = discriminator(picture).logits[0]
    assert 0.3 < np.linalg.norm(tape.gradient(logit, picture)) < 30


@pytest.fixture
def vgg(shared_dir) -> str:
    folder = shared_dir / "weights"
    if not (folder / "vgg16_features_lpips.npz").is_file():
        pytest.skip("VGG16 weights are not in ../shared/weights")
    return str(folder)


@pytest.mark.parametrize("levels", [1, 3, 5])
def test_projected_trains_its_heads_alone(vgg: str, levels: int):
    """Each head has 4x4 convolutions of 16, 32, 64 and 128 filters, fewer the coarser its layer,
    and a 3x3 one to a logit, each with its bias and vector u; nothing else is a variable."""
    discriminator = discriminators.build("projected", 6, levels=levels, width=0.25, folder=vgg)
    expected = 0
    for level in range(levels):
        sizes = [64, 16, 32, 64, 128][: max(2, 5 - level)]
        expected += sum(16 * a * b + b + b for a, b in zip(sizes, sizes[1:])) + 9 * sizes[-1] + 2
    assert discriminator.count_params() == expected
    verdict = discriminator(tf.zeros([1, 64, 64, 3]), training=True)
    assert [logits.shape for logits in verdict.logits] == [(1, 4, 4)] * levels


def test_projected_mixes_are_the_same_in_every_run_and_keep_the_scale(vgg: str):
    a, b = (discriminators.build("projected", 6, levels=3, folder=vgg).mixes for _ in range(2))
    layers = [
        tf.random.stateless_normal([2, 64 >> i, 64 >> i, c], [i, 1])
        for i, c in enumerate((64, 128, 256))
    ]
    for x, y in zip(a(layers), b(layers)):
        np.testing.assert_array_equal(x, y)
        assert 0.7 < np.sqrt(np.mean(np.square(x))) < 1.3


def test_projected_tells_blur_in_a_few_steps(vgg: str):
    """Texture against its own blur, new in each step: what it learns holds for the next."""
    tf.keras.utils.set_random_seed(1)
    judge = discriminators.build("projected", 6, levels=3, width=0.25, folder=vgg)
    adam, hinge = tf.keras.optimizers.Adam(1e-3, 0.5), Hinge()
    right = []
    for step in range(13):
        coarse = tf.random.stateless_uniform([4, 16, 16, 3], [step, 7], -1.0, 1.0)
        real = tf.image.resize(coarse, [64, 64], "bicubic")
        fake = tf.nn.avg_pool2d(real, 3, 1, "SAME")
        with tf.GradientTape() as tape:
            verdict = judge(tf.concat([real, fake], 0), training=True)
            pairs = [tf.split(logits, 2) for logits in verdict.logits]
            loss = tf.add_n([tf.reduce_mean(hinge.discriminator(*pair)) for pair in pairs])
        right.append(np.mean([np.mean(on_real > on_fake) for on_real, on_fake in pairs]))
        gradients = tape.gradient(loss, judge.trainable_variables)
        adam.apply_gradients(zip(gradients, judge.trainable_variables))
    assert right[0] < 0.6
    assert np.mean(right[-3:]) > 0.9


def test_unfold_groups_the_pixels_of_2x2_patches():
    block = MobileViTBlock(4, 1)
    x = tf.reshape(tf.range(16.0), [1, 4, 4, 1])
    tokens = block.unfold(x)[0, :, :, 0].numpy()
    # Group 0: the upper left pixel of every patch; group 3: the lower right one.
    np.testing.assert_array_equal(tokens[0], [0, 2, 8, 10])
    np.testing.assert_array_equal(tokens[3], [5, 7, 13, 15])
    np.testing.assert_array_equal(block.fold(block.unfold(x), 4, 4), x)


def test_strips_are_runs_of_rows():
    block = MobileViTBlock(4, 1, unfold="strips")
    x = tf.reshape(tf.range(16.0), [1, 4, 4, 1])
    np.testing.assert_array_equal(block.unfold(x)[0, 1, :, 0], [4, 5, 6, 7])
    np.testing.assert_array_equal(block.fold(block.unfold(x), 4, 4), x)


def test_a_wrong_name_gets_a_suggestion():
    with pytest.raises(tgc.UsageError, match="did you mean mobilevit"):
        discriminators.build("mobilvit", 16)
    with pytest.raises(tgc.UsageError, match="did you mean width"):
        discriminators.build("patch", 16, widht=0.5)
