"""`keras.backend`: settings of a program, values, random numbers, and functions of a network's symbolic tensors."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import convolens as keras
from convolens import backend as K
from convolens.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from convolens.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, Input, Layer, MaxPooling2D


@pytest.fixture
def model() -> Any:
    keras.utils.set_random_seed(3)
    layers = [
        Input((8, 9, 3)),
        Conv2D(4, 3, activation="relu", name="conv"),
        MaxPooling2D(),
        Flatten(),
        Dense(2, name="top"),
    ]
    return keras.Sequential(layers)


def images(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((2, 8, 9, 3), "float32")


class Noisy(Layer):
    """A layer as Keras 2's own noise: its `call` asks the backend for the phase."""

    def __init__(self, told: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.told = told

    def call(self, inputs: Any, training: Any = None) -> Any:
        return K.in_train_phase(lambda: inputs + 1.0, inputs, training=training if self.told else None)


@pytest.mark.parametrize("told", [True, False])
def test_a_layer_follows_the_phase_of_its_run(told: bool) -> None:
    x = np.zeros((2, 3), "float32")
    layer = Noisy(told)
    model = keras.Sequential([Input((3,)), layer])
    assert model.predict(x, verbose=0).max() == 0.0
    assert model(x, training=True).numpy().min() == 1.0
    model.compile(None, "mse", metrics=["mae"])
    with pytest.warns(UserWarning, match="nothing"):
        assert model.train_on_batch(x, x)[0] == 1.0
    assert model.evaluate(x, x, verbose=0)[0] == 0.0


def test_the_phase_chooses_between_symbolic_tensors_too() -> None:
    x = Input((3,))
    model = keras.Model(x, K.in_train_phase(lambda: x + 1.0, x))
    zeros = np.zeros((2, 3), "float32")
    assert (model.predict(zeros, verbose=0).max(), model(zeros, training=True).numpy().min()) == (0.0, 1.0)
    turned = keras.Model(x, K.in_test_phase(x + 1.0, x))
    assert (turned.predict(zeros, verbose=0).min(), turned(zeros, training=True).numpy().max()) == (1.0, 0.0)
    K.set_learning_phase(1)
    try:
        assert K.in_train_phase(1, 2) == 1
    finally:
        K.set_learning_phase(0)


def test_tensors_are_printed_as_they_come_by(capfd: pytest.CaptureFixture[str]) -> None:
    assert K.print_tensor(K.constant([1.0, 2.0]), "seen").numpy().tolist() == [1.0, 2.0]
    assert capfd.readouterr().err == "seen [1. 2.]\n"
    x = Input((2,))
    model = keras.Model(x, K.print_tensor(x * 2.0, message="doubled:"))
    assert capfd.readouterr().err == ""
    model.predict(np.array([[1.0, 3.0]], "float32"), verbose=0)
    assert capfd.readouterr().err == "doubled: [[2. 6.]]\n"


def test_what_programs_ask_first() -> None:
    assert (K.backend(), K.image_data_format(), K.image_dim_ordering(), K.floatx()) == (
        "tensorflow", "channels_last", "tf", "float32",
    )  # fmt: skip
    K.set_image_data_format("channels_last")
    K.set_image_dim_ordering("tf")
    K.set_floatx("float32")
    K.set_session(None)
    K.clear_session()
    assert (K.get_uid("a"), K.get_uid("a"), K.get_uid("b")) == (1, 2, 1)
    assert K.cast_to_floatx([1, 2]).dtype == np.float32
    before = K.epsilon()
    K.set_epsilon(1e-5)
    assert K.epsilon() == 1e-5
    K.set_epsilon(before)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: K.set_image_data_format("channels_first"),
            'images are "channels_last" (rows, columns, channels) here',
        ),
        (lambda: K.set_image_dim_ordering("th"), "received 'channels_first'"),
        (lambda: K.set_floatx("float16"), "networks compute in \"float32\" here; received 'float16'"),
        (lambda: K.set_learning_phase(2), "expected 0 or 1; received 2"),
        (lambda: K.placeholder(), "placeholder: give shape or ndim."),
    ],
)
def test_what_there_is_not_says_so(call: Callable[[], Any], says: str) -> None:
    with pytest.raises(ArgumentError) as told:
        call()
    assert says in str(told.value)


