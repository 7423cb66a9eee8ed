"""Measures pictures and sets of pictures; a metric that is absent comes with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable, NamedTuple, Optional

import numpy as np

from tfgan_codec.errors import TgcError
from tfgan_codec.format.geometry import Floats
from tfgan_codec.metrics import ms_ssim, psnr
from tfgan_codec.metrics.fid import PATCH, frechet_distance, patches
from tfgan_codec.metrics.inception import FEATURES, Inception
from tfgan_codec.metrics.kid import kernel_distance
from tfgan_codec.metrics.lpips import Lpips
from tfgan_codec.pictures.picture import Pixels

Values = dict[str, Optional[float]]
Reasons = dict[str, str]


class Features(NamedTuple):
    """Holds the Inception features of one picture."""

    whole: Floats  # [1, 2048], or [0, 2048] where no metric needs them
    patches: Floats  # [n, 2048], of its 256x256 patches


class Measured(NamedTuple):
    """Holds what was measured of one decoded picture."""

    values: Values
    absent: Reasons
    features: Features


NO_FEATURES = Features(np.zeros((0, FEATURES), np.float32), np.zeros((0, FEATURES), np.float32))


class Meter:
    """Measures pictures with those of `schema.METRICS` that it is given.

    Metrics whose network lacks its weights are absent; `unavailable` maps each to the reason.
    """

    def __init__(self, metrics: Sequence[str], weights: str | None = None) -> None:
        self.metrics = tuple(metrics)
        self.unavailable: Reasons = {}
        self._networks: dict[str, Any] = {}
        makers: dict[str, Callable[[], Any]] = {
            "lpips": lambda: Lpips("alex", weights),
            "lpips_vgg": lambda: Lpips("vgg", weights),
            "fid": lambda: Inception(weights),
        }
        for name, make in makers.items():
            wanted = [m for m in metrics if m == name or (name == "fid" and m in SET_FEATURES)]
            if wanted:
                try:
                    self._networks[name] = make()
                except TgcError as error:
                    self.unavailable.update(dict.fromkeys(wanted, str(error)))

    def measure(
        self, reference: Pixels, decoded: Sequence[Pixels]
    ) -> tuple[Features, list[Measured]]:
        """Measures decoded pictures against their original, uint8 HxWx3; returns the original's
        features and a result per decoded picture."""
        out = [Measured({}, {}, self.features(picture)) for picture in decoded]
        for metric in self.metrics:
            if metric not in SET_FEATURES:
                self._compare(metric, reference, decoded, out)
        return self.features(reference), out

    def features(self, picture: Pixels) -> Features:
        """Returns a picture's Inception features, as far as the metrics need them."""
        network = self._networks.get("fid")
        if network is None:
            return NO_FEATURES
        whole = [picture] if any(m in ("fid", "kid") for m in self.metrics) else []
        tiles = patches(picture) if any(m in ("fid_256", "kid_256") for m in self.metrics) else []
        return Features(network(whole), network(tiles))

    def _compare(
        self,
        metric: str,
        reference: Pixels,
        decoded: Sequence[Pixels],
        out: Sequence[Measured],
    ) -> None:
        try:
            if metric in self.unavailable:
                raise TgcError(self.unavailable[metric])
            if metric in ("psnr", "ms_ssim"):
                function = psnr if metric == "psnr" else ms_ssim
                values = [function(reference, picture) for picture in decoded]
            else:
                network = self._networks[metric]
                features = network.features(reference)
                values = [
                    network.distance(features, network.features(picture)) for picture in decoded
                ]
        except TgcError as error:  # too small a picture, or no weights: the same for all
            for measured in out:
                measured.values[metric] = None
                measured.absent[metric] = str(error)
            return
        for measured, value in zip(out, values):
            measured.values[metric] = value if np.isfinite(value) else None
            if not np.isfinite(value):
                measured.absent[metric] = "equal to the original: infinite"


# For each metric of sets: the field of `Features` that it compares, and by which distance.
SET_FEATURES: dict[str, tuple[str, Callable[[Floats, Floats], float]]] = {
    "fid": ("whole", frechet_distance),
    "fid_256": ("patches", frechet_distance),
    "kid": ("whole", kernel_distance),
    "kid_256": ("patches", kernel_distance),
}


def set_metrics(
    metrics: Sequence[str],
    references: Sequence[Features],
    decoded: Sequence[Features],
    unavailable: Reasons,
) -> tuple[Values, Reasons]:
    """Returns FID and KID of a set of pictures, and the reasons for those that are absent."""
    values: Values = {}
    absent: Reasons = {}
    for metric in metrics:
        if metric not in SET_FEATURES:
            continue
        values[metric] = None
        kind, distance = SET_FEATURES[metric]
        a, b = (np.concatenate([getattr(f, kind) for f in s]) for s in (references, decoded))
        if metric in unavailable:
            absent[metric] = unavailable[metric]
        elif len(a) < 2 and kind == "whole":
            absent[metric] = "a set of one picture has no spread to compare"
        elif len(a) < 2:
            absent[metric] = f"the pictures hold fewer than two patches of {PATCH}x{PATCH}"
        else:
            values[metric] = distance(a, b)
    return values, absent
