"""written: text as Python knows it, of whatever a program has for it."""

from typing import Any

import numpy as np


def written(value: Any) -> str:
    """Return text that is given as a string, bytes, a path, or an array or tensor of one.

    Example:
        >>> written(b"cats"), written(np.array("dogs"))
        ('cats', 'dogs')
    """
    if isinstance(value, np.ndarray):
        value = value[()]
    if hasattr(value, "numpy") and not isinstance(value, (str, bytes)):
        value = value.numpy()
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)
