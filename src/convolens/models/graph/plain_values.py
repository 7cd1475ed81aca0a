"""Values of calls as JSON holds them, in Keras 3's words for what JSON has not: slices, `...`, arrays."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from convolens.errors import ArgumentError
from convolens.layers.calls.symbols import mapped
from convolens.tensor import DType, Variable, Weight

# What an array in a description may hold.
_NUMBERS = {
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
}  # fmt: skip


def written(value: Any) -> Any:
    """Return a value, within its lists, tuples and dicts, as JSON can hold it.

    Raises:
        ArgumentError: it is a weight: what training changes is no part of a description.

    Example:
        >>> written((slice(1, None), ..., np.float32(2)))[1:]
        ({'class_name': '__ellipsis__', 'config': {}}, 2.0)
    """
    return mapped(_written, value)


def _written(leaf: Any) -> Any:
    if isinstance(leaf, slice):
        config = {name: written(getattr(leaf, name)) for name in ("start", "stop", "step")}
        return {"class_name": "__slice__", "config": config}
    if leaf is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(leaf, (Variable, Weight)) or (isinstance(leaf, torch.Tensor) and leaf.requires_grad):
        raise ArgumentError(
            "a call in a graph takes a variable, which no description holds: make it a weight of a layer of your own (add_weight)."
        )
    if isinstance(leaf, (DType, torch.dtype)):
        return getattr(leaf, "name", None) or str(leaf).removeprefix("torch.")
    if isinstance(leaf, (np.ndarray, torch.Tensor)) and leaf.ndim:
        array = np.asarray(leaf.detach().cpu() if isinstance(leaf, torch.Tensor) else leaf)
        return {"class_name": "__numpy__", "config": {"value": array.tolist(), "dtype": array.dtype.name}}
    return leaf.item() if isinstance(leaf, (np.generic, np.ndarray, torch.Tensor)) else leaf


def read(value: Any) -> Any:
    """Return what a description says, with slices, `...` and arrays where it holds their words; nothing in it is run.

    Raises:
        ArgumentError: an array of something else than numbers.

    Example:
        >>> read([{"class_name": "__slice__", "config": {"start": 1, "stop": None, "step": None}}, 2])
        [slice(1, None, None), 2]
    """
    if isinstance(value, (list, tuple)):
        return [read(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    kind, config = value.get("class_name"), value.get("config") or {}
    if kind == "__ellipsis__":
        return ...
    if kind == "__slice__":
        return slice(*(config[name] for name in ("start", "stop", "step")))
    if kind == "__tuple__":
        return tuple(read(value["items"] if "items" in value else config["value"]))
    if kind in ("__numpy__", "__tensor__"):
        if config.get("dtype") not in _NUMBERS:
            raise ArgumentError(
                f"model description: an array of {config.get('dtype')!r:.40}; expected numbers."
            )
        return np.array(config["value"], config["dtype"])
    return {key: read(item) for key, item in value.items()}
