"""by_output: what a user gives for each output of a model, as a list in the order of the outputs."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from convolens.arguments import did_you_mean
from convolens.errors import ArgumentError, ShapeError, UnknownNameError


def by_output(where: str, what: str, given: Any, names: Sequence[str]) -> list[Any]:
    """Return what is given for each output: of a list in its order, of a dict by the outputs' names, else the same for all.

    Args:
        where: what an error begins with: "fit" ...
        what: the argument: "y", "loss" ...
        given: a list or tuple of one for each output, a dict of name to one (None for those that it leaves out), or one for all.
        names: of the outputs, in order.

    Raises:
        ShapeError: a list of another length. UnknownNameError: a name of no output; the nearest is offered.

    Example:
        >>> by_output("compile", "loss", {"b": "mse"}, ["a", "b"]), by_output("compile", "loss", "mse", ["a", "b"])
        ([None, 'mse'], ['mse', 'mse'])
    """
    if isinstance(given, Mapping) and "class_name" not in given:
        for name in given:
            if name not in names:
                raise UnknownNameError(
                    f"{where}: {what} has an entry for {name!r}, which is no output.{did_you_mean(name, names)} Outputs: "
                    f"{', '.join(names)}."
                )
        return [given.get(name) for name in names]
    if isinstance(given, (list, tuple)):
        if len(given) != len(names):
            raise ShapeError(
                f"{where}: the model has {len(names)} outputs ({', '.join(names)}); {what} is a list of {len(given)}. Give one for "
                "each output, or a dict by their names."
            )
        return list(given)
    return [given] * len(names)


def targets_by_output(where: str, y: Any, names: Sequence[str]) -> list[Any]:
    """Return the targets of each output; args, raises: as of `by_output`.

    Raises:
        ArgumentError: one array for several outputs.
    """
    if len(names) > 1 and not isinstance(y, (list, tuple, Mapping)):
        raise ArgumentError(
            f"{where}: the model has {len(names)} outputs ({', '.join(names)}); give y as a list of one array for each, or a dict by "
            "their names."
        )
    return by_output(where, "y", y, names)


def weights_by_output(where: str, weight: Any, names: Sequence[str]) -> Any:
    """Return sample weights as a batch takes them: an array or None, or a list of one for each of several outputs.

    Args:
        where: what an error begins with.
        weight: one weight a sample (n,), of all outputs; or a list, tuple or dict by the outputs' names of such, None for 1.
        names: of the outputs, in order.

    Raises:
        ArgumentError: no numbers. Others: as of `by_output`.

    Example:
        >>> weights_by_output("fit", {"b": [0.5]}, ["a", "b"]), weights_by_output("fit", [0.5, 1.0], ["a", "b"])
        ([None, [0.5]], [0.5, 1.0])
    """
    listed = isinstance(weight, (list, tuple)) and any(one is None or np.ndim(one) for one in weight)
    if len(names) == 1:  # rows of weights of one output, or that output's array in a list
        listed = listed and len(weight) == 1 and hasattr(weight[0], "shape")
    if listed or isinstance(weight, Mapping):
        weight = by_output(where, "sample_weight", weight, names)
        weight = weight if len(names) > 1 else weight[0]
    for one in weight if len(names) > 1 and (listed or isinstance(weight, list)) else [weight]:
        kind = getattr(getattr(one, "dtype", None) or np.asarray(one).dtype, "kind", "f")  # torch's has none
        if one is not None and kind not in "biuf":
            raise ArgumentError(
                f"{where}: sample_weight must be numbers, one a sample, or an array of such for each output; received {one!r:.60}."
            )
    return weight
