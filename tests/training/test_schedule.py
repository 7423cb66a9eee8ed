import types

import pytest

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec.training import schedule
from tfgan_codec.training.phases import Phase, check_phases, fading, phase_at, read_phase
from tfgan_codec.training.schedule import Limit, Progress, warmup_cosine


def test_progress_follows_the_nearer_limit():
    progress = Progress(Limit(steps=200, minutes=1.0))
    assert progress.update(50) == pytest.approx(0.25, abs=0.01)
    progress.spent.assign(30.0)
    assert progress.update(50) == pytest.approx(0.5, abs=0.01)
    assert progress.update(500) == 1.0


@pytest.mark.parametrize("limit", [Limit(steps=0), Limit(minutes=0.0), Limit(9, float("nan"))])
def test_a_run_lasts_some_time(limit: Limit):
    with pytest.raises(tgc.UsageError, match="more than 0"):
        Progress(limit)


def test_a_run_needs_an_end():
    with pytest.raises(tgc.UsageError, match="--steps or --minutes"):
        Progress(Limit())


def test_learning_rate_by_hand():
    assert warmup_cosine(1.0, share=0.0, step=99, warmup=200) == pytest.approx(0.5)
    assert warmup_cosine(1.0, share=0.5, step=999, floor=0.0) == pytest.approx(0.5)
    assert warmup_cosine(2.0, share=1.0, step=999, floor=0.01) == pytest.approx(0.02)


def test_there_need_be_no_warm_up():
    rate = schedule.build("cosine:warmup=0:floor=0", 2.0)
    assert [rate(share, 0) for share in (0.0, 0.5, 1.0)] == pytest.approx([2.0, 1.0, 0.0])


def test_schedules_by_name():
    """The share moves this project's own, the step those of Keras."""
    assert schedule.build("cosine:warmup=10:floor=0.0", 2.0)(0.5, 99) == pytest.approx(1.0)
    assert schedule.build("step", 2.0)(0.7, 0) == pytest.approx(0.2)
    decay = schedule.build("ExponentialDecay:decay_steps=10:decay_rate=0.5", 2.0)
    assert [decay(0.0, step) for step in (0, 10, 20)] == pytest.approx([2.0, 1.0, 0.5])
    own = schedule.build("ExponentialDecay:decay_steps=10:decay_rate=0.5", 2.0)
    assert own(0.9, 10) == pytest.approx(1.0)
    steps = schedule.build("PiecewiseConstantDecay:boundaries=5+9:values=3+2+1", 7.0)
    assert [steps(0.0, step) for step in (0, 5, 6, 9, 10)] == [3.0, 3.0, 2.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cosin", "did you mean cosine"),
        ("cosine:warmpu=3", "did you mean warmup"),
        ("ExponentialDecay:decay_rate=0.5", "decay_steps"),
        ("PiecewiseConstantDecay:boundaries=5+9:values=3+2", "cannot make"),
        ("ExponentialDecay:decay_steps=0:decay_rate=0.5", "not finite"),
        ("cosine:warmup=-1", "0 or more"),
        ("cosine:warmup=nan", "0 or more"),
        ("cosine:floor=inf", "0 or more"),
        ("cosine:warmup=long", "0 or more"),
    ],
)
def test_bad_schedules_are_refused(text: str, message: str):
    with pytest.raises(tgc.UsageError, match=message):
        schedule.build(text, 1.0)


def test_each_optimizer_follows_its_own_schedule():
    """The discriminators' is asked for the step of their own optimizer."""
    sgd = tf.keras.optimizers.SGD
    model = types.SimpleNamespace(g_optimizer=sgd(), d_optimizer=sgd(), stop_training=False)
    model.g_optimizer.iterations.assign(10)
    model.d_optimizer.iterations.assign(20)
    halving = "ExponentialDecay:decay_steps=10:decay_rate=0.5"
    rates = schedule.build(halving, 1.0), schedule.build(halving, 4.0)
    callback = schedule.FollowProgress(Progress(Limit(steps=100)), rates[0], 1.0, rates[1])
    callback.set_model(model)
    callback.on_train_batch_begin(0)
    assert float(model.g_optimizer.learning_rate) == pytest.approx(0.5)
    assert float(model.d_optimizer.learning_rate) == pytest.approx(1.0)


def read_phases(*texts: str) -> list[Phase]:
    phases = [read_phase(text) for text in texts]
    check_phases(phases)
    assert [read_phase(str(phase)) for phase in phases] == phases
    return phases


def test_phases_are_read_in_order():
    phases = read_phases("0.25:128:12:2:0", "1.0:192:6:1:1.7")
    assert phases[0] == Phase(0.25, 128, 12, 2.0, 0.0)
    assert [phase_at(phases, share) for share in (0.0, 0.2, 0.25, 0.9, 1.0)] == [0, 0, 1, 1, 1]


def test_phases_take_options():
    early, last = read_phases("0.1:64:2:0:0:early", "1:64:2:0:0:freeze=analysis+entropy:gan")
    assert early == Phase(0.1, 64, 2, 0.0, 0.0, early=True)
    assert last == Phase(1.0, 64, 2, 0.0, 0.0, gan=True, freeze=("analysis", "entropy"))


def test_phases_may_shrink_and_fade():
    first, last = read_phases("0.4:64:2:1:0:shrink=4", "1:64:2:1:0:shrink=2:fade=0.1")
    assert (first.shrink, first.fade) == (4, 0.0)
    assert (last.shrink, last.fade) == (2, 0.1)
    assert fading([first, last], last) == ((0.4, 1.0), (0.5, 0.0))
    with pytest.raises(tgc.UsageError, match="shrink must be 1 or more"):
        read_phases("1:64:2:1:0:shrink=0")


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["1.0:128:12"],
        ["1.0:100:12:1:1"],
        ["0.5:128:4:1:0"],
        ["1.0:64:1:1:0:gam"],
        ["1.0:64:1:1:0:gan=2"],
        ["1.0:64:1:1:0:crop=64"],
        ["1.0:0:1:1:0"],
        ["1.0:64:0:1:0"],
        ["nan:64:1:1:0", "1.0:64:1:1:0"],
        ["1.0:64:1:1:0", "0.5:64:1:1:0"],
        ["1.0:64:1:1:0:fade=0.1"],
        ["0.5:64:1:1:0:shrink=2", "1.0:64:1:1:0:shrink=2:fade=0.1"],
    ],
)
def test_bad_phases_are_refused(texts: list[str]):
    with pytest.raises(tgc.UsageError):
        read_phases(*texts)
