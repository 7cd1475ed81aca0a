"""Sources: every kind of data gives its batches in a known order, and says when it has none left."""

import threading
import warnings
from collections import Counter
from typing import Any

import hypothesis.strategies as st
import keras
import numpy as np
import pytest
import torch
from hypothesis import given

import convolens
from convolens.errors import ArgumentError, ShapeError
from convolens.training import (
    ArraySource,
    Batch,
    IndexedSource,
    IteratorSource,
    LoaderSource,
    Source,
    make_batch,
    make_source,
)


def numbers(source: Source, epoch: int = 0) -> list[list[float]]:
    """Return the samples of each batch of an epoch."""
    return [batch.x.reshape(batch.size, -1)[:, 0].tolist() for batch in source.epoch(epoch)]


def flat(batches: list[list[float]]) -> list[float]:
    return [number for batch in batches for number in batch]


SIZES = st.integers(1, 60)


@given(n=SIZES, batch_size=st.integers(1, 70), seed=st.integers(-(2**40), 2**40), epoch=st.integers(0, 1000))
def test_shuffling_is_a_permutation_and_a_function_of_seed_and_epoch(
    n: int, batch_size: int, seed: int, epoch: int
) -> None:
    x, y = np.arange(n, dtype=np.float32), np.arange(n)
    source = ArraySource(x, y, x * 2, batch_size, shuffle=True, seed=seed)
    np.random.seed(1)
    torch.manual_seed(1)
    order = flat(numbers(source, epoch))
    assert sorted(order) == x.tolist()
    assert [len(batch) for batch in numbers(source, epoch)][:-1] == [batch_size] * (source.steps - 1)
    flat(numbers(source, epoch + 1))  # neither other epochs nor other generators change it
    np.random.seed(2)
    torch.manual_seed(2)
    again = ArraySource(x, y, x * 2, batch_size + 3, shuffle=True, seed=seed)
    assert flat(numbers(again, epoch)) == order
    for batch in source.epoch(epoch):  # labels and weights go with their samples
        assert batch.y is not None
        assert batch.weight is not None
        assert batch.x.tolist() == batch.y.tolist() == (batch.weight / 2).tolist()


def test_orders_differ_and_are_uniform() -> None:
    orders = {
        tuple(flat(numbers(ArraySource(np.arange(30.0), shuffle=True, seed=seed), epoch)))
        for seed in range(20)
        for epoch in range(20)
    }
    assert len(orders) == 400
    source = ArraySource(np.arange(4.0), shuffle=True, seed=5)
    counts = Counter(tuple(flat(numbers(source, epoch))) for epoch in range(4800))
    assert len(counts) == 24
    assert max(abs(count - 200) for count in counts.values()) < 5 * 200**0.5


