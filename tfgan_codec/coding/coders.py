"""Chooses the way of coding pictures that a kind of bundle needs."""

from __future__ import annotations

from tfgan_codec.bundle.layered import LayeredBundle
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.coding.context import ContextCoder
from tfgan_codec.coding.contract import PictureCoder
from tfgan_codec.coding.hyperprior import HyperpriorCoder
from tfgan_codec.coding.layered import LayeredCoder


def coder_of(bundle: Bundle | LayeredBundle) -> PictureCoder:
    """Returns the coder for a bundle."""
    if isinstance(bundle, LayeredBundle):
        return LayeredCoder(bundle)
    return HyperpriorCoder(bundle) if bundle.context is None else ContextCoder(bundle)
