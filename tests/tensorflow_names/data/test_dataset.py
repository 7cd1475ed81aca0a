"""Chains of data give what Python's own lists give, lazily, in orders that are functions of (seed, epoch)."""

import itertools
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given

from convolens.errors import ArgumentError, ArgumentTypeError, DataError, MissingFileError, ShapeError
from convolens.tensor import Tensor
from convolens.tensorflow.data import (
    AUTOTUNE,
    INFINITE_CARDINALITY,
    UNKNOWN_CARDINALITY,
    Dataset,
    Options,
    experimental,
)
from convolens.tensorflow.tensor_spec import TensorSpec

counts = st.integers(0, 7)


def numbers(data: Dataset) -> list[Any]:
    return [item.tolist() for item in data.as_numpy_iterator()]


def blocks(values: list[int], size: int, whole: bool) -> list[list[int]]:
    cut = [values[i : i + size] for i in range(0, len(values), size)]
    return [block for block in cut if len(block) == size or not whole]


# A step of a chain, and the same of a list.
STEPS: dict[str, tuple[Callable[[Dataset, int], Dataset], Callable[[list[int], int], list[int]]]] = {
    "take": (lambda d, n: d.take(n), lambda v, n: v[:n]),
    "skip": (lambda d, n: d.skip(n), lambda v, n: v[n:]),
    "repeat": (lambda d, n: d.repeat(n), lambda v, n: v * n),
    "shard": (lambda d, n: d.shard(n + 1, n), lambda v, n: v[n :: n + 1]),
    "concatenate": (lambda d, n: d.concatenate(Dataset.range(n)), lambda v, n: v + list(range(n))),
    "map": (lambda d, n: d.map(lambda x: x + n), lambda v, n: [x + n for x in v]),
    "filter": (
        lambda d, n: d.filter(lambda x: x % 2 == n % 2),
        lambda v, n: [x for x in v if x % 2 == n % 2],
    ),
    "cache": (lambda d, n: d.cache(), lambda v, n: v),
    "prefetch": (lambda d, n: d.prefetch(AUTOTUNE), lambda v, n: v),
    "rebatch": (lambda d, n: d.batch(n + 1).unbatch(), lambda v, n: v),
    "whole": (
        lambda d, n: d.batch(n + 1, drop_remainder=True).unbatch(),
        lambda v, n: v[: len(v) // (n + 1) * (n + 1)],
    ),
    "enumerate": (lambda d, n: d.enumerate(n).map(lambda i, x: i), lambda v, n: list(range(n, n + len(v)))),
    "zip": (lambda d, n: Dataset.zip((d, Dataset.range(n))).map(lambda a, b: a), lambda v, n: v[:n]),
    "flat_map": (
        lambda d, n: d.flat_map(lambda x: Dataset.from_tensors(x).repeat(n)),
        lambda v, n: [x for x in v for _ in range(n)],
    ),
}


@given(
    length=counts,
    steps=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), counts), max_size=4),
    size=st.integers(1, 4),
)
def test_a_chain_is_what_a_list_is(length: int, steps: list[tuple[str, int]], size: int) -> None:
    data, values = Dataset.from_tensor_slices(np.arange(length)), list(range(length))
    for name, n in steps:
        data, values = STEPS[name][0](data, n), STEPS[name][1](values, n)
    assert numbers(data) == values
    assert numbers(data.batch(size)) == blocks(values, size, False)
    assert [item.tolist() for item in data.batch(size, True).elements(0, 1)] == blocks(values, size, True)[1:]
    if data.stage.cardinality != UNKNOWN_CARDINALITY:
        assert len(data) == len(values)


@given(
    length=counts,
    size=st.integers(1, 4),
    shift=st.integers(1, 5),
    stride=st.integers(1, 3),
    whole=st.booleans(),
)
def test_windows(length: int, size: int, shift: int, stride: int, whole: bool) -> None:
    data = Dataset.range(length).window(size, shift, stride, whole)
    cut = [list(range(length))[i : i + size * stride][::stride][:size] for i in range(0, length, shift)]
    expected = [window for window in cut if len(window) == size or not whole]
    assert [numbers(window) for window in data] == expected
    assert len(data) == len(expected)


@given(length=st.integers(0, 30), size=st.integers(1, 30), seed=st.integers(-3, 3))
def test_a_shuffle_is_of_the_next_ones_and_a_function_of_seed_and_epoch(
    length: int, size: int, seed: int
) -> None:
    data = Dataset.range(length).shuffle(size, seed)
    first, second = numbers(data), numbers(data)
    assert sorted(first) == sorted(second) == list(range(length))
    assert all(value < place + size for place, value in enumerate(first))
    again = Dataset.range(length).shuffle(size, seed)
    assert [numbers(again), numbers(again)] == [first, second]
    assert [int(item) for item in again.elements(1)] == second
    fixed = Dataset.range(length).shuffle(size, seed, reshuffle_each_iteration=False)
    assert numbers(fixed) == numbers(fixed) == first


