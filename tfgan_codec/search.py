"""Finds the quality level for a byte budget in a handful of tries.

The logarithm of the size is close to a line in the quality level, so a secant through the nearest
known sizes lands within a level or two; a bracket keeps it honest where the line is bent.
"""

from __future__ import annotations

import math
from typing import Callable

# The bundles' 256 levels span about a factor of 13 in size (0.03 to 0.4 bits per pixel).
_TYPICAL_SLOPE = math.log(13) / 255
_TOLERANCE = 0.005
_SECANT_TRIES = 6


def best_quality(size: Callable[[int], float], budget: float, levels: int = 256) -> int:
    """Returns a high quality level whose size does not exceed the budget, or 0 if none is found.

    Args:
      size: an estimate of the size at a level; costly, so it is called a few times, at most
        log2(levels) times more than the secant needs.
      budget: the largest size wanted. Levels within 0.5 % of it end the search.
      levels: qualities are 0 .. levels - 1.
    """
    if budget <= 0:
        return 0
    fits, too_large = -1, levels  # the bracket, with the logarithm of sizes known in it
    known: dict[int, float] = {}
    goal = math.log(budget)
    quality = levels // 2
    while too_large - fits > 1:
        known[quality] = math.log(max(size(quality), 1e-9))
        if known[quality] > goal:
            too_large = quality
        else:
            fits = quality
            if known[quality] > goal - _TOLERANCE:
                break
        quality = _next(known, fits, too_large, goal)
    return max(fits, 0)


def _next(known: dict[int, float], fits: int, too_large: int, goal: float) -> int:
    if len(known) >= _SECANT_TRIES:
        return (fits + too_large) // 2
    slope = _TYPICAL_SLOPE
    if fits in known and too_large in known:
        slope = max((known[too_large] - known[fits]) / (too_large - fits), 1e-6)
    base = fits if fits in known else too_large
    guess = math.floor(base + (goal - known[base]) / slope)
    return min(max(guess, fits + 1), too_large - 1)
