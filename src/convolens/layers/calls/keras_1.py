"""Arguments of layers in Keras 1's words, told in today's: `Convolution2D(32, 3, 3, border_mode="same")`, `Dense(output_dim=10)`.

As Keras 2's own `legacy/interfaces.py` maps them; for programs, and for descriptions in files of Keras 1.
"""

import functools
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from convolens.constructors import argument_names
from convolens.layers.weight_rules import rule_names

ARGUMENTS = {
    "nb_filter": "filters",
    "border_mode": "padding",
    "subsample": "strides",
    "dim_ordering": "data_format",
    "init": "kernel_initializer",
    "beta_init": "beta_initializer",
    "gamma_init": "gamma_initializer",
    "bias": "use_bias",
    "atrous_rate": "dilation_rate",
    "output_dim": "units",
    "p": "rate",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
}
INITIALIZERS = {"uniform": "random_uniform", "normal": "random_normal", "zero": "zeros", "one": "ones"}
FORMATS = {"tf": "channels_last", "th": "channels_first"}
_ONLY_HERE = {
    "sigma": "stddev",
    "filter_length": "kernel_size",
    "pool_length": "pool_size",
    "subsample_length": "strides",
}
# The sides of a kernel, by how many there are.
SIDES = {2: ("nb_row", "nb_col"), 3: ("kernel_dim1", "kernel_dim2", "kernel_dim3")}
_OTHERS = {*SIDES[2], *SIDES[3], "input_dim", "mode", "input_dtype"}
# What layers with a depthwise kernel took in Keras 2, and did nothing with.
_OF_ANOTHER_KERNEL = {"kernel_initializer", "kernel_regularizer", "kernel_constraint"}
_OLD = _OF_ANOTHER_KERNEL | {**ARGUMENTS, **_ONLY_HERE}.keys() | _OTHERS


def in_todays_words(
    kind: type, arguments: tuple[Any, ...], keywords: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any], list[str]]:
    """Return what a layer is made with in today's words, and what was said otherwise.

    Args:
        kind: the class of the layer.
        arguments, keywords: as a program gives them.

    Example:
        >>> from convolens.layers import Conv2D
        >>> in_todays_words(Conv2D, (32, 3, 3), {"border_mode": "same"})
        ((32,), {'padding': 'same', 'kernel_size': (3, 3)}, ['border_mode is padding', 'nb_row, nb_col are kernel_size'])
    """
    known = {*argument_names(kind), *rule_names(kind)}
    told: list[str] = []
    found: dict[str, Any] = {}
    for name, value in keywords.items():
        if name in _OF_ANOTHER_KERNEL - known and "depthwise_initializer" in known:
            told.append(f"{name} is depthwise_{name[7:]} (it has no effect, as in Keras 2)")
            continue
        new = {**ARGUMENTS, **_ONLY_HERE}.get(name)
        if name in known or new not in known:
            found[name] = value
            continue
        told.append(f"{name} is {new}")
        found[new] = FORMATS.get(value, value) if new == "data_format" else value
        if new.endswith("_initializer") and isinstance(value, str):
            found[new] = INITIALIZERS.get(value, value)
    sides = SIDES.get(getattr(kind, "axes", 2), ()) if "kernel_size" in known else ()
    if sides and (sides[0] in found or _are_sides(arguments, told, len(sides))):
        if sides[0] in found:
            found["kernel_size"] = tuple(found.pop(side, None) for side in sides)
        else:
            behind = 1 + len(sides)
            found["kernel_size"], arguments = arguments[1:behind], (arguments[0], *arguments[behind:])
        told.append(f"{', '.join(sides)} are kernel_size")
    if "input_dim" in found and "input_dim" not in known:
        found["input_shape"] = (found.pop("input_dim"),)
    if found.get("mode") == 0 and "mode" not in known:
        del found["mode"]
        told.append("mode=0 is what there is")
    if "input_dtype" not in known:
        found.pop("input_dtype", None)
    return arguments, found, told


def _are_sides(arguments: tuple[Any, ...], told: list[str], sides: int) -> bool:
    """Return whether (filters, 3, 3) means rows and columns, as beside other words of Keras 1; today it is a step of 3."""
    numbers = arguments[: 1 + sides]
    return bool(told) and len(numbers) > sides and all(isinstance(size, int) for size in numbers)


def takes_old_words(constructor: Callable[..., None]) -> Callable[..., None]:
    """Return the constructor of a layer that takes Keras 1's words too, of which a warning says today's."""

    @functools.wraps(constructor)
    def made(self: Any, *arguments: Any, **keywords: Any) -> None:
        if _OLD & keywords.keys():
            arguments, keywords, told = in_todays_words(type(self), arguments, keywords)
            if told:
                warnings.warn(
                    f"{type(self).__name__}: Keras 1's {', '.join(told)} now.", UserWarning, stacklevel=2
                )
        constructor(self, *arguments, **keywords)

    return made
