"""Measures pictures and sets of pictures; a metric that is absent comes with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable, NamedTuple, Optional

import numpy as np

from tfgan_codec.errors import TgcError
from tfgan_codec.format.geometry import Floats
from tfgan_codec.metrics import ciede2000, ms_ssim, psnr, psnr_chroma
from tfgan_codec.metrics.dists import Dists
from tfgan_codec.metrics.fid import PATCH, frechet_distance, patches
from tfgan_codec.metrics.inception import FEATURES, Inception
from tfgan_codec.metrics.kid import kernel_distance
from tfgan_codec.metrics.lpips import Lpips
from tfgan_codec.metrics.wasserstein import Wasserstein
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
            "wasserstein": lambda: Wasserstein(weights),
            "dists": lambda: Dists(weights),
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
        for group in self._groups:
            try:
                values = self._compare(group, reference, decoded)
            except TgcError as error:  # too small a picture: the same for all
                _leave_out(out, dict.fromkeys(group, str(error)))
                continue
            for metric, column in values.items():
                for measured, value in zip(out, column):
                    measured.values[metric] = value if np.isfinite(value) else None
                    if not np.isfinite(value):
                        measured.absent[metric] = "equal to the original: infinite"
        _leave_out(out, {m: r for m, r in self.unavailable.items() if m not in SET_FEATURES})
        return self.features(reference), out

    def features(self, picture: Pixels) -> Features:
        """Returns a picture's Inception features, as far as the metrics need them."""
        network = self._networks.get("fid")
        if network is None:
            return NO_FEATURES
        whole = [picture] if any(m in ("fid", "kid") for m in self.metrics) else []
        tiles = patches(picture) if any(m in ("fid_256", "kid_256") for m in self.metrics) else []
        return Features(network(whole), network(tiles))

    @property
    def _groups(self) -> list[list[str]]:
        """The metrics of pictures to measure, those together that share a network's layers."""
        left = [m for m in self.metrics if m not in SET_FEATURES and m not in self.unavailable]
        together = [metric for metric in _SHARING if metric in left]
        rest = [[metric] for metric in left if metric not in together]
        return [*rest, together] if together else rest

    def _compare(
        self, group: Sequence[str], reference: Pixels, decoded: Sequence[Pixels]
    ) -> dict[str, list[float]]:
        """Returns each metric's values of the decoded pictures."""
        if group[0] in _FUNCTIONS:
            function = _FUNCTIONS[group[0]]
            return {group[0]: [function(reference, picture) for picture in decoded]}
        networks = {metric: self._networks[metric] for metric in group}
        values: dict[str, list[float]] = {metric: [] for metric in group}
        original = _network_features(networks, reference)
        for picture in decoded:
            features = _network_features(networks, picture)
            for metric, network in networks.items():
                values[metric].append(network.distance(original[metric], features[metric]))
        return values


_FUNCTIONS: dict[str, Callable[[Pixels, Pixels], float]] = {
    "psnr": psnr,
    "ms_ssim": ms_ssim,
    "psnr_chroma": psnr_chroma,
    "ciede2000": ciede2000,
}
_SHARING = ("lpips_vgg", "wasserstein")  # the layers of the first are enough for both


def _network_features(networks: dict[str, Any], picture: Pixels) -> dict[str, Any]:
    if len(networks) == 1:
        return {metric: network.features(picture) for metric, network in networks.items()}
    layers = next(iter(networks.values())).layers(picture)
    return {metric: network.of_layers(layers) for metric, network in networks.items()}


def _leave_out(out: Sequence[Measured], reasons: Reasons) -> None:
    for measured in out:
        measured.values.update(dict.fromkeys(reasons))
        measured.absent.update(reasons)


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
