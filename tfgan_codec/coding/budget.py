"""Finds the quality level for a byte budget in a handful of tries.

The logarithm of the size is close to a line in the quality level, so a secant through the nearest
known sizes lands within a level or two; a bracket keeps it honest where the line is bent.
"""

from __future__ import annotations

import math
from typing import Callable

# The bundles' 256 levels span about a factor of 13 in size (0.03 to 0.4 bits per pixel).
_TYPICAL_SLOPE = math.log(13) / 255
_GOOD = 0.005  # this far below the budget, in logarithms, the search ends early
_POOR = 0.015  # sizes of small pictures do not grow everywhere: look further from here
_SECANT_TRIES = 6
_EXTRA_TRIES = 3


def best_quality(size: Callable[[int], float], budget: float, levels: int = 256) -> int:
    """Returns a high quality level whose size does not exceed the budget, or 0 if none is found.

    Args:
      size: an estimate of the size at a level. It is costly: called some five times as a rule, and
        never more than 17 times for 256 levels.
      budget: the largest size wanted.
      levels: qualities are 0 .. levels - 1.
    """
    if budget <= 0:
        return 0
    fits, too_large = -1, levels  # the bracket
    known: dict[int, float] = {}  # distance from the budget, in logarithms
    quality = levels // 2
    while too_large - fits > 1:
        known[quality] = math.log(max(size(quality), 1e-9) / budget)
        if known[quality] > 0:
            too_large = quality
        else:
            fits = quality
            if known[quality] > -_GOOD:
                return quality
        quality = _next(known, fits, too_large)
    if fits >= 0 and known[fits] < -_POOR:
        further = range(too_large + 1, min(too_large + 1 + _EXTRA_TRIES, levels))
        fits = max((q for q in further if q not in known and size(q) <= budget), default=fits)
    return max(fits, 0)


def _next(known: dict[int, float], fits: int, too_large: int) -> int:
    """Returns the next quality to try: where the line through the two known sizes nearest to the
    budget meets it, but inside the bracket."""
    if len(known) >= _SECANT_TRIES:
        return (fits + too_large) // 2
    nearest, *others = sorted(known, key=lambda q: abs(known[q]))[:2]
    slope = _TYPICAL_SLOPE
    for other in others:
        slope = (known[other] - known[nearest]) / (other - nearest)
        slope = min(max(slope, _TYPICAL_SLOPE / 8), _TYPICAL_SLOPE * 8)
    guess = math.floor(nearest - known[nearest] / slope)
    return min(max(guess, fits + 1), too_large - 1)
