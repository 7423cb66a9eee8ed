import pytest

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics import complexity

H, W = 16, 24


@pytest.fixture(scope="module")
def model():
    tf = pytest.importorskip("tensorflow")
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
    found = complexity.of_keras(model, (H, W, 3))
    assert found.params == PARAMS
    assert found.kmac_per_pixel == pytest.approx(MACS / (H * W) / 1000)


def test_tflite_file(model):
    import tensorflow as tf

    content = tf.lite.TFLiteConverter.from_keras_model(model).convert()
    found = complexity.of_tflite(content, (1, H, W, 3), H * W)
    assert found.kmac_per_pixel == pytest.approx(MACS / (H * W) / 1000)
    assert found.params == PARAMS


def test_matrix_products_and_inner_functions_count():
    tf = pytest.importorskip("tensorflow")

    class Model(tf.keras.Model):
        @tf.function(jit_compile=True)
        def inner(self, x):
            return tf.einsum("bhwc,bhvc->bhwv", x, x)

        def call(self, x, training=False):
            return tf.matmul(self.inner(x), x)

    found = complexity.of_keras(Model(), (H, W, 3))
    assert found.kmac_per_pixel == pytest.approx(2 * H * W * W * 3 / (H * W) / 1000)
    assert found.params == 0


def test_unknown_shapes_are_said():
    tf = pytest.importorskip("tensorflow")
    dynamic = tf.keras.Sequential(
        [tf.keras.layers.Lambda(lambda x: tf.boolean_mask(x, x[0, 0, 0] > 0, axis=3))]
    )
    dynamic.add(tf.keras.layers.Lambda(lambda x: tf.matmul(x, x, transpose_b=True)))
    with pytest.raises(UsageError, match="shape of .* is not known"):
        complexity.of_keras(dynamic, (H, W, 3))
