"""What `keras.backend` says of the whole program: layout of images, types, small numbers, phases, names."""

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from convolens.errors import ArgumentError

__all__ = [
    "backend", "cast_to_floatx", "clear_session", "epsilon", "floatx", "get_uid", "image_data_format", "image_dim_ordering",
    "learning_phase", "manual_variable_initialization", "name_scope", "normalize_data_format", "reset_uids", "set_epsilon", "set_floatx",
    "set_image_data_format", "set_image_dim_ordering", "set_learning_phase", "set_session",
]  # fmt: skip

_numbers = {"epsilon": 1e-7, "learning_phase": 0}
_names: Counter[str] = Counter()


def backend() -> str:
    """Return "tensorflow": whose layout of images and rules hold here, though torch computes."""
    return "tensorflow"


def image_data_format() -> str:
    """Return "channels_last", the one layout of images that there is here."""
    return "channels_last"


def set_image_data_format(data_format: str) -> None:
    """Accept "channels_last".

    Raises:
        ArgumentError: "channels_first", or no layout.
    """
    if data_format != "channels_last":
        raise ArgumentError(
            f'set_image_data_format: images are "channels_last" (rows, columns, channels) here; received {data_format!r}. '
            "Leave the call out, and give images and input_shape as (rows, columns, channels)."
        )


def image_dim_ordering() -> str:
    """Return "tf": Keras 1's word for channels last."""
    return "tf"


def set_image_dim_ordering(dim_ordering: str) -> None:
    """Accept "tf", Keras 1's word for channels last.

    Raises:
        ArgumentError: "th", channels first, or no layout.
    """
    set_image_data_format({"tf": "channels_last", "th": "channels_first"}.get(dim_ordering, dim_ordering))


def normalize_data_format(value: str | None) -> str:
    """Return the layout that is meant: "channels_last", also for None.

    Raises:
        ArgumentError: another one.
    """
    if value is not None:
        set_image_data_format(value.lower())
    return "channels_last"


def floatx() -> str:
    """Return "float32", in which networks compute here."""
    return "float32"


def set_floatx(value: str) -> None:
    """Accept "float32".

    Raises:
        ArgumentError: another type.
    """
    if value != "float32":
        raise ArgumentError(
            f'set_floatx: networks compute in "float32" here; received {value!r}. Leave the call out; '
            "for half precision on a GPU see mixed_precision."
        )


def cast_to_floatx(x: Any) -> Any:
    """Return values as float32: a tensor of a tensor, else an array."""
    return x.to("float32") if hasattr(x, "numpy") else np.asarray(x, dtype=np.float32)


def epsilon() -> float:
    """Return the small number that keeps divisions and logarithms of programs away from 0."""
    return _numbers["epsilon"]


def set_epsilon(value: float) -> None:
    """Change what `epsilon` returns; losses and layers here keep their own small numbers.

    Args:
        value: the number.
    """
    _numbers["epsilon"] = float(value)


def learning_phase() -> int:
    """Return 1 where `set_learning_phase(1)` was said, else 0; as an input of `function` it chooses the mode of each call."""
    return int(_numbers["learning_phase"])


def set_learning_phase(value: int) -> None:
    """Choose the mode of `function`s that are made from now on.

    Args:
        value: 0 to infer, 1 to train. Models are not changed: `fit` trains, all else infers.

    Raises:
        ArgumentError: neither 0 nor 1.
    """
    if value not in (0, 1):
        raise ArgumentError(f"set_learning_phase: expected 0 or 1; received {value!r}.")
    _numbers["learning_phase"] = int(value)


def clear_session(free_memory: bool = True) -> None:
    """Forget the counts of `get_uid`, and give back the memory of models that nobody holds.

    Args:
        free_memory: whether to look for that memory.
    """
    _names.clear()
    if free_memory:
        gc.collect()


def get_uid(prefix: str = "") -> int:
    """Return how often it was asked for a prefix, this time included.

    Args:
        prefix: of names.

    Example:
        >>> clear_session(); get_uid("dense"), get_uid("dense")
        (1, 2)
    """
    _names[prefix] += 1
    return _names[prefix]


def reset_uids() -> None:
    """Forget the counts of `get_uid`."""
    _names.clear()


@contextmanager
def name_scope(name: str, *others: Any, **options: Any) -> Iterator[str]:
    """Do nothing within the block: layers are named within their network.

    Args:
        name: of the scope.
        others, options: of TensorFlow 1 and Keras 3; accepted.

    Example:
        >>> with name_scope("block"):
        ...     pass
    """
    yield name


def set_session(session: Any) -> None:
    """Do nothing: there are no sessions here, everything runs at once.

    Args:
        session: of TensorFlow 1, accepted.
    """


def manual_variable_initialization(value: bool) -> None:
    """Do nothing: weights have their values as soon as they are made.

    Args:
        value: accepted.
    """
