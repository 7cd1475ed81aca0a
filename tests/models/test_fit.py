"""fit, evaluate and predict: the same numbers as Keras, on every kind of data."""

import os
import signal
import subprocess
import sys
from typing import Any

import hypothesis.strategies as st
import keras
import numpy as np
import pytest
import torch
from hypothesis import given, settings

import convolens
from convolens import callbacks, layers
from convolens.errors import ArgumentError, ArgumentTypeError, NotCompiledError, ShapeError, UnknownNameError
from convolens.models import Model, Sequential


def network(library: Any) -> Any:
    L = library.layers
    return library.Sequential(
        [
            library.Input((6, 6, 2)),
            L.Conv2D(4, 3, activation="relu"),
            L.MaxPooling2D(),
            L.Flatten(),
            L.Dense(3, activation="softmax"),
        ]
    )


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.normal(size=(50, 6, 6, 2)), random.integers(0, 3, 50)


def compiled(**options: Any) -> Sequential:
    model = network(convolens)
    model.compile(
        **{"optimizer": "sgd", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]} | options
    )
    return model


@settings(max_examples=8)
@given(
    batch_size=st.integers(3, 60),
    weighted=st.booleans(),
    by_class=st.booleans(),
    optimizer=st.sampled_from(["sgd", "rmsprop", "adam"]),
)
def test_training_is_that_of_keras(batch_size: int, weighted: bool, by_class: bool, optimizer: str) -> None:
    random = np.random.default_rng(1)
    x, y = random.normal(size=(50, 6, 6, 2)).astype("float32"), random.integers(0, 3, 50)
    options: dict[str, Any] = {"batch_size": batch_size, "epochs": 2, "shuffle": False, "verbose": 0}
    if weighted:
        options |= {"sample_weight": random.random(50).astype("float32"), "validation_data": (x[:9], y[:9])}
    else:
        options |= {"validation_split": 0.2}
    if by_class and not weighted:
        options |= {"class_weight": {0: 0.5, 1: 1.0, 2: 3.0}}
    ours, theirs = network(convolens), network(keras)
    ours.set_weights(theirs.get_weights())
    for model in (ours, theirs):
        model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    mine, other = ours.fit(x, y, **options), theirs.fit(x, y, **options)
    assert mine.epoch == other.epoch
    assert set(mine.history) == set(other.history)
    for name, values in other.history.items():
        np.testing.assert_allclose(mine.history[name], values, atol=1e-4)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)
    np.testing.assert_allclose(ours.predict(x, verbose=0), theirs.predict(x, verbose=0), atol=1e-4)
    np.testing.assert_allclose(ours.evaluate(x, y, verbose=0), theirs.evaluate(x, y, verbose=0), atol=1e-4)


def test_every_kind_of_data(data: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = data
    batches = [(x[i : i + 10], y[i : i + 10]) for i in range(0, 50, 10)]

    class Indexed:
        def __len__(self) -> int:
            return 5

        def __getitem__(self, i: int) -> Any:
            return batches[i]

    def endless() -> Any:
        while True:
            yield from batches

    channels_first = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()).float()
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(channels_first, torch.from_numpy(y)), batch_size=10
    )
    start = compiled().get_weights()
    results = []
    for source, steps in (((x, y), None), (batches, None), (Indexed(), None), (endless(), 5), (loader, None)):
        model = compiled()
        model.set_weights(start)
        arguments = {"x": source[0], "y": source[1]} if isinstance(source, tuple) else {"x": source}
        history = model.fit(
            **arguments, batch_size=10 if isinstance(source, tuple) else None, epochs=2, shuffle=False,
            steps_per_epoch=steps, verbose=0,
        )  # fmt: skip
        results.append((history.history["loss"], model.get_weights()))
    for losses, weights in results[1:]:
        np.testing.assert_allclose(losses, results[0][0], rtol=1e-6)
        for a, b in zip(weights, results[0][1], strict=True):
            np.testing.assert_array_equal(a, b)


