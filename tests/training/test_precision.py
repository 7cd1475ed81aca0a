"""Precision: half of the bits gives nearly the same training, and goes on over a restart to the bit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from convolens import layers, models, optimizers
from convolens.callbacks import BackupAndRestore, Callback
from convolens.errors import CheckpointError, UnknownNameError
from convolens.training import Precision

RANDOM = np.random.default_rng(0)
X = RANDOM.uniform(0, 1, (48, 8, 8, 3)).astype(np.float32)
Y = (X[..., 0].mean((1, 2)) > X[..., 1].mean((1, 2))).astype(np.int64)


def network(
    precision: str, optimizer: Any = None, last: str = "softmax", dropout: float = 0.0
) -> models.Sequential:
    torch.manual_seed(1)
    model = models.Sequential(
        [
            layers.Conv2D(8, 3, padding="same", activation="relu", input_shape=(8, 8, 3)),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(dropout),
            layers.Dense(2 if last == "softmax" else 1, activation=last),
        ]
    )
    loss = "sparse_categorical_crossentropy" if last == "softmax" else "binary_crossentropy"
    model.compile(optimizer or optimizers.SGD(0.005), loss, ["accuracy"], precision=precision)
    return model


@pytest.mark.parametrize("last", ["softmax", "sigmoid"])
@pytest.mark.parametrize("precision", ["bfloat16", "mixed_float16"])
def test_a_training_in_half_precision_is_nearly_that_in_float32(precision: str, last: str) -> None:
    histories = []
    for each in ("float32", precision):
        half = network(each, last=last)
        if half.precision.name == "float16":  # by default the first steps overflow and are left out
            half.precision.scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
        half.fit(X, Y, batch_size=16, epochs=6, seed=1, verbose=0, validation_data=(X, Y))
        histories.append(half.history.history)
    expected, found = histories
    assert expected["loss"][-1] < expected["loss"][0]
    np.testing.assert_allclose(found["loss"], expected["loss"], rtol=0.02)
    np.testing.assert_allclose(found["val_loss"], expected["val_loss"], rtol=0.02)
    assert found["loss"] != expected["loss"]  # it was not float32 after all
    assert all(parameter.dtype == torch.float32 for parameter in half.module.parameters())
    copy = network("float32", last=last)
    copy.set_weights(half.get_weights())
    assert copy.evaluate(X, Y, verbose=0) == half.evaluate(X, Y, verbose=0)  # measured in float32


def test_loss_and_metrics_see_float32_and_the_network_does_not() -> None:
    seen = []

    def loss(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        seen.append(y_pred.dtype)
        return (y_pred - 1).square()

    model = models.Model(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(192, 2)))
    model.predict(X, verbose=0)
    inside: list[torch.dtype] = []
    model.module.register_forward_hook(lambda module, inputs, output: inside.append(output.dtype))
    model.compile("sgd", loss, precision="bfloat16")
    model.train_on_batch(X, Y)
    model.test_on_batch(X, Y)
    model.predict(X, batch_size=len(X), verbose=0)
    assert seen == [torch.float32] * 2
    assert inside == [torch.bfloat16, torch.float32, torch.float32]


@pytest.mark.parametrize("last", ["softmax", "sigmoid"])
def test_an_answer_that_is_almost_sure_still_teaches(last: str) -> None:
    """In bfloat16 0.9999 is 1, and the loss of it flat."""
    gradients = []
    for precision in ("bfloat16", "float32"):
        model = network(precision, last=last)
        dense = model.module.layers[-1]
        dense.weight.data.zero_()
        dense.bias.data.zero_()[-1] = 9.0
        model.train_on_batch(X, np.ones_like(Y))
        gradients.append(dense.bias.grad)
    torch.testing.assert_close(*gradients, rtol=0.02, atol=0.0)
    assert (gradients[0] != 0).all()


def test_a_step_whose_gradients_overflow_is_left_out() -> None:
    model = network("float16")
    model.train_on_batch(X, Y)
    scaler = model.precision.scaler
    assert scaler is not None
    scaler.update(2.0**120)
    before, batches = [p.detach().clone() for p in model.module.parameters()], model.optimizer.batches
    model.train_on_batch(X, Y)
    assert all(torch.equal(a, b) for a, b in zip(before, model.module.parameters(), strict=True))
    assert model.optimizer.batches == batches
    assert scaler.get_scale() == 2.0**119


def test_small_gradients_survive_float16() -> None:
    """Without a scale they are zero, and nothing is learnt."""
    moved = []
    for scaled in (True, False):
        model = models.Model(
            torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(192, 2), torch.nn.Linear(2, 2))
        )
        model.compile("sgd", lambda y_true, y_pred: y_pred.sum(1) * 1e-9, precision="float16")
        if not scaled:
            model.precision.scaler = torch.amp.GradScaler("cpu", init_scale=1.0)
        model.train_on_batch(X, Y)
        moved.append(bool((model.module[1].weight.grad != 0).any()))
    assert moved == [True, False]


class Killed(Exception):
    """Ends a training as a crash does."""


class Kill(Callback):
    """Ends a training in the middle of an epoch."""

    def on_checkpoint(self, epoch: int, batch: int) -> None:
        if (epoch, batch) == (1, 2):
            raise Killed


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_a_resumed_training_has_the_same_bytes(precision: str, tmp_path: Path) -> None:
    """Killed in the middle of an epoch, and of an accumulation: 3 batches an epoch, the fifth of a group of 3."""

    def fit(*callbacks: Callback) -> models.Sequential:
        optimizer = optimizers.AdamW(
            optimizers.schedules.OneCycle(0.01, 12), use_ema=True, ema_momentum=0.8,
            gradient_accumulation_steps=3, global_clipnorm=0.5,
        )  # fmt: skip
        model = network(precision, optimizer, dropout=0.2)
        if model.precision.name == "float16":
            model.precision.build(model.device)
            model.precision.scaler = torch.amp.GradScaler("cpu", 2.0**10, growth_interval=5)  # grows twice
        model.fit(X, Y, batch_size=16, epochs=4, seed=1, verbose=0, callbacks=list(callbacks))
        return model

    whole = fit()
    with pytest.raises(Killed):
        fit(BackupAndRestore(tmp_path, save_freq=1), Kill())
    parts = fit(BackupAndRestore(tmp_path, save_freq=1))
    assert parts.history is not None
    assert whole.history is not None
    assert parts.history.history == whole.history.history
    for one, other in zip(whole.get_weights(), parts.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    mine, theirs = whole.optimizer.state_dict(), parts.optimizer.state_dict()
    assert mine.keys() == theirs.keys()
    assert any(name.startswith("average.") for name in mine)
    assert any(name.startswith("accumulator.") for name in mine)
    for name, value in mine.items():
        assert torch.equal(torch.as_tensor(value), torch.as_tensor(theirs[name])), name
    assert whole.precision.state_dict() == parts.precision.state_dict()


def test_another_precision_is_no_way_to_go_on(tmp_path: Path) -> None:
    with pytest.raises(Killed):
        network("bfloat16").fit(
            X, Y, epochs=2, batch_size=16, verbose=0, callbacks=[BackupAndRestore(tmp_path, 1), Kill()]
        )
    with pytest.raises(
        CheckpointError,
        match=r"a training in bfloat16; the model is compiled with precision='float32'\. Compile",
    ):
        network("float32").fit(X, Y, epochs=2, batch_size=16, verbose=0, resume_from=tmp_path)


def test_only_three_precisions_are_known() -> None:
    with pytest.raises(UnknownNameError, match=r"compile: precision must be .* received 'bfloat61'"):
        Precision("bfloat61")
    with pytest.raises(ValueError, match="compile: precision must be"):
        Precision(16)  # type: ignore[arg-type]
