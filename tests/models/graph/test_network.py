"""Functional and sequential networks: the same graph, order and configuration as in Keras."""

from typing import Any

import keras
import numpy as np
import pytest

import convolens
from convolens import layers
from convolens.errors import ArgumentError, NotBuiltError, UnknownNameError
from convolens.models import Model, Sequential


def inception(library: Any) -> Any:
    """Build a network with an Inception module and a residual sum, in either library."""
    L = library.layers
    inputs = library.Input(shape=(12, 12, 3))
    x = L.Conv2D(8, 3, padding="same", activation="relu")(inputs)
    first = L.Conv2D(4, 1, activation="relu")(x)
    third = L.Conv2D(4, 1, activation="relu")(x)
    third = L.Conv2D(6, 3, padding="same", activation="relu")(third)
    fifth = L.Conv2D(2, 1, activation="relu")(x)
    fifth = L.Conv2D(3, 5, padding="same", activation="relu")(fifth)
    pooled = L.MaxPooling2D(3, strides=1, padding="same")(x)
    pooled = L.Conv2D(3, 1)(pooled)
    x = L.Concatenate()([first, third, fifth, pooled])
    y = L.BatchNormalization()(L.Conv2D(16, 3, padding="same")(x))
    x = L.Add()([L.Activation("relu")(y), x])
    x = L.GlobalAveragePooling2D()(x)
    outputs = L.Dense(5, activation="softmax")(x)
    return library.Model(inputs=inputs, outputs=outputs)


def test_inception_module_as_a_keras_user_writes_it() -> None:
    ours, theirs = inception(convolens), inception(keras)
    random = np.random.default_rng(0)
    weights = [random.uniform(0.1, 0.5, weight.shape).astype("float32") for weight in theirs.get_weights()]
    theirs.set_weights(weights)
    ours.set_weights(weights)
    x = random.normal(size=(4, 12, 12, 3)).astype("float32")
    np.testing.assert_allclose(ours.predict(x, verbose=0), theirs.predict(x, verbose=0), atol=1e-5)
    assert [type(layer).__name__ for layer in ours.layers] == [
        type(layer).__name__ for layer in theirs.layers
    ]
    assert ours.count_params() == theirs.count_params()


def test_configuration_travels_both_ways() -> None:
    ours = inception(convolens)
    theirs = keras.Model.from_config(ours.get_config())
    back = Model.from_config(theirs.get_config())
    assert [layer.name for layer in back.layers] == [layer.name for layer in ours.layers]
    assert back.get_config()["layers"] == ours.get_config()["layers"]
    assert [w.shape for w in theirs.get_weights()] == [w.shape for w in ours.get_weights()]


def test_sub_model_shares_the_layers() -> None:
    model = inception(convolens)
    features = Model(inputs=model.input, outputs=model.get_layer("concatenate").output)
    x = np.random.default_rng(0).random((2, 12, 12, 3))
    assert features.predict(x, verbose=0).shape == (2, 12, 12, 16)
    assert features.get_layer("conv2d") is model.get_layer("conv2d")


def test_models_nest_and_layers_are_shared() -> None:
    base = Sequential([layers.Conv2D(4, 3, input_shape=(8, 8, 1)), layers.Flatten()])
    model = Sequential([base, layers.Dense(2)])
    assert model.output_shape == (None, 2)
    left, right = layers.Input((8, 8, 1)), layers.Input((8, 8, 1))
    both = Model([left, right], layers.Add()([base(left), base(right)]))
    x = np.random.default_rng(0).random((3, 8, 8, 1)).astype("float32")
    np.testing.assert_allclose(both.predict([x, x], verbose=0), 2 * base.predict(x, verbose=0), rtol=1e-5)
    assert both.count_params() == base.count_params()


