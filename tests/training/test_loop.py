"""The loops: epochs, steps and events; what ends a training early keeps what was learned."""

import warnings
from typing import Any

import numpy as np
import pytest
import torch

import convolens
from convolens import callbacks, layers
from convolens.callbacks import LambdaCallback
from convolens.errors import ArgumentError
from convolens.training import LazyLogs, Step, loop, make_batch, make_source
from convolens.training.step import as_surface

X = np.linspace(-1, 1, 40, dtype=np.float32).reshape(20, 2)
Y = (X[:, :1] > 0).astype(np.float32)


def model() -> Any:
    made = convolens.Sequential(
        [convolens.Input((2,)), layers.Dense(3), layers.BatchNormalization(), layers.Dense(1)]
    )
    made.compile("sgd", "mse", metrics=["mae"])
    return made


def fit(trained: Any, *given: Any, **options: Any) -> Any:
    arguments = {"batch_size": 5, "epochs": 3, "verbose": 0, "seed": 1} | options
    return trained.fit(X, Y, callbacks=list(given), **arguments)


def same(a: list[np.ndarray], b: list[np.ndarray]) -> bool:
    return all(np.array_equal(one, other) for one, other in zip(a, b, strict=True))


def test_ctrl_c_in_the_middle_of_an_epoch_keeps_what_was_learned(capsys: Any) -> None:
    trained = model()
    start = trained.get_weights()
    steps: list[Any] = []
    ended: list[Any] = []

    def interrupt(batch: int, logs: Any) -> None:
        steps.append(trained.get_weights())
        if len(steps) == 7:
            raise KeyboardInterrupt

    trained.module.eval()
    stop = LambdaCallback(on_train_batch_end=interrupt, on_train_end=lambda logs: ended.append(sorted(logs)))
    history = fit(trained, stop)
    assert history.interrupted
    assert history.epoch == [0]
    assert ended == [["loss", "mae"]]
    assert same(trained.get_weights(), steps[-1])
    assert not same(trained.get_weights(), start)
    assert trained.module.training is False  # as it was before
    assert "Interrupted after 1 finished epochs; what was learned is kept." in capsys.readouterr().out
    again = fit(trained, history, epochs=5, initial_epoch=1)  # and the training can go on
    assert again is history
    assert not history.interrupted
    assert history.epoch == [0, 1, 2, 3, 4]


def test_an_error_ends_the_training_and_restores_the_mode() -> None:
    trained = model()
    trained.module.eval()
    told: list[str] = []

    def fail(epoch: int, logs: Any) -> None:
        raise RuntimeError("mine")

    watch = LambdaCallback(
        on_train_abort=lambda: told.append("abort"), on_train_end=lambda logs: told.append("end")
    )
    with pytest.raises(RuntimeError, match="mine"):
        fit(trained, watch, LambdaCallback(on_epoch_end=fail))
    assert told == ["abort"]
    assert trained.module.training is False


def test_stopping_within_an_epoch_finishes_it_with_validation() -> None:
    trained = model()
    steps: list[int] = []

    def stop(batch: int, logs: Any) -> None:
        steps.append(batch)
        trained.stop_training = batch == 1

    history = fit(trained, LambdaCallback(on_train_batch_end=stop), validation_data=(X, Y))
    assert steps == [0, 1]
    assert sorted(history.history) == ["loss", "mae", "val_loss", "val_mae"]
    assert history.epoch == [0]


@pytest.mark.parametrize(
    ("freq", "validated"),
    [(1, [0, 1, 2, 3, 4]), (2, [1, 3]), (5, [4]), (6, []), ([1, 4], [0, 3]), ((9,), [])],
)
def test_validation_freq(freq: Any, validated: list[int]) -> None:
    found: list[int] = []
    watch = LambdaCallback(
        on_epoch_end=lambda epoch, logs: found.append(epoch) if "val_loss" in logs else None
    )
    fit(model(), watch, epochs=5, validation_data=(X, Y), validation_freq=freq)
    assert found == validated


def test_validation_changes_nothing_of_the_training() -> None:
    start = model().get_weights()
    results = []
    for options in ({}, {"validation_data": (X, Y), "validation_batch_size": 7}):
        trained = model()
        trained.set_weights(start)
        history = fit(trained, **options)
        results.append((history.history["loss"], history.history["mae"], trained.get_weights()))
    assert results[0][:2] == results[1][:2]
    assert same(results[0][2], results[1][2])


