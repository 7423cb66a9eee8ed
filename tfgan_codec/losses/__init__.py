"""Losses as separate objects: each maps (pictures, codec output) to a value per picture."""

from __future__ import annotations

from collections.abc import Sequence

from tfgan_codec.losses.contract import Loss
from tfgan_codec.specs.names import make, parse
from tfgan_codec.specs.ramps import Ramp, resolve


def build(texts: Sequence[str], ramps: list[Ramp] | None = None) -> list[Loss]:
    """Losses from texts `name:weight=1:...`, as the `--loss` flags give them.

    Ramps among the values, such as `weight=0@0.2,1@0.5`, are added to `ramps`, for
    `training.callbacks.follow_ramps`.
    """
    from tfgan_codec.losses.content import Charbonnier, Content, Mae, Mse
    from tfgan_codec.losses.contextual import Contextual
    from tfgan_codec.losses.multiscale import MultiScale
    from tfgan_codec.losses.perceptual import Lpips, Vgg
    from tfgan_codec.losses.rate import Entropy, RateTarget
    from tfgan_codec.losses.smoothness import Smoothness

    registry = {
        "charbonnier": Charbonnier,
        "content": Content,
        "contextual": Contextual,
        "entropy": Entropy,
        "lpips": Lpips,
        "mae": Mae,
        "mse": Mse,
        "multiscale": MultiScale,
        "rate_target": RateTarget,
        "smoothness": Smoothness,
        "vgg": Vgg,
    }
    parsed = [(name, resolve(arguments, ramps)) for name, arguments in map(parse, texts)]
    return [make("loss", name, registry, arguments) for name, arguments in parsed]
