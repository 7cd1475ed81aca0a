"""Functions of tensors in Keras' order by Keras' names (`keras.ops`): on values at once, on symbolic tensors as layers.

Example:
    >>> from convolens import ops
    >>> ops.mean([[1.0, 3.0]], axis=-1).numpy().tolist()
    [2.0]
"""

import importlib
from collections.abc import Callable
from typing import Any

from convolens.missing import answer_for
from convolens.missing.advice import known_names

# Where the functions are, and the rooms under which Keras has some of them once more.
_HOMES = (
    "elementwise", "reductions", "making", "shapes", "parts", "choosing", "linear_algebra", "fourier", "nn", "control",
)  # fmt: skip
_ROOMS = {"image": "image", "nn": "nn", "linalg": "linear_algebra"}

_missing = answer_for(__name__)


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return __dir__()
    if name in _ROOMS:
        return importlib.import_module(f"convolens.ops.{_ROOMS[name]}")
    for home in () if name.startswith("_") else _HOMES:
        module = importlib.import_module(f"convolens.ops.{home}")
        if name in module.__all__:
            value = globals()[name] = getattr(module, name)
            return value
    return _missing(name)


def also_in(room: str) -> Callable[[str], Any]:
    """Return the `__getattr__` of a room: what Keras has in it once more (`keras.ops.nn.relu`) is answered from here.

    Args:
        room: "image", "linalg" or "nn".
    """
    missing = answer_for(f"{__name__}.{room}")

    def __getattr__(name: str) -> Any:
        once_more = f"keras.ops.{room}.{name}" in known_names() and name in __dir__()
        return getattr(importlib.import_module(__name__), name) if once_more else missing(name)

    return __getattr__


def __dir__() -> list[str]:
    return sorted(
        name for home in _HOMES for name in importlib.import_module(f"convolens.ops.{home}").__all__
    )
