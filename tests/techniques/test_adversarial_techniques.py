"""Techniques that change how codec and discriminators meet."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from toy import noise, toy

import tfgan_codec as tgc
from tfgan_codec import techniques
from tfgan_codec.losses import adversarial, gradient_penalty
from tfgan_codec.losses.contract import LossValue
from tfgan_codec.techniques.historical_averaging import averages_of

SEED = tf.constant([3, 4])


def built(text: str):
    return techniques.build([text])[0]


def state(model) -> list[np.ndarray]:
    (discriminator,) = model.discriminators
    return [v.numpy() for v in [*discriminator.variables, *model.d_optimizer.variables]]


class Lighter:
    """Pulls the gain by a known gradient: the mean of the reconstruction."""

    names = ("light",)

    def __init__(self, weight: float):
        self.weight = weight

    def __call__(self, pictures, output) -> LossValue:
        value = tf.reduce_mean(output.reconstruction, axis=(1, 2, 3))
        return LossValue(self.weight * value, {"light": value})


@pytest.mark.parametrize("strength", [1e-3, 10.0])
def test_adaptive_weight_makes_both_sides_pull_alike(strength: float):
    """D(x') = mean(x' / 127.5 - 1): its gradient is 1 / 127.5 times that of `Lighter(1)`."""
    model = toy(losses=[Lighter(strength)], techniques=[built("adaptive_weight")])
    logs = model.train_step(tf.fill([2, 64, 64, 3], 50.0))
    gradient = 1 / np.sqrt(2 * 64 * 64 * 3)  # of a mean, as a norm over all pixels
    slope = 1.0  # all pictures are alike, so the discriminator's step did not move it
    expected = strength * gradient / (slope * gradient / 127.5 + 1e-4)
    assert float(logs["adversarial_weight"]) == pytest.approx(expected, rel=1e-3)
    model = toy(losses=[Lighter(strength)], techniques=[built("adaptive_weight:limit=1e-5")])
    logs = model.train_step(tf.fill([2, 64, 64, 3], 50.0))
    assert float(logs["adversarial_weight"]) == pytest.approx(1e-5)


def test_unrolled_judges_by_a_later_discriminator_and_takes_it_back():
    x = noise(batch=2) * tf.constant([0.3, 1.0])[:, None, None, None]

    def darker(**changes):
        model = toy(losses=[Lighter(0.0)], **changes)
        model.gain.assign(0.5)  # decoded pictures are darker, which D learns to tell
        return model

    plain, unrolled = darker(), darker(techniques=[built("unrolled:steps=2")])
    further = darker(d_steps=3)
    for model in (plain, unrolled, further):
        model.train_step(x)
    # What stays of D is one step, and of its optimizer too; the codec was judged by D of step 3.
    for got, want in zip(state(unrolled), state(plain)):
        np.testing.assert_allclose(got, want, rtol=1e-6)
    assert unrolled.gain.numpy() == pytest.approx(further.gain.numpy(), rel=1e-6)
    assert unrolled.gain.numpy() > plain.gain.numpy() > 0.5


def test_unrolling_by_no_step_is_refused():
    with pytest.raises(tgc.UsageError, match="steps must be 1 or more"):
        built("unrolled:steps=0")


@pytest.mark.parametrize(("limit", "learns"), [(0.4, False), (0.9, True)])
def test_discriminators_that_are_right_too_often_rest(limit: float, learns: bool):
    """With slope 1, D prefers the lighter picture of a pair: the decoded one of the second."""
    model = toy(techniques=[built(f"d_limit:accuracy={limit}")])
    model.gain.assign(0.5)
    x = noise() - tf.constant([0.0, 255.0])[:, None, None, None]  # half of a negative is lighter
    before = state(model)[0]
    logs = model.train_step(x)
    assert float(logs["d_accuracy"]) == pytest.approx(0.5)
    assert (state(model)[0] != before) == learns


def test_accuracy_is_a_half_by_guessing():
    model = toy()
    assert float(model.train_step(noise())["d_accuracy"]) == pytest.approx(0.5)  # lossless


def test_instance_noise_is_what_discriminators_see():
    technique = built("instance_noise:sigma=0.3")
    x = tf.zeros([4, 32, 32, 3])
    seen = technique.on_verdict(x, SEED).numpy()
    assert seen.std() == pytest.approx(0.3, rel=0.02)
    np.testing.assert_array_equal(technique.on_verdict(x, SEED), seen)
    model = toy(techniques=[technique])
    logs = model.train_step(tf.fill([2, 64, 64, 3], 127.5))
    both, fake = model.discriminators[0].seen
    assert np.std(both) == pytest.approx(0.3, rel=0.05)
    assert np.abs(both[:2] - fake).max() > 0.1  # new noise in each side's step
    assert float(logs["mse"]) == 0.0  # the codec is not disturbed


def test_diff_augment_changes_pairs_alike_and_each_picture_differently():
    x = tf.repeat(noise(1, 32) / 127.5 - 1.0, 8, axis=0)
    technique = built("diff_augment")
    seen = technique.on_verdict(x, SEED).numpy()
    np.testing.assert_array_equal(technique.on_verdict(x, SEED), seen)
    assert all(np.abs(seen[0] - other).max() > 0.1 for other in seen[1:])


def test_diff_augment_shifts_and_cuts():
    x = tf.ones([64, 32, 32, 1])
    shift = built("diff_augment:colour=false:cutout=false").on_verdict(x, SEED).numpy()
    lost_rows = 32 - shift[:, :, 8, 0].sum(axis=1)
    assert lost_rows.min() == 0
    assert lost_rows.max() == 4  # an eighth
    coded = tf.reshape(tf.range(32 * 32.0), [1, 32, 32, 1]) + 1.0
    (moved,) = built("diff_augment:colour=false:cutout=false").on_verdict(coded, SEED).numpy()
    rows, columns = np.nonzero(moved[..., 0])
    steps = moved[rows, columns, 0] - coded[0].numpy()[rows, columns, 0]
    assert len(np.unique(steps)) == 1  # all pixels by the same step
    cut = built("diff_augment:colour=false:shift=false").on_verdict(x, SEED).numpy()
    holes = (cut == 0).sum(axis=(1, 2, 3))
    assert holes.max() <= 16 * 16
    assert holes.min() >= 7 * 7  # a corner's


def test_diff_augment_lets_gradients_through():
    x = noise(1, 32) / 127.5 - 1.0
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(built("diff_augment").on_verdict(x, SEED))
    assert float(tf.reduce_max(tf.abs(tape.gradient(y, x)))) > 0.1


def test_historical_averaging_pulls_back_to_the_average():
    """SGD of rate 0.1 on `w (gain - average)^2` moves the gain by 0.2 w of the distance."""
    alone = {"losses": [Lighter(0.0)], "discriminator": None}
    model = toy(**alone)
    pulled = toy(**alone, techniques=[built("historical_averaging:weight=2")])
    for each in (model, pulled):
        ((_, average),) = averages_of(each.g_optimizer, [each.gain])
        average.assign(1.0)
        each.gain.assign(3.0)
        each.train_step(noise())
    assert model.gain.numpy() == 3.0
    assert pulled.gain.numpy() == pytest.approx(3.0 - 0.1 * 2 * 2 * (3.0 - 1.0))


def test_historical_averaging_of_discriminators():
    model = toy(techniques=[built("historical_averaging:weight=2")])
    (discriminator,) = model.discriminators
    ((slope, average),) = averages_of(model.d_optimizer, [discriminator.slope])
    average.assign(0.0)
    model.train_step(noise())  # lossless: the verdicts have no gradient
    assert slope.numpy() == pytest.approx(1.0 - 0.1 * 2 * 2 * 1.0)
    without = toy(
        g_optimizer=tf.keras.optimizers.SGD(0.1), techniques=[built("historical_averaging")]
    )
    with pytest.raises(tgc.UsageError, match="use_ema"):
        without.train_step(noise())


def test_a_lazy_penalty_is_rare_and_as_strong_on_average():
    """The gradient of the toy discriminator has the norm slope / sqrt(pixels)."""
    x = noise()
    lazy = toy(penalty=gradient_penalty.build("r1", weight=0.0, every=3))
    values = [float(_penalty_of(lazy, x)) for _ in range(6)]
    once = 0.5 / (64 * 64 * 3)
    np.testing.assert_allclose(values, [3 * once, 0, 0, 3 * once, 0, 0], rtol=1e-4)


def _penalty_of(model, x) -> tf.Tensor:
    return model.discriminator_step(x, model(x))["penalty"]


def test_a_lazy_penalty_works_in_graphs():
    """Its gradient, of second order, goes through a branch of the graph."""
    model = toy(
        penalty=gradient_penalty.build("interpolated", every=2),
        adversarial=adversarial.build("hinge"),
        adversarial_weight=0.0,
    )
    model.run_eagerly = False
    slopes = []
    record = tf.keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda *_: slopes.append(model.discriminators[0].slope.numpy())
    )
    model.fit(tf.data.Dataset.from_tensors(noise()).repeat(4), verbose=0, callbacks=[record])
    # Lossless: the verdicts on both sides cancel, and the penalty alone moves the slope.
    moved = np.abs(np.diff([1.0, *slopes])) > 1e-5
    assert list(moved) == [True, False, True, False]
