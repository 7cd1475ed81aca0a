"""Every optimizer, option by option, gives the weights that Keras gives, over several steps."""

import contextlib
from typing import Any

import hypothesis
import hypothesis.strategies as st
import keras
import numpy as np
import pytest
import torch

import convolens
from convolens import optimizers

OPTIONS: dict[str, list[dict[str, Any]]] = {
    "SGD": [
        {},
        {"momentum": 0.9},
        {"momentum": 0.9, "nesterov": True},
        {"momentum": 0.5, "weight_decay": 0.01, "clipnorm": 1.0},
    ],
    "RMSprop": [
        {},
        {"rho": 0.5, "momentum": 0.9},
        {"centered": True},
        {"centered": True, "momentum": 0.5, "epsilon": 1e-3},
    ],
    "Adam": [{}, {"amsgrad": True}, {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}],
    "AdamW": [{}, {"weight_decay": 0.1}, {"amsgrad": True, "weight_decay": 0.0}],
    "Adadelta": [{}, {"learning_rate": 1.0, "rho": 0.5, "epsilon": 1e-3}],
    "Adagrad": [{}, {"initial_accumulator_value": 0.5, "epsilon": 1e-3}],
    "Adamax": [{}, {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}],
    "Nadam": [{}, {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}],
    "Ftrl": [
        {},
        {"l1_regularization_strength": 0.1, "l2_regularization_strength": 0.1, "beta": 0.1},
        {
            "learning_rate_power": -0.3,
            "initial_accumulator_value": 0.5,
            "l2_shrinkage_regularization_strength": 0.1,
        },
    ],
    "Lamb": [{}, {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}],
    "Lion": [{}, {"beta_1": 0.5, "beta_2": 0.9}],
}
SHARED: list[dict[str, Any]] = [
    {"clipnorm": 0.5},
    {"clipvalue": 0.1},
    {"global_clipnorm": 0.5},
    {"weight_decay": 0.01},
    {"learning_rate": 0.05},
    {"gradient_accumulation_steps": 2, "global_clipnorm": 0.5, "weight_decay": 0.01},
    {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2, "loss_scale_factor": 8.0},
    {"use_ema": True, "gradient_accumulation_steps": 3, "ema_overwrite_frequency": 1},
]
NAMES = list(OPTIONS)
CASES = [(name, o) for name, options in OPTIONS.items() for o in [*options, *SHARED]]


