"""Frozen layers: Keras' words and counts, bit-identical weights and buffers, for every kind of network."""

from collections.abc import Callable
from typing import Any

import keras as theirs
import numpy as np
import pytest
import torch

import convolens as ours
from convolens.applications import ResNet18
from convolens.errors import ArgumentError, NotCompiledError, UnknownNameError
from convolens.models import Model
from convolens.optimizers import SGD, Adam


def chain(keras: Any) -> Any:
    """Two blocks with batch normalisation, the first a model of its own, and a head."""
    block = keras.models.Sequential(
        [
            keras.layers.Input(shape=(8, 8, 2)),
            keras.layers.Conv2D(3, 3, name="conv"),
            keras.layers.BatchNormalization(name="norm"),
        ],
        name="block",
    )
    return keras.models.Sequential(
        [
            keras.layers.Input(shape=(8, 8, 2)),
            block,
            keras.layers.Conv2D(4, 3, name="second"),
            keras.layers.BatchNormalization(name="second_norm"),
            keras.layers.Flatten(name="flat"),
            keras.layers.Dense(3, activation="softmax", name="head"),
        ]
    )


def graph() -> Model:
    source = ours.layers.Input(shape=(6, 6, 2))
    x = ours.layers.Conv2D(4, 3, name="stem")(source)
    left = ours.layers.Conv2D(4, 1, name="left")(x)
    right = ours.layers.BatchNormalization(name="right")(x)
    y = ours.layers.GlobalAveragePooling2D(name="pool")(ours.layers.Add(name="sum")([left, right]))
    return Model(source, ours.layers.Dense(3, activation="softmax", name="head")(y))


def torch_net() -> Model:
    return Model(
        torch.nn.Sequential(
            torch.nn.Conv2d(2, 4, 3),
            torch.nn.BatchNorm2d(4),
            torch.nn.ReLU(),
            torch.nn.Sequential(torch.nn.Conv2d(4, 4, 3), torch.nn.BatchNorm2d(4, affine=False)),
            torch.nn.AdaptiveAvgPool2d(1),
            torch.nn.Flatten(),
            torch.nn.Linear(4, 3),
            torch.nn.Softmax(1),
        )
    )


def data(size: int = 6, count: int = 24) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.random((count, size, size, 2), dtype="float32"), random.integers(0, 3, count)


def fit(model: Model, size: int = 6, optimizer: Any = "adamw", compile_: bool = True) -> None:
    if compile_:
        model.compile(optimizer, "sparse_categorical_crossentropy")
    model.fit(*data(size), batch_size=8, epochs=2, verbose=0)


def snapshot(model: Model) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in model.module.state_dict().items()}


def changed(model: Model, before: dict[str, torch.Tensor]) -> set[str]:
    after = model.module.state_dict()
    return {name for name, tensor in before.items() if not torch.equal(tensor, after[name])}


@pytest.mark.parametrize("setting", ["all", "block", "inner", "none_after_all", "one_in_all", "head"])
def test_trainable_counts_are_those_of_keras(setting: str) -> None:
    counts = []
    for keras in (ours, theirs):
        model = chain(keras)
        block = model.get_layer("block")
        if setting == "all":
            model.trainable = False
        elif setting == "block":
            block.trainable = False
        elif setting == "inner":
            block.layers[-1].trainable = False
            model.trainable = True  # reaches those that were frozen, though the model itself was not
        elif setting == "none_after_all":
            model.trainable = False
            model.trainable = True
        elif setting == "one_in_all":
            model.trainable = False
            block.layers[0].trainable = True
        else:
            model.get_layer("head").trainable = False
        flat = [*block.layers, *model.layers]
        counts.append(
            (
                [len(layer.trainable_weights) for layer in flat],
                [len(layer.non_trainable_weights) for layer in flat],
                [bool(layer.trainable) for layer in flat],
                len(model.trainable_weights),
                len(model.non_trainable_weights),
            )
        )
    assert counts[0] == counts[1]


@pytest.mark.parametrize("recompiled", [True, False], ids=["compiled after", "compiled before"])
def test_what_frozen_means_is_what_it_means_in_keras(recompiled: bool) -> None:
    """The same weights after the same steps: batch normalisation infers with its averages and keeps them, at once."""
    x, y = data(8)
    models = []
    start: Any = None
    for keras in (ours, theirs):
        model = chain(keras)
        if start is None:
            start = model.get_weights()
            start = [array + 0.25 * (array.ndim == 1) for array in start]  # averages that are no 0 and 1
        model.set_weights(start)
        model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
        model.fit(x, y, batch_size=8, epochs=1, shuffle=False, verbose=0)
        model.get_layer("block").trainable = False
        model.get_layer("second_norm").trainable = False
        if recompiled:
            model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
        model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
        models.append(model)
    for mine, other in zip(models[0].get_weights(), models[1].get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=2e-4, atol=2e-5)


