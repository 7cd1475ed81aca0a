"""The range test finds the rates, and leaves everything as it was, to the bit."""

import math

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from PIL import Image

from convolens.analysis import RangeTest, find_learning_rate, plot_learning_rates
from convolens.analysis.learning_rate import growing_rates
from convolens.errors import ArgumentError, ArgumentTypeError, NotCompiledError
from convolens.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, Input
from convolens.models import Model, Sequential
from convolens.optimizers.schedules import OneCycle
from convolens.preprocessing.image import ImageDataGenerator
from convolens.training.state import RandomStates


def data(samples=64):
    """Light and dark noise, and which it is."""
    generator = np.random.default_rng(1)
    y = np.arange(samples) % 2
    return generator.uniform(0, 1, (samples, 6, 6, 3)).astype(np.float32) * (0.4 + 0.6 * y)[
        :, None, None, None
    ].astype(np.float32), y


def network(optimizer="adamw", **options):
    """With all that has a state: moving averages, dropout, an optimizer's slots."""
    model = Sequential(
        [Input(shape=(6, 6, 3)), Conv2D(4, 3), BatchNormalization(), Flatten(), Dropout(0.3), Dense(2, activation="softmax")]
    )  # fmt: skip
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    return model


def flat(value, name=""):
    """Return every leaf of nested states as bytes."""
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in flat(item, f"{name}.{key}")]
    if isinstance(value, (list, tuple)):
        return [leaf for number, item in enumerate(value) for leaf in flat(item, f"{name}.{number}")]
    if isinstance(value, torch.Tensor):
        return [(name, value.detach().cpu().numpy().tobytes())]
    return [(name, value.tobytes() if isinstance(value, np.ndarray) else repr(value))]


def everything(model):
    """Weights, buffers, gradients, optimizer, rate, random streams, history and what is being trained."""
    gradients = [None if p.grad is None else p.grad.clone() for p in model.module.parameters()]
    optimizer = model.optimizer.state_dict() | {"rate": model.optimizer.learning_rate}
    history = None if model.history is None else model.history.history
    states = [model.module.state_dict(), gradients, optimizer, model.precision.state_dict()]
    return flat([*states, RandomStates().state_dict(), history, model.module.training])


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
@pytest.mark.parametrize("trained", [False, True])
def test_nothing_is_changed(trained, precision):
    x, y = data()
    from convolens.optimizers import AdamW

    optimizer = AdamW(OneCycle(0.01, 100), use_ema=True, gradient_accumulation_steps=3, global_clipnorm=1.0)
    model = network(optimizer, precision=precision)
    if trained:
        model.fit(x, y, epochs=1, batch_size=16, verbose=0)
    before, same = everything(model), [model.optimizer, model.module, model.history, *model.compiled_metrics]
    test = find_learning_rate(model, x, y, batch_size=16, steps=20)
    assert len(test.rates) > 5
    assert everything(model) == before
    after = [model.optimizer, model.module, model.history, *model.compiled_metrics]
    assert all(one is other for one, other in zip(after, same, strict=True))


