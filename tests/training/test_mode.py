"""Which mode a network runs in is each thread's own: what others do at the same time changes no answer and no weight."""

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from convolens import features, models
from convolens.analysis import explain
from convolens.callbacks import Callback
from convolens.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten
from convolens.metrics import Precision
from convolens.training.hooks import hooked
from convolens.training.mode import mode, set_mode

CLASSES, SIDE = 3, 8


class Foreign(torch.nn.Module):
    """A network of somebody else's, whose parts read their own flags."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.drop = torch.nn.BatchNorm2d(3), torch.nn.Dropout(0.9)
        self.last = torch.nn.Linear(3 * SIDE * SIDE, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.softmax(self.last(self.drop(self.norm(x)).flatten(1)), 1)


def ours() -> models.Model:
    return models.Sequential(
        [
            Conv2D(4, 3, input_shape=(SIDE, SIDE, 3)),
            BatchNormalization(momentum=0.5),
            Dropout(0.9),
            Flatten(),
            Dense(CLASSES, activation="softmax"),
        ]
    )


NETWORKS: dict[str, Callable[[], models.Model]] = {"ours": ours, "foreign": lambda: models.Model(Foreign())}


def compiled(name: str) -> models.Model:
    model = NETWORKS[name]()
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def photos(count: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(0)
    return draw.random((count, SIDE, SIDE, 3), np.float32), draw.integers(0, CLASSES, count)


def in_threads(*works: Callable[[], Any]) -> list[Any]:
    """Return what each gives, all of them at once, twenty times over; a fault of one is raised."""
    results: list[Any] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(place: int) -> None:
        start.wait()
        try:
            results[place] = [works[place]() for _ in range(20)]
        except BaseException as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


@pytest.mark.parametrize("name", NETWORKS)
def test_threads_get_what_a_lone_call_gets(name: str) -> None:
    model, (x, y) = compiled(name), photos(12)
    alone = model.predict(x), model.evaluate(x, y, batch_size=5), model(x)
    before = {key: value.clone() for key, value in model.module.state_dict().items()}
    flags = [part.training for part in model.module.modules()]
    calls = (lambda: model.predict(x), lambda: model.evaluate(x, y, batch_size=5), lambda: model(x))
    found = in_threads(*(2 * calls))
    for place, results in enumerate(found):
        for result in results:
            np.testing.assert_allclose(result, alone[place % 3], atol=1e-6)
    assert all(torch.equal(before[key], value) for key, value in model.module.state_dict().items())
    assert [part.training for part in model.module.modules()] == flags


@pytest.mark.parametrize("name", NETWORKS)
def test_a_training_is_not_disturbed(name: str) -> None:
    x, y = photos(24)

    def trained(
        beside: Callable[[models.Model], Any] | None,
    ) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        torch.manual_seed(1)
        model = compiled(name)
        histories = []

        def train() -> None:
            torch.manual_seed(2)
            histories.append(model.fit(x, y, batch_size=4, epochs=1, verbose=0, seed=3).history)

        works = [train] if beside is None else [train, lambda: beside(model)]
        in_threads(*works)
        return dict(model.module.state_dict()), histories[-1]

    def look(model: models.Model) -> None:
        model.predict(x)
        model.evaluate(x, y)
        features.extract(model, x)

    model, history = trained(None)
    beside, same = trained(look)
    assert history == same
    assert all(torch.equal(model[key], beside[key]) for key in model)


def test_features_and_explanations_of_threads_are_their_own() -> None:
    model, (x, _) = compiled("foreign"), photos(4)
    places = [x[i : i + 1] for i in range(4)]
    works = [lambda one=one: features.extract(model, one, "norm", pool="none").values for one in places]
    alone = [work() for work in works]
    net = ours()
    asked = [lambda one=one: explain.grad_cam(net, one[0]) for one in places]
    maps = [ask() for ask in asked]
    found = in_threads(*works, *asked)
    for results, expected in zip(found, [*alone, *maps], strict=True):
        for result in results:
            np.testing.assert_allclose(result, expected, atol=1e-5)


class SlowDense(Dense):
    """Takes its time to be built, so that threads meet in the middle of it."""

    def build(self, input_shape: Any) -> None:
        self.times = getattr(self, "times", 0) + 1
        super().build(input_shape)
        time.sleep(0.02)


@pytest.mark.parametrize("nested", [False, True])
def test_a_network_that_threads_build_at_once_is_built_once(nested: bool) -> None:
    x, _ = photos(4)
    slow = [SlowDense(4), SlowDense(CLASSES)]
    last = [models.Sequential([Flatten(), *slow])] if nested else [Flatten(), *slow]
    model = models.Sequential([Conv2D(4, 3), BatchNormalization(), *last])
    for results in in_threads(*[lambda: model.predict(x)] * 4):
        for result in results:
            np.testing.assert_allclose(result, model.predict(x), atol=1e-6)
    assert [layer.times for layer in slow] == [1, 1]


def test_an_evaluation_shows_in_the_metrics_but_not_in_those_of_a_training() -> None:
    metric = Precision()
    model = models.Sequential([Flatten(input_shape=(SIDE, SIDE, 3)), Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=[metric])
    x, y = photos(24)
    _, measured = model.evaluate(x, y > 0, verbose=0)
    assert metric.result() == measured
    model.fit(x[:4], y[:4] > 0, verbose=0)
    seen: list[float] = []

    class Look(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            before = metric.result()
            model.evaluate(x, y > 0, verbose=0)
            seen.append(metric.result() - before)

    model.fit(x, y > 0, batch_size=8, verbose=0, callbacks=[Look()])
    assert seen == [0.0, 0.0, 0.0]


def test_a_network_within_another_has_its_own_mode() -> None:
    inner, outer = Dropout(0.5), Dropout(0.5)
    both = torch.nn.Sequential(inner, outer)
    alone = Dropout(0.5).eval()
    with mode(both, training=True):
        assert (inner.training, outer.training, alone.training) == (True, True, False)
        with mode(inner, training=False):
            assert (inner.training, outer.training) == (False, True)
        assert inner.training
    with mode(both.eval(), training=True):
        assert inner.training
    assert not inner.training


def test_flags_of_others_are_put_back_each_as_it_was() -> None:
    module = Foreign()
    module.norm.eval()

    def fail() -> None:
        with mode(module, training=False):
            assert not module.drop.training
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert (module.training, module.norm.training, module.drop.training) == (True, False, True)


def test_frozen_normalisation_stays_in_inference() -> None:
    module = Foreign()
    models.Model(module).module.norm.trainable = False  # type: ignore[assignment]
    with mode(module, training=True):
        assert (module.drop.training, module.norm.training) == (True, False)
    set_mode(module, training=True)
    assert not module.norm.training


def test_hooks_see_their_own_thread_and_go() -> None:
    layer, seen = torch.nn.ReLU(), []
    with hooked(layer, after=lambda module, inputs, output: seen.append(float(output))):
        layer(torch.tensor(1.0))
        in_threads(lambda: layer(torch.tensor(2.0)))
    layer(torch.tensor(3.0))
    assert seen == [1.0]