def test_weights_that_come_in_need_a_new_optimizer_as_in_keras() -> None:
    said = ((ours, ArgumentError, "compile with a new optimizer"), (theirs, ValueError, "Unknown variable"))
    for keras, error, words in said:
        model = chain(keras)
        model.get_layer("block").trainable = False
        model.compile("adam", "sparse_categorical_crossentropy")
        model.fit(*data(8), epochs=1, verbose=0)
        model.get_layer("block").trainable = True
        with pytest.raises(error, match=words):
            model.fit(*data(8), epochs=1, verbose=0)
    model = chain(ours)
    model.freeze("block")
    fit(model, 8)
    model.unfreeze()
    with pytest.raises(
        ArgumentError, match=r"built for other parameters .* or optimizer\.extend\(parameters\) to keep"
    ):
        fit(model, 8, compile_=False)


@pytest.mark.parametrize(
    ("make", "size", "until", "kept"),
    [
        (graph, 6, "stem", {"stem"}),
        (graph, 6, "right", {"stem", "left", "right"}),
        (graph, 6, 1, {"stem"}),
        (graph, 6, -3, {"stem", "left", "right"}),
        (lambda: chain(ours), 8, "block", {"block"}),
        (lambda: chain(ours), 8, "conv", {"block.conv"}),
        (lambda: chain(ours), 8, "block/norm", {"block"}),
        (lambda: chain(ours), 8, "second_norm", {"block", "second", "second_norm"}),
        (torch_net, 6, "1", {"0", "1"}),
        (torch_net, 6, "3", {"0", "1", "3"}),
        (torch_net, 6, 3, {"0", "1", "3"}),
        (torch_net, 6, "3.0", {"0", "1", "3.0"}),
    ],
)
@pytest.mark.parametrize("averaged", [False, True])
def test_frozen_layers_stay_to_the_bit(
    make: Callable[[], Model], size: int, until: str | int, kept: set[str], averaged: bool
) -> None:
    """Weights and buffers of frozen layers, with weight decay, momentum and averages of the weights; all others move."""
    model = make()
    told = model.freeze(until)
    before = snapshot(model)
    fit(model, size, ours.optimizers.AdamW(0.01, use_ema=averaged))
    frozen = {n for n in before if any(n.startswith(f"{k}.") for k in kept)}
    assert changed(model, before) == set(before) - frozen
    texts: list[str] = []
    model.summary(print_fn=texts.append)
    assert f"Trainable params: {told.trainable_parameters:,} " in texts[0]
    assert f"Non-trainable params: {told.non_trainable_parameters:,} " in texts[0]
    assert told.trainable_parameters + told.non_trainable_parameters == sum(
        t.numel() for t in before.values() if t.is_floating_point()
    )
    model.unfreeze()
    fit(model, size)
    assert changed(model, before) == set(before), "all of them are trained again, moving averages too"


@pytest.mark.parametrize("averaged", [False, True])
def test_frozen_under_way_they_stay_to_the_bit_too(averaged: bool) -> None:
    """The optimizer knows them, their velocity is not nought, and their averages lag behind."""
    model = graph()
    fit(model, 6, ours.optimizers.AdamW(0.01, use_ema=averaged))
    before = snapshot(model)
    model.freeze("right")
    fit(model, 6, compile_=False)
    assert changed(model, before) == {"head.weight", "head.bias"}


def test_groups_of_dotted_names() -> None:
    model = ResNet18(input_shape=(32, 32, 3), classes=3)
    told = model.freeze("layer4")
    assert told.layers == 41
    assert told.frozen_layers == 40
    assert told.trainable_parameters == 512 * 3 + 3
    told = model.unfreeze("layer4.1")
    assert told.layers - told.frozen_layers == 5
    named = {n.rpartition(".")[0] for n, p in model.module.named_parameters() if p.requires_grad}
    assert {n for n in named if n.startswith("layer4.0")} == set()
    assert model.freeze().trainable_parameters == 0


def test_bad_names_and_nothing_to_train() -> None:
    model = graph()
    with pytest.raises(
        UnknownNameError,
        match=r"freeze: no layer is named 'stemm'\. Did you mean 'stem'\? Layers with weights: stem, left, right, head\.",
    ):
        model.freeze("stemm")
    with pytest.raises(UnknownNameError, match=r"unfreeze: no layer is named 'fc'"):
        model.unfreeze("fc")
    with pytest.raises(ArgumentError, match="index 9 is out of range; there are 7 layers"):
        model.freeze(9)
    with pytest.raises(ArgumentError, match="freeze: layer 0 is an input"):
        model.freeze(0)
    with pytest.raises(UnknownNameError, match="and 1 more, which summary"):
        ResNet18(input_shape=(32, 32, 3), classes=3).freeze("fd")
    model.freeze()
    before = model.get_weights()
    with pytest.warns(UserWarning, match=r"fit: nothing is trainable: every layer of .* is frozen.*unfreeze"):
        fit(model)
    assert all(np.array_equal(*pair) for pair in zip(before, model.get_weights(), strict=True))
    pair = ours.models.Sequential([chain(ours).get_layer("block"), ours.layers.Flatten()])
    pair.add(ours.models.Sequential([ours.layers.Dense(2, input_shape=(108,), name="conv")], name="end"))
    with pytest.raises(ArgumentError, match=r"2 layers are named 'conv'; say which: block/conv, end/conv"):
        pair.freeze("conv")
    assert pair.freeze("block/conv").frozen_layers == 1