def weights_after(
    name: str,
    options: dict[str, Any],
    weights: list[np.ndarray],
    gradients: list[list[np.ndarray]],
    rates: dict[int, float],
    our_options: dict[str, Any] | None = None,
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    theirs = getattr(keras.optimizers, name)(**options)
    variables = [keras.Variable(weight) for weight in weights]
    theirs.build(variables)
    ours = getattr(optimizers, name)(**(our_options or options))
    parameters = [torch.nn.Parameter(torch.tensor(weight)) for weight in weights]
    ours.build(parameters)
    for step, step_gradients in enumerate(gradients):
        if step in rates:
            theirs.learning_rate = rates[step]
            ours.learning_rate = rates[step]
        theirs.apply([torch.tensor(gradient) for gradient in step_gradients])
        for parameter, gradient in zip(parameters, step_gradients, strict=True):
            parameter.grad = torch.tensor(gradient)
        ours.apply()
        ours.zero_grad()
    assert ours.iterations == len(gradients) // (options.get("gradient_accumulation_steps") or 1)
    assert ours.iterations == int(theirs.iterations)
    return (
        [variable.numpy() for variable in variables],
        [parameter.detach().numpy() for parameter in parameters],
    )


def test_every_optimizer_is_covered() -> None:
    assert {made.__name__ for made in optimizers.OPTIMIZERS.values()} == OPTIONS.keys()


@pytest.mark.parametrize("name", NAMES)
def test_twenty_steps_at_a_large_rate_end_where_those_of_keras_do(name: str) -> None:
    random = np.random.default_rng(0)
    weights = [random.standard_normal((4, 3)).astype(np.float32)]
    gradients = [[random.standard_normal((4, 3)).astype(np.float32)] for _ in range(20)]
    theirs, ours = weights_after(name, {"learning_rate": 0.1}, weights, gradients, {})
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("name", "options"), CASES, ids=str)
@hypothesis.given(data=st.data())
@hypothesis.settings(max_examples=8)
def test_weights_are_those_of_keras(name: str, options: dict[str, Any], data: st.DataObject) -> None:
    shapes = data.draw(st.lists(st.lists(st.integers(1, 5), max_size=4).map(tuple), min_size=1, max_size=3))
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    steps = data.draw(st.integers(1, 6))
    # From gradients so small that epsilon rules to ones that clipping rules.
    exponents = data.draw(st.lists(st.integers(-9, 1), min_size=steps, max_size=steps))
    rates = data.draw(st.dictionaries(st.integers(1, 5), st.floats(0.0, 0.1), max_size=2))
    if (
        name == "Ftrl"
    ):  # it divides by the rate: at 0 Keras' weights become NaN, and a change magnifies rounding
        rates = {}
    weights = [random.uniform(-0.5, 0.5, shape).astype(np.float32) for shape in shapes]
    gradients = [
        [(10.0**exponent * random.standard_normal(s)).astype(np.float32) for s in shapes]
        for exponent in exponents
    ]
    theirs, ours = weights_after(name, options, weights, gradients, rates)
    for their, our in zip(theirs, ours, strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-6, atol=1e-5 if name == "Ftrl" else 1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_weights_of_other_memory_layouts_are_updated_element_by_element(name: str) -> None:
    """torch's fused kernels walk raw memory; a gradient lying otherwise must not be mixed up."""
    weight, gradient = torch.randn(4, 3, 3, 3), torch.randn(4, 3, 3, 3)
    results = []
    for weight_format in (torch.contiguous_format, torch.channels_last):
        for gradient_format in (torch.contiguous_format, torch.channels_last):
            parameter = torch.nn.Parameter(weight.clone(memory_format=weight_format))
            optimizer = getattr(optimizers, name)(learning_rate=0.1)
            optimizer.build([parameter])
            for _ in range(3):
                parameter.grad = gradient.clone(memory_format=gradient_format)
                optimizer.apply()
            # A network moved to another layout in between keeps its state.
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
            optimizer.apply()
            results.append(parameter.detach().contiguous())
    for result in results[1:]:
        torch.testing.assert_close(result, results[0], rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("by", ["var_list", "var_names"])
def test_weights_left_out_of_decay_are_those_of_keras(name: str, by: str) -> None:
    random = np.random.default_rng(0)
    weights: dict[str, np.ndarray] = {
        word: random.standard_normal(shape).astype("float32")
        for word, shape in {"kernel": (4, 3), "bias": (3,), "gamma": (3,)}.items()
    }
    options = {"learning_rate": 0.1, "weight_decay": 0.3}
    ends = []
    for library in (keras, convolens):
        optimizer = getattr(library.optimizers, name)(**options)
        variables = [library.Variable(weights[word], name=word) for word in weights]
        given = {"var_list": variables[1:]} if by == "var_list" else {"var_names": ["bias", "^gam"]}
        optimizer.exclude_from_weight_decay(**given)
        for gradient in (0.5, -0.25):
            optimizer.apply_gradients([(torch.full(tuple(v.shape), gradient), v) for v in variables])
        ends.append([np.asarray(keras.ops.convert_to_numpy(v)) for v in variables])
    for theirs, ours in zip(*ends, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("by", ["var_list", "var_names"])
def test_a_model_leaves_weights_out_of_decay_as_that_of_keras(by: str) -> None:
    x = np.random.default_rng(0).normal(size=(8, 6)).astype("float32")
    start: list[np.ndarray] = []
    ends = []
    for library in (keras, convolens):
        parts = [
            library.layers.Dense(4, "tanh"),
            library.layers.BatchNormalization(),
            library.layers.Dense(2),
        ]
        model = library.Sequential([library.layers.Input((6,)), *parts])
        start = start or [np.asarray(array) + 0.1 for array in model.get_weights()]
        model.set_weights(start)
        optimizer = library.optimizers.AdamW(0.05, weight_decay=0.5)
        given: dict[str, Any] = (
            {"var_list": [parts[0].kernel]} if by == "var_list" else {"var_names": ["bias", "gamma"]}
        )
        optimizer.exclude_from_weight_decay(**given)
        model.compile(optimizer, "mse")
        model.fit(x, x[:, :2], epochs=3, batch_size=4, shuffle=False, verbose=0)
        ends.append(model.get_weights())
    for theirs, ours in zip(*ends, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_parameters_of_a_torch_module_are_left_out_by_their_places() -> None:
    module = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Linear(3, 3))
    kept = [parameter.detach().clone() for parameter in module.parameters()]
    model = convolens.Model(module)
    model.compile(optimizers.SGD(0.1, weight_decay=0.5), "mse")
    model.optimizer.exclude_from_weight_decay(var_names=["bias", r"^1\."])
    x = np.zeros((2, 3), "float32")
    model.fit(x, model.predict(x, verbose=0), verbose=0)
    changed = [not torch.equal(one, other) for one, other in zip(module.parameters(), kept, strict=True)]
    assert changed == [True, False, False, False]
    with pytest.raises(ValueError, match="SGD: exclude_from_weight_decay after the optimizer was built"):
        model.optimizer.exclude_from_weight_decay(var_names=["kernel"])


def test_parameters_without_gradient_stay_and_the_step_counts_for_all() -> None:
    """Adam's bias correction counts the optimizer's steps, as in Keras, not each weight's own."""
    first, second = torch.ones(2), torch.ones(2)
    theirs = keras.optimizers.Adam(0.01)
    variables = [keras.Variable(first.numpy()), keras.Variable(second.numpy())]
    theirs.build(variables)
    ours = optimizers.Adam(0.01)
    parameters = [torch.nn.Parameter(first.clone()), torch.nn.Parameter(second.clone())]
    ours.build(parameters)
    for given in ([0], [0], [0, 1]):
        for i, parameter in enumerate(parameters):
            parameter.grad = torch.full((2,), 0.5) if i in given else None
        with pytest.warns(UserWarning, match="Gradients") if len(given) == 1 else contextlib.nullcontext():
            theirs.apply([None if p.grad is None else p.grad.clone() for p in parameters])
        ours.apply()
        if len(given) == 1:
            torch.testing.assert_close(parameters[1].detach(), second)
    for variable, parameter in zip(variables, parameters, strict=True):
        np.testing.assert_allclose(parameter.detach(), variable.numpy(), atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_a_schedule_gives_the_rate_of_each_step(name: str) -> None:
    weights = [np.linspace(-0.4, 0.4, 6, dtype=np.float32)]
    gradients = [[np.full(6, 0.3, np.float32)] for _ in range(4)]
    theirs_schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    ours_schedule = optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    for our_schedule in (ours_schedule, theirs_schedule):  # an object of Keras' will do as well
        theirs, ours = weights_after(
            name,
            {"learning_rate": theirs_schedule},
            weights,
            gradients,
            {},
            {"learning_rate": our_schedule},
        )
        np.testing.assert_allclose(ours[0], theirs[0], atol=1e-6)