def test_a_model_that_is_not_built_stays_so():
    x, y = data()
    model = Sequential([Flatten(), Dense(2, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    before = RandomStates().state_dict()
    find_learning_rate(model, x, y, steps=12)
    assert not model.built
    assert not model.optimizer.built
    assert flat(before) == flat(RandomStates().state_dict())


def test_trains_as_fit_does_with_the_same_rates():
    """Each loss is that of `fit` with the growing rate as its schedule."""
    x, y = data()
    model, twin = network("sgd"), network("sgd")
    twin.set_weights(model.get_weights())
    test = find_learning_rate(model, x, y, batch_size=16, min_rate=1e-3, max_rate=0.5, steps=12, seed=5)
    rates = growing_rates("t", 1e-3, 0.5, 12)
    assert test.rates == rates
    twin.optimizer.learning_rate = lambda step: rates[min(step, 11)]
    losses = []

    from convolens.callbacks import Callback
    from convolens.utils import set_random_seed

    class Note(Callback):
        def on_train_batch_end(self, batch, logs=None):
            mean = logs["loss"]
            losses.append(mean * (batch + 1) - sum(losses[len(losses) - batch :] if batch else []))

    set_random_seed(5)
    twin.fit(x, y, batch_size=16, epochs=3, verbose=0, callbacks=[Note()], seed=5)
    np.testing.assert_allclose(test.losses, losses, rtol=1e-4)


@pytest.mark.parametrize("kind", ["arrays", "flow", "loader"])
def test_same_seed_same_curve(kind):
    x, y = data()
    flow = ImageDataGenerator(rotation_range=20).flow(x, y, batch_size=16, seed=3)
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(torch.from_numpy(x).permute(0, 3, 1, 2), torch.from_numpy(y)),
        batch_size=16, shuffle=True, generator=torch.Generator().manual_seed(4),
    )  # fmt: skip
    given_x = {"arrays": (x, y), "flow": (flow,), "loader": (loader,)}[kind]
    model = network()
    curves = [find_learning_rate(model, *given_x, steps=15, seed=seed) for seed in (7, 7, 8)]
    assert curves[0] == curves[1]
    assert curves[0] != curves[2]  # dropout at least
    if kind == "flow":  # still at its beginning
        fresh = ImageDataGenerator(rotation_range=20).flow(x, y, batch_size=16, seed=3)
        for _ in range(6):
            np.testing.assert_array_equal(next(flow)[0], next(fresh)[0])


def test_data_that_change_at_the_end_of_an_epoch_stay():
    x, y = data()

    class Mine:
        order = np.arange(4)

        def __len__(self):
            return 4

        def __getitem__(self, number):
            rows = slice(16 * self.order[number], 16 * self.order[number] + 16)
            return x[rows], y[rows]

        def on_epoch_end(self):
            np.random.shuffle(self.order)

    mine = Mine()
    find_learning_rate(network(), mine, steps=12)
    assert mine.order.tolist() == [0, 1, 2, 3]


def test_a_bowl_breaks_where_mathematics_says():
    """Gradient descent on w^2 diverges above a rate of 1: the loss is smallest below, and explodes above."""

    class Bowl(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.w = torch.nn.Parameter(torch.tensor([[3.0]]))

        def forward(self, x):
            return self.w.expand(len(x), 1)

    model = Model(Bowl())
    model.compile("sgd", "mse")
    x = np.zeros((8, 1), np.float32)
    test = find_learning_rate(model, x, x, min_rate=1e-4, max_rate=100.0, steps=200)
    assert "more than 4 times its best" in test.ended
    assert 1.0 < test.rates[-1] < 10.0
    assert 0.01 < test.steepest < test.minimum < 1.2
    assert test.tenth_of_minimum == test.minimum / 10


def test_ends_at_a_loss_that_is_no_number():
    x, y = data()
    x[40:] = np.inf
    test = find_learning_rate(network(), x, y, batch_size=32, steps=50)
    assert test.ended.startswith("the loss became nan at step ")
    assert not math.isfinite(test.losses[-1])
    assert np.isfinite(test.smoothed).all()
    assert len(test.losses) <= 2


def test_no_suggestion_where_nothing_is_learnt():
    """Labels that are coins, with rates that change nothing."""
    x, _ = data(256)
    y = np.random.default_rng(3).integers(0, 2, 256)
    test = find_learning_rate(network("sgd"), x, y, min_rate=1e-12, max_rate=1e-9, steps=40)
    assert not test.fell
    assert (test.steepest, test.minimum, test.tenth_of_minimum) == (None, None, None)


@settings(max_examples=30)
@given(
    st.floats(1e-9, 1.0),
    st.floats(1.01, 1e9),
    st.integers(10, 300),
)
def test_rates_grow_by_one_factor(low, ratio, steps):
    rates = growing_rates("t", low, low * ratio, steps)
    assert len(rates) == steps
    assert (rates[0], rates[-1]) == pytest.approx((low, low * ratio))
    np.testing.assert_allclose(np.diff(np.log(rates)), np.log(ratio) / (steps - 1), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"min_rate": 1.0, "max_rate": 0.1}, "min_rate must be below max_rate; received 1 and 0.1"),
        ({"min_rate": 0.0}, "min_rate must be above 0; received 0.0"),
        ({"max_rate": float("inf")}, "max_rate must be a number in"),
        ({"steps": 9}, "steps must be an integer of at least 10; received 9"),
    ],
)
def test_bad_numbers(arguments, words):
    x, y = data(8)
    with pytest.raises(ArgumentError, match=words.replace("[", r"\[")):
        find_learning_rate(network(), x, y, **arguments)


def test_bad_models_and_data():
    x, y = data(8)
    with pytest.raises(NotCompiledError, match=r"find_learning_rate: call model\.compile"):
        find_learning_rate(Sequential([Flatten(), Dense(2)]), x, y)
    with pytest.raises(ArgumentTypeError, match="received generator, whose batches would be gone afterwards"):
        find_learning_rate(network(), ((x, y) for _ in range(3)))


def test_the_picture_marks_the_suggestions(tmp_path):
    rates = growing_rates("t", 1e-5, 1.0, 40)
    losses = [2.0 - 1.5 / (1 + math.exp(-2 * (math.log10(rate) + 3))) for rate in rates[:35]] + [9.0] * 5
    test = RangeTest(rates, losses, losses, "the loss exploded")
    figure = plot_learning_rates(test, tmp_path / "new" / "lr.png")
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    circles = {line.get_label(): line for line in axes.lines if line.get_marker() in ("o", "D")}
    assert list(circles) == [
        f"falls fastest: {test.steepest:.2g}",
        f"a tenth of the minimum: {test.tenth_of_minimum:.2g}",
    ]
    steepest = circles[f"falls fastest: {test.steepest:.2g}"]
    assert steepest.get_xdata()[0] == test.steepest == pytest.approx(1e-3, rel=0.3)
    assert steepest.get_ydata()[0] == pytest.approx(losses[rates.index(test.steepest)])
    assert Image.open(tmp_path / "new" / "lr.png").size == (720, 440)


def test_the_picture_of_nothing_learnt():
    flat_test = RangeTest([0.1, 0.2, 0.4], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0], "all 3 steps were taken")
    assert len(plot_learning_rates(flat_test).axes[0].get_legend().get_texts()) == 2
