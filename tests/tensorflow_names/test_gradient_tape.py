"""GradientTape and tf.function: gradients as torch's, in Keras' order, for all that programs take them for."""

from typing import Any

import numpy as np
import pytest
import torch

import convolens as keras
import convolens.tensorflow as tf
from convolens.errors import ArgumentError, ArgumentTypeError
from convolens.layers import Conv2D, Dense, GlobalAveragePooling2D, Input, MaxPooling2D


@pytest.fixture
def model() -> Any:
    keras.utils.set_random_seed(3)
    layers = [
        Input((12, 12, 3)),
        Conv2D(4, 3, activation="relu", name="conv"),
        MaxPooling2D(),
        GlobalAveragePooling2D(),
        Dense(2),
    ]
    return keras.Sequential(layers)


def images(n: int = 2) -> np.ndarray:
    return np.random.default_rng(0).random((n, 12, 12, 3), "float32")


def test_gradients_of_watched_tensors_and_variables_in_their_structure() -> None:
    x, v, w = tf.constant([1.0, 3.0]), tf.Variable([2.0, 5.0]), tf.Variable(1.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.reduce_sum(x * x * v)
    assert tape.gradient(y, x).numpy().tolist() == [4, 30]
    found = tape.gradient(y, {"v": v, "others": [x, w]})
    assert found["v"].numpy().tolist() == [1, 9]
    assert found["others"][1] is None
    assert tape.gradient(y, [w], unconnected_gradients="zero")[0].numpy() == 0
    assert tape.gradient(y, v, output_gradients=tf.constant(2.0)).numpy().tolist() == [2, 18]


def test_a_gradient_of_a_gradient() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x**3
        first = inner.gradient(y, x)
    assert (first.numpy(), outer.gradient(first, x).numpy()) == (27, 18)


def test_a_jacobian() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = x * x
    assert tape.jacobian(y, x).numpy().tolist() == [[2, 0], [0, 4]]


def test_where_a_network_looks(model: Any) -> None:
    """Grad-CAM as keras.io writes it, on an array."""
    both = keras.Model(model.inputs, [model.get_layer("conv").output, model.output])
    with tf.GradientTape() as tape:
        features, answers = both(images(1))
        score = answers[:, tf.argmax(answers[0])]
    gradient = tape.gradient(score, features)
    assert gradient.shape == features.shape == (1, 10, 10, 4)
    inside = torch.from_numpy(features.numpy()).permute(0, 3, 1, 2).requires_grad_()
    x = inside
    for layer in model.layers[1:]:
        x = layer(x)
    (wanted,) = torch.autograd.grad(x.max(), inside)
    np.testing.assert_allclose(gradient.numpy(), wanted.permute(0, 2, 3, 1), rtol=1e-5, atol=1e-8)
    heat = tf.squeeze(features[0] @ tf.reduce_mean(gradient, axis=(0, 1, 2))[..., tf.newaxis])
    assert (tf.maximum(heat, 0) / tf.math.reduce_max(heat)).numpy().max() == 1


def test_gradients_for_weights_are_those_of_fit(model: Any) -> None:
    """One step by a tape and `apply_gradients` is one step of `fit`."""
    labels = np.array([0, 1])
    twin = keras.models.clone_model(model) if hasattr(keras.models, "clone_model") else None
    if twin is None:
        pytest.skip("no clone_model")
    twin.set_weights(model.get_weights())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.SGD(0.1)
    with tf.GradientTape() as tape:
        value = loss(labels, model(images(), training=True))
    gradients = tape.gradient(value, model.trainable_weights)
    optimizer.apply_gradients(zip(gradients, model.trainable_weights, strict=True))
    twin.compile(keras.optimizers.SGD(0.1), loss)
    twin.fit(images(), labels, batch_size=2, verbose=0)
    for made, wanted in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(made, wanted, rtol=1e-5, atol=1e-6)


def test_a_picture_is_painted(model: Any) -> None:
    """Deep dream: the gradient for a picture, which a tensor or a variable holds."""
    part = keras.Model(model.inputs, model.get_layer("conv").output)

    @tf.function
    def step(image: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(image)
            loss = tf.reduce_mean(tf.square(part(image)))
        gradient = tape.gradient(loss, image)
        gradient /= tf.maximum(tf.reduce_mean(tf.abs(gradient)), 1e-6)
        image += 0.1 * gradient
        return loss, image

    image = tf.constant(images(1))
    losses = []
    for _ in range(3):
        loss, image = step(image)
        losses.append(float(loss))
    assert losses == sorted(losses)
    assert losses[0] < losses[-1]


def test_the_block_ends_what_it_began(model: Any) -> None:
    assert isinstance(model(images()), np.ndarray)
    with tf.GradientTape():
        assert tf.is_tensor(model(images()))
    assert isinstance(model(images()), np.ndarray)
    with pytest.raises(RuntimeError, match="stop"), tf.GradientTape():
        raise RuntimeError("stop")
    assert isinstance(model(images()), np.ndarray)
    x = tf.Variable(1.0)
    with tf.GradientTape() as tape, tape.stop_recording():
        y = 2 * x
    assert tape.gradient(y, x) is None


def test_what_cannot_be_asked_says_so() -> None:
    x = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        with pytest.raises(ArgumentTypeError, match="expected a tensor with fractions"):
            tape.watch(np.ones(2))
        with pytest.raises(ArgumentTypeError, match="received int32"):
            tape.watch(tf.constant([1, 2]))
        y = x * x
    with pytest.raises(ArgumentTypeError, match="expected variables and tensors; received float"):
        tape.gradient(y, 2.0)
    tape.reset()
    tape.gradient(y, x)
    with pytest.raises(ArgumentError, match=r"make it GradientTape\(persistent=True\)"):
        tape.gradient(y, x)


def test_a_gradient_of_ones_own() -> None:
    @tf.custom_gradient
    def twice(x: Any) -> Any:
        return x * 2, lambda upstream: upstream * 10

    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = twice(x)
    assert y.numpy().tolist() == [2, 4]
    assert tape.gradient(y, x).numpy().tolist() == [10, 10]


def test_functions_are_called_as_they_are() -> None:
    @tf.function(input_signature=[tf.TensorSpec((None,), tf.float32)], experimental_relax_shapes=True)
    def double(x: Any) -> Any:
        return 2 * x

    assert double(tf.constant([1.0])).numpy().tolist() == [2]
    assert double.python_function(3) == 6
    assert tf.function(lambda x: x + 1)(1) == 2
