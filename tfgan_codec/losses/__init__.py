"""Losses as separate objects: each maps (pictures, codec output) to a value per picture."""

from collections.abc import Sequence

from tfgan_codec.losses.contract import Loss
from tfgan_codec.names import make, parse


def build(texts: Sequence[str]) -> list[Loss]:
    """Losses from texts `name:weight=1:...`, as the `--loss` flags give them."""
    from tfgan_codec.losses.content import Charbonnier, Content, Mae, Mse
    from tfgan_codec.losses.perceptual import Lpips, Vgg
    from tfgan_codec.losses.rate import Entropy, RateTarget
    from tfgan_codec.losses.smoothness import Smoothness

    registry = {
        "charbonnier": Charbonnier,
        "content": Content,
        "entropy": Entropy,
        "lpips": Lpips,
        "mae": Mae,
        "mse": Mse,
        "rate_target": RateTarget,
        "smoothness": Smoothness,
        "vgg": Vgg,
    }
    return [make("loss", name, registry, arguments) for name, arguments in map(parse, texts)]
