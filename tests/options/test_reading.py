"""What is typed for an option, as a value."""

import pytest

from convolens.errors import ArgumentError
from convolens.options.reading import numbers, recipe_or_none, shift


def test_a_share_is_no_number_of_pixels() -> None:
    assert [type(shift(text, "x")) for text in ("5", "5.0", "0.25", "1,2")] == [int, float, float, list]


def test_what_is_none_is_named() -> None:
    with pytest.raises(
        ArgumentError, match=r"^x: expected a number, or several with commas; received 'a'\.$"
    ):
        numbers("a", "x")
    with pytest.raises(ArgumentError, match=r"^--augment must be recipe or none; received 'some'\.$"):
        recipe_or_none("some", "--augment")
