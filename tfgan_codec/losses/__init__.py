"""Losses as separate objects: each maps (pictures, codec output) to a value per picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tfgan_codec.keras2  # noqa: F401
from tfgan_codec.losses.contract import Loss
from tfgan_codec.losses.shared import share_features
from tfgan_codec.specs.grammar import Spec
from tfgan_codec.specs.names import Registry

LOSSES: Registry[Loss] = Registry(
    "loss",
    {
        "charbonnier": "content.Charbonnier",
        "content": "content.Content",
        "contextual": "contextual.Contextual",
        "dists": "dists.Dists",
        "entropy": "rate.Entropy",
        "lpips": "perceptual.Lpips",
        "mae": "content.Mae",
        "mse": "content.Mse",
        "multiscale": "multiscale.MultiScale",
        "rate_target": "rate.RateTarget",
        "smoothness": "smoothness.Smoothness",
        "vgg": "perceptual.Vgg",
        "wasserstein": "wasserstein.Wasserstein",
    },
    __name__,
)


def build(specs: Sequence[str | Spec], offered: Mapping[str, Any] | None = None) -> list[Loss]:
    """Returns losses for `name:weight=1:...`, as the `--loss` flags give them.

    Values that are ramps must have been made variables by `training.ramps`. `offered` holds
    arguments by name, for those losses that take them where the spec does not give them.
    """
    return share_features([LOSSES.make(spec, offered) for spec in specs])
