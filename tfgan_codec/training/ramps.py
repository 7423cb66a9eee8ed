"""Turns a phase's ramps into variables, which steps read and the run's progress sets."""

from __future__ import annotations

from collections.abc import Iterable

import tensorflow as tf

from tfgan_codec.specs.grammar import Spec, parse
from tfgan_codec.specs.ramps import Number, Ramp, read_number


class Ramps:
    """Makes a variable for each ramp, and sets them all when `callbacks.follow_ramps` says so."""

    def __init__(self) -> None:
        self._variables: list[tuple[Ramp, tf.Variable]] = []

    def number(self, value: str | Number) -> float | tf.Variable:
        """Returns a number as it is, or a variable that follows a ramp; either may be text."""
        value = read_number(value) if isinstance(value, str) else value
        if not isinstance(value, Ramp):
            return value
        # Replicas all read the same number, which the callback sets from outside of the step.
        variable = tf.Variable(value.points[0][1], dtype=tf.float32, trainable=False)
        self._variables.append((value, variable))
        return variable

    def specs(self, texts: Iterable[str]) -> list[Spec]:
        """Reads specs of losses or techniques, with variables for ramps among their arguments."""
        return [
            Spec(name, {k: self.number(v) if isinstance(v, Ramp) else v for k, v in given.items()})
            for name, given in map(parse, texts)
        ]

    def set(self, share: float) -> None:
        """Sets all variables to the values of their ramps when `share` of the run is done."""
        for ramp, variable in self._variables:
            variable.assign(ramp.at(share))
