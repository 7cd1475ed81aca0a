"""Arguments of the backend's functions in Keras 1's words, told in today's: `K.random_normal(shape, std=0.1)`."""

import functools
import inspect
import warnings
from typing import Any

_WORDS = {
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "filter_dilation": "dilation_rate",
    "std": "stddev",
    "low": "minval",
    "high": "maxval",
    "X": "x",
}
_NEEDLESS = {"image_shape", "filter_shape"}  # of convolutions, whose tensors say it


def takes_old_words(function: Any) -> Any:
    """Return a function of the backend that takes Keras 1's words too, of which a warning says today's.

    Args:
        function: a function; anything else is returned as it is.

    Example:
        >>> def padded(x, padding="valid"):
        ...     return padding
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     takes_old_words(padded)(0, border_mode="same")
        'same'
    """
    if not inspect.isfunction(function):
        return function
    known = inspect.signature(function).parameters
    words = {old: new for old, new in _WORDS.items() if new in known and old not in known}
    if not words:
        return function

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        told = [f"{old} is {words[old]}" for old in keywords if old in words]
        if told:
            said = f"{function.__name__}: Keras 1's {', '.join(told)} now."
            warnings.warn(said, UserWarning, stacklevel=2)
            keywords = {words.get(key, key): value for key, value in keywords.items() if key not in _NEEDLESS}
        return function(*arguments, **keywords)

    return call
