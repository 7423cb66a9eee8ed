"""The scale decoder's layers are integer arithmetic, in training already."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tfgan_codec.format import scales
from tfgan_codec.layers.integer import IntegerConv


def portable(layer: IntegerConv) -> scales.ScaleDecoder:
    kernel, bias = layer.export()
    conv = scales.IntegerConv(kernel, bias, layer.shift, layer.maximum, layer.upscale)
    return scales.ScaleDecoder((conv,))


@pytest.mark.parametrize(("upscale", "maximum"), [(1, 255), (2, 63)])
def test_equals_the_integer_definition(upscale: int, maximum: int):
    layer = IntegerConv(8, 3, shift=6, maximum=maximum, upscale=upscale, bias=3.0)
    z = np.random.default_rng(0).integers(-127, 128, (1, 9, 7, 5))
    got = layer(tf.constant(z, tf.float32)).numpy()[0]
    np.testing.assert_array_equal(got, portable(layer)(z[0], exact=True))


def test_weights_of_any_size_are_brought_within_the_bounds():
    layer = IntegerConv(16, 3, shift=7)
    layer.build(tf.TensorShape([1, 4, 4, 64]))
    layer.kernel.assign(10.0 * tf.random.stateless_normal(layer.kernel.shape, [1, 2]))
    layer.bias.assign(tf.linspace(-1e6, 1e6, 16))
    portable(layer).check()


def test_a_saturated_unit_can_come_back():
    layer = IntegerConv(1, 1, shift=7)
    layer.build(tf.TensorShape([1, 1, 1, 1]))
    layer.kernel.assign(tf.fill(layer.kernel.shape, 0.9))
    for start, goal in ((-3.0, 2.0), (300.0, 250.0)):
        layer.bias.assign([start])
        with tf.GradientTape() as tape:
            loss = tf.square(tf.reduce_sum(layer(tf.ones([1, 1, 1, 1]))) - goal)
        gradient = float(tape.gradient(loss, layer.bias)[0])
        assert np.sign(gradient) == np.sign(start - goal)
