"""Training techniques: small changes to the training step, built by name. See `contract`."""

from __future__ import annotations

from collections.abc import Sequence

import tfgan_codec.keras2  # noqa: F401
from tfgan_codec.specs.grammar import Spec
from tfgan_codec.specs.names import Registry
from tfgan_codec.techniques.contract import Technique

TECHNIQUES: Registry[Technique] = Registry(
    "technique",
    {
        "adaptive_weight": "adaptive_weight.AdaptiveWeight",
        "colour": "augment.Colour",
        "curriculum": "curriculum.Curriculum",
        "d_limit": "d_limit.DiscriminatorLimit",
        "diff_augment": "diff_augment.DiffAugment",
        "fade_in": "fade_in.FadeIn",
        "historical_averaging": "historical_averaging.HistoricalAveraging",
        "instance_noise": "instance_noise.InstanceNoise",
        "low_frequencies": "low_frequencies.LowFrequencies",
        "rotate": "augment.Rotate",
        "unrolled": "unrolled.Unrolled",
    },
    __name__,
)


def build(specs: Sequence[str | Spec]) -> list[Technique]:
    """Returns techniques for `name:key=value:...`, as the `--technique` flags give them.

    Values that are ramps must have been made variables by `training.ramps`.
    """
    return [TECHNIQUES.make(spec) for spec in specs]
