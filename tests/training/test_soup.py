import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec.training.soup import stir
from tfgan_codec.training.trained import copy_weights


def codec(value: float, width: int = 2) -> tf.keras.Model:
    """A stand-in of two parts, all weights the same."""
    model = tf.keras.Model()
    model.post_processing = None
    model.analysis = tf.keras.layers.Dense(width)
    model.synthesis = tf.keras.layers.Dense(3)
    for layer in (model.analysis, model.synthesis):
        layer(tf.zeros([1, 2]))
        layer.set_weights([np.full(w.shape, value) for w in layer.get_weights()])
    return model


def test_the_average_of_all_weights():
    soup = stir([codec(1.0), codec(2.0), codec(6.0)])
    assert all(np.all(v.numpy() == 3.0) for v in soup.variables)


def test_the_average_of_equal_linear_codecs_is_their_ensemble():
    """For a linear network the average of the weights is the average of the outputs."""
    a, b = codec(1.0), codec(3.0)
    x = tf.constant([[0.3, -2.0]])
    outputs = (a.synthesis(x) + b.synthesis(x)) / 2
    np.testing.assert_allclose(stir([a, b]).synthesis(x), outputs, rtol=1e-6)


def test_what_all_have_in_common_stays_to_the_last_bit():
    """In float32 a seventh of the sum of seven is another number, half of the time."""
    for value in np.geomspace(0.01, 1.0, 9, dtype=np.float32):
        soup = stir([codec(value)] * 7)
        assert all(np.all(v.numpy() == value) for v in soup.variables)


def test_other_sizes_are_refused():
    with pytest.raises(tgc.UsageError, match="same sizes"):
        stir([codec(1.0), codec(1.0, width=5)])


def test_parts_of_another_codec():
    """Transfer: what fits can be taken from a codec that differs elsewhere."""
    source, target = codec(1.0, width=5), codec(2.0)
    copy_weights(source, target, ["synthesis"])
    assert np.all(target.synthesis.kernel.numpy() == 1.0)
    assert np.all(target.analysis.kernel.numpy() == 2.0)
    with pytest.raises(tgc.UsageError, match="--init_parts"):
        copy_weights(source, target)
    with pytest.raises(tgc.UsageError, match="did you mean analysis"):
        copy_weights(source, target, ["analisis"])
