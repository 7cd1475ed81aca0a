"""Keras 1's words for layers, models and training, each with a warning that says today's."""

import numpy as np
import pytest

from convolens import layers, models
from convolens.errors import ArgumentError, ArgumentTypeError, UnknownNameError

RENAMED = [
    (
        lambda: layers.Convolution2D(8, 3, 5, border_mode="same", subsample=(2, 2)),
        layers.Conv2D(8, (3, 5), (2, 2), "same"),
    ),
    (lambda: layers.Conv2D(8, 3, 5, border_mode="same"), layers.Conv2D(8, (3, 5), padding="same")),
    (
        lambda: layers.Conv2D(nb_filter=4, nb_row=3, nb_col=2, bias=False),
        layers.Conv2D(4, (3, 2), use_bias=False),
    ),
    (
        lambda: layers.Dense(output_dim=3, init="uniform"),
        layers.Dense(3, kernel_initializer="random_uniform"),
    ),
    (
        lambda: layers.MaxPooling2D((2, 2), (1, 1), border_mode="same", dim_ordering="tf"),
        layers.MaxPooling2D(2, 1, "same"),
    ),
    (
        lambda: layers.Convolution3D(8, 3, 5, 2, border_mode="same", subsample=(1, 2, 2)),
        layers.Conv3D(8, (3, 5, 2), (1, 2, 2), "same"),
    ),
    (
        lambda: layers.Convolution3D(8, 3, 5, 2, activation="relu"),
        layers.Conv3D(8, (3, 5, 2), activation="relu"),
    ),
    (lambda: layers.Conv3D(8, 3, 5, 2, border_mode="same"), layers.Conv3D(8, (3, 5, 2), padding="same")),
    (
        lambda: layers.Conv3D(nb_filter=4, kernel_dim1=3, kernel_dim2=2, kernel_dim3=1, bias=False),
        layers.Conv3D(4, (3, 2, 1), use_bias=False),
    ),
    (
        lambda: layers.MaxPooling3D((1, 2, 2), border_mode="same", dim_ordering="tf"),
        layers.MaxPooling3D((1, 2, 2), padding="same"),
    ),
    (lambda: layers.Dropout(p=0.25), layers.Dropout(0.25)),
    (lambda: layers.BatchNormalization(mode=0, axis=-1), layers.BatchNormalization()),
]


@pytest.mark.parametrize("place", range(len(RENAMED)))
def test_words_of_keras_1_are_said_in_todays(place: int) -> None:
    old, expected = RENAMED[place]
    with pytest.warns(UserWarning, match="now"):
        made = old()
    config = made.get_config()
    for name, value in expected.get_config().items():
        if name not in ("name", "data_format"):
            assert config[name] == value, name


def test_three_numbers_without_old_words_are_filters_kernel_and_step() -> None:
    layer = layers.Conv2D(8, 3, 2)
    assert (layer.kernel_size, layer.strides) == ((3, 3), (2, 2))
    assert layers.Convolution2D(8, (3, 3), strides=2).strides == (2, 2)
    assert layers.Convolution3D(8, 3, 2).strides == (2, 2, 2)


def test_input_dim_is_the_first_layers_shape() -> None:
    model = models.Sequential([layers.Dense(4, input_dim=7)])
    assert model.input_shape == (None, 7)


def test_merge_model_and_fit_in_old_words() -> None:
    a, b = layers.Input((3,)), layers.Input((3,))
    with pytest.warns(UserWarning, match="is Concatenate"):
        joined = layers.merge([a, b], mode="concat")
    model = models.Model(input=[a, b], output=layers.Dense(1)(joined))
    model.compile("sgd", "mse")
    data = [np.ones((8, 3))] * 2
    with pytest.warns(UserWarning, match="nb_epoch is epochs now"):
        assert len(model.fit(data, np.zeros(8), nb_epoch=2, verbose=0).epoch) == 2
    with pytest.raises(UnknownNameError, match="unknown mode 'cos'"):
        layers.merge([a, b], mode="cos")


@pytest.mark.filterwarnings("ignore:merge")
def test_merge_by_a_function_by_products_and_as_a_layer() -> None:
    rows = np.arange(6.0).reshape(2, 3)
    wanted = {"dot": (rows * rows).sum(-1, keepdims=True), "mul": rows * rows}
    for mode, values in wanted.items():
        np.testing.assert_allclose(layers.merge([rows, rows], mode=mode), values)
        np.testing.assert_allclose(layers.Merge(mode=mode)([rows, rows]), values)
    a, b = layers.Input((3,)), layers.Input((3,))
    less = layers.merge(
        [a, b], mode=lambda pair: pair[0] - 2 * pair[1], output_shape=lambda shapes: shapes[0]
    )
    assert less.shape == (None, 3)
    np.testing.assert_allclose(models.Model([a, b], less).predict([rows, rows], verbose=0), -rows)
    with pytest.raises(ArgumentError, match="does not begin with branches"):
        layers.Merge([models.Sequential(), models.Sequential()], mode="sum")


def test_channels_first_and_unknown_words_are_refused() -> None:
    with (
        pytest.raises(UnknownNameError, match="data_format must be one of 'channels_last'"),
        pytest.warns(UserWarning, match="data_format"),
    ):
        layers.MaxPooling2D(dim_ordering="th")
    with pytest.raises(ArgumentTypeError, match="unknown argument 'border'"):
        layers.Conv2D(3, 3, border="same")


def test_a_kernel_of_keras_2_that_a_separable_convolution_does_not_have() -> None:
    """As in mini_XCEPTION and NASNet: Keras 2 took it, and did nothing with it."""
    with pytest.warns(UserWarning, match=r"kernel_regularizer is depthwise_regularizer \(it has no effect"):
        layer = layers.SeparableConv2D(4, (3, 3), kernel_regularizer="l2", kernel_initializer="he_normal")
    layer(np.ones((1, 5, 5, 2), "f"))
    assert not layer.losses
