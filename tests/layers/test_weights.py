"""Weights as programs see them, `layer.kernel` and `model.trainable_variables`: in Keras' order, and always what the network has."""

import copy
from typing import Any

import keras
import numpy as np
import pytest
import torch

import convolens
from convolens import layers
from convolens import tensorflow as tf
from convolens.errors import ShapeError
from convolens.tensor import Tensor

NAMES = (
    "kernel",
    "depthwise_kernel",
    "pointwise_kernel",
    "bias",
    "gamma",
    "beta",
    "alpha",
    "moving_mean",
    "moving_variance",
)
X = np.random.default_rng(0).random((2, 8, 8, 3)).astype("f")


def model_of(m: Any) -> Any:
    return m.Sequential(
        [
            m.layers.Input((8, 8, 3)), m.layers.Conv2D(4, 3), m.layers.BatchNormalization(), m.layers.SeparableConv2D(6, 3),
            m.layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same"), m.layers.Conv2DTranspose(3, (2, 1)), m.layers.PReLU(),
            m.layers.GroupNormalization(1), m.layers.LayerNormalization(), m.layers.Reshape((5, 2, 2, 3)), m.layers.Conv3D(4, (2, 1, 2)),
            m.layers.Conv3DTranspose(3, (1, 2, 1)), m.layers.Reshape((-1, 3)), m.layers.Conv1D(2, 3), m.layers.DepthwiseConv1D(2),
            m.layers.SeparableConv1D(3, 2), m.layers.Conv1DTranspose(2, 3), m.layers.Flatten(), m.layers.Dense(2),
        ]
    )  # fmt: skip


def pair() -> tuple[Any, Any]:
    ours, theirs = model_of(convolens), model_of(keras)
    ours.set_weights(theirs.get_weights())
    return ours, theirs


@pytest.mark.parametrize("which", ["weights", "trainable_weights", "non_trainable_weights"])
def test_names_shapes_and_values_are_those_of_keras(which: str) -> None:
    for ours, theirs in zip(*(getattr(model, which) for model in pair()), strict=True):
        assert (ours.name, tuple(ours.shape), ours.trainable) == (
            theirs.name,
            tuple(theirs.shape),
            theirs.trainable,
        )
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_a_layer_has_them_by_name() -> None:
    seen = set()
    for ours, theirs in zip(*(model.layers for model in pair()), strict=True):
        for name in NAMES:
            if getattr(theirs, name, None) is not None and (name, type(theirs)) not in {
                ("bias", keras.layers.LayerNormalization)
            }:
                np.testing.assert_array_equal(getattr(ours, name).numpy(), getattr(theirs, name).numpy())
                seen.add(name)
            elif name != "bias":
                assert getattr(ours, name, None) is None
    assert seen == set(NAMES)
    with pytest.raises(AttributeError, match="'kernel'"):
        layers.Dense(2).kernel  # noqa: B018


def test_gradients_are_those_of_keras_and_a_step_takes_them() -> None:
    ours, theirs = pair()
    theirs.zero_grad()
    (theirs(X, training=True) ** 2).mean().backward()
    with tf.GradientTape() as tape:
        value = tf.reduce_mean(ours(X, training=True) ** 2)
    gradients = tape.gradient(value, ours.trainable_variables)
    for mine, its in zip(gradients, theirs.trainable_weights, strict=True):
        np.testing.assert_allclose(mine.numpy(), its.value.grad.numpy(), rtol=1e-3, atol=1e-5)
    before = [weight.numpy() for weight in ours.trainable_variables]
    convolens.optimizers.SGD(0.5).apply_gradients(zip(gradients, ours.trainable_variables, strict=True))
    for weight, old, gradient in zip(ours.trainable_variables, before, gradients, strict=True):
        np.testing.assert_allclose(weight.numpy(), old - 0.5 * gradient.numpy(), rtol=1e-5, atol=1e-6)


def test_a_weight_is_followed_to_its_parameter_by_any_function() -> None:
    layer = layers.Conv2D(2, 3, input_shape=(8, 8, 3))
    layer.build((None, 8, 8, 3))
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(layer.kernel[0] ** 2) + tf.add_n(
            [tf.nn.l2_loss(one) for one in layer.trainable_weights]
        )
    (gradient,) = tape.gradient(value, [layer.kernel])
    kernel = layer.kernel.numpy()
    expected = kernel.copy()
    expected[0] *= 3  # of kernel[0] ** 2 and of half the sum of squares
    np.testing.assert_allclose(gradient.numpy(), expected, rtol=1e-5)
    assert isinstance(layer.kernel + 1, Tensor)
    assert torch.stack([layer.kernel, layer.kernel]).shape == (2, 3, 3, 3, 2)
    assert (np.asarray(layer.kernel) == kernel).all()
    assert float(torch.linalg.vector_norm(layer.kernel)) == pytest.approx(
        float(np.linalg.norm(kernel)), rel=1e-5
    )


