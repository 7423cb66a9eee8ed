"""A dataclass of settings as flags, as a file, and in Python."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import pytest
from absl import flags

import tfgan_codec as tgc
from tfgan_codec.specs import settings
from tfgan_codec.specs.ramps import Number, read_number
from tfgan_codec.specs.settings import setting


@dataclass(frozen=True)
class Oven:
    degrees: float = setting(180.0, "How hot.", above=0)
    minutes: Optional[int] = setting(None, "How long.", least=1)
    fan: bool = setting(False, "Whether air moves.")
    mode: str = setting("top", "Where heat comes from.", choices=("top", "bottom"))
    door: float = setting(0.0, "How far it is open.", least=0, most=1)
    dish: tuple[str, ...] = setting((), "What is in it.")
    light: Number = setting(1.0, "How bright.", read=read_number)

    def __post_init__(self) -> None:
        settings.check(self)


def from_flags(*line: str) -> dict:
    values = flags.FlagValues()
    settings.define(Oven, values)
    values(["oven", *line])
    return settings.given(Oven, values)


def test_flags_have_the_types_defaults_and_help_of_the_fields():
    values = flags.FlagValues()
    settings.define(Oven, values)
    assert {name: values[name].default for name in ("degrees", "minutes", "fan", "mode")} == {
        "degrees": 180.0,
        "minutes": None,
        "fan": False,
        "mode": "top",
    }
    assert values["light"].help == "How bright."
    assert settings.make(Oven, from_flags()) == Oven()


def test_flags_and_files_make_the_same():
    line = ["--degrees=200", "--minutes=5", "--fan", "--dish=a", "--dish=b", "--light=0@0,1@1"]
    made = settings.make(Oven, from_flags(*line))
    assert made == Oven(200.0, 5, True, "top", 0.0, ("a", "b"), read_number("0@0,1@1"))
    assert settings.make(Oven, json.loads(json.dumps(settings.to_json(made)))) == made


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ({"degress": 1}, "here: unknown setting 'degress': did you mean degrees"),
        ({"degrees": "hot"}, "here: degrees must be a number, not 'hot'"),
        ({"degrees": True}, "degrees must be a number"),
        ({"degrees": 10**400}, "degrees must be a number"),
        ({"degrees": 0}, "--degrees must be more than 0, not 0"),
        ({"degrees": float("nan")}, "--degrees must be a finite number, not nan"),
        ({"degrees": float("inf")}, "--degrees must be a finite number, not inf"),
        ({"door": 1.5}, "--door must be 1 or less, not 1.5"),
        ({"minutes": 0}, "--minutes must be 1 or more, not 0"),
        ({"minutes": 1.5}, "minutes must be a whole number, not 1.5"),
        ({"minutes": False}, "minutes must be a whole number"),
        ({"fan": "yes"}, "fan must be true or false"),
        ({"mode": "botom"}, "unknown choice 'botom': did you mean bottom"),
        ({"dish": [1]}, "dish must be text, not 1"),
        ({"dish": {}}, "dish must be text"),
        ({"light": "dim"}, "neither a number nor a ramp"),
        ({"light": [1]}, "light must be"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_line(found: dict, message: str):
    with pytest.raises(tgc.UsageError, match=message) as error:
        settings.make(Oven, found, "here: ")
    assert "\n" not in str(error.value)


def test_null_is_the_default_and_one_value_a_list_of_one():
    assert settings.make(Oven, {"degrees": None, "dish": "a"}) == Oven(dish=("a",))


def test_files_are_json_or_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a.json").write_text('{"degrees": 1e-4, "light": "0@0,1@1"}')
    (tmp_path / "a.yaml").write_text("degrees: 1e-4\nlight: 0@0,1@1\n")
    found = settings.load(tmp_path / "a.json")
    assert settings.make(Oven, found) == Oven(degrees=1e-4, light=read_number("0@0,1@1"))
    with monkeypatch.context() as patch:
        patch.setitem(__import__("sys").modules, "yaml", None)
        with pytest.raises(tgc.UsageError, match="pip install pyyaml, or write JSON"):
            settings.load(tmp_path / "a.yaml")
    pytest.importorskip("yaml")
    assert settings.make(Oven, settings.load(tmp_path / "a.yaml")) == settings.make(Oven, found)
    (tmp_path / "b.yaml").write_text("a: [1\nb: }")
    with pytest.raises(tgc.UsageError, match="cannot read settings"):
        settings.load(tmp_path / "b.yaml")


@pytest.mark.parametrize("text", ["", "{", "[]", "3", b"\xff\xfe"])
def test_files_that_are_no_settings(tmp_path: Path, text):
    path = tmp_path / "a.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(tgc.UsageError, match="settings") as error:
        settings.load(path)
    assert "\n" not in str(error.value)