def test_each_place_and_each_epoch_has_its_own_order() -> None:
    data = Dataset.range(50).shuffle(50, seed=1).repeat()
    row = [int(item) for item in itertools.islice(data.elements(0), 150)]
    orders = [row[:50], row[50:100], row[100:]]
    assert all(sorted(order) == list(range(50)) for order in orders)
    assert orders[0] != orders[1] != orders[2]
    assert numbers(Dataset.range(50).shuffle(50, seed=2)) != orders[0]


def test_every_order_of_a_shuffle_comes_equally_often() -> None:
    data = Dataset.range(3).shuffle(3, seed=0)
    found = [tuple(int(item) for item in data.elements(epoch)) for epoch in range(600)]
    assert {
        order: 60 < found.count(order) < 140 for order in itertools.permutations(range(3))
    } == dict.fromkeys(itertools.permutations(range(3)), True)


def test_shuffles_without_a_seed_follow_that_of_the_program() -> None:
    def order(seed: int) -> list[int]:
        torch.manual_seed(seed)
        return numbers(Dataset.range(20).shuffle(20))

    assert order(1) == order(1) != order(2)


def test_interleave_is_that_of_the_docs_of_tensorflow() -> None:
    data = Dataset.range(1, 6).interleave(
        lambda x: Dataset.from_tensors(x).repeat(6), cycle_length=2, block_length=4
    )
    assert numbers(data) == [1] * 4 + [2] * 4 + [1, 1, 2, 2] + [3] * 4 + [4] * 4 + [3, 3, 4, 4] + [5] * 6


def test_elements_are_tensors_of_the_same_structure() -> None:
    x, y = np.zeros((4, 2, 2, 3), np.uint8), np.arange(4.0)
    data = Dataset.from_tensor_slices(({"image": x, "size": y}, y.astype(int))).batch(3)
    inputs, labels = next(iter(data))
    assert type(inputs["image"]) is type(labels) is Tensor
    assert inputs["image"].shape == (3, 2, 2, 3)
    assert inputs["image"].dtype == "uint8"
    assert inputs["size"].dtype == "float64"
    assert data.element_spec == (
        {"image": TensorSpec((None, 2, 2, 3), "uint8"), "size": TensorSpec((None,), "float64")},
        TensorSpec((None,), "int64"),
    )
    mapped = data.map(lambda inputs, label: (inputs["image"] / 255.0, label))
    assert mapped.element_spec[0] == TensorSpec((None, 2, 2, 3), "float32")


@pytest.mark.parametrize(
    "rows", [[1, 2, 3], (np.arange(3), [1.5, 2, 3]), torch.arange(3), {"a": [[1], [2], [3]]}]
)
def test_rows_of_everything(rows: Any) -> None:
    assert len(Dataset.from_tensor_slices(rows)) == len(list(Dataset.from_tensor_slices(rows))) == 3


def test_python_numbers_are_those_of_tensorflow() -> None:
    assert Dataset.from_tensor_slices([1, 2]).element_spec.dtype == "int32"
    assert Dataset.from_tensors(0.5).element_spec.dtype == "float32"
    assert Dataset.range(3).element_spec.dtype == "int64"


def test_paths_are_texts_that_open_files(tmp_path) -> None:
    for name in ("b.txt", "a.txt"):
        (tmp_path / name).write_text(name)
    data = Dataset.list_files(str(tmp_path / "*.txt"), shuffle=False)
    assert [path.numpy() for path in data] == [str(tmp_path / name).encode() for name in ("a.txt", "b.txt")]
    assert list(data.map(lambda path: open(path).read()).as_numpy_iterator()) == [b"a.txt", b"b.txt"]  # noqa: SIM115
    assert sorted(Dataset.list_files(str(tmp_path / "*")).as_numpy_iterator()) == sorted(
        data.as_numpy_iterator()
    )
    assert data.batch(2).element_spec == TensorSpec((None,), "string")
    with pytest.raises(MissingFileError, match="no file fits"):
        Dataset.list_files(str(tmp_path / "*.png"))


def test_generators_are_called_for_each_pass_and_get_types() -> None:
    def pairs(stop: int):
        for i in range(stop):
            yield [i, i + 1], i

    signature = (TensorSpec((2,), "float32"), TensorSpec((), "int32"))
    for options in ({"output_types": ("float32", "int32")}, {"output_signature": signature}):
        data = Dataset.from_generator(pairs, args=(3,), **options)
        assert [y.numpy() for x, y in data] == [y.numpy() for x, y in data] == [0, 1, 2]
        assert data.element_spec == signature
    assert int(data.cardinality()) == UNKNOWN_CARDINALITY
    with pytest.raises(ArgumentError, match="which is not what the signature says"):
        list(Dataset.from_generator(lambda: iter([1]), output_signature=TensorSpec((2,), "int32")))
    with pytest.raises(ArgumentTypeError, match="Give the function itself"):
        Dataset.from_generator(pairs(2))


