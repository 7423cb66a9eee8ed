"""Tells which measures a decoder was trained on: those say the least about how good it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfgan_codec.errors import TgcError
from tfgan_codec.evaluation import schema
from tfgan_codec.specs.grammar import Spec, Value, parse
from tfgan_codec.specs.ramps import Ramp

# Losses (`--loss=NAME`) that are a measure themselves, or rise with it. LPIPS has two networks.
_LOSSES = {
    "mse": "psnr",
    "dists": "dists",
    "wasserstein": "wasserstein",
    "lpips": "lpips",
    "lpips:vgg": "lpips_vgg",
}
_PHASE_LOSSES = {3: "psnr", 4: "ms_ssim"}  # places of the weights in `training.phases.Phase`
# What the encoder's search lowers (`tgc compress --search`), for the files as they are decoded.
_SEARCHES = {
    "fast": ("psnr", "lpips", "lpips_vgg"),
    "fidelity": ("psnr", "ms_ssim"),
    "realism": ("psnr", "ms_ssim", "lpips"),
}


def measures(info: Mapping[str, Any], realism: float, search: str = "") -> list[str] | None:
    """Returns names of `schema.PICTURE_METRICS` that a decoder was trained on, or its files sought.

    Args:
      info: a bundle's `info`. It has the flags of the run that made each decoder; runs before, from
        which that began, are not told of there.
      realism: the decoder's.
      search: the encoder's search, such as realism100; "" for none.

    Returns:
      None where the bundle does not say.
    """
    try:
        training = run_info(info, realism)["training"]
        found = set(map(_measure, filter(_counts, map(parse, training["loss"]))))
        for phase in training["phases"]:
            found.update(name for place, name in _PHASE_LOSSES.items() if phase[place] > 0)
    except (TgcError, LookupError, TypeError, ValueError, AttributeError):
        return None  # anybody can have written it, and other programs' bundles say nothing
    found.update(_SEARCHES.get(search.rstrip("0123456789"), ()))
    return [name for name in schema.PICTURE_METRICS if name in found]


def run_info(info: Mapping[str, Any], realism: float) -> Mapping[str, Any]:
    """Returns what a bundle's `info` says of the run that made its decoder of a realism."""
    run: Mapping[str, Any] = info.get(f"realism {realism:g}", info)
    return run


def _measure(loss: Spec) -> str | None:
    net = loss.arguments.get("net", "alex")
    return _LOSSES.get(f"{loss.name}:{net}" if net != "alex" else loss.name)


def _counts(loss: Spec) -> bool:
    """Returns whether a loss's weight is anything but 0 at any time."""
    weight: Value = loss.arguments.get("weight", 1.0)
    values: list[Value] = [weight]
    if isinstance(weight, Ramp):
        values = [value for _, value in weight.points]
    return any(value != 0 for value in values)