def test_what_comes_in_later_begins_anew_and_the_rest_is_kept() -> None:
    """After `extend` a weight moves as under an optimizer of its own; a weight that was there goes on as alone."""
    random = np.random.default_rng(0)
    for kind in (lambda: Adam(0.1), lambda: SGD(0.1, momentum=0.9), lambda: Adam(0.1, use_ema=True)):
        first, second, alone, late = (torch.nn.Parameter(torch.ones(3)) for _ in range(4))
        both, old, new = kind(), kind(), kind()
        both.build([first])
        old.build([alone])
        new.build([late])
        for step in range(7):
            gradients = torch.from_numpy(random.standard_normal((2, 3)).astype("float32"))
            if step == 4:
                both.extend([first, second])
            pairs = [(both, first, 0), (old, alone, 0)]
            pairs += [(both, second, 1), (new, late, 1)] if step >= 4 else []
            for _, parameter, which in pairs:
                parameter.grad = gradients[which].clone()
            for optimizer in dict.fromkeys(optimizer for optimizer, _, _ in pairs):
                optimizer.apply()
        assert torch.equal(first, alone)
        assert torch.equal(second, late)
        state = both.state_dict()
        assert state["begun"] == [0, 4]
        again = kind()
        again.build([first])
        again.extend([second])
        again.load_state_dict(state)
        assert again.state_dict()["begun"] == [0, 4]


def test_rates_of_their_own_are_torch_s_groups() -> None:
    weights = [torch.nn.Parameter(torch.ones(2)) for _ in range(2)]
    copies = [torch.nn.Parameter(torch.ones(2)) for _ in range(2)]
    ours_ = SGD(0.1, momentum=0.9, weight_decay=0.01)
    ours_.build(weights)
    ours_.scale_rate(weights[:1], 0.25)
    other = [SGD(0.1 * factor, momentum=0.9, weight_decay=0.01) for factor in (0.25, 1.0)]
    for optimizer, copy in zip(other, copies, strict=True):
        optimizer.build([copy])
    for step in range(5):
        for parameter in (*weights, *copies):
            parameter.grad = torch.full((2,), 1.0 + step)
        for optimizer in (ours_, *other):
            optimizer.apply()
    assert all(torch.equal(a, b) for a, b in zip(weights, copies, strict=True))
    assert ours_.state_dict()["factors"] == [0.25, 1.0]
    with pytest.raises(ArgumentError, match="SGD: factor must be a number in"):
        ours_.scale_rate(weights, -1.0)


def test_rates_by_layer_and_by_depth() -> None:
    """Plain gradient descent: each layer moves by its share of what it moves at the full rate."""
    moved = []
    for factors in ({}, {"stem": 0.1, "right": 0.0}, None):
        torch.manual_seed(0)
        model = graph()
        before = snapshot(model)
        model.compile(SGD(0.1), "sparse_categorical_crossentropy")
        if factors is None:
            assert model.decay_learning_rate_by_depth(0.5) == {"stem": 0.5}
        else:
            model.scale_learning_rate(factors)
        x, y = data()
        model.fit(x, y, batch_size=len(x), epochs=1, verbose=0)
        after = snapshot(model)
        moved.append({name: after[name] - before[name] for name in before})
    whole, scaled, deep = moved
    for name in ("stem.weight", "left.weight", "right.bias", "head.weight"):
        layer = name.partition(".")[0]
        by_name = {"stem": 0.1, "right": 0.0}.get(layer, 1.0)
        by_depth = 1.0 if layer == "head" else 0.5  # stem, left and right work at one resolution
        torch.testing.assert_close(scaled[name], by_name * whole[name], rtol=1e-4, atol=1e-7)
        torch.testing.assert_close(deep[name], by_depth * whole[name], rtol=1e-4, atol=1e-7)
    with pytest.raises(UnknownNameError, match="scale_learning_rate: no layer is named 'stems'"):
        model.scale_learning_rate({"stems": 0.1})
    with pytest.raises(ArgumentError, match="decay_learning_rate_by_depth: decay must be a number in"):
        model.decay_learning_rate_by_depth(2.0)
    with pytest.raises(NotCompiledError, match=r"scale_learning_rate: call model\.compile"):
        graph().scale_learning_rate({})
