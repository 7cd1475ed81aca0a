"""Regularisers and constraints of every layer that has them: the loss and the weights of a training are those of Keras."""

from typing import Any

import keras
import numpy as np
import pytest
import torch

import convolens
from convolens import constraints, layers, regularizers
from convolens.errors import ArgumentTypeError, UnknownNameError
from convolens.layers.weight_rules import rule_names
from convolens.tensorflow import GradientTape

MADE: dict[str, dict[str, Any]] = {
    "Conv2D": {"filters": 3, "kernel_size": 2},
    "DepthwiseConv2D": {"kernel_size": 2, "depth_multiplier": 2},
    "SeparableConv2D": {"filters": 3, "kernel_size": 2},
    "Conv2DTranspose": {"filters": 3, "kernel_size": 2},
    "Dense": {"units": 3},
    "Conv1D": {"filters": 3, "kernel_size": 2},
    "DepthwiseConv1D": {"kernel_size": 2, "depth_multiplier": 2},
    "SeparableConv1D": {"filters": 3, "kernel_size": 2},
    "GroupNormalization": {"groups": 1},
    "Conv3D": {"filters": 3, "kernel_size": 2},
    "Conv1DTranspose": {"filters": 3, "kernel_size": 2},
    "Conv3DTranspose": {"filters": 3, "kernel_size": 2},
}
RULED = [
    (name, rule)
    for name, kind in layers.LAYERS.items()
    if kind.ruled_weights and name != "Embedding"  # takes whole numbers: tests/layers/fully_connected
    for rule in rule_names(kind)
]
RULES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "regularizer": [("L1L2", {"l1": 0.02, "l2": 0.03})],
    "constraint": [("MaxNorm", {"max_value": 0.3, "axis": 0}), ("NonNeg", {})],
}


def shape_of(name: str) -> tuple[int, ...]:
    return (5, 2) if "1D" in name else (4, 3, 5, 2) if "3D" in name else (4, 5, 2)


def model_of(keras_like: Any, name: str, given: dict[str, Any]) -> Any:
    layer = getattr(keras_like.layers, name)(**MADE.get(name, {}), **given)
    parts = [
        keras_like.layers.Input(shape_of(name)),
        layer,
        keras_like.layers.Flatten(),
        keras_like.layers.Dense(1),
    ]
    model = keras_like.Sequential(parts)
    model.compile(keras_like.optimizers.SGD(0.05), "mse")
    return model


def trained(name: str, ours: dict[str, Any], theirs: dict[str, Any]) -> tuple[Any, Any]:
    """Return both models after the same training, whose losses are the same."""
    mine, other = model_of(convolens, name, ours), model_of(keras, name, theirs)
    mine.set_weights(other.get_weights())
    random = np.random.default_rng(0)
    x, y = random.normal(size=(6, *shape_of(name))).astype("f"), random.normal(size=(6, 1)).astype("f")
    histories = [m.fit(x, y, 4, epochs=3, shuffle=False, verbose=0).history["loss"] for m in (mine, other)]
    np.testing.assert_allclose(*histories, rtol=1e-4)
    np.testing.assert_allclose(mine.evaluate(x, y, verbose=0), other.evaluate(x, y, verbose=0), rtol=1e-4)
    for our, their in zip(mine.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-4, atol=1e-5)
    return mine, other


@pytest.mark.parametrize(("name", "argument"), RULED, ids=str)
def test_training_is_that_of_keras(name: str, argument: str) -> None:
    kind = argument.rpartition("_")[2]
    for rule, words in RULES[kind]:
        ours, theirs = (getattr(getattr(m, f"{kind}s"), rule)(**words) for m in (convolens, keras))
        mine, other = trained(name, {argument: ours}, {argument: theirs})
        layer = mine.layers[0]
        config = layer.get_config()
        assert config[argument]["config"] == other.layers[0].get_config()[argument]["config"]
        assert type(layer).from_config(config).get_config() == config
        assert getattr(keras.layers, name).from_config(config).get_config()[argument] is not None
        if kind == "regularizer" and argument != "activity_regularizer":
            np.testing.assert_allclose(
                [float(loss) for loss in mine.losses], [float(loss) for loss in other.losses], rtol=1e-5
            )