def test_training_in_parts_is_training_in_one_go() -> None:
    start = model().get_weights()
    one, two = model(), model()
    for trained in (one, two):
        trained.set_weights(start)
    fit(one, epochs=4)
    fit(two, epochs=1)
    fit(two, epochs=4, initial_epoch=1)
    assert same(one.get_weights(), two.get_weights())


def test_data_that_end_end_the_training() -> None:
    """Keras goes on with the loss of no data; zero would be the best of all."""
    batches = [(X[:10], Y[:10]), (X[10:], Y[10:])]
    with pytest.warns(UserWarning, match="ended after 0 batches of epoch 2, where another epoch"):
        history = model().fit(iter(batches), epochs=5, verbose=0)
    assert history.epoch == [0]
    with pytest.warns(UserWarning, match="ended after") as said:
        history = model().fit(iter(batches * 2), epochs=5, steps_per_epoch=3, verbose=0)
    assert history.epoch == [0, 1]
    assert min(history.history["loss"]) > 0
    assert ["after 1 batches of epoch 2" in str(said[0].message), "after 0" in str(said[1].message)] == [
        True, True,
    ]  # fmt: skip


def test_no_data_to_evaluate_is_refused() -> None:
    trained = model()
    with (
        pytest.warns(UserWarning, match="ended after 0 batches"),
        pytest.raises(ArgumentError, match="evaluate: the data held no batch; where a generator gave all"),
    ):
        trained.evaluate(iter([]), verbose=0)
    with (
        pytest.warns(UserWarning, match="ended after 0 batches"),
        pytest.raises(ArgumentError, match=r"give steps \(validation_steps in fit\) and make it endless"),
    ):
        fit(trained, validation_data=iter([(X, Y)]))
    assert len(fit(trained, validation_data=[(X, Y)]).history["val_loss"]) == 3


def test_class_weight_moves_the_loss() -> None:
    start = model().get_weights()
    losses = []
    for class_weight in (None, {0: 1.0, 1: 1.0}, {0: 2.0, 1: 2.0}, {0: 0.0, 1: 0.0}):
        trained = model()
        trained.set_weights(start)
        losses.append(fit(trained, epochs=1, class_weight=class_weight, batch_size=20).history["loss"][0])
    np.testing.assert_allclose(losses, [losses[0], losses[0], 2 * losses[0], 0.0], rtol=1e-6)


def test_the_loss_that_is_nan_is_said_unless_something_stopped_it() -> None:
    bad = X * np.nan
    with pytest.warns(UserWarning, match="The loss is nan in epoch 1: .* Try a smaller learning rate"):
        model().fit(bad, Y, verbose=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model().fit(bad, Y, verbose=0, callbacks=[callbacks.TerminateOnNaN()])


def step_of(trained: Any) -> Step:
    return Step(
        trained.module, trained.compiled_loss, None, trained.compiled_metrics, [], torch.device("cpu")
    )


def test_lazy_logs_are_those_of_their_moment() -> None:
    step = step_of(model())
    step.evaluate(make_batch(X[:5], Y[:5]))
    logs = LazyLogs(step)
    assert len(logs) == 2
    assert sorted(logs) == ["loss", "mae"]
    assert dict(logs) == step.logs()
    first = logs["loss"]
    step.evaluate(make_batch(X[5:] + 9, Y[5:]))
    assert logs["loss"] == first != step.logs()["loss"]
    step.reset()
    assert step.logs()["loss"] == 0.0


def test_the_running_loss_is_the_mean_over_samples() -> None:
    trained = model()
    step = step_of(trained)
    events = callbacks.CallbackList()
    in_parts = loop.evaluate(step, make_source("evaluate", X, Y, batch_size=3), events)
    at_once = loop.evaluate(step, make_source("evaluate", X, Y, batch_size=20), events)
    assert in_parts == pytest.approx(at_once, rel=1e-6)
    errors = trained.predict(X, verbose=0) - Y
    assert at_once["loss"] == pytest.approx(float((errors**2).mean()), rel=1e-5)


def test_outputs_are_shown_channels_last() -> None:
    image = torch.zeros(2, 3, 4, 5)
    assert as_surface(image).shape == (2, 4, 5, 3)
    assert [tuple(part.shape) for part in as_surface((image, torch.zeros(2, 7)))] == [(2, 4, 5, 3), (2, 7)]