@pytest.mark.filterwarnings("ignore:fit. steps_per_epoch is")
@given(n=SIZES, batch_size=st.integers(1, 70), steps=st.none() | st.integers(1, 80))
def test_arrays_in_order(n: int, batch_size: int, steps: int | None) -> None:
    inputs = [np.arange(n), np.arange(n) * 10]
    source = make_source("fit", inputs, np.arange(n), batch_size=batch_size, steps=steps)
    batches = [batch for epoch in range(3) for batch in source.epoch(epoch)]
    assert source.steps == min(steps or n, -(-n // batch_size))
    assert len(batches) == 3 * source.steps
    joined = torch.cat([batch.x[0] for batch in batches])
    passes = [list(range(n))[i : i + batch_size] for _ in range(3) for i in range(0, n, batch_size)]
    assert joined.tolist() == flat(passes[: len(batches)])  # an epoch goes on where the one before ended
    assert torch.equal(
        torch.cat([batch.x[0] for batch in source.epoch(2)]),
        joined[-sum(b.size for b in batches[2 * source.steps :]) :],
    )
    assert torch.equal(torch.cat([batch.x[1] for batch in batches]), joined * 10)


class Indexed:
    """Batches by number, with a record of what is called."""

    def __init__(self, batches: int) -> None:
        self.batches, self.ended = batches, 0

    def __len__(self) -> int:
        return self.batches

    def __getitem__(self, place: int) -> Any:
        if not 0 <= place < self.batches:
            raise IndexError(place)
        return np.array([float(place)]), np.array([self.ended])


class Sequence(Indexed):
    """The same, told of the end of each epoch as one of Keras' is."""

    def on_epoch_end(self) -> None:
        self.ended += 1


class Passes(Indexed):
    """The same with an order for each pass, set from outside as in our image iterators."""

    def set_epoch(self, number: int) -> None:
        self.ended = number


@given(batches=st.integers(1, 7), steps=st.integers(1, 20), epochs=st.integers(1, 5), start=st.integers(0, 4))
def test_indexed_data_goes_on_over_epochs(batches: int, steps: int, epochs: int, start: int) -> None:
    told = Sequence(batches)
    whole = IndexedSource(told, steps)
    seen = [
        (int(batch.x[0]), int(batch.y[0]))  # type: ignore[index]
        for epoch in range(epochs)
        for batch in whole.epoch(epoch)
    ]
    assert seen == [(step % batches, step // steps) for step in range(steps * epochs)]
    assert told.ended == epochs
    resumed = IndexedSource(Passes(batches), steps)
    expected = [(step % batches, step // batches) for step in range(start * steps, (start + epochs) * steps)]
    assert expected == [
        (int(batch.x[0]), int(batch.y[0]))  # type: ignore[index]
        for epoch in range(start, start + epochs)
        for batch in resumed.epoch(epoch)
    ]


@given(
    batches=st.integers(1, 7),
    steps=st.none() | st.integers(1, 20),
    seed=st.integers(0, 3),
    epoch=st.integers(0, 3),
)
def test_a_sequence_is_shuffled_by_seed_and_pass(
    batches: int, steps: int | None, seed: int, epoch: int
) -> None:
    def places(data: Any, epochs: range, **options: Any) -> list[int]:
        source = make_source("fit", data, steps=steps, **options)
        return [int(batch.x[0]) for number in epochs for batch in source.epoch(number)]

    taken = steps or batches
    row = places(Sequence(batches), range(batches * 4), shuffle=True, seed=seed)
    for start in range(0, len(row) - batches, batches):
        assert sorted(row[start : start + batches]) == list(range(batches))
    alone = places(Sequence(batches), range(epoch, epoch + 1), shuffle=True, seed=seed)
    assert alone == row[epoch * taken : (epoch + 1) * taken]
    for data in (Indexed(batches), Passes(batches)):  # their order is their own
        assert places(data, range(1), shuffle=True) == places(data, range(1))
    assert places(Sequence(batches), range(1)) == [step % batches for step in range(taken)]


def test_a_sequence_is_told_of_epochs_as_keras_tells_it() -> None:
    x, y = np.zeros((2, 3), np.float32), np.zeros((2, 1), np.float32)

    def told(library: Any) -> list[str]:
        calls: list[str] = []

        class Told(library.utils.PyDataset):  # type: ignore[misc]
            def __len__(self) -> int:
                return 3

            def __getitem__(self, number: int) -> Any:
                calls.append("batch")
                return x, y

            def on_epoch_begin(self) -> None:
                calls.append("begin")

            def on_epoch_end(self) -> None:
                calls.append("end")

        model = library.Sequential([library.Input((3,)), library.layers.Dense(1)])
        model.compile("sgd", "mse")
        calls.clear()
        model.fit(Told(), epochs=3, verbose=0, shuffle=False)
        return calls

    ours = told(convolens)
    assert ours == ["begin", "batch", "batch", "batch", "end"] * 3
    assert told(keras)[-len(ours) :] == ours  # before that it looks into the data


def test_steps_of_a_fraction_count_as_one_more() -> None:
    assert make_source("fit", np.zeros(10), batch_size=4, steps=10 / 4).steps == 3
    assert make_source("fit", Passes(4), steps=np.float64(2.5)).steps == 3
    with pytest.warns(UserWarning, match="steps_per_epoch is 4, and the 10 samples make 3 batches"):
        make_source("fit", np.zeros(10), batch_size=4, steps=4)
    for steps in (0, -1.5, float("nan"), "2"):
        with pytest.raises(ArgumentError, match="validation_steps must be an integer of at least 1"):
            make_source("validation_data", np.zeros(10), steps=steps)


def test_indexed_data_without_a_batch_is_refused() -> None:
    with pytest.raises(ArgumentError, match="holds no batch; is the folder empty, or batch_size too large"):
        make_source("fit", Indexed(0))
    assert make_source("fit", Indexed(3)).steps == 3


def batches_of(count: int) -> Any:
    return ((np.array([float(number)]), np.array([number])) for number in range(count))


@given(count=st.integers(0, 12), steps=st.integers(1, 5))
def test_an_iterator_goes_on_over_epochs_and_says_when_it_ends(count: int, steps: int) -> None:
    source = IteratorSource(batches_of(count), steps)
    whole, rest = divmod(count, steps)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for epoch in range(whole):
            assert flat(numbers(source, epoch)) == list(range(epoch * steps, (epoch + 1) * steps))
    words = rf"ended after {rest} batches of epoch {whole + 1}, where {steps} steps were expected"
    with pytest.warns(UserWarning, match=words):
        assert len(numbers(source, whole)) == rest
    with pytest.warns(UserWarning, match="ended after 0 batches"):
        assert numbers(source, whole + 1) == []


def test_an_iterator_without_steps_is_one_epoch_and_an_iterable_is_many() -> None:
    source = IteratorSource(batches_of(3))
    assert source.steps is None
    assert len(numbers(source)) == 3
    with pytest.warns(
        UserWarning, match="ended after 0 batches of epoch 2, where another epoch were expected"
    ):
        assert numbers(source, 1) == []

    class Again:
        def __iter__(self) -> Any:
            return batches_of(3)

    many = make_source("fit", Again())
    assert numbers(many) == numbers(many, 1) == [[0.0], [1.0], [2.0]]
    on = make_source("fit", Again(), steps=2)
    assert numbers(on) == [[0.0], [1.0]]
    with pytest.warns(UserWarning, match="ended after 1 batches of epoch 2, where 2 steps"):
        assert numbers(on, 1) == [[2.0]]


def images(n: int = 6) -> torch.Tensor:
    return torch.arange(n * 3 * 4 * 5, dtype=torch.float32).reshape(n, 3, 4, 5)  # NCHW


def loader(x: torch.Tensor, **options: Any) -> Any:
    data = torch.utils.data.TensorDataset(x, torch.arange(len(x)))
    return torch.utils.data.DataLoader(data, **{"batch_size": 2} | options)


def test_a_loader_gives_images_in_torch_order() -> None:
    x = images()
    source = make_source("fit", loader(x), image_shape=(4, 5, 3))
    assert isinstance(source, LoaderSource)
    assert source.steps == 3
    got = [batch.x for batch in source.epoch(0)]
    assert torch.equal(torch.cat(got), x)
    last = make_source("fit", loader(x.permute(0, 2, 3, 1).contiguous()), image_shape=(4, 5, 3))
    assert torch.equal(torch.cat([batch.x for batch in last.epoch(0)]), x)  # NHWC: it fits the model only so
    assert torch.equal(torch.cat([b.x for b in LoaderSource(loader(x), None).epoch(0)]), x)
    flat_rows = make_source("fit", loader(torch.ones(4, 7)), image_shape=(4, 5, 3))
    assert next(iter(flat_rows.epoch(0))).x.shape == (2, 7)
    assert [batch.size for batch in make_source("fit", loader(x), steps=2).epoch(0)] == [2, 2]


def test_a_loader_of_several_inputs_without_length_and_with_epochs() -> None:
    x = images()

    class Endless(torch.utils.data.IterableDataset[Any]):
        def __iter__(self) -> Any:
            while True:
                yield (x[0], x[1]), 1

    source = LoaderSource(torch.utils.data.DataLoader(Endless(), batch_size=2), None, None)
    assert source.steps is None
    first = next(source.epoch(0))
    assert torch.equal(first.x[1][0], x[1])

    class Sampler(torch.utils.data.Sampler[int]):
        def set_epoch(self, epoch: int) -> None:
            self.epoch = epoch

        def __iter__(self) -> Any:
            return iter([self.epoch])

        def __len__(self) -> int:
            return 1

    told = LoaderSource(loader(x, sampler=Sampler()), None)
    assert [int(b.y[0]) for epoch in (2, 4) for b in told.epoch(epoch)] == [2, 4]  # type: ignore[index]


class OnlyItems:
    """Neither an iterator nor something with a length."""


def test_refusals() -> None:
    x, y = np.zeros((5, 2)), np.zeros(5)
    for kind, words, act in (
        (ArgumentError, "fit: x is missing; give arrays", lambda: make_source("fit", None)),
        (ArgumentError, "evaluate: x is empty", lambda: make_source("evaluate", x[:0])),
        (ArgumentError, "must be an array, a list of arrays, a generator or a DataLoader; received OnlyItems",
         lambda: make_source("fit", OnlyItems())),
        (ArgumentError, "y and sample_weight come from the generator", lambda: make_source("fit", iter([x]), y)),
        (ShapeError, r"the inputs have different lengths: \[5, 4\]", lambda: make_source("fit", [x, x[1:]], y)),
        (ShapeError, "received 5 samples and 4 labels", lambda: make_source("fit", x, y[1:])),
        (ShapeError, "sample_weight must have the length of x; received 2 weights for 5 samples",
         lambda: make_source("fit", x, y, [1.0, 2.0])),
        (ArgumentError, r"y must hold numbers; received <U3 such as \['cat'\]. Class names become numbers by",
         lambda: make_source("fit", x, ["cat", "dog", "cat", "dog", "dog"])),
    ):  # fmt: skip
        with pytest.raises(kind, match=words):
            act()


def test_nested_lists_of_numbers_are_an_array() -> None:
    source = make_source("fit", [[1, 2], [3, 4]], [0, 1])
    batch: Batch = next(iter(source.epoch(0)))
    assert batch.x.tolist() == [[1.0, 2.0], [3.0, 4.0]]


class Ahead:
    """Batches that may be prepared ahead."""

    thread_safe = True

    def __len__(self) -> int:
        return 3

    def set_epoch(self, epoch: int) -> None:
        pass

    def __getitem__(self, number: int) -> Any:
        return np.full((2, 1), number, np.float32), np.zeros(2, np.int64)


@pytest.mark.parametrize("pin", [False, True])
def test_batches_are_pinned_where_they_are_made(pin: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the thread: copying is work too. Pinned memory itself takes a GPU."""
    threads = []

    def note(batch: Batch) -> Batch:
        threads.append(threading.current_thread())
        return batch

    monkeypatch.setattr(Batch, "pinned", note)
    assert numbers(make_source("fit", Ahead(), pin=pin)) == [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]
    assert len(threads) == (3 if pin else 0)
    assert threading.current_thread() not in threads


def test_weights_lie_where_the_labels_are() -> None:
    y = torch.zeros(4, dtype=torch.long, device="meta")
    for weight in (np.ones(4), torch.ones(4), [1.0, 1.0, 1.0, 1.0]):
        batch = make_batch(torch.zeros((4, 2), device="meta"), y, weight)
        assert batch.weight is not None
        assert batch.weight.device.type == "meta"
