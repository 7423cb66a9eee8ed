import types

import pytest

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec.training import optimizers
from tfgan_codec.training.averaging import averaged_weights


def test_arguments_reach_keras():
    adam = optimizers.build("adam:beta_1=0.5:beta_2=0.9", learning_rate=3e-4)
    assert isinstance(adam, tf.keras.optimizers.Adam)
    assert (adam.beta_1, adam.beta_2) == (0.5, 0.9)
    assert float(adam.learning_rate) == pytest.approx(3e-4)


def test_weight_decay_shrinks_weights_without_a_gradient():
    """AdamW: by learning rate times decay in each step."""
    weight = tf.Variable(2.0)
    optimizer = optimizers.build("adamw:weight_decay=0.1", learning_rate=0.5)
    optimizer.apply_gradients([(tf.constant(0.0), weight)])
    assert weight.numpy() == pytest.approx(2.0 - 0.5 * 0.1 * 2.0)


def test_clipping_bounds_the_norm_of_all_gradients_together():
    weights = [tf.Variable(0.0), tf.Variable(0.0)]
    sgd = optimizers.build("sgd", learning_rate=1.0, global_clipnorm=1.0)
    sgd.apply_gradients(zip([tf.constant(30.0), tf.constant(40.0)], weights))
    assert [w.numpy() for w in weights] == pytest.approx([-0.6, -0.8])


def test_averaged_weights_by_hand():
    """The moving average of what a weight was after each step, beginning with the first value."""
    weight = tf.Variable(0.0)
    sgd = optimizers.build("sgd", learning_rate=1.0, use_ema=True, ema_momentum=0.9)
    sgd.build([weight])
    for _ in range(2):
        sgd.apply_gradients([(tf.constant(-1.0), weight)])
    assert weight.numpy() == 2.0
    model = types.SimpleNamespace(g_optimizer=sgd, trainable_variables=[weight])
    with averaged_weights(model):
        assert weight.numpy() == pytest.approx(0.9 * (0.9 * 0.0 + 0.1 * 1.0) + 0.1 * 2.0)
    assert weight.numpy() == 2.0


def test_what_does_not_exist_is_told():
    with pytest.raises(tgc.UsageError, match="did you mean adam"):
        optimizers.build("adma")
    with pytest.raises(tgc.UsageError, match="did you mean beta_1"):
        optimizers.build("adam:beta1=0.5")
    with pytest.raises(tgc.UsageError, match="argument of optimizer adam"):
        optimizers.build("adam:learning_rate=1", learning_rate=0.5)
