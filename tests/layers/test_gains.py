import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tfgan_codec.layers.gains import RateGains


def test_starts_at_the_step_sizes_of_theory():
    layer = RateGains(channels=3, levels=5, ratio=16.0)
    gain, inverse = layer(tf.constant([0.0, 127.5, 255.0]))
    # Step size ~ lambda^-1/2: a 16-fold lambda makes the gain 4-fold, 1/2 .. 2 about 1.
    np.testing.assert_allclose(gain, np.repeat([[0.5], [1.0], [2.0]], 3, axis=1), rtol=1e-5)
    np.testing.assert_allclose(gain * inverse, np.ones([3, 3]), rtol=1e-5)


def test_interpolates_the_logarithm_between_trained_levels():
    layer = RateGains(channels=1, levels=2, ratio=4.0)
    layer(tf.zeros([1]))
    layer.log_gain.assign([[0.0], [np.log(8.0)]])
    gain, _ = layer.tables()
    assert gain.shape == (256, 1)
    np.testing.assert_allclose(gain[:, 0], 8.0 ** (np.arange(256) / 255), rtol=1e-5)
