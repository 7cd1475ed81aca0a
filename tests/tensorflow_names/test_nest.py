"""`tf.nest`: structures come apart and together again, as TensorFlow's documentation says, and as Keras' own `tree` does it."""

from collections import namedtuple
from typing import Any

import hypothesis
import hypothesis.strategies as st
import keras
import pytest

import convolens.tensorflow as tf

STRUCTURES = st.recursive(
    st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3)
    ),
    max_leaves=8,
)
Point = namedtuple("Point", "x y")


@hypothesis.given(STRUCTURES)
def test_structures_are_taken_apart_and_put_together_as_keras_does(structure: Any) -> None:
    flat = tf.nest.flatten(structure)
    assert flat == keras.tree.flatten(structure)
    assert tf.nest.pack_sequence_as(structure, flat) == structure
    assert tf.nest.map_structure(lambda x: 2 * x, structure) == keras.tree.map_structure(
        lambda x: 2 * x, structure
    )
    tf.nest.assert_same_structure(structure, tf.nest.map_structure(str, structure))


def test_named_tuples_and_the_order_of_dicts_stay() -> None:
    made = tf.nest.map_structure(
        lambda a, b: a + b, Point(1, {"b": 2, "a": 3}), Point(10, {"a": 30, "b": 20})
    )
    assert made == Point(11, {"b": 22, "a": 33})
    assert list(made.y) == ["b", "a"]
    assert tf.nest.flatten("text") == ["text"]


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ([1], [1, 2], ValueError),
        ([1], 1, ValueError),
        ({"a": 1}, {"b": 1}, ValueError),
        ([1], (1,), TypeError),
    ],
)
def test_structures_that_are_not_alike_are_refused(one: Any, other: Any, kind: type[Exception]) -> None:
    for first, second in ((one, other), (other, one)):
        with pytest.raises(kind):
            tf.nest.assert_same_structure(first, second)
        with pytest.raises(kind):
            tf.nest.map_structure(lambda a, b: a, first, second)
    if kind is TypeError:
        tf.nest.assert_same_structure(one, other, check_types=False)
    with pytest.raises(ValueError, match="the structure has 2 values; received 1"):
        tf.nest.pack_sequence_as([0, 0], [1])
