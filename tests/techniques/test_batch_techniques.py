"""Techniques that change the pictures of a step."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from toy import noise, toy

import tfgan_codec as tgc
from tfgan_codec import techniques
from tfgan_codec.techniques.curriculum import gradient_energy
from tfgan_codec.techniques.fade_in import coarse

SEED = tf.constant([3, 4])


def built(text: str):
    return techniques.build([text])[0]


def graded(difficulties: list[float]) -> tf.Tensor:
    """Pictures of stripes, the contrast of which is their difficulty."""
    stripes = tf.cast(tf.range(16) % 2, tf.float32)[None, :, None, None]
    contrast = tf.constant(difficulties, tf.float32)[:, None, None, None]
    return contrast * stripes * tf.ones([1, 16, 16, 3])


@pytest.mark.parametrize(
    ("difficulty", "chosen"),
    [
        (0.0, [10.0, 20.0]),  # the two easiest of six
        (0.25, [30.0, 20.0]),  # the first two that are among the three easiest
        (1.0, [60.0, 30.0]),  # the first two
    ],
)
def test_curriculum_admits_what_is_easy_enough(difficulty: float, chosen: list[float]):
    pictures = graded([60.0, 30.0, 20.0, 50.0, 10.0, 40.0])
    np.testing.assert_allclose(gradient_energy(pictures)[:2], [3600, 900])
    batch = built(f"curriculum:pool=3:difficulty={difficulty}").on_batch(pictures, SEED)
    assert sorted(batch[:, 1, 0, 0].numpy()) == sorted(chosen)


def test_curriculum_lets_the_step_see_the_easy_half_only():
    model = toy(techniques=[built("curriculum:pool=2:difficulty=0")])
    pictures = graded([200.0, 5.0, 100.0, 4.0])
    model.train_step(tf.repeat(tf.repeat(pictures, 4, 1), 4, 2))
    both, _ = model.discriminators[0].seen
    assert both.shape[0] == 4  # two originals and their decoded versions
    assert float(tf.reduce_max(both)) == pytest.approx(5.0 / 127.5 - 1.0)
    with pytest.raises(tgc.UsageError, match="multiple of 2"):
        model.train_step(noise(batch=3))


def test_the_batch_is_cut_after_the_curriculum():
    """Of six pictures three are left, which two steps cannot share."""
    model = toy(techniques=[built("curriculum:pool=2")], own_batches=True)
    with pytest.raises(tgc.UsageError, match="a batch of 3 cannot be cut into 2 parts"):
        model.train_step(noise(batch=6))
    model.train_step(noise(batch=8))
    assert model.discriminators[0].seen[0].shape[0] == 2 + 2


def test_fade_in_mixes_the_resolutions():
    x = noise(size=16)
    half, quarter = coarse(x, 2), coarse(x, 4)
    np.testing.assert_allclose(half[0, :2, :2, 0], np.full((2, 2), x[0, :2, :2, 0].numpy().mean()))
    for level, wanted in [
        (0.0, x),
        (1.0, half),
        (2.0, quarter),
        (1.25, 0.75 * half + 0.25 * quarter),
    ]:
        got = built(f"fade_in:most=2:level={level}").on_batch(x, SEED)
        np.testing.assert_allclose(got, wanted, atol=1e-4)


def test_rotate_gives_all_eight_symmetries_and_nothing_else():
    square = np.arange(16.0, dtype=np.float32).reshape(4, 4)
    symmetries = {
        np.rot90(side, turns).tobytes() for side in (square, square.T) for turns in range(4)
    }
    assert len(symmetries) == 8
    pictures = tf.repeat(tf.constant(square)[None, :, :, None], 200, axis=0)
    turned = built("rotate").on_batch(pictures, SEED).numpy()
    assert {picture[..., 0].tobytes() for picture in turned} == symmetries
    with pytest.raises(tgc.UsageError, match="square"):
        built("rotate").on_batch(pictures[:, :2], SEED)


def test_colour_changes_channels_within_its_bounds():
    pictures = tf.fill([50, 2, 2, 3], 100.0)
    changed = built("colour:strength=0.1").on_batch(pictures, SEED).numpy()
    assert np.all(np.ptp(changed, axis=(1, 2)) == 0)  # each channel of a picture as a whole
    assert np.ptp(changed, axis=(0, 1, 2)).min() > 30
    assert changed.min() >= 90 - 25.5
    assert changed.max() <= 110 + 25.5
    np.testing.assert_array_equal(built("colour:strength=0.1").on_batch(pictures, SEED), changed)
    other = built("colour:strength=0.1").on_batch(pictures, SEED + 1)
    assert np.abs(other - changed).max() > 1


def test_low_frequencies_blur_the_target_and_nothing_else():
    impulse = tf.scatter_nd([[0, 32, 32, c] for c in range(3)], [1.0] * 3, [1, 64, 64, 3])
    blurred = built("low_frequencies:sigma=2").on_target(impulse).numpy()[0, :, :, 0]
    places = np.arange(64) - 32
    assert blurred.sum() == pytest.approx(1.0, abs=1e-4)
    assert (blurred.sum(axis=0) * places**2).sum() == pytest.approx(4.0, abs=0.01)  # variance
    np.testing.assert_array_equal(built("low_frequencies:sigma=0").on_target(impulse), impulse)
    # A constant stays one, at the edges too.
    grey = tf.fill([1, 16, 16, 3], 7.0)
    np.testing.assert_allclose(built("low_frequencies:sigma=5").on_target(grey), grey, rtol=1e-5)
    # Lossless reproduction costs nothing without blur; with it, it costs what the blur takes away.
    x = noise()
    plain, simple = toy(), toy(techniques=[built("low_frequencies:sigma=2")])
    assert float(plain.train_step(x)["mse"]) == 0.0
    assert float(simple.train_step(x)["mse"]) > 1000.0
    np.testing.assert_allclose(simple.discriminators[0].seen[0][:2], x / 127.5 - 1.0, atol=1e-5)


def test_the_wrong_name_gets_a_suggestion():
    with pytest.raises(tgc.UsageError, match="did you mean curriculum"):
        built("curiculum")
    with pytest.raises(tgc.UsageError, match="did you mean sigma"):
        built("low_frequencies:sgima=2")
    with pytest.raises(tgc.UsageError, match="pool must be 2 or more"):
        built("curriculum:pool=1")
