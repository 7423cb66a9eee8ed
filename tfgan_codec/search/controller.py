"""Holds a search to the bits that it may spend."""

from __future__ import annotations

import math

# By how much the distortion falls, near the usual rates, where the logarithm of the bits grows by
# 1. From this follows the price of a bit to start with.
_ELASTICITY = 0.6
_GAIN, _DRIFT = 25.0, 25.0  # the proportional gain, and the integral gain over the search


class Controller:
    """Moves the price of a bit, in units of distortion, until a search spends `target` of them.

    Args:
      target: the bits.
      steps: of the search.
    """

    def __init__(self, target: float, steps: int) -> None:
        self._target, self._steps = target, steps
        self._error = self._drift = 0.0

    @property
    def price(self) -> float:
        change = _GAIN * self._error + self._drift
        return _ELASTICITY / self._target * math.exp(min(max(change, -3.0), 3.0))

    def see(self, bits: float) -> None:
        """Takes note of the bits that are spent now."""
        self._error += 0.3 * (math.log(max(bits, 1.0) / self._target) - self._error)
        self._drift += _DRIFT / self._steps * self._error
