"""The same network counted by hand, as Keras traces it and as TFLite runs it."""

import pytest

tf = pytest.importorskip("tensorflow")

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics.complexity import of_tflite
from tfgan_codec.studies.keras_complexity import of_keras

H, W = 16, 24


@pytest.fixture(scope="module")
def model():
    layers = tf.keras.layers
    bias = {"bias_initializer": "random_normal"}  # equal (zero) ones would be stored once
    x = inputs = tf.keras.Input((H, W, 3))
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", **bias)(x)
    x = layers.DepthwiseConv2D(3, padding="same", **bias)(x)
    x = layers.Conv2DTranspose(4, 4, strides=2, padding="same", use_bias=False)(x)
    x = layers.Dense(5, **bias)(x)
    return tf.keras.Model(inputs, x)


# Worked by hand: half as many positions behind the stride, in both directions.
MACS = (
    (H // 2) * (W // 2) * 8 * 3 * 3 * 3
    + (H // 2) * (W // 2) * 8 * 3 * 3
    + (H // 2) * (W // 2) * 8 * 4 * 4 * 4
    + H * W * 4 * 5
)
PARAMS = (27 * 8 + 8) + (9 * 8 + 8) + 16 * 8 * 4 + (4 * 5 + 5)


def test_keras_model(model):
    found = of_keras(model, (H, W, 3))
    assert found.params == PARAMS
    assert found.kmac_per_pixel == pytest.approx(MACS / (H * W) / 1000)


def test_tflite_file(model):
    content = tf.lite.TFLiteConverter.from_keras_model(model).convert()
    found = of_tflite(content, (1, H, W, 3), H * W)
    assert found.kmac_per_pixel == pytest.approx(MACS / (H * W) / 1000)
    assert found.params == PARAMS


def test_matrix_products_and_inner_functions_count():
    class Model(tf.keras.Model):
        @tf.function(jit_compile=True)
        def inner(self, x):
            return tf.einsum("bhwc,bhvc->bhwv", x, x)

        def call(self, x, training=False):
            return tf.matmul(self.inner(x), x)

    found = of_keras(Model(), (H, W, 3))
    assert found.kmac_per_pixel == pytest.approx(2 * H * W * W * 3 / (H * W) / 1000)
    assert found.params == 0


def test_unknown_shapes_are_said():
    dynamic = tf.keras.Sequential(
        [tf.keras.layers.Lambda(lambda x: tf.boolean_mask(x, x[0, 0, 0] > 0, axis=3))]
    )
    dynamic.add(tf.keras.layers.Lambda(lambda x: tf.matmul(x, x, transpose_b=True)))
    with pytest.raises(UsageError, match="shape of .* is not known"):
        of_keras(dynamic, (H, W, 3))
