"""The one `train_step`: who changes whose weights, repeatability, bad input."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec import discriminators, losses, models
from tfgan_codec.losses import adversarial, gradient_penalty
from tfgan_codec.losses.feature_matching import FeatureMatching
from tfgan_codec.models.blocks import encoder_decoder
from tfgan_codec.techniques.unrolled import Unrolled
from tfgan_codec.training.checkpoints import Checkpoints

SIZE = 64


@pytest.fixture(autouse=True)
def shallow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codecs have one residual block in place of nine, which take most of a step's tracing."""
    monkeypatch.setattr(encoder_decoder, "_BLOCKS", 1)


def pictures(batch: int = 2, size: int = SIZE) -> tf.Tensor:
    coarse = np.random.default_rng(0).uniform(0, 255, (batch, 6, 6, 3))
    return tf.image.resize(tf.constant(coarse, tf.float32), [size, size], "bicubic")


def compiled(name: str = "hific_five_level", **changes) -> tf.keras.Model:
    """A very small codec with HiFiC's discriminator, which has spectral normalisation."""
    tf.keras.utils.set_random_seed(1)
    model = models.build(name, width=0.05)
    model.build_weights()
    latents = model.config.latents
    settings = {
        "g_optimizer": tf.keras.optimizers.Adam(1e-3),
        "d_optimizer": tf.keras.optimizers.Adam(1e-3),
        "discriminator": discriminators.build("conditional", latents, width=0.05),
        "adversarial": adversarial.build("hinge"),
        "losses": losses.build(["mse:weight=0.01", "entropy:weight=1"]),
        **changes,
    }
    model.compile(**settings)
    return model


def snapshot(variables: list) -> list[np.ndarray]:
    return [v.numpy().copy() for v in variables]


def unchanged(before: list[np.ndarray], variables: list) -> bool:
    return all(np.array_equal(a, v) for a, v in zip(before, variables))


def test_each_step_leaves_the_other_side_untouched():
    model = compiled(penalty=gradient_penalty.build("interpolated"))
    (discriminator,) = model.discriminators
    x = pictures()
    output = model(x, training=True)
    g, d = snapshot(model.variables), snapshot(discriminator.variables)
    model.discriminator_step(x, output)
    assert unchanged(g, model.variables)
    # Kernels and vectors u; the gradient of the last bias cancels while both hinges are active.
    for before, variable in zip(d, discriminator.variables):
        assert "bias" in variable.name or not np.array_equal(before, variable), variable.name
    d = snapshot(discriminator.variables)
    with tf.GradientTape() as tape:
        loss, _ = model.generator_loss(x, model(x, training=True), tape)
    gradients = tape.gradient(loss, model.trained_variables)
    model.g_optimizer.apply_gradients(zip(gradients, model.trained_variables))
    assert unchanged(d, discriminator.variables)
    assert not unchanged(g, model.variables)


def test_a_step_reports_every_figure_and_trains_both():
    model = compiled(
        penalty=gradient_penalty.build("r1"), feature_matching=FeatureMatching(10.0), d_steps=2
    )
    model.run_eagerly = True
    (discriminator,) = model.discriminators
    g, d = snapshot(model.trainable_variables), snapshot(discriminator.trainable_variables)
    logs = model.train_step(pictures())
    names = {"loss", "mse", "red_blue", "green", "entropy", "bpp", "gradient", "adversarial"}
    names |= {
        "adversarial_weight",
        "feature_matching",
        "d_loss",
        "d_gradient",
        "d_real",
        "d_fake",
        "d_accuracy",
    }
    assert set(logs) == names | {"penalty"}
    assert np.isfinite([float(v) for v in logs.values()]).all()
    assert not unchanged(g, model.trainable_variables)
    assert not unchanged(d, discriminator.trainable_variables)
    assert int(model.d_optimizer.iterations) == 2
    assert int(model.g_optimizer.iterations) == 1


def test_own_batches_cut_the_batch():
    model = compiled(own_batches=True, d_steps=2)
    seen = []
    step = model.discriminator_step
    object.__setattr__(
        model, "discriminator_step", lambda x, *rest: seen.append(x.shape[0]) or step(x, *rest)
    )
    model.train_step(pictures(batch=3))
    assert seen == [1, 1]
    with pytest.raises(tgc.UsageError, match="cannot be cut into 3 parts"):
        model.train_step(pictures(batch=2))


def test_frozen_parts_stay_as_they_are():
    model = compiled(freeze=("analysis",))
    frozen, free = (snapshot(part.variables) for part in (model.analysis, model.synthesis))
    model.train_step(pictures())
    assert unchanged(frozen, model.analysis.variables)
    assert not unchanged(free, model.synthesis.variables)
    with pytest.raises(tgc.UsageError, match="did you mean analysis"):
        compiled(freeze=("analisis",))


def test_evaluation_needs_no_discriminator():
    model = compiled()
    logs = model.evaluate(tf.data.Dataset.from_tensors(pictures()), verbose=0, return_dict=True)
    parts = {"loss", "mse", "entropy", "bpp"}
    assert parts <= set(logs)
    assert np.isfinite([logs[name] for name in parts]).all()


def test_the_adversary_is_no_part_of_the_codec():
    model = compiled()
    with_gan = {v.name for v in model.variables}
    model.compile(g_optimizer=model.g_optimizer, losses=losses.build(["mse"]))
    assert with_gan == {v.name for v in model.variables}
    assert model.discriminators == []
    assert "d_loss" not in {metric.name for metric in model.metrics}


