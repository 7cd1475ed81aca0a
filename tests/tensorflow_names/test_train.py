"""`tf.train.Checkpoint`: a loop of one's own goes on from a checkpoint as if nothing had happened."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import convolens
from convolens import layers, models, optimizers
from convolens import tensorflow as tf
from convolens.errors import (
    ArgumentError,
    ArgumentTypeError,
    CheckpointError,
    MissingFileError,
    NotBuiltError,
    WriteError,
)

RANDOM = np.random.default_rng(0)
X, Y = RANDOM.random((8, 6, 6, 1), "float32"), RANDOM.random((8, 2), "float32")


def made(units: int = 2) -> tuple[Any, Any, Any]:
    model = models.Sequential(
        [
            layers.Conv2D(2, 3, input_shape=(6, 6, 1)),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(units),
        ]
    )
    return model, optimizers.Adam(0.05), tf.Variable(0, dtype="int64")


def train(parts: tuple[Any, Any, Any], steps: int) -> list[np.ndarray]:
    model, optimizer, step = parts
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(X, training=True) - Y) ** 2)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        step.assign_add(1)
    return model.get_weights()


def checkpoint_of(parts: tuple[Any, Any, Any]) -> Any:
    return tf.train.Checkpoint(optimizer=parts[1], model=parts[0], step=parts[2])


@pytest.mark.parametrize("trained_before", [0, 2])
def test_a_loop_goes_on_bit_for_bit(trained_before: int, tmp_path: Path) -> None:
    first = made()
    train(first, 3)
    path = checkpoint_of(first).save(tmp_path / "new" / "ckpt")
    expected = train(first, 3)
    again = made()
    train(again, trained_before)
    status = checkpoint_of(again).restore(tf.train.latest_checkpoint(tmp_path / "new"))
    assert status.assert_consumed() is status.expect_partial()
    assert (path, int(again[2])) == (str(tmp_path / "new" / "ckpt-1"), 3)
    for mine, its in zip(train(again, 3), expected, strict=True):
        np.testing.assert_array_equal(mine, its)


def test_a_manager_keeps_the_newest(tmp_path: Path) -> None:
    parts = made()
    manager = tf.train.CheckpointManager(checkpoint_of(parts), str(tmp_path), max_to_keep=2)
    assert manager.restore_or_initialize() is None
    for _ in range(4):
        train(parts, 1)
        manager.save()
    assert [Path(path).name for path in manager.checkpoints] == ["ckpt-3", "ckpt-4"]
    assert {file.name for file in tmp_path.iterdir()} == {
        "checkpoint",
        "ckpt-3.safetensors",
        "ckpt-4.safetensors",
    }
    assert 'model_checkpoint_path: "ckpt-4"' in (tmp_path / "checkpoint").read_text()
    again = made()
    manager = tf.train.CheckpointManager(checkpoint_of(again), tmp_path, max_to_keep=2)
    assert manager.restore_or_initialize() == str(tmp_path / "ckpt-4")
    assert int(again[2]) == 4
    assert manager.save() == str(tmp_path / "ckpt-5")  # it counts on
    assert ("model.dense.weight", [2, 32]) in tf.train.list_variables(tmp_path)


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    parts = made()
    assert checkpoint_of(parts).restore(None).assert_existing_objects_matched()
    train(parts, 1)
    path = checkpoint_of(parts).write(tmp_path / "one")
    with pytest.raises(CheckpointError, match="model is of another architecture"):
        checkpoint_of(made(3)).restore(path)
    with pytest.raises(CheckpointError, match="holds nothing called net, but optimizer, model, step"):
        tf.train.Checkpoint(net=parts[0]).restore(path)
    with pytest.raises(MissingFileError, match="none"):
        checkpoint_of(parts).restore(tmp_path / "none")
    with pytest.raises(
        ArgumentTypeError, match="Checkpoint: rate is a float; expected a model, a layer, an optimizer"
    ):
        tf.train.Checkpoint(rate=0.1)
    with pytest.raises(NotBuiltError, match="model has no weights yet"):
        tf.train.Checkpoint(model=models.Sequential([layers.Dense(2)])).write(tmp_path / "two")
    (tmp_path / "one.safetensors").write_bytes(Path(f"{path}.safetensors").read_bytes()[:-9])
    with pytest.raises(CheckpointError, match="not a whole safetensors file"):
        checkpoint_of(parts).restore(path)
    parts[0].save_weights(tmp_path / "weights.safetensors")
    with pytest.raises(CheckpointError, match="holds weights alone"):
        checkpoint_of(parts).restore(tmp_path / "weights")
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError):
        checkpoint_of(parts).save(tmp_path / "file" / "ckpt")


def test_the_newest_weights_of_a_callback_are_found(tmp_path: Path) -> None:
    model, _, _ = made()
    model.compile("sgd", "mse")
    names = tmp_path / "cp-{epoch:04d}.ckpt"
    model.fit(
        X,
        Y,
        epochs=2,
        callbacks=[convolens.callbacks.ModelCheckpoint(names, save_weights_only=True)],
        verbose=0,
    )
    (tmp_path / "notes").write_text("no weights")
    latest = tf.train.latest_checkpoint(tmp_path)
    assert latest == str(tmp_path / "cp-0002.ckpt")
    again, _, _ = made()
    again.load_weights(latest).expect_partial()
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


def test_no_checkpoint_is_said(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="latest_checkpoint found no checkpoint"):
        made()[0].load_weights(tf.train.latest_checkpoint(tmp_path))
