"""Numbers that follow the share of a run."""

import pytest

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec import losses, techniques
from tfgan_codec.models.contract import CodecOutput
from tfgan_codec.specs.ramps import Ramp, read_ramp
from tfgan_codec.training import schedule
from tfgan_codec.training.callbacks.follow_ramps import FollowRamps
from tfgan_codec.training.schedule import FollowProgress, Limit, Progress


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 4.0), (0.2, 4.0), (0.3, 3.0), (0.4, 2.0), (0.5, 9.0), (1.0, 9.0)]
)
def test_lines_between_points_and_a_jump(share: float, value: float):
    assert read_ramp("4@0.2,2@0.4,2@0.5,9@0.5").at(share) == pytest.approx(value)


@pytest.mark.parametrize("text", ["1@0.5,2@0.2", "1@", "@1", "1@2", "1@0,x@1", "1@-1"])
def test_bad_ramps_are_refused(text: str):
    with pytest.raises(tgc.UsageError):
        read_ramp(text)


def test_losses_and_techniques_take_ramps():
    ramps: list[Ramp] = []
    (loss,) = losses.build(["mse:weight=0@0,2@1"], ramps)
    (blur,) = techniques.build(["low_frequencies:sigma=4@0,0@0.5"], ramps)
    for ramp in ramps:
        ramp.set(0.25)
    assert float(loss.weight) == pytest.approx(0.5)
    assert float(blur.sigma) == pytest.approx(2.0)
    with pytest.raises(tgc.UsageError, match="FollowRamps"):
        losses.build(["mse:weight=0@0,2@1"])


def test_a_rate_target_that_falls():
    """A curriculum of rates: the same batch is below the target at first, then above."""
    ramps: list[Ramp] = []
    (loss,) = losses.build(["rate_target:target=0.4@0,0.1@1:high=2:low=0"], ramps)

    bits = {"y": tf.constant([0.2 * 64 * 64])}
    output = CodecOutput(tf.zeros([]), bits, tf.zeros([]), tf.zeros([]))
    totals = []
    for share in (0.0, 1.0):
        ramps[0].set(share)
        totals.append(float(loss(tf.zeros([1, 64, 64, 3]), output).total[0]))
    assert totals == pytest.approx([0.0, 2 * 0.2])


def test_the_callback_follows_the_run():
    """In the graph of a step the value is read anew each time."""
    ramp = read_ramp("0@0,1@1")
    seen = []

    class Model(tf.keras.Model):
        def train_step(self, data):
            self.g_optimizer.iterations.assign_add(1)
            return {"value": tf.identity(ramp.variable)}

    model = Model()
    model.g_optimizer, model.d_optimizer = tf.keras.optimizers.SGD(), None
    model.compile()
    progress = Progress(Limit(steps=4))
    rate = schedule.build("constant", 1.0)
    follow = [FollowProgress(progress, rate, until=1.0), FollowRamps(progress, [ramp])]
    record = tf.keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda _, logs: seen.append(float(logs["value"]))
    )
    model.fit(tf.data.Dataset.range(4).batch(1), verbose=0, callbacks=[*follow, record])
    assert seen == pytest.approx([0.0, 0.25, 0.5, 0.75])
