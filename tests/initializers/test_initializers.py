"""Initial weights have Keras' distributions."""

import keras
import numpy as np
import pytest
import torch
from scipy import stats

from convolens import initializers, layers
from convolens.constructors import argument_names
from convolens.errors import ArgumentError, ShapeError

SHAPE = (60, 20, 3, 3)  # out, in, rows, columns
FANS = {"fan_in": 20 * 9, "fan_out": 60 * 9}
KERAS_SHAPE = (3, 3, 20, 60)


NAMES = sorted(
    set(initializers.INITIALIZERS) - {"constant", "identity"}
)  # Keras 3.15 cannot make the first from its name
OF_PLACES = {"orthogonal", "identity"}


@pytest.mark.parametrize("name", NAMES)
def test_distribution_is_that_of_keras(name: str) -> None:
    ours = initializers.get(name)(KERAS_SHAPE).numpy().ravel()
    theirs = np.asarray(keras.initializers.get(name)(KERAS_SHAPE).detach()).ravel()
    if np.ptp(theirs) == 0:  # every weight has one value
        np.testing.assert_array_equal(np.unique(ours), np.unique(theirs))
        return
    assert stats.ks_2samp(ours, theirs).pvalue > 1e-4
    np.testing.assert_allclose(ours.std(), theirs.std(), rtol=0.03)
    np.testing.assert_allclose(
        abs(ours).max(), abs(theirs).max(), rtol=0.3 if name in ("random_normal", "orthogonal") else 0.02
    )


@pytest.mark.parametrize("name", sorted(initializers.INITIALIZERS))
def test_config_travels_to_keras_and_back(name: str) -> None:
    ours = initializers.get(name)
    assert ours.get_config().keys() == set(argument_names(type(ours)))
    theirs = keras.initializers.deserialize(ours.serialize())
    assert (
        initializers.get(keras.initializers.serialize(theirs)).get_config().keys() == ours.get_config().keys()
    )


@pytest.mark.parametrize("name", sorted(set(NAMES) - OF_PLACES))
def test_layers_give_the_fans_of_their_own_layout(name: str) -> None:
    ours, theirs = initializers.get(name)(SHAPE, **FANS), initializers.get(name)(KERAS_SHAPE)
    np.testing.assert_allclose(ours.std(), theirs.std(), rtol=0.03)


@pytest.mark.parametrize("shape", [(4, 6), (6, 4), (2, 3, 4, 5)])
def test_orthogonal_is_that_of_keras(shape: tuple[int, ...]) -> None:
    for made in (initializers.Orthogonal(2.0), keras.initializers.Orthogonal(2.0)):
        matrix = np.asarray(made(shape)).reshape(-1, shape[-1])
        small = matrix.T @ matrix if matrix.shape[0] >= matrix.shape[1] else matrix @ matrix.T
        np.testing.assert_allclose(small, 4 * np.eye(len(small)), atol=1e-5)
    np.testing.assert_array_equal(
        initializers.identity(3.0)((2, 3)), np.asarray(keras.initializers.Identity(3.0)((2, 3)))
    )


@pytest.mark.parametrize("shape", [(3, 2), (3,), (), (5, 4, 3, 2), (7, 6, 5)])
def test_a_shape_by_itself_tells_the_fans(shape: tuple[int, ...]) -> None:
    from keras.src.initializers.random_initializers import compute_fans

    assert initializers.fans_of(shape) == compute_fans(shape)


def test_layers_take_functions_and_arrays_in_the_order_of_keras() -> None:
    values = np.arange(2 * 3 * 4 * 5, dtype="float32").reshape(2, 3, 4, 5)
    seen = []

    def own(shape: tuple[int, ...], dtype: object = None) -> np.ndarray:
        seen.append((shape, dtype))
        return np.zeros(shape) + values

    for given in (own, values, initializers.Constant(values.tolist()), lambda shape: values):
        layer = layers.Conv2D(
            5, (2, 3), kernel_initializer=given, bias_initializer=initializers.Constant([1, 2, 3, 4, 5])
        )
        layer.build_once((None, 8, 8, 4))
        np.testing.assert_array_equal(layer.get_weights()[0], values)
        np.testing.assert_array_equal(layer.get_weights()[1], [1, 2, 3, 4, 5])
    assert seen == [((2, 3, 4, 5), "float32")]
    dense = layers.Dense(3, kernel_initializer="identity")
    dense.build_once((None, 3))
    np.testing.assert_array_equal(dense.get_weights()[0], np.eye(3))
    kernel = layers.Conv2D(6, 2, kernel_initializer=initializers.orthogonal)
    kernel.build_once((None, 8, 8, 4))
    matrix = kernel.get_weights()[0].reshape(-1, 6)
    np.testing.assert_allclose(matrix.T @ matrix, np.eye(6), atol=1e-5)


def test_old_names_lower_case_and_dtypes() -> None:
    for name in ("uniform", "normal", "zero", "one"):
        assert type(initializers.get(name)) is getattr(initializers, name)
    assert initializers.glorot_uniform(seed=1)((3, 4), "float16").dtype == torch.float16
    assert initializers.he_normal()((3, 4), dtype="float32").shape == (3, 4)
    assert initializers.get(None) is None
    with pytest.raises(ShapeError, match=r"values of shape \(3,\) do not fit weights of shape \(2,\)"):
        initializers.Constant([1, 2, 3])((2,))
    with pytest.raises(ShapeError, match="must have two axes or more"):
        initializers.Orthogonal()((3,))
    with pytest.raises(ShapeError, match="must be a matrix"):
        initializers.Identity()((3,))


def test_seed_and_forms() -> None:
    seeded = initializers.HeNormal(seed=3)
    np.testing.assert_array_equal(seeded((4, 4), 4, 4), seeded((4, 4), 4, 4))
    assert isinstance(initializers.get(initializers.Ones), initializers.Ones)
    with pytest.raises(ArgumentError, match="expected a name"):
        initializers.get(3)
