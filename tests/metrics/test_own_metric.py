"""Metrics of the user's own, in the words of Keras 2 and 3, give the same in `fit` and `evaluate` as in Keras."""

from typing import Any

import keras
import numpy as np
import pytest

import convolens
from convolens.errors import CheckpointError


def own(library: Any, old: bool) -> Any:
    class RightOnes(library.metrics.Metric):  # type: ignore[misc, name-defined]
        def __init__(self, name: str = "right_ones", **options: Any) -> None:
            super().__init__(name=name, **options)
            self.right = self.add_weight(name="right", initializer="zeros")
            self.seen = self.add_weight(shape=(), initializer="ones", name="seen")

        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            hits = (y_pred > 0.5) * (y_true > 0.5)
            self.right.assign_add(hits.sum())
            self.seen.assign_add(float(y_pred.shape[0]))

        def result(self) -> Any:
            return self.right / self.seen

    if old:
        RightOnes.reset_states = lambda self: (self.right.assign(0.0), self.seen.assign(0.0))
    return RightOnes


@pytest.mark.parametrize("old", [False, True])
def test_values_are_those_of_keras(old: bool) -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(20, 3)).astype("f"), random.integers(0, 2, (20, 1)).astype("f")
    values = []
    for library in (convolens, keras):
        model = library.Sequential(
            [library.layers.Input((3,)), library.layers.Dense(1, activation="sigmoid")]
        )
        model.set_weights([np.array([[0.5], [1.0], [-1.0]], "f"), np.zeros(1, "f")])
        model.compile("sgd", "mse", metrics=[own(library, old and library is convolens)()])
        history = model.fit(x, y, 8, epochs=2, shuffle=False, verbose=0).history["right_ones"]
        values.append([*history, model.evaluate(x, y, verbose=0)[1]])
    np.testing.assert_allclose(*values, rtol=1e-5)


def test_state_and_result() -> None:
    made, again = own(convolens, False)(), own(convolens, False)()
    made.update_state(np.array([1.0, 0.0]), np.array([0.9, 0.1]))
    again.load_state_dict(made.state_dict())
    assert again.result() == made.result() == pytest.approx(1 / 3)
    assert made.result().numpy().dtype == np.float32
    made.reset_states()
    assert [float(variable) for variable in made.variables] == [0.0, 0.0]
    assert [float(variable) for variable in again.variables] == [1.0, 3.0]
    with pytest.raises(CheckpointError, match="of another metric"):
        made.load_state_dict({})


def test_results_of_ours_have_the_words_of_tensors() -> None:
    mean = convolens.metrics.Mean("train_loss", dtype="float32")
    mean(2.0)
    assert (mean.result().numpy(), f"{mean.result():.1f}") == (np.float32(2.0), "2.0")
    mean.reset_states()
    assert mean.result() == 0.0