def test_values_are_read_and_written() -> None:
    v = K.variable([1.0, 2.0])
    K.set_value(v, [3.0, 4.0])
    np.testing.assert_array_equal(K.get_value(v), [3, 4])
    np.testing.assert_array_equal(K.eval(K.update_add(v, 1.0)), [4, 5])
    np.testing.assert_allclose(K.moving_average_update(v, [0.0, 0.0], 0.9).numpy(), [3.6, 4.5], rtol=1e-6)
    weight = torch.nn.Parameter(torch.ones(2))
    K.batch_set_value([(weight, np.array([5.0, 6.0]))])
    np.testing.assert_array_equal(K.batch_get_value([weight])[0], [5, 6])
    assert K.get_value(0.5) == 0.5
    with pytest.raises(ArgumentTypeError, match=r"a weight or optimizer\.learning_rate; received float"):
        K.set_value(0.5, 0.1)
    with pytest.raises(ArgumentTypeError, match="a symbolic tensor has no values"):
        K.get_value(Input((2,)))


def test_shapes_and_kinds() -> None:
    x = Input((4, 5, 3))
    assert K.int_shape(x) == (None, 4, 5, 3)
    assert K.is_keras_tensor(x)
    assert not K.is_keras_tensor(K.ones((2,)))
    assert (K.ndim(x), K.count_params(K.ones((2, 3))), K.is_sparse(x)) == (4, 6, False)


def test_random_numbers_follow_their_seed() -> None:
    for draw in (
        lambda seed: K.random_normal((1000,), 1.0, 2.0, seed=seed),
        lambda seed: K.random_uniform((1000,), -1.0, 3.0, seed=seed),
        lambda seed: K.truncated_normal((1000,), 1.0, 2.0, seed=seed),
    ):
        np.testing.assert_array_equal(draw(1), draw(1))
        assert (draw(1) != draw(2)).any()
        assert abs(float(draw(1).mean()) - 1) < 0.2
    assert abs(float(K.random_bernoulli((1000,), 0.3, seed=1).mean()) - 0.3) < 0.05
    assert float(torch.abs(K.truncated_normal((1000,), seed=1)).max()) <= 2