def test_sequential_like_keras() -> None:
    model = Sequential()
    with pytest.raises(NotBuiltError, match="not built yet"):
        model.summary()
    model.add(layers.Conv2D(2, 3))
    with pytest.raises(NotBuiltError, match="input shape"):
        model.count_params()
    model.add(layers.Flatten())
    assert model.predict(np.zeros((1, 4, 4, 1)), verbose=0).shape == (1, 8)
    assert model.input_shape == (None, 4, 4, 1)
    model.pop()
    assert model.output_shape == (None, 2, 2, 2)
    assert list(model.module.state_dict()) == ["conv2d.weight", "conv2d.bias"]
    for wrong, words in ((3, "expected a layer"), (layers.Input((3,)), "must come first")):
        with pytest.raises(ArgumentError, match=words):
            model.add(wrong)
    with pytest.raises(ArgumentError, match="in this model already"):
        model.add(model.layers[0])
    with pytest.raises(ArgumentError, match="no layers"):
        Sequential().pop()


def test_both_kinds_of_network_tell_their_calls_alike() -> None:
    chain = Sequential([layers.Conv2D(4, 3, input_shape=(8, 8, 3)), layers.Flatten(), layers.Dense(2)])
    graph = Model(chain.inputs, chain.outputs)
    assert chain.module.nodes == graph.module.nodes
    assert (chain.inputs, chain.outputs) == (graph.inputs, graph.outputs)
    assert [node.layer for node in chain.module.nodes[1:]] == chain.layers
    chain.pop()
    assert chain.module.nodes == graph.module.nodes[:-1]
    with pytest.raises(NotBuiltError, match="the input shape is not known yet"):
        _ = Sequential([layers.Dense(2)]).module.nodes


def test_names_that_networks_gave_make_way_where_two_networks_become_one() -> None:
    """As in "mixed data" networks, a branch for numbers and one for photos, each made as a model; Keras numbers names over the process."""
    left, right = (Sequential([layers.Dense(2, input_shape=(3,)), layers.Dense(2)]) for _ in range(2))
    both = Model([left.input, right.input], layers.add([left.output, right.output]))
    assert both.input_names == ["input_layer", "input_layer_1"]
    assert [layer.name for layer in both.layers[2:]] == ["dense", "dense_2", "dense_1", "dense_3", "add"]
    assert [layer.name for layer in right.layers] == ["dense_2", "dense_3"]
    for chain in (left, right):
        chain.layers[0]._name = "numbers"  # a name of one's own stays
    with pytest.raises(ArgumentError, match="Two layers are named 'numbers'"):
        Model([left.input, right.input], layers.add([left.output, right.output]))


def test_names_are_unique_within_a_network() -> None:
    model = Sequential([layers.Dense(2, input_shape=(3,)), layers.Dense(2), layers.Dense(1, name="add")])
    assert [layer.name for layer in model.layers] == ["dense", "dense_1", "add"]
    with pytest.raises(ArgumentError, match="Two layers are named 'add'"):
        model.add(layers.Dense(3, name="add"))
    assert len(model.layers) == 3
    with pytest.raises(UnknownNameError, match="Did you mean 'dense_1'"):
        model.get_layer("dense_01")
    assert model.get_layer(index=2).name == "add"


def test_an_input_that_no_output_depends_on_is_taken_and_not_used() -> None:
    a, b = layers.Input((3,)), layers.Input((4,))
    model = Model([a, b], layers.Dense(2)(a))
    assert model.predict([np.zeros((2, 3)), np.ones((2, 4))], verbose=0).shape == (2, 2)


def test_graphs_that_cannot_be() -> None:
    a, b = layers.Input((3,)), layers.Input((3,))
    with pytest.raises(ArgumentError, match="not among the inputs"):
        Model(a, layers.Add()([a, b]))
    with pytest.raises(ArgumentError, match="must be symbolic tensors"):
        Model(a, np.zeros(3))
    with pytest.raises(ArgumentError, match="give inputs= and outputs="):
        Model()
    with pytest.raises(ArgumentError, match="mix of symbolic tensors"):
        layers.Add()([a, np.zeros(3)])


def test_summary_counts(capsys: pytest.CaptureFixture[str]) -> None:
    model = Sequential([layers.Dense(4, input_shape=(3,)), layers.BatchNormalization()])
    model.layers[0].trainable = False
    model.summary(line_length=80)
    printed = capsys.readouterr().out
    assert "Total params: 32" in printed
    assert "Non-trainable params: 24" in printed
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    assert "dense (Dense)" in lines[0]
