"""Builds codecs by name. Each has a file of its own here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

import tfgan_codec.keras2  # noqa: F401
from tfgan_codec.specs.grammar import Spec
from tfgan_codec.specs.names import Registry

CODECS: Registry[tf.keras.Model] = Registry(
    "codec",
    {
        "adversarial": "adversarial.Adversarial",
        "hific": "hific.HiFiC",
        "hific_five_level": "hific.HiFiCFiveLevel",
        "hinge_gan_gp": "hinge_gan_gp.HingeGanGp",
        "ls_gan": "ls_gan.LsGan",
        "mobile": "mobile.Mobile",
        "mobilevit_gan": "mobilevit_gan.MobileViTGan",
        "msae": "msae.Msae",
    },
    __name__,
)


def build(
    name: str, offered: Mapping[str, Any] | None = None, /, **arguments: Any
) -> tf.keras.Model:
    """Makes the codec called `name` with fresh weights; `arguments` go to its constructor, and of
    the `offered` ones those that it knows."""
    return CODECS.make(Spec(name, arguments), offered, name=name)