def test_what_was_saved_before_compile_is_restored_after_it(tmp_path: Path):
    """The first checkpoint of a run, which runs that go wrong early go back to."""
    model = models.build("hific_five_level", width=0.02)
    model.build_weights()
    model.g_optimizer = tf.keras.optimizers.Adam()
    model.g_optimizer.build(model.trainable_variables)
    checkpoints = Checkpoints(tmp_path, model, None)
    checkpoints.save(0)
    before = snapshot(model.variables)
    model.compile(g_optimizer=model.g_optimizer, losses=losses.build(["mse"]))
    model.fit(tf.data.Dataset.from_tensors(pictures()), verbose=0)
    assert not unchanged(before, model.variables)
    assert checkpoints.restore()
    assert unchanged(before, model.variables)


def fit(model: tf.keras.Model, x: tf.Tensor, steps: int) -> list[float]:
    found = []
    record = tf.keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda _, logs: found.append([logs["loss"], logs["d_loss"]])
    )
    data = tf.data.Dataset.from_tensors(x).repeat(steps)
    model.fit(data, epochs=1, verbose=0, callbacks=[record])
    return found


def test_the_same_seed_gives_the_same_losses():
    penalty = gradient_penalty.build("interpolated")
    first, second = (fit(compiled(penalty=penalty), pictures(), 20) for _ in range(2))
    np.testing.assert_allclose(first, second, rtol=1e-6)
    assert first[-1] != first[0]


def test_bad_input_ends_in_one_line():
    model = compiled(losses=losses.build(["content"]))
    cases = {
        "at least 161 pixels": pictures(),
        "multiples of 16": pictures(size=72),
        "batches of pictures": pictures()[0],
        "NaN": tf.where(pictures(size=192) > 250.0, np.nan, pictures(size=192)),
    }
    for message, x in cases.items():
        with pytest.raises(tgc.UsageError, match=message) as error:
            model.fit(tf.data.Dataset.from_tensors(x), verbose=0)
        assert "\n" not in str(error.value)
        assert "Traceback" not in str(error.value)


def test_incomplete_requests_are_refused():
    with pytest.raises(tgc.UsageError, match="d_optimizer"):
        compiled(d_optimizer=None)
    with pytest.raises(tgc.UsageError, match="nothing to minimise"):
        compiled(discriminator=None, losses=())
    with pytest.raises(tgc.UsageError, match="d_steps"):
        compiled(d_steps=0)


@pytest.mark.slow
def test_accumulated_steps_equal_steps_with_the_whole_batch():
    """Four pictures at once, or in two parts: the same figures, the same weights."""
    found = []
    for parts in (1, 2):
        tf.keras.utils.set_random_seed(2)
        model = compiled(
            discriminator=discriminators.build("patch", 12, width=0.05, norm="instance"),
            penalty=gradient_penalty.build("interpolated"),
            accumulate=parts,
            # Adam would blow differences of tiny gradients up to those of whole steps.
            g_optimizer=tf.keras.optimizers.SGD(1e-5),
            d_optimizer=tf.keras.optimizers.SGD(1e-2),
        )
        figures = fit(model, pictures(batch=4), 2)
        weights = [*model.trainable_variables, *model.discriminator_variables]
        found.append((np.array(figures), snapshot(weights)))
    np.testing.assert_allclose(found[1][0], found[0][0], rtol=1e-5)
    for got, want in zip(found[1][1], found[0][1]):
        np.testing.assert_allclose(got, want, atol=1e-6)


def test_accumulated_batches_are_cut_evenly():
    with pytest.raises(tgc.UsageError, match="cannot be cut into 3 parts"):
        compiled(accumulate=3).train_step(pictures(batch=4))
    with pytest.raises(tgc.UsageError, match="unrolled"):
        compiled(accumulate=2, techniques=[Unrolled()])


@pytest.mark.slow
def test_float16_scales_both_losses():
    tf.keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        model = compiled()
        figures = np.array(fit(model, pictures(), 3))
    finally:
        tf.keras.mixed_precision.set_global_policy("float32")
    assert np.isfinite(figures).all()
    for optimizer in (model.g_optimizer, model.d_optimizer):
        assert isinstance(optimizer, tf.keras.mixed_precision.LossScaleOptimizer)


@pytest.mark.slow
def test_xla_gives_the_same_losses():
    plain = fit(compiled(), pictures(), 3)
    xla = fit(compiled(jit_compile=True), pictures(), 3)
    np.testing.assert_allclose(xla, plain, rtol=1e-3)


_REPLICAS = """
import sys
sys.path[:0] = {path!r}
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(cpu, two)
import numpy as np
from test_gan import compiled, encoder_decoder, fit, pictures
from tfgan_codec import techniques
from tfgan_codec.losses import gradient_penalty

encoder_decoder._BLOCKS = 1
x = pictures(batch=4)
def build():
    adam = lambda: tf.keras.optimizers.Adam(1e-3, use_ema=True)
    names = ["d_limit:accuracy=0.5", "historical_averaging:weight=0.1", "low_frequencies:sigma=1"]
    return compiled(
        penalty=gradient_penalty.build("interpolated", every=2),
        techniques=techniques.build(names),
        g_optimizer=adam(),
        d_optimizer=adam(),
    )
single = fit(build(), x, 5)
with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
    model = build()
mirrored = fit(model, x, 5)
np.testing.assert_allclose(mirrored, single, atol=1e-4, rtol=1e-4)
print("largest difference", np.abs(np.array(mirrored) - single).max())
"""


@pytest.mark.slow
def test_two_replicas_do_what_one_device_does():
    here = Path(__file__).parent
    code = _REPLICAS.format(path=[str(here), str(here.parent.parent)])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
