"""Argument checks: what they let through is what they return; what they refuse, they say."""

from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from convolens import arguments, errors
from convolens.errors import ArgumentError, ArgumentTypeError, ConvolensError, UnknownNameError

ANYTHING = st.one_of(
    st.integers(), st.floats(), st.booleans(), st.text(), st.none(), st.lists(st.integers()), st.binary()
)


@given(value=ANYTHING, minimum=st.integers(-5, 5))
def test_integer(value: Any, minimum: int) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if whole and minimum <= value <= arguments.LARGEST:
        assert arguments.integer("Dense", "units", value, minimum) == value
    elif whole and value > arguments.LARGEST:
        with pytest.raises(ArgumentError, match=f"an integer of at most 2147483647; received {value}"):
            arguments.integer("Dense", "units", value, minimum)
    else:
        with pytest.raises(ArgumentError) as raised:
            arguments.integer("Dense", "units", value, minimum)
        assert str(raised.value) == (
            f"Dense: units must be an integer of at least {minimum}; received {value!r}."
        )


@pytest.mark.parametrize("kind", [np.int32, np.uint8, np.int64])
def test_whole_numbers_of_numpy_are_integers(kind: Any) -> None:
    made = arguments.integer("Dense", "units", kind(3))
    assert made == 3
    assert type(made) is int


@given(
    value=ANYTHING | st.fractions(), low=st.integers(-3, 0), high=st.integers(0, 3), open_high=st.booleans()
)
def test_number_in(value: Any, low: int, high: int, open_high: bool) -> None:
    inside = (
        isinstance(value, (int, float, Fraction))
        and not isinstance(value, bool)
        and low <= value <= high
        and not (open_high and value == high)
    )
    if inside:
        assert arguments.number_in("Dropout", "rate", value, low, high, open_high=open_high) == float(value)
    else:
        with pytest.raises(ArgumentError, match="Dropout: rate must be a number in") as raised:
            arguments.number_in("Dropout", "rate", value, low, high, open_high=open_high)
        assert f"[{low}, {high}{')' if open_high else ']'}; received {value!r}." in str(raised.value)


@given(a=st.integers(1, 9), b=st.integers(1, 9))
def test_pair(a: int, b: int) -> None:
    assert arguments.pair("Conv2D", "strides", a) == (a, a)
    assert (
        arguments.pair("Conv2D", "strides", (a, b)) == arguments.pair("Conv2D", "strides", [a, b]) == (a, b)
    )
    for wrong, words in (((a, b, a), "one integer or a pair"), ((), "a pair"), ((a, 0), "at least 1")):
        with pytest.raises(ArgumentError, match=words):
            arguments.pair("Conv2D", "strides", wrong)
    with pytest.raises(ArgumentError, match=r"strides must be an integer of at least 1; received '3'"):
        arguments.pair("Conv2D", "strides", "3")


NAMES = st.lists(st.text("abcdefgh_", min_size=1, max_size=8), min_size=1, max_size=6, unique=True)


@given(names=NAMES, value=st.text("abcdefgh_", max_size=8))
def test_names(names: list[str], value: str) -> None:
    table = {name: object() for name in names}
    if value in names:
        assert arguments.one_of("Conv2D", "padding", value, names) == value
        assert arguments.look_up("compile", "loss", value, table) is table[value]
        arguments.refuse_unknown("Dense", {value: 1}, names)
        return
    with pytest.raises(UnknownNameError, match=r"Conv2D: padding must be one of .*; received '"):
        arguments.one_of("Conv2D", "padding", value, names)
    with pytest.raises(UnknownNameError, match=r"compile: unknown loss '.*'\..* Known: "):
        arguments.look_up("compile", "loss", value, table)
    with pytest.raises(ArgumentTypeError, match=r"Dense: unknown argument '.*'\..* Known: "):
        arguments.refuse_unknown("Dense", {value: 1}, iter(names))


@given(names=NAMES, name=st.data())
def test_a_name_in_other_letters_is_offered(names: list[str], name: Any) -> None:
    chosen = name.draw(st.sampled_from(names))
    assert arguments.did_you_mean(chosen.upper(), names) == f" Did you mean '{chosen}'?"


def test_nothing_near_is_nothing_offered() -> None:
    assert arguments.did_you_mean("zzzz", ["adam", "sgd"]) == ""
    assert arguments.did_you_mean(3, []) == ""
    with pytest.raises(UnknownNameError, match=r"must be one of 1, 2; received 3\.$"):
        arguments.one_of("x", "y", 3, (1, 2))


ERRORS = [
    made for made in vars(errors).values() if isinstance(made, type) and issubclass(made, ConvolensError)
]


@pytest.mark.parametrize("made", ERRORS, ids=lambda made: made.__name__)
def test_every_error_is_a_builtin_too(made: type[ConvolensError]) -> None:
    builtins = [base for base in made.__mro__ if base.__module__ == "builtins"]
    assert builtins[0] is not Exception or made is ConvolensError
    assert str(made("what was wrong")) == "what was wrong"
    assert made.__doc__