def test_a_function_gives_what_the_model_and_its_layers_give(model: Any) -> None:
    compute = K.function([model.input], [model.get_layer("conv").output, model.output])
    features, answers = compute([images()])
    assert isinstance(features, np.ndarray)
    np.testing.assert_allclose(features, model.get_layer("conv")(images()), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(answers, model.predict(images(), verbose=0), rtol=1e-5, atol=1e-6)
    one = K.function(model.input, model.output)
    np.testing.assert_array_equal(one(images()), answers)
    with pytest.raises(ArgumentError, match=r"function: has 1 inputs; received 2 values\."):
        compute([images(), images()])


def test_gradients_for_the_input_are_those_of_small_steps(model: Any) -> None:
    loss = K.mean(K.square(model.output))
    (gradient,) = K.gradients(loss, model.input)
    gradient /= K.sqrt(K.mean(K.square(gradient))) + 1e-5  # as Chollet's filters are painted
    iterate = K.function([model.input], [loss, gradient])
    start, direction = iterate([images()])
    assert direction.shape == images().shape
    assert np.sqrt(np.mean(direction**2)) == pytest.approx(1, rel=0.02)
    ahead, _ = iterate([images() + 1e-3 * direction])
    raw = K.function([model.input], K.gradients(loss, model.input))([images()])[0]
    assert ahead - start == pytest.approx(1e-3 * np.sum(raw * direction), rel=0.02)


def test_gradients_for_a_layer_within(model: Any) -> None:
    features = model.get_layer("conv").output
    compute = K.function([model.input], [K.gradients(model.output[:, 1], features)[0], features])
    gradient, values = compute([images()])
    inside = torch.from_numpy(values).permute(0, 3, 1, 2).requires_grad_()
    x = inside
    for layer in model.layers[1:]:
        x = layer(x)
    (wanted,) = torch.autograd.grad(x[:, 1].sum(), inside)
    np.testing.assert_allclose(gradient, wanted.permute(0, 2, 3, 1), rtol=1e-5, atol=1e-7)


def test_the_learning_phase_chooses_the_mode() -> None:
    x = Input((50,))
    compute = K.function([x, K.learning_phase()], [Dropout(0.5)(BatchNormalization()(x))])
    ones = np.ones((4, 50), "float32")
    assert (compute([ones, 0])[0] > 0.9).all()
    assert (compute([ones, 1])[0] == 0).any()
    K.set_learning_phase(1)
    trains = K.function([x], [Dropout(0.5)(x)])
    K.set_learning_phase(0)
    assert (trains([ones])[0] == 0).any()


def test_placeholders_are_inputs() -> None:
    x = K.placeholder(shape=(None, 3))
    np.testing.assert_array_equal(K.function([x], [K.sum(x * 2, axis=-1)])([np.ones((2, 3))])[0], [6, 6])
    assert K.placeholder(ndim=2).shape == (None, None)


def test_gradients_are_of_symbols_that_matter() -> None:
    with pytest.raises(ArgumentTypeError, match="takes a loss made of a model's symbolic tensors"):
        K.gradients(K.ones((2,)), K.ones((2,)))
    x, y = Input((2,)), Input((2,))
    compute = K.function([x, y], K.gradients(K.sum(x), y))
    with pytest.raises(ArgumentError, match="the loss does not depend on one of the tensors"):
        compute([np.ones((1, 2)), np.ones((1, 2))])
    with pytest.raises(ArgumentError, match="there are no updates here"):
        K.function([x], [x], updates=[1])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            lambda x: K.conv2d(x, np.ones((3, 3, 2, 4)), border_mode="same", dim_ordering="tf", image_shape=None),
            lambda x: K.conv2d(x, np.ones((3, 3, 2, 4)), padding="same"),
        ),
        (lambda x: K.resize_images(X=x, height_factor=2, width_factor=3, dim_ordering="tf"), lambda x: K.resize_images(x, 2, 3)),
        (lambda x: K.spatial_2d_padding(x, (1, 2), dim_ordering="tf"), lambda x: K.spatial_2d_padding(x, ((1, 1), (2, 2)))),
        (lambda x: K.random_normal(x.shape, std=0.1, seed=1), lambda x: K.random_normal(x.shape, stddev=0.1, seed=1)),
        (lambda x: K.random_uniform(x.shape, low=1, high=2, seed=1), lambda x: K.random_uniform(x.shape, 1, 2, seed=1)),
    ],
)  # fmt: skip
def test_the_words_of_keras_1_are_understood(old: Callable[[Any], Any], new: Callable[[Any], Any]) -> None:
    x = np.random.default_rng(0).normal(size=(1, 4, 5, 2)).astype("float32")
    with pytest.warns(UserWarning, match="Keras 1's"):
        given = old(x)
    np.testing.assert_array_equal(given, new(x))


@pytest.mark.parametrize(
    "call",
    [
        lambda x: K.bias_add(x, np.ones(2), data_format="channels_first"),
        lambda x: K.resize_images(x, 2, 2, "channels_first"),
        lambda x: keras.ops.image.resize(x, (2, 2), data_format="channels_first"),
        lambda x: keras.ops.depth_to_space(x, 2, "NCHW"),
    ],
)
def test_other_layouts_are_refused(call: Callable[[Any], Any]) -> None:
    with pytest.raises(UnknownNameError, match="data_format must be"):
        call(np.ones((1, 4, 4, 4), "float32"))
