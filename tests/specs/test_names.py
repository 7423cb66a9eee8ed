"""Things made by name."""

import pytest

import tfgan_codec as tgc
from tfgan_codec.specs.grammar import Spec
from tfgan_codec.specs.names import Registry, choose
from tfgan_codec.specs.ramps import Ramp


class Base:
    def __init__(self, weight: float = 1.0, name: str = ""):
        self.weight, self.name = weight, name


class Child(Base):
    def __init__(self, relaxed: bool = False, **kwargs):
        super().__init__(**kwargs)
        self.relaxed = relaxed


Base.__module__ = Child.__module__ = "tfgan_codec.somewhere"
THINGS = Registry("thing", {"base": Base, "child": Child})


def test_arguments_reach_the_class_and_its_base():
    made = THINGS.make("child:relaxed=true:weight=2", name="x")
    assert (made.relaxed, made.weight, made.name) == (True, 2, "x")


def test_what_is_offered_goes_to_those_that_know_it_unless_the_spec_says_otherwise():
    offered = {"relaxed": True, "weight": 5.0, "unknown": 1}
    assert THINGS.make("base", offered).weight == 5.0
    assert vars(THINGS.make("child:weight=2", offered)) == {
        "weight": 2,
        "name": "",
        "relaxed": True,
    }


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("chidl", "unknown thing 'chidl': did you mean child"),
        ("child:wieght=1", "unknown argument of thing child 'wieght': did you mean weight"),
        ("base:relaxed=true", "unknown argument of thing base 'relaxed'"),
        (Spec("base", {"weight": Ramp(((0.0, 1.0),))}), "FollowRamps"),
    ],
)
def test_what_does_not_exist_is_told(spec: str, message: str):
    with pytest.raises(tgc.UsageError, match=message):
        THINGS.make(spec)
    with pytest.raises(tgc.UsageError, match="did you mean pear"):
        choose("fruit", "paer", {"pear": 1, "plum": 2})


def test_every_name_of_the_library_is_a_class():
    """They are imported when they are first asked for, so nothing else would notice."""
    pytest.importorskip("tensorflow")
    from tfgan_codec import discriminators, losses, models, techniques
    from tfgan_codec.losses import adversarial, gradient_penalty

    registries = [models.CODECS, losses.LOSSES, discriminators.DISCRIMINATORS]
    registries += [techniques.TECHNIQUES, adversarial.ADVERSARIAL, gradient_penalty.PENALTIES]
    for registry in registries:
        assert all(isinstance(registry.find(name), type) for name in registry.makers)
