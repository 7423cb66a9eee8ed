import json

import pytest

from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import choice


def write(path, answers, kind=choice.KIND):
    rows = [{"left": a, "right": b, "chosen": c, "picture": "p"} for a, b, c in answers]
    path.write_text(json.dumps({"kind": kind, "participant": "x", "answers": rows}))
    return path


def test_wilson_interval():
    # Newcombe 1998, table I: 81 of 263, and 0 of 20.
    assert choice.wilson(81, 263)[1:] == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert choice.wilson(0, 20)[1:] == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert choice.wilson(20, 20)[2] == pytest.approx(1.0)


def test_answers_of_several_people_are_added_whichever_the_side(tmp_path):
    first = write(tmp_path / "1.json", [("avif", "mobile", "mobile")] * 30)
    second = write(
        tmp_path / "2.json", [("mobile", "avif", "mobile")] * 10 + [("mobile", "avif", "avif")] * 5
    )
    (found,) = choice.tally([first, second])
    assert found[:5] == ("avif", "mobile", 5, 45, 5 / 45)
    assert found.low < 5 / 45 < found.high
    assert "mobile is preferred" in choice.describe([found])


def test_few_answers_decide_nothing(tmp_path):
    found = choice.tally([write(tmp_path / "1.json", [("a", "b", "a")] * 3)])
    assert choice.describe(found).endswith("no clear preference")
    assert choice.describe([]) == "no answers"


def test_other_files_are_refused(tmp_path):
    with pytest.raises(UsageError, match="no answers of a choice page"):
        choice.tally([write(tmp_path / "1.json", [], kind="something else")])
    with pytest.raises(UsageError, match="no answers of a choice page"):
        choice.tally([write(tmp_path / "2.json", [("a", "b", "c")])])
    with pytest.raises(UsageError, match="No such file"):
        choice.tally([tmp_path / "3.json"])