def test_one_that_was_asked_for_before_a_training_is_what_the_network_has_after_it() -> None:
    model = model_of(convolens)
    weights = model.trainable_weights
    before = [weight.numpy() for weight in weights]
    model.compile("sgd", "mse")
    model.fit(X, np.ones((2, 2)), verbose=0)
    after = [weight.numpy() for weight in weights]
    assert any((a != b).any() for a, b in zip(before, after, strict=True))
    for mine, now in zip(after, model.trainable_weights, strict=True):
        np.testing.assert_array_equal(mine, now.numpy())


def test_values_are_given_in_the_order_of_keras() -> None:
    layer = layers.Dense(2, input_shape=(3,))
    layer.build((None, 3))
    values = np.arange(6.0).reshape(3, 2)
    layer.kernel.assign(values)
    layer.bias.assign([1.0, 2.0])
    np.testing.assert_array_equal(layer.get_weights()[0], values)
    np.testing.assert_array_equal(layer(np.ones((1, 3))), np.add(values.sum(0, keepdims=True), [[1, 2]]))
    layer.kernel.assign_sub(values)
    assert not layer.get_weights()[0].any()
    with pytest.raises(ShapeError, match=r"assign: the variable has shape \(3, 2\); received \(2, 3\)"):
        layer.kernel.assign(values.T)
    layer.kernel.requires_grad = False
    assert [weight.name for weight in layer.trainable_weights] == ["bias"]
    assert [weight.name for weight in layer.non_trainable_weights] == ["kernel"]


@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.Adam])
@pytest.mark.parametrize("foreach", [False, True])
def test_the_tools_of_torch_take_them(kind: Any, foreach: bool) -> None:
    """`torch.autograd.grad`, `backward` and optimizers do to weights what they do to the parameters."""
    model, plain = model_of(convolens), model_of(convolens)
    plain.set_weights(model.get_weights())
    plain_parameters = [weight.parameter for weight in plain.trainable_weights]
    steps = kind(model.trainable_weights, 0.1, foreach=foreach), kind(plain_parameters, 0.1, foreach=foreach)
    for _ in range(2):
        for each, step in zip((model, plain), steps, strict=True):
            step.zero_grad()
            with tf.GradientTape():
                tf.reduce_mean(each(X, training=True) ** 2).backward()
            step.step()
    for mine, its in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(mine, its, rtol=1e-5, atol=1e-6)
    with tf.GradientTape():
        loss = tf.reduce_mean(model(X) ** 2)
    weights = model.trainable_weights
    for weight, gradient in zip(weights, torch.autograd.grad(loss, weights, allow_unused=True), strict=True):
        assert gradient.shape == weight.shape


def test_a_copy_is_one_of_its_values() -> None:
    layer = layers.Dense(2, input_shape=(3,))
    layer.build((None, 3))
    copied = copy.deepcopy(layer.kernel)
    layer.kernel.assign(np.zeros((3, 2)))
    assert tuple(copied.shape) == (3, 2)
    assert copied.numpy().any()
    assert copy.deepcopy(layer).bias.numpy().tolist() == [0, 0]


def test_a_layer_begins_with_the_weights_that_it_is_given() -> None:
    kernel, bias = np.full((3, 3, 1, 2), 0.5, "f"), np.array([1.0, 2.0], "f")
    model = convolens.Sequential(
        [convolens.layers.Conv2D(2, 3, weights=[kernel, bias], input_shape=(4, 4, 1))]
    )
    for given, held in zip([kernel, bias], model.get_weights(), strict=True):
        np.testing.assert_array_equal(held, given)
    with pytest.raises(ShapeError, match="has 2 weights; received 1"):
        convolens.layers.Dense(2, weights=[np.zeros((3, 2))])(np.zeros((1, 3), "f"))


def test_branches_may_be_lists_of_one() -> None:
    x = np.ones((1, 2), "f")
    np.testing.assert_array_equal(convolens.layers.Add()([x, [x]]), x + x)
    a = convolens.Input((2,))
    assert convolens.layers.Concatenate()([a, [a]]).shape == (None, 4)


def test_a_merge_of_ones_own_is_keras_2s() -> None:
    class Fixed(layers._Merge):
        def _merge_function(self, inputs: Any) -> Any:
            return tf.ones((5, 1)) * inputs[0] + inputs[1]

    a, b = convolens.Input((2,)), convolens.Input((2,))
    joined = Fixed()([a, b])  # of batches of 5 alone, and drawn all the same
    assert joined.shape == (None, 2)
    x = np.ones((5, 2), "f")
    np.testing.assert_array_equal(convolens.Model([a, b], joined).predict([x, x], verbose=0), 2 * x)
