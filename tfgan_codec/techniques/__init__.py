"""Training techniques: small changes to the train step, built by name. See `contract`."""

from __future__ import annotations

from collections.abc import Sequence

from tfgan_codec.specs.names import make, parse
from tfgan_codec.specs.ramps import Ramp, resolve
from tfgan_codec.techniques.contract import Technique


def build(texts: Sequence[str], ramps: list[Ramp] | None = None) -> list[Technique]:
    """Techniques from texts `name:key=value:...`, as the `--technique` flags give them.

    Ramps among the values are added to `ramps`, for `training.callbacks.follow_ramps`.
    """
    from tfgan_codec.techniques.adaptive_weight import AdaptiveWeight
    from tfgan_codec.techniques.augment import Colour, Rotate
    from tfgan_codec.techniques.curriculum import Curriculum
    from tfgan_codec.techniques.d_limit import DiscriminatorLimit
    from tfgan_codec.techniques.diff_augment import DiffAugment
    from tfgan_codec.techniques.fade_in import FadeIn
    from tfgan_codec.techniques.historical_averaging import HistoricalAveraging
    from tfgan_codec.techniques.instance_noise import InstanceNoise
    from tfgan_codec.techniques.low_frequencies import LowFrequencies
    from tfgan_codec.techniques.unrolled import Unrolled

    registry = {
        "adaptive_weight": AdaptiveWeight,
        "colour": Colour,
        "curriculum": Curriculum,
        "d_limit": DiscriminatorLimit,
        "diff_augment": DiffAugment,
        "fade_in": FadeIn,
        "historical_averaging": HistoricalAveraging,
        "instance_noise": InstanceNoise,
        "low_frequencies": LowFrequencies,
        "rotate": Rotate,
        "unrolled": Unrolled,
    }
    parsed = [(name, resolve(arguments, ramps)) for name, arguments in map(parse, texts)]
    return [make("technique", name, registry, arguments) for name, arguments in parsed]
