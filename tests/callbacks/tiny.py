"""Tiny models of both libraries, and a way to lead a callback through given logs."""

import contextlib
import io
import warnings
from typing import Any

import numpy as np

import convolens


def model(library: Any = convolens, metrics: Any = ("accuracy",), units: int = 1) -> Any:
    """Return a compiled model of convolens or of Keras."""
    made = library.Sequential(
        [library.Input((2,)), library.layers.Dense(units, activation="sigmoid", name="dense")], name="tiny"
    )
    made.compile("sgd", "mse", metrics=list(metrics))
    made.test_on_batch(np.zeros((1, 2)), np.zeros((1, 1)))  # Keras makes its metrics at the first batch
    return made


def rate_of(trained: Any) -> float:
    """Return the learning rate in float32, which is all that Keras keeps."""
    return float(np.float32(trained.optimizer.learning_rate))


def drive(
    callback: Any, trained: Any, epochs: list[dict[str, Any]], steps: list[list[dict[str, Any]]] | None = None
) -> dict[str, Any]:
    """Call the hooks as `fit` does, with given logs of the epochs and, in `steps`, of the batches of each.

    The weights of epoch e are all e + 1 when it ends, so that they tell from which epoch they come.
    """
    rates: list[float] = []
    seen: list[dict[str, Any]] = []
    trained.stop_training = False
    callback.set_model(trained)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        callback.on_train_begin()
        for epoch, logs in enumerate(epochs):
            callback.on_epoch_begin(epoch)
            rates.append(rate_of(trained))
            for batch, batch_logs in enumerate(steps[epoch] if steps else []):
                callback.on_train_batch_begin(batch)
                callback.on_train_batch_end(batch, dict(batch_logs))
                if trained.stop_training:
                    break
            trained.set_weights([np.full_like(weight, epoch + 1) for weight in trained.get_weights()])
            logs = dict(logs)
            callback.on_epoch_end(epoch, logs)
            seen.append(logs)
            if trained.stop_training:
                break
        callback.on_train_end()
    return {
        "stopped": bool(trained.stop_training),
        "epochs": len(seen),
        "rates": [*rates, rate_of(trained)],
        "names": [sorted(logs) for logs in seen],
        "weights": [weight.tolist() for weight in trained.get_weights()],
        "printed": printed.getvalue(),
    }
