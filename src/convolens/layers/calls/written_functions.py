"""How files hold the function of a Lambda: as Keras writes it, and never run from there.

What a file says is compared with the functions that this process wrote: the program that saved a model may load it again.
"""

import base64
import json
import marshal
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

from convolens.custom_objects import known, registered_name

_written: dict[str, Callable[..., Any]] = {}  # for the whole process, as the classes that a program registers


def write_function(function: Callable[..., Any]) -> dict[str, Any] | None:
    """Return a function in Keras 3's words, and remember it; None for one that goes by what no file holds.

    Args:
        function: a lambda, whose defaults and whose variables from outside are plain values; or one with a name.

    Example:
        >>> halve = lambda x: x / 2
        >>> read_function(json.loads(json.dumps(write_function(halve)))) is halve
        True
    """
    try:
        described = _described(function)
        key = json.dumps(described, sort_keys=True)
    except (TypeError, ValueError):  # a variable from outside that is no plain value, or has none yet
        return None
    if described is not None:
        _written[key] = function
    return described


def read_function(described: Any) -> Callable[..., Any] | None:
    """Return the function that a file means: one of `custom_objects`, or one that this process wrote; None where there is none.

    Args:
        described: as a file holds it.
    """
    if not isinstance(described, Mapping):
        return None
    if described.get("class_name") == "function":
        own: Callable[..., Any] | None = known(described.get("config"), described.get("registered_name"))
        if own is not None:
            return own
    return _written.get(json.dumps(described, sort_keys=True))


def _described(function: Any) -> dict[str, Any] | None:
    if not isinstance(function, FunctionType) or function.__kwdefaults__:
        return None
    if function.__name__ == "<lambda>":
        outside = function.__closure__
        return {
            "class_name": "__lambda__",
            "config": {
                "code": base64.encodebytes(marshal.dumps(function.__code__)).decode("ascii"),
                "defaults": function.__defaults__,
                "closure": None if outside is None else [cell.cell_contents for cell in outside],
            },
        }
    if function.__closure__ or "<locals>" in function.__qualname__:  # there may be several of the name
        return None
    name = registered_name(function) or function.__name__
    return {
        "module": function.__module__,
        "class_name": "function",
        "config": function.__name__,
        "registered_name": name,
    }
