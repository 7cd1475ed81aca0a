"""Model(inputs=..., outputs=model.get_layer(name).output) and include_top=False give what Keras gives."""

import keras
import numpy as np
import pytest

import convolens
from convolens.features import extract


def sequential(library):
    L = library.layers
    return library.Sequential([
        library.Input(shape=(10, 10, 3)),
        L.Conv2D(4, 3, activation="relu", name="first"),
        L.BatchNormalization(name="norm"),
        L.MaxPooling2D(name="pool"),
        L.Conv2D(6, 3, padding="same", name="second"),
        L.Flatten(name="flat"),
        L.Dense(5, activation="relu", name="hidden"),
        L.Dense(3, activation="softmax", name="classes"),
    ])  # fmt: skip


def functional(library):
    L = library.layers
    inputs = library.Input(shape=(10, 10, 3))
    first = L.Conv2D(4, 3, activation="relu", name="first")(inputs)
    left = L.Conv2D(6, 3, padding="same", name="left")(first)
    second = L.Concatenate(name="second")([left, L.MaxPooling2D(3, 1, padding="same", name="right")(first)])
    pool = L.AveragePooling2D(2, name="pool")(second)
    hidden = L.Dense(5, activation="relu", name="hidden")(L.GlobalAveragePooling2D(name="flat")(pool))
    return library.Model(inputs=inputs, outputs=L.Dense(3, activation="softmax", name="classes")(hidden))


@pytest.mark.parametrize("make", [sequential, functional])
@pytest.mark.parametrize("name", ["first", "second", "pool", "flat", "hidden", "classes"])
def test_a_sub_model_of_any_layer(make, name):
    ours, theirs = make(convolens), make(keras)
    random = np.random.default_rng(0)
    weights = [random.uniform(0.1, 0.5, weight.shape).astype("float32") for weight in theirs.get_weights()]
    theirs.set_weights(weights)
    ours.set_weights(weights)
    x = random.normal(size=(4, 10, 10, 3)).astype("float32")
    cut_theirs = keras.Model(inputs=theirs.inputs, outputs=theirs.get_layer(name).output)
    expected = cut_theirs.predict(x, verbose=0)
    cut_ours = convolens.Model(inputs=ours.inputs, outputs=ours.get_layer(name).output)
    np.testing.assert_allclose(cut_ours.predict(x, verbose=0), expected, rtol=1e-5, atol=1e-5)
    assert [layer.name for layer in cut_ours.layers if "input" not in layer.name] == [
        layer.name for layer in cut_theirs.layers if "input" not in layer.name
    ]
    np.testing.assert_allclose(
        extract(ours, x, name, pool="none", cache=False).values, expected, rtol=1e-5, atol=1e-5
    )
    flat = extract(ours, x, name, pool="flatten", cache=False).values
    np.testing.assert_allclose(flat, expected.reshape(4, -1), rtol=1e-5, atol=1e-5)
    by_index = [layer.name for layer in ours.layers].index(name)
    assert ours.get_layer(index=by_index).name == name
    assert [layer.name for layer in ours.layers if "input" not in layer.name] == [
        layer.name for layer in theirs.layers if "input" not in layer.name
    ]


@pytest.mark.parametrize("pooling", [None, "avg", "max"])
def test_include_top_false(pooling):
    """VGG16 in both; the same random weights."""
    theirs = keras.applications.VGG16(
        include_top=False, weights=None, input_shape=(32, 32, 3), pooling=pooling
    )
    ours = convolens.applications.VGG16(
        include_top=False, weights=None, input_shape=(32, 32, 3), pooling=pooling
    )
    ours.set_weights(theirs.get_weights())
    x = np.random.default_rng(0).random((2, 32, 32, 3)).astype("float32")
    expected = theirs.predict(x, verbose=0)
    np.testing.assert_allclose(ours.predict(x, verbose=0), expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(
        extract(ours, x, pool="none", cache=False).values, expected, rtol=1e-5, atol=1e-5
    )