def test_functions_see_weights_and_outputs_in_the_order_of_keras() -> None:
    shapes = []

    def penalty(w: Any) -> Any:
        shapes.append(tuple(w.shape))
        return 0.1 * (w[0] ** 2).sum()

    trained("Conv2D", {"kernel_regularizer": penalty}, {"kernel_regularizer": penalty})
    assert set(shapes) == {(2, 2, 2, 3)}
    trained("DepthwiseConv2D", {"activity_regularizer": penalty}, {"activity_regularizer": penalty})
    trained(
        "Dense",
        {"kernel_regularizer": "orthogonal_regularizer"},
        {"kernel_regularizer": "orthogonal_regularizer"},
    )
    per_kernel = (
        {"kernel_constraint": constraints.UnitNorm([0, 1, 2])},
        {"kernel_constraint": keras.constraints.UnitNorm([0, 1, 2])},
    )
    mine, _ = trained("Conv2D", *per_kernel)
    np.testing.assert_allclose(np.square(mine.layers[0].get_weights()[0]).sum((0, 1, 2)), 1.0, rtol=1e-4)


def test_an_activity_penalty_acts_where_layers_are_computed_together() -> None:
    def made(m: Any) -> Any:
        model = m.Sequential(
            [m.layers.Input((4, 4, 2)), m.layers.Conv2D(3, 2, activity_regularizer="l2"), m.layers.BatchNormalization(),
             m.layers.Activation("relu", activity_regularizer="l1"), m.layers.Flatten()]
        )  # fmt: skip
        model.compile("sgd", "mse")
        return model

    mine, other = made(convolens), made(keras)
    mine.set_weights(other.get_weights())
    x, y = np.random.default_rng(0).normal(size=(5, 4, 4, 2)).astype("f"), np.zeros((5, 27), "f")
    np.testing.assert_allclose(mine.evaluate(x, y, verbose=0), other.evaluate(x, y, verbose=0), rtol=1e-5)
    mine.layers[0].activity_regularizer = None
    mine.layers[2].activity_regularizer = None
    assert mine.evaluate(x, y, verbose=0) < other.evaluate(x, y, verbose=0)


def test_activity_penalties_of_a_call_are_among_the_losses_as_those_of_keras() -> None:
    x = np.random.default_rng(0).normal(size=(5, 4, 4, 2)).astype("f")

    def made(m: Any) -> Any:
        first = m.layers.Conv2D(3, 2, activity_regularizer="l2", kernel_regularizer="l2")
        return m.Sequential(
            [
                m.layers.Input((4, 4, 2)),
                first,
                m.layers.Flatten(),
                m.layers.Dense(1, activity_regularizer="l1"),
            ]
        )

    mine, other = made(convolens), made(keras)
    mine.set_weights(other.get_weights())
    for _ in range(2):  # those of the call before are forgotten
        mine(x)
        other(x)
        assert sorted(map(float, mine.losses)) == pytest.approx(sorted(map(float, other.losses)), rel=1e-5)
    assert len(mine.layers[0].losses) == 2
    with GradientTape() as tape:
        mine(x)
        penalty = sum(mine.losses)
    assert all(gradient is not None for gradient in tape.gradient(penalty, mine.trainable_weights))
    mine.predict(x, verbose=0)
    assert len(mine.losses) == 3


def test_frozen_weights_are_not_penalised() -> None:
    for m in (convolens, keras):
        model = model_of(m, "Dense", {"kernel_regularizer": "l2"})
        assert len(model.losses) == 1
        model.layers[0].trainable = False
        assert len(model.losses) == 0


def test_the_words_of_keras_1() -> None:
    layer = layers.Dense(3, W_regularizer="l2", b_constraint="maxnorm", W_constraint=constraints.maxnorm(m=3))
    assert (
        layer.kernel_regularizer.l2,
        layer.bias_constraint.max_value,
        layer.kernel_constraint.max_value,
    ) == (0.01, 2, 3)
    with pytest.raises(ArgumentTypeError, match="unknown argument 'W_regularizer'"):
        layers.Flatten(W_regularizer="l2")
    with pytest.raises(
        ArgumentTypeError,
        match=r"Dense: unknown argument 'kernel_regulariser'\. Did you mean 'kernel_regularizer'\?",
    ):
        layers.Dense(3, kernel_regulariser="l2")
    with pytest.raises(
        UnknownNameError,
        match=r"unknown regularizer 'l3'\. Did you mean 'l2'\?|unknown regularizer 'l3'\. Did you mean 'l1'\?",
    ):
        layers.Dense(3, kernel_regularizer="l3")


def test_constraints_and_penalties_survive_a_change_of_device_and_a_copy() -> None:
    import copy

    model = model_of(convolens, "Conv2D", {"kernel_constraint": "non_neg"})
    model._build_optimizer("test")
    module, optimizer = copy.deepcopy((model.module, model.optimizer))
    kernel = module.layers[0].weight
    with torch.no_grad():
        kernel.fill_(-1.0)
    kernel.grad = torch.zeros_like(kernel)
    optimizer.apply()
    assert (kernel == 0).all()
    assert (model.module.layers[0].weight != 0).any()
    assert regularizers.get(None) is None
