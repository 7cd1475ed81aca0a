"""Values out of what is typed for an option: numbers, with commas between them."""

from typing import Any

from convolens.errors import ArgumentError


def numbers(text: str, option: str) -> list[float]:
    """Return comma-separated numbers.

    Raises:
        ArgumentError: something else.
    """
    try:
        return [float(part) for part in text.split(",")]
    except ValueError as error:
        raise ArgumentError(
            f"{option}: expected a number, or several with commas; received {text!r}."
        ) from error


def shift(text: str, option: str) -> Any:
    """Return a shift as Keras takes it: "0.1" a share, "5" whole pixels, "0.1,0.3" a choice.

    Example:
        >>> shift("5", "--width-shift-range"), shift("0.1,0.3", "--width-shift-range")
        (5, [0.1, 0.3])
    """
    values = numbers(text, option)
    if len(values) > 1:
        return values
    return int(text) if text.strip().isdigit() else values[0]


def single_or_pair(text: str, option: str) -> Any:
    """Return one number, or a pair (low, high).

    Example:
        >>> single_or_pair("0.2", "--zoom-range"), single_or_pair("0.8,1.1", "--zoom-range")
        (0.2, (0.8, 1.1))
    """
    values = numbers(text, option)
    return values[0] if len(values) == 1 else tuple(values)


def several(text: str, option: str) -> tuple[float, ...]:
    """Return comma-separated numbers as a tuple, however many.

    Example:
        >>> several("2,9", "--randaugment")
        (2.0, 9.0)
    """
    return tuple(numbers(text, option))


def recipe_or_none(text: str, option: str) -> bool:
    """Return whether the recipe's augmentation is wanted.

    Raises:
        ArgumentError: another word.

    Example:
        >>> recipe_or_none("none", "--augment")
        False
    """
    if text not in ("recipe", "none"):
        raise ArgumentError(f"{option} must be recipe or none; received {text!r}.")
    return text == "recipe"
