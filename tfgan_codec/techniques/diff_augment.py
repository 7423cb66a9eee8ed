"""Augmentation of what discriminators see (DiffAugment, Zhao et al., 2020)."""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.techniques.contract import Technique


class DiffAugment(Technique):
    """Changes colours, shifts and cuts holes at random in all that discriminators see.

    This keeps them from learning small data sets by heart. As published, for pictures in [-1, 1]:
    +-0.5 on brightness, times 0 to 2 on saturation, times 0.5 to 1.5 on contrast; shifts of up to
    an eighth of the side with zeros moved in; a square of half the side set to 0. An original and
    its decoded version are changed alike. The latents that conditional discriminators see do not
    move along: give `shift=False` there.
    """

    def __init__(self, colour: bool = True, shift: bool = True, cutout: bool = True):
        self.colour = colour
        self.shift = shift
        self.cutout = cutout

    def on_verdict(self, pictures: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        draw = tf.random.stateless_uniform([7, tf.shape(pictures)[0]], seed)
        if self.colour:
            pictures = _recolour(pictures, draw[:3, :, None, None, None])
        if self.shift:
            pictures = _shifted(pictures, 2.0 * draw[3:5] - 1.0)
        return pictures * _hole(pictures.shape[1:3], draw[5:]) if self.cutout else pictures


def _recolour(x: tf.Tensor, draw: tf.Tensor) -> tf.Tensor:
    """Changes brightness, saturation and contrast by draw [3, batch, 1, 1, 1] in [0, 1)."""
    x += draw[0] - 0.5
    grey = tf.reduce_mean(x, axis=3, keepdims=True)
    x = (x - grey) * (2.0 * draw[1]) + grey
    mean = tf.reduce_mean(x, axis=(1, 2, 3), keepdims=True)
    return (x - mean) * (draw[2] + 0.5) + mean


def _shifted(x: tf.Tensor, draw: tf.Tensor) -> tf.Tensor:
    """Shifts by up to an eighth of the sides, draw [2, batch] in [-1, 1] telling how far.

    Products with shifted identity matrices do it: they need no gather and keep shapes static.
    """
    rows, columns = (
        _shift_matrix(side, tf.round(share * (side / 8)))
        for side, share in zip(x.shape[1:3], tf.unstack(draw))
    )
    return tf.einsum("nph,nhwc,nqw->npqc", rows, x, columns)


def _shift_matrix(side: int, by: tf.Tensor) -> tf.Tensor:
    """Returns matrices [batch, side, side] whose row p picks p + by, or nothing outside."""
    places = tf.range(side, dtype=tf.float32)
    wanted = places[None, :, None] + by[:, None, None]
    return tf.cast(tf.abs(places[None, None, :] - wanted) < 0.5, tf.float32)


def _hole(sides: tuple[int, int], draw: tf.Tensor) -> tf.Tensor:
    """Returns [batch, h, w, 1]: 0 in a square of half the side around a random place, else 1."""
    inside = []
    for side, share in zip(sides, tf.unstack(draw)):
        distance = tf.abs(tf.range(side, dtype=tf.float32)[None] - tf.floor(share * side)[:, None])
        inside.append(tf.cast(distance < side / 4, tf.float32))
    return 1.0 - (inside[0][:, :, None] * inside[1][:, None, :])[..., None]
