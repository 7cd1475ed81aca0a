"""Data sets of tf.data in fit, evaluate and predict: epochs, steps, names, and a resumed training."""

import numpy as np
import pytest

from convolens.callbacks import BackupAndRestore, Callback
from convolens.errors import ArgumentError, ShapeError
from convolens.layers import Add, Dense, Input
from convolens.models import Model, Sequential
from convolens.tensorflow.data import Dataset
from convolens.training import make_source
from convolens.utils import set_random_seed

X = np.random.default_rng(0).normal(size=(20, 3)).astype("float32")
Y = np.arange(20) % 2


def model(built: bool = True) -> Sequential:
    set_random_seed(1)
    network = Sequential([*([Input((3,))] if built else []), Dense(2, activation="softmax")])
    network.compile("sgd", "sparse_categorical_crossentropy", ["accuracy"])
    return network


def pairs() -> Dataset:
    return Dataset.from_tensor_slices((X, Y))


def rows(source, epoch: int, start: int = 0) -> list[list[float]]:
    return [batch.x[:, 0].tolist() for batch in source.epoch(epoch, start)]


def order(data: Dataset, epoch: int, start: int = 0) -> list[list[float]]:
    return [x[:, 0].tolist() for x, _ in data.elements(epoch, start)]


@pytest.mark.parametrize("start", [0, 1, 4])
def test_an_epoch_is_the_pass_of_its_number(start) -> None:
    data = pairs().shuffle(20, seed=3).batch(5)
    source = make_source("fit", data)
    assert source.steps == 4
    for epoch in (0, 2, 1):
        assert rows(source, epoch, start) == order(data, epoch, start)


def test_steps_go_on_over_passes_and_from_any_place() -> None:
    data = pairs().shuffle(20, seed=3).batch(5)
    row = [batch for epoch in range(4) for batch in order(data, epoch)]
    for given in (data, data.repeat()):
        source = make_source("fit", given, steps=3)
        assert [rows(source, epoch) for epoch in range(4)] == [row[3 * e : 3 * e + 3] for e in range(4)]
        assert rows(source, 2, 1) == row[7:9]
        assert rows(source, 1) == row[3:6]


@pytest.mark.parametrize("where", ["evaluate", "predict", "validation_data"])
def test_what_measures_takes_one_pass_at_most(where) -> None:
    data = pairs().batch(5)
    assert len(rows(make_source(where, data, steps=9), 0)) == 4
    source = make_source(where, data.repeat(), steps=3)
    assert rows(source, 0) == rows(source, 0) == order(data, 0)[:3]


def test_fit_on_a_data_set_is_fit_on_its_arrays() -> None:
    by_arrays, by_data = model(), model(built=False)
    by_arrays.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0, validation_data=(X, Y))
    history = by_data.fit(pairs().batch(8), epochs=2, verbose=0, validation_data=pairs().batch(8))
    assert history.history == by_arrays.history.history
    for ours, theirs in zip(by_data.get_weights(), by_arrays.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert by_data.evaluate(pairs().batch(8), verbose=0) == by_arrays.evaluate(X, Y, batch_size=8, verbose=0)
    np.testing.assert_array_equal(
        by_data.predict(Dataset.from_tensor_slices(X).batch(8)), by_data.predict(X, batch_size=8)
    )
    np.testing.assert_array_equal(by_data.predict(pairs().batch(8)), by_data.predict(X, batch_size=8))


def test_a_mapped_shuffled_endless_data_set_trains() -> None:
    data = pairs().shuffle(20).map(lambda x, y: (x * 2.0, y)).repeat().batch(4).prefetch(1)
    history = model().fit(
        data, epochs=2, steps_per_epoch=3, verbose=0, validation_data=data, validation_steps=2
    )
    assert len(history.history["val_loss"]) == 2


def test_a_resumed_training_sees_the_same_batches(tmp_path) -> None:
    data = pairs().shuffle(20, seed=3).map(lambda x, y: (x + 1.0, y)).batch(3)
    whole, cut, resumed = model(), model(), model()
    whole.fit(data, epochs=3, verbose=0)

    class Count(Callback):
        def __init__(self, stop: int | None = None) -> None:
            self.seen, self.stop = 0, stop

        def on_train_batch_end(self, batch, logs=None):
            self.seen += 1
            if self.seen == self.stop:
                raise OSError("killed")

    with pytest.raises(OSError, match="killed"):
        cut.fit(data, epochs=3, verbose=0, callbacks=[BackupAndRestore(tmp_path, save_freq=1), Count(10)])
    count = Count()
    resumed.fit(data, epochs=3, verbose=0, callbacks=[BackupAndRestore(tmp_path, save_freq=1), count])
    assert count.seen < 21 - 8
    for ours, theirs in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_inputs_go_by_their_names() -> None:
    a, b = Input((3,), name="a"), Input((3,), name="b")
    network = Model([a, b], Add()([Dense(1)(a), a, b][1:]))
    data = Dataset.from_tensor_slices({"b": X * 10, "a": X}).batch(20)
    np.testing.assert_allclose(network.predict(data), X * 11, rtol=1e-6)
    given = Dataset.from_tensor_slices(((X, X * 10),)).map(lambda pair: (pair, pair[0])).batch(20)
    np.testing.assert_allclose(network.predict(given), X * 11, rtol=1e-6)


def test_class_and_sample_weights() -> None:
    weights = np.where(Y == 1, 3.0, 1.0).astype("float32")
    weighted, by_class = model(), model()
    weighted.fit(Dataset.from_tensor_slices((X, Y, weights)).batch(8), verbose=0)
    by_class.fit(pairs().batch(8), class_weight={0: 1.0, 1: 3.0}, verbose=0)
    np.testing.assert_array_equal(weighted.get_weights()[0], by_class.get_weights()[0])


@pytest.mark.parametrize(
    ("fit", "words"),
    [
        (lambda m: m.fit(pairs().batch(5).repeat()), "repeats without end; give steps_per_epoch"),
        (
            lambda m: m.fit(pairs().batch(5), validation_data=pairs().batch(5).repeat()),
            "give validation_steps",
        ),
        (lambda m: m.evaluate(pairs().batch(5).repeat()), "give steps"),
        (lambda m: m.fit(pairs().batch(5).take(0)), "holds no batch"),
        (lambda m: m.fit(pairs().filter(lambda x, y: False).batch(5), verbose=0), "does filter leave any"),
        (lambda m: m.fit(pairs().batch(5), Y), "come from the generator itself"),
        (lambda m: m.fit(Dataset.from_tensor_slices(X).batch(5), verbose=0), "there are no labels"),
    ],
)
def test_refusals(fit, words) -> None:
    with pytest.raises(ArgumentError, match=words):
        fit(model())


def test_a_data_set_that_is_not_batched_is_said() -> None:
    with pytest.raises(ShapeError, match=r"received \(3,\)"):
        model().fit(pairs(), verbose=0)