def test_nothing_is_done_before_it_is_needed() -> None:
    seen = []

    def look(x: Any) -> Any:
        seen.append(int(x))
        return x

    data = Dataset.range(100).map(look).shuffle(50, seed=0).batch(4).skip(2)
    assert seen == []
    next(iter(data))
    assert len(seen) == 4


def test_a_cache_makes_each_element_once_and_keeps_the_order() -> None:
    seen = []
    data = Dataset.range(5).shuffle(5, seed=1).map(lambda x: (seen.append(1), x)[1]).cache()
    partly = [int(x) for x in itertools.islice(data, 2)]
    assert numbers(data) == numbers(data)
    assert numbers(data)[:2] == partly
    assert len(seen) == 5


def test_lengths_that_are_not_known_are_said() -> None:
    assert int(Dataset.range(2).repeat().cardinality()) == INFINITE_CARDINALITY
    assert int(experimental.cardinality(Dataset.range(5).batch(2))) == 3
    with pytest.raises(TypeError, match="repeats without end"):
        len(Dataset.range(2).repeat())
    with pytest.raises(TypeError, match="not known before"):
        len(Dataset.range(2).filter(lambda x: x > 0))
    assert Dataset.range(0)


def test_padded_batches() -> None:
    data = Dataset.range(1, 4).map(lambda n: np.ones(int(n), np.int32)).padded_batch(2)
    assert numbers(data) == [[[1, 0], [1, 1]], [[1, 1, 1]]]
    with pytest.raises(ShapeError, match="elements must be of one shape"):
        list(Dataset.range(1, 4).map(lambda n: np.ones(int(n))).batch(2))


def test_words_about_speed_change_nothing() -> None:
    options = Options()
    options.experimental_distribute.auto_shard_policy = 1
    data = (
        Dataset.range(3)
        .with_options(options)
        .apply(lambda each: each.map(lambda x: x, num_parallel_calls=AUTOTUNE))
    )
    assert numbers(data) == [0, 1, 2]
    assert int(data.reduce(0, lambda state, x: state + x)) == 3
    assert int(data.take(1).get_single_element()) == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: Dataset.from_tensor_slices((np.arange(2), np.arange(3))), r"same length; received \[2, 3\]"),
        (lambda: Dataset.from_tensor_slices(3), "needs arrays, whose rows"),
        (lambda: Dataset.range(3).batch(0), "batch_size must be an integer of at least 1"),
        (lambda: Dataset.range(3).shard(2, 2), "index must be 0 to num_shards - 1"),
        (lambda: Dataset.range(3).get_single_element(), "more than one"),
        (lambda: Dataset.range(3).padded_batch(2, padded_shapes=(4,)), "pads to the largest"),
    ],
)
def test_refusals(wrong: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        wrong()


def test_only_data_sets_are_zipped() -> None:
    with pytest.raises(ArgumentTypeError, match="needs data sets"):
        Dataset.zip((Dataset.range(2), [1, 2]))


def test_a_number_of_elements_can_be_told() -> None:
    odd = Dataset.range(7).filter(lambda x: x % 2 == 1)
    told = odd.apply(experimental.assert_cardinality(3))
    assert (len(told), int(experimental.cardinality(told.batch(2))), numbers(told)) == (3, 2, [1, 3, 5])
    for count, words in ((2, "said to hold 2 elements; it holds more"), (4, "hold 4 elements; it holds 3")):
        with pytest.raises(DataError, match=words):
            numbers(odd.apply(experimental.assert_cardinality(count)))
    endless = Dataset.range(1).repeat().apply(experimental.assert_cardinality(INFINITE_CARDINALITY))
    assert numbers(endless.take(3)) == [0, 0, 0]


def test_an_iterator_has_tensorflows_word() -> None:
    elements = iter(Dataset.range(2))
    assert [int(elements.get_next()), int(next(elements))] == [0, 1]
    with pytest.raises(StopIteration):
        elements.get_next()


@pytest.mark.parametrize("name", ["make_one_shot_iterator", "make_initializable_iterator"])
def test_iterators_of_tensorflow_1_are_named(name: str) -> None:
    import convolens.tensorflow as tf

    for place in (Dataset.range(3), tf.compat.v1.data):
        with pytest.raises(
            AttributeError, match=rf"data\.(Dataset\.)?{name} is not here: model\.fit takes the data set"
        ):
            getattr(place, name)
    with pytest.raises(
        AttributeError, match=r"tf\.data\.Dataset\.rejection_resample is not here: map, filter"
    ):
        _ = Dataset.range(3).rejection_resample  # type: ignore[attr-defined]
