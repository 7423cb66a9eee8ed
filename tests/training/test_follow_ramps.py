"""Variables that follow the share of a run."""

import pytest

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec import losses, techniques
from tfgan_codec.models.contract import CodecOutput
from tfgan_codec.training import schedule
from tfgan_codec.training.callbacks.follow_ramps import FollowRamps
from tfgan_codec.training.ramps import Ramps
from tfgan_codec.training.schedule import FollowProgress, Limit, Progress


def test_losses_and_techniques_take_ramps():
    ramps = Ramps()
    (loss,) = losses.build(ramps.specs(["mse:weight=0@0,2@1"]))
    (blur,) = techniques.build(ramps.specs(["low_frequencies:sigma=4@0,0@0.5"]))
    ramps.set(0.25)
    assert float(loss.weight) == pytest.approx(0.5)
    assert float(blur.sigma) == pytest.approx(2.0)
    with pytest.raises(tgc.UsageError, match="FollowRamps"):
        losses.build(["mse:weight=0@0,2@1"])


def test_plain_numbers_need_no_variable():
    assert Ramps().number("0.25") == Ramps().number(0.25) == 0.25
    assert Ramps().specs(["mse:weight=2", "lpips"]) == [("mse", {"weight": 2}), ("lpips", {})]


def test_a_rate_target_that_falls():
    """A curriculum of rates: the same batch is below the target at first, then above."""
    ramps = Ramps()
    (loss,) = losses.build(ramps.specs(["rate_target:target=0.4@0,0.1@1:high=2:low=0"]))

    bits = {"y": tf.constant([0.2 * 64 * 64])}
    output = CodecOutput(tf.zeros([]), bits, tf.zeros([]), tf.zeros([]))
    totals = []
    for share in (0.0, 1.0):
        ramps.set(share)
        totals.append(float(loss(tf.zeros([1, 64, 64, 3]), output).total[0]))
    assert totals == pytest.approx([0.0, 2 * 0.2])


def test_the_callback_follows_the_run():
    """In the graph of a step the value is read anew each time."""
    ramps = Ramps()
    number = ramps.number("0@0,1@1")
    seen = []

    class Model(tf.keras.Model):
        def train_step(self, data):
            self.g_optimizer.iterations.assign_add(1)
            return {"value": tf.identity(number)}

    model = Model()
    model.g_optimizer, model.d_optimizer = tf.keras.optimizers.SGD(), None
    model.compile()
    progress = Progress(Limit(steps=4))
    rate = schedule.build("constant", 1.0)
    follow = [FollowProgress(progress, rate, until=1.0), FollowRamps(progress, ramps)]
    record = tf.keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda _, logs: seen.append(float(logs["value"]))
    )
    model.fit(tf.data.Dataset.range(4).batch(1), verbose=0, callbacks=[*follow, record])
    assert seen == pytest.approx([0.0, 0.25, 0.5, 0.75])
