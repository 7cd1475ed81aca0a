"""Averages of weights and accumulated gradients: Keras' fit and ours end with the same weights."""

import keras
import numpy as np
import pytest
import torch

from convolens import layers, models, optimizers
from convolens.callbacks import SwapEMAWeights
from convolens.errors import ArgumentError

OPTIONS = [
    {"gradient_accumulation_steps": 2},  # five batches an epoch: a group goes over its end
    {"gradient_accumulation_steps": 4, "clipnorm": 0.1, "use_ema": True, "ema_momentum": 0.7},
    {"use_ema": True, "ema_momentum": 0.9},
    {"use_ema": True, "ema_momentum": 0.9, "ema_overwrite_frequency": 3},
]
CASES = [
    (options, swap)
    for options in OPTIONS
    for swap in ((None, False, True) if "use_ema" in options else (None,))
]


def data() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    x = random.standard_normal((18, 4)).astype(np.float32)
    return x, (x.sum(1) > 0).astype(np.int64)


@pytest.mark.parametrize(("options", "swap"), CASES, ids=str)
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_fit_ends_with_the_weights_of_keras(name: str, options: dict, swap: bool | None) -> None:
    x, y = data()
    ours = models.Sequential([layers.Dense(3, activation="relu", input_shape=(4,)), layers.Dense(2)])
    theirs = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3, activation="relu"), keras.layers.Dense(2)]
    )
    theirs.set_weights(ours.get_weights())
    ours.compile(
        getattr(optimizers, name)(
            optimizers.schedules.ExponentialDecay(0.1, 3, 0.8), **options
        ),
        loss="mse", metrics=["mae"],
    )  # fmt: skip
    theirs.compile(
        getattr(keras.optimizers, name)(
            keras.optimizers.schedules.ExponentialDecay(0.1, 3, 0.8), **options
        ),
        loss="mse", metrics=["mae"],
    )  # fmt: skip
    y = np.stack([y, 1 - y], 1).astype(np.float32)
    given = {"batch_size": 4, "epochs": 3, "shuffle": False, "verbose": 0, "validation_data": (x[:8], y[:8])}
    history = ours.fit(x, y, callbacks=[] if swap is None else [SwapEMAWeights(swap)], **given)
    expected = theirs.fit(
        x, y, callbacks=[] if swap is None else [keras.callbacks.SwapEMAWeights(swap)], **given
    )
    for our, their in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-5, atol=1e-6)
    for key, values in expected.history.items():
        np.testing.assert_allclose(history.history[key], values, rtol=1e-5, err_msg=key)


def test_averages_are_exchanged_and_given_back_to_the_bit() -> None:
    weight = torch.nn.Parameter(torch.rand(5))
    optimizer = optimizers.Adam(use_ema=True)
    optimizer.build([weight])
    optimizer.swap_averages()
    assert not optimizer.averages_in_model  # there are none before the first batch
    for _ in range(3):
        weight.grad = torch.rand(5)
        optimizer.apply()
    before = weight.detach().clone()
    optimizer.swap_averages()
    assert optimizer.averages_in_model
    assert not torch.equal(weight, before)
    averages = weight.detach().clone()
    state = optimizer.state_dict()

    again = optimizers.Adam(use_ema=True)
    other = torch.nn.Parameter(averages.clone())
    again.build([other])
    again.load_state_dict(state)
    for each, parameter in ((optimizer, weight), (again, other)):
        each.swap_averages()
        assert torch.equal(parameter, before)
        each.use_averages()
        assert torch.equal(parameter, averages)
        each.swap_averages()
        assert torch.equal(parameter, averages)


def test_training_is_never_on_averages() -> None:
    """A state that was saved with them in the network is trained on from the weights."""
    x, y = data()
    results = []
    for swapped in (False, True):
        torch.manual_seed(0)
        model = models.Sequential([layers.Dense(2, input_shape=(4,))])
        model.compile(optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5), "crossentropy")
        for _ in range(3):
            model.train_on_batch(x, y)
            if swapped:
                model.optimizer.swap_averages()
        if swapped:
            model.optimizer.swap_averages()
        results.append(model.get_weights())
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)


def test_there_have_to_be_averages_to_swap() -> None:
    model = models.Sequential([layers.Dense(2, input_shape=(4,))])
    model.compile("sgd", "crossentropy")
    with pytest.raises(ArgumentError, match=r"SwapEMAWeights: the optimizer keeps no averages.*use_ema=True"):
        model.fit(*data(), verbose=0, callbacks=[SwapEMAWeights()])
