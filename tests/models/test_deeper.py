"""Decoders with more residual blocks, which begin as those with fewer."""

from __future__ import annotations

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec import models
from tfgan_codec.models.deeper import further_blocks
from tfgan_codec.models.mobile import MobileConfig
from tfgan_codec.training.trained import copy_weights

SMALL = MobileConfig((8, 8, 12, 16), 16, 12, 8, 8, (16, 12, 8, 8), (1, 2, 0, 1))


def mobile(depth: int, seed: int) -> tf.keras.Model:
    tf.keras.utils.set_random_seed(seed)
    model = models.build("mobile", config=SMALL, depth=depth)
    model.build_weights()
    return model


def test_a_deeper_decoder_begins_as_the_other_and_learns() -> None:
    shallow, deep = mobile(1, seed=1), mobile(3, seed=2)
    further = further_blocks(shallow.synthesis, deep.synthesis)
    assert len(further) == 2 * (1 + 2 + 0 + 1)
    copy_weights(shallow, deep)
    y = tf.random.stateless_normal([1, 4, 5, 16], [1, 2])
    np.testing.assert_array_equal(deep.synthesis(y), shallow.synthesis(y))
    x = tf.random.stateless_uniform([1, 64, 64, 3], [3, 4], 0.0, 255.0)
    np.testing.assert_array_equal(deep.analysis(x), shallow.analysis(x))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(deep.synthesis(y) - 1.0))
    kernels = [block.project.kernel for block in further]
    assert all(np.abs(gradient).max() > 0 for gradient in tape.gradient(loss, kernels))


def test_of_other_parts_the_decoder_stays() -> None:
    shallow, deep = mobile(1, seed=1), mobile(2, seed=2)
    before = deep.synthesis.get_weights()
    copy_weights(shallow, deep, ["analysis"])
    for a, b in zip(before, deep.synthesis.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_a_shallower_one_has_other_sizes() -> None:
    with pytest.raises(tgc.UsageError, match="other sizes"):
        copy_weights(mobile(2, seed=1), mobile(1, seed=2))
    with pytest.raises(tgc.UsageError, match="depth"):
        models.build("mobile", depth=0)
