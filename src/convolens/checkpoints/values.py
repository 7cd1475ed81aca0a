"""Nested values as JSON beside named tensors, and back, bit for bit: what a state's parts are written as.

Numbers, texts, None, lists and dicts with text keys are themselves in JSON. What JSON cannot hold is an object with
one key that begins with a dollar:

{"$tensor": NAME}, {"$array": NAME}, {"$scalar": NAME}   a torch tensor, NumPy array or NumPy number, in the tensors by NAME
{"$float": "nan" | "inf" | "-inf"}                        a number that is not finite
{"$tuple": [...]}                                         a tuple
{"$pairs": [[KEY, VALUE], ...]}                           a dict with other keys
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from convolens.errors import ArgumentTypeError, CheckpointError


def encode(
    value: Any, name: str, tensors: dict[str, torch.Tensor], spare: dict[str, torch.Tensor] | None = None
) -> Any:
    """Return `value` for JSON; copies of its tensors and arrays go into `tensors`, named after where they were.

    Args:
        value: numbers, texts, None, tensors, arrays, and lists, tuples and dicts of them.
        name: the first part of the names, "optimizer" say.
        tensors: is added to; the copies are in main memory.
        spare: tensors by name that nobody needs: those of the same shape and type take the copies, and are taken out.

    Raises:
        ArgumentTypeError: a value of another kind; the message names the place.

    Example:
        >>> found = {}
        >>> encode({"rate": 0.1, "sums": [torch.zeros(2)]}, "x", found)
        {'rate': 0.1, 'sums': [{'$tensor': 'x.sums.0'}]}
        >>> list(found)
        ['x.sums.0']
    """
    if isinstance(value, torch.Tensor):
        return {
            "$tensor": _keep(
                _copy(value.detach().as_subclass(torch.Tensor), (spare or {}).pop(name, None)), name, tensors
            )
        }
    if isinstance(value, (np.ndarray, np.generic)):
        kind = "$array" if isinstance(value, np.ndarray) else "$scalar"
        array = np.array(value, order="C")
        try:
            copy = torch.from_numpy(array.astype(array.dtype.newbyteorder("="), copy=False))
        except TypeError as error:
            raise ArgumentTypeError(
                f"state: {name} is an array of {array.dtype}, which no checkpoint holds; give numbers."
            ) from error
        return {kind: _keep(copy, name, tensors)}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": repr(value)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        items = [encode(item, f"{name}.{place}", tensors, spare) for place, item in enumerate(value)]
        return items if isinstance(value, list) else {"$tuple": items}
    if isinstance(value, Mapping):
        pairs = [(key, encode(item, f"{name}.{key}", tensors, spare)) for key, item in value.items()]
        if all(isinstance(key, str) and not key.startswith("$") for key, _ in pairs):
            return dict(pairs)
        return {"$pairs": [[encode(key, f"{name}.key", tensors), item] for key, item in pairs]}
    raise ArgumentTypeError(
        f"state: {name} is a {type(value).__name__}; a state_dict may hold numbers, texts, None, tensors, arrays, and "
        "lists, tuples and dicts of them."
    )


def _copy(tensor: torch.Tensor, spare: torch.Tensor | None) -> torch.Tensor:
    """Return a contiguous copy in main memory, in that of `spare` where it fits."""
    if spare is None or spare.shape != tensor.shape or spare.dtype != tensor.dtype:
        spare = torch.empty(tensor.shape, dtype=tensor.dtype)
    return spare.copy_(tensor)


def _keep(tensor: torch.Tensor, name: str, tensors: dict[str, torch.Tensor]) -> str:
    while name in tensors:  # {"a.b": 1} beside {"a": {"b": 1}}
        name += "_"
    tensors[name] = tensor
    return name


def decode(value: Any, tensors: Mapping[str, torch.Tensor]) -> Any:
    """Return what `encode` was given.

    Raises:
        CheckpointError: a tensor is not there, or the form is unknown.

    Example:
        >>> decode({"$tuple": [1, {"$float": "inf"}]}, {})
        (1, inf)
    """
    if isinstance(value, list):
        return [decode(item, tensors) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) != 1 or not next(iter(value)).startswith("$"):
        return {key: decode(item, tensors) for key, item in value.items()}
    ((kind, content),) = value.items()
    try:
        if kind == "$tensor":
            return tensors[content]
        if kind == "$array":
            return tensors[content].numpy()
        if kind == "$scalar":
            return tensors[content].numpy()[()]
        if kind == "$float":
            return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[content]
        if kind == "$tuple":
            return tuple(decode(item, tensors) for item in content)
        if kind == "$pairs":
            return {decode(key, tensors): decode(item, tensors) for key, item in content}
    except (LookupError, TypeError, ValueError) as error:
        raise CheckpointError(f"state: {kind} {content!r} cannot be read; use an older one.") from error
    raise CheckpointError(f"state: {kind!r} is of a newer version; update convolens.")