def test_unbuilt_model_is_built_by_its_data(data: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = data
    sources: list[Any] = [
        x,
        iter([(x, y)]),
        [(x, y)],
        torch.utils.data.DataLoader(
            torch.utils.data.TensorDataset(
                torch.from_numpy(x.transpose(0, 3, 1, 2).copy()).float(), torch.from_numpy(y)
            ),
            batch_size=50,
        ),
    ]
    for source in sources:
        model = Sequential([layers.Flatten(), layers.Dense(3, activation="softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.fit(source, y if source is x else None, epochs=1, verbose=0)
        assert model.input_shape == (None, 6, 6, 2)


def test_order_is_a_function_of_seed_and_epoch(data: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = data
    start = compiled().get_weights()

    def train(**options: Any) -> list[np.ndarray]:
        model = compiled()
        model.set_weights(start)
        model.fit(x, y, batch_size=8, verbose=0, **options)
        return model.get_weights()

    once, again, other = train(epochs=2, seed=1), train(epochs=2, seed=1), train(epochs=2, seed=2)
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(once, other, strict=True))
    later = train(epochs=2, initial_epoch=1, seed=1)
    assert not all(np.array_equal(a, b) for a, b in zip(train(epochs=1, seed=1), later, strict=True))


def test_any_torch_module(data: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = data
    module = torch.nn.Sequential(
        torch.nn.Conv2d(2, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(64, 3)
    )
    model = Model(module)
    model.compile("adam", convolens.losses.SparseCategoricalCrossentropy(from_logits=True), ["accuracy"])
    history = model.fit(x, y, epochs=20, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
    expected = module(torch.from_numpy(x).float().permute(0, 3, 1, 2)).detach().numpy()
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, atol=1e-5)
    weights = model.get_weights()
    model.set_weights(weights)
    model.summary()
    with pytest.raises(ShapeError, match="has 4 tensors; received 1"):
        model.set_weights(weights[:1])


def test_one_batch(data: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = data
    model = compiled()
    before = model.test_on_batch(x, y)
    for _ in range(30):
        after = model.train_on_batch(x, y, return_dict=True)
    assert after["loss"] < before[0]
    assert model.predict_on_batch(x).shape == (50, 3)
    np.testing.assert_allclose(model(x), model.predict(x, verbose=0), atol=1e-6)


def test_validation_every_second_epoch(data: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = data
    history = compiled().fit(x, y, epochs=4, validation_data=(x, y), validation_freq=2, verbose=0)
    assert len(history.history["loss"]) == 4
    assert len(history.history["val_loss"]) == 2
    history = compiled().fit(x, y, epochs=4, validation_data=(x, y), validation_freq=[1], verbose=0)
    assert len(history.history["val_loss"]) == 1


def test_old_names_work_and_warn(data: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = data
    model = compiled()
    with pytest.warns(UserWarning, match="fit takes generators"):
        model.fit_generator(iter([(x, y)] * 2), 1, 2, 0)
    with pytest.warns(UserWarning, match="evaluate takes generators"):
        model.evaluate_generator([(x, y)], verbose=0)
    with pytest.warns(UserWarning, match="predict takes generators"):
        assert model.predict_generator([(x, y)], verbose=0).shape == (50, 3)


def test_generator_that_ends_early_is_said(data: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = data
    with pytest.warns(UserWarning, match="ended after 2 batches of epoch 1, where 5 steps were expected"):
        compiled().fit(iter([(x, y)] * 2), steps_per_epoch=5, verbose=0)


def test_loss_that_is_not_a_number_is_said(data: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = data
    with pytest.warns(UserWarning, match="The loss is nan in epoch 1"):
        compiled().fit(x * np.nan, y, verbose=0)


def test_interrupt_keeps_what_was_learned(data: tuple[np.ndarray, np.ndarray], capsys: Any) -> None:
    x, y = data
    model = compiled()
    ended = []

    def interrupt(epoch: int, logs: Any) -> None:
        if epoch == 1:
            raise KeyboardInterrupt

    stop = callbacks.LambdaCallback(on_epoch_begin=interrupt, on_train_end=lambda logs: ended.append(True))
    history = model.fit(x, y, epochs=5, callbacks=[stop], verbose=0)
    assert history.interrupted
    assert history.epoch == [0]
    assert ended == [True]
    assert "Interrupted after 1 finished epochs" in capsys.readouterr().out
    assert model.module.training is True


def test_a_real_interrupt_signal(tmp_path: Any) -> None:
    program = """
import numpy as np, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background
from convolens import layers, models, callbacks
model = models.Sequential([layers.Dense(1, input_shape=(2,))])
model.compile("sgd", "mse")
say = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print("epoch", epoch, flush=True))
history = model.fit(np.zeros((4, 2)), np.zeros(4), epochs=10**6, verbose=0, callbacks=[say])
print("ENDED", history.interrupted, len(model.get_weights()))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "epoch 0\n"
    os.kill(process.pid, signal.SIGINT)
    printed = process.communicate(timeout=60)[0]
    assert process.returncode == 0
    assert printed.endswith("ENDED True 2\n")


def refused(kind: type[Exception], words: str, act: Any) -> None:
    with pytest.raises(kind, match=words):
        act()


def test_validation_data_stand_before_a_validation_split(data: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = data
    options: dict[str, Any] = {"validation_data": (x[:7], y[:7]), "verbose": 0, "seed": 1}
    alone, both = compiled().fit(x, y, **options), compiled().fit(x, y, validation_split=0.5, **options)
    assert both.history.keys() == alone.history.keys()
    assert both.model.optimizer.iterations == alone.model.optimizer.iterations  # all samples are trained on
    both.model.fit(iter([(x, y)]), steps_per_epoch=1, validation_split=0.5, **options)


def test_refusals(data: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = data
    model = compiled()
    refused(ShapeError, "received 50 samples and 49 labels", lambda: model.fit(x, y[1:]))
    refused(
        ShapeError, "received 50 samples and 49 labels", lambda: model.fit(x, y[1:], validation_split=0.1)
    )
    refused(ArgumentError, "is outside the classes", lambda: model.fit(x, y + 1))
    refused(ShapeError, "The batch dimension is missing", lambda: model.predict(x[0]))
    refused(ShapeError, "The channels come first", lambda: model.predict(x.transpose(0, 3, 1, 2)))
    refused(ArgumentError, "x is empty", lambda: model.fit(x[:0], y[:0]))
    refused(ArgumentError, "x is missing", lambda: model.fit())
    refused(ShapeError, "Use loss='categorical_crossentropy'", lambda: model.fit(x, np.eye(3)[y]))
    refused(
        ArgumentError, "class_weight has no entry for class", lambda: model.fit(x, y, class_weight={0: 1.0})
    )
    refused(ArgumentError, "validation_split must be a number", lambda: model.fit(x, y, validation_split=1.0))
    refused(ArgumentError, "leaves one side empty", lambda: model.fit(x[:1], y[:1], validation_split=0.5))
    refused(ArgumentError, "needs arrays", lambda: model.fit(iter([(x, y)]), validation_split=0.5))
    refused(ArgumentError, "epochs must be an integer", lambda: model.fit(x, y, epochs=1.5))
    refused(ArgumentError, "batch_size must be an integer", lambda: model.fit(x, y, batch_size=0))
    refused(ArgumentTypeError, "Did you mean 'epochs'", lambda: model.fit(x, y, epoch=3))
    refused(ArgumentError, "come from the generator itself", lambda: model.fit(iter([(x, y)]), y))
    refused(
        ShapeError, "sample_weight must have the length of x", lambda: model.fit(x, y, sample_weight=[1.0])
    )
    refused(UnknownNameError, "Did you mean 'adam'", lambda: compiled(optimizer="adamm"))
    refused(UnknownNameError, "Did you mean 'mse'", lambda: compiled(loss="msee"))
    refused(UnknownNameError, "Did you mean 'accuracy'", lambda: compiled(metrics=["acuracy"]))
    refused(ArgumentError, "two metrics are named", lambda: compiled(metrics=["mse", "mse"]))
    refused(NotCompiledError, "call model.compile", lambda: network(convolens).fit(x, y))
    refused(NotCompiledError, "compile was called without a loss", lambda: compiled(loss=None).fit(x, y))
    refused(
        ArgumentTypeError, "expected convolens.callbacks.Callback", lambda: model.fit(x, y, callbacks=[3])
    )
    one_hot = compiled(loss="categorical_crossentropy")
    refused(ShapeError, "Use loss='sparse_categorical_crossentropy'", lambda: one_hot.fit(x, y))
    binary = Sequential([layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    binary.compile("sgd", "binary_crossentropy")
    refused(ArgumentError, "expects labels from 0 to 1", lambda: binary.fit(x, y))


def test_a_batch_larger_than_the_data_is_one_batch(data: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = data
    steps = []
    count = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: steps.append(batch))
    compiled().fit(x, y, batch_size=1000, verbose=0, callbacks=[count])
    assert steps == [0]


def test_callbacks_hear_of_the_validation() -> None:
    """As in Keras: the test hooks are called in each epoch's validation."""
    heard: list[str] = []

    class Listener(callbacks.Callback):
        def on_test_begin(self, logs=None):
            heard.append("begin")

        def on_test_batch_end(self, batch, logs=None):
            heard.append(f"batch {batch}")

        def on_test_end(self, logs=None):
            heard.append("end")

    model = Sequential([layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    x, y = np.zeros((6, 2)), np.zeros((6, 1))
    model.fit(x, y, epochs=2, validation_data=(x, y), batch_size=3, callbacks=[Listener()], verbose=0)
    assert heard == ["begin", "batch 0", "batch 1", "end"] * 2
