import pytest

pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec.training.phases import Phase, parse_phases, phase_at
from tfgan_codec.training.schedule import Limit, Progress, warmup_cosine


def test_progress_follows_the_nearer_limit():
    progress = Progress(Limit(steps=200, minutes=1.0))
    assert progress.update(50) == pytest.approx(0.25, abs=0.01)
    progress.spent.assign(30.0)
    assert progress.update(50) == pytest.approx(0.5, abs=0.01)
    assert progress.update(500) == 1.0


def test_a_run_needs_an_end():
    with pytest.raises(tgc.UsageError, match="--steps or --minutes"):
        Progress(Limit())


def test_learning_rate_by_hand():
    assert warmup_cosine(1.0, share=0.0, step=99, warmup=200) == pytest.approx(0.5)
    assert warmup_cosine(1.0, share=0.5, step=999, floor=0.0) == pytest.approx(0.5)
    assert warmup_cosine(2.0, share=1.0, step=999, floor=0.01) == pytest.approx(0.02)


def test_phases_are_read_in_order():
    phases = parse_phases(["0.25:128:12:2:0", "1.0:192:6:1:1.7"])
    assert phases[0] == Phase(0.25, 128, 12, 2.0, 0.0)
    assert [phase_at(phases, share) for share in (0.0, 0.2, 0.25, 0.9, 1.0)] == [0, 0, 1, 1, 1]


def test_phases_take_options():
    early, last = parse_phases(["0.1:64:2:0:0:early", "1:64:2:0:0:gan:freeze=analysis+entropy"])
    assert early == Phase(0.1, 64, 2, 0.0, 0.0, early=True)
    assert last == Phase(1.0, 64, 2, 0.0, 0.0, gan=True, freeze=("analysis", "entropy"))


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["1.0:128:12"],
        ["1.0:100:12:1:1"],
        ["0.5:128:4:1:0"],
        ["1.0:64:1:1:0:gam"],
        ["1.0:64:1:1:0", "0.5:64:1:1:0"],
    ],
)
def test_bad_phases_are_refused(texts: list[str]):
    with pytest.raises(tgc.UsageError):
        parse_phases(texts)
