"""What a codec keeps of a picture once its file is made: nothing."""

from __future__ import annotations

import gc
import weakref

import numpy as np

from tfgan_codec.coding.hyperprior import HyperpriorCoder


def test_a_picture_is_let_go_at_once(tiny):
    """Without the garbage collector, whose turn may come many large pictures later."""
    encoding = HyperpriorCoder(tiny.bundle).encode(np.zeros((64, 64, 3), np.uint8))
    encoding.streams(9)
    gc.disable()
    try:
        kept = weakref.ref(encoding)
        del encoding
        assert kept() is None
    finally:
        gc.enable()
