"""Exclusion: which weights are left out of weight decay."""

import re
from collections.abc import Iterable, Mapping

import torch

from convolens.tensor import Variable, parameters_of


class Exclusion:
    """Weights that are left out of weight decay: some themselves, and all in whose name a pattern is found.

    Args:
        weights: variables or parameters.
        patterns: regular expressions: "bias", "gamma|beta".

    Example:
        >>> kernel, bias = torch.ones(2), torch.ones(2)
        >>> exclusion = Exclusion(patterns=["bias"])
        >>> exclusion.learn_names({id(bias): "bias"})
        >>> exclusion.among([kernel, bias])
        [tensor([1., 1.])]

    Source: Keras 3 `BaseOptimizer.exclude_from_weight_decay`.
    """

    def __init__(self, weights: Iterable[torch.Tensor] = (), patterns: Iterable[str] = ()) -> None:
        self.parameters = parameters_of(weights)
        self.patterns = [re.compile(pattern) for pattern in patterns]
        self.names: dict[int, str] = {}  # id of a parameter -> its name

    def learn_names(self, names: Mapping[int, str]) -> None:
        """Take in names of parameters by their ids."""
        self.names.update(names)

    def among(self, parameters: Iterable[torch.Tensor]) -> list[torch.Tensor]:
        """Return those of the parameters that are left out."""
        own = {id(parameter) for parameter in self.parameters}
        return [
            parameter
            for parameter in parameters
            if id(parameter) in own
            or any(pattern.search(self.names.get(id(parameter), "")) for pattern in self.patterns)
        ]


def names_of(weights: Iterable[torch.Tensor]) -> dict[int, str]:
    """Return id of a parameter -> its name, of the variables among weights.

    Example:
        >>> names_of([Variable([1.0], name="scale"), torch.ones(1)]).values()
        dict_values(['scale'])
    """
    return {
        id(parameters_of([weight])[0]): weight.name.removesuffix(":0")  # as programs of TensorFlow see it
        for weight in weights
        if isinstance(weight, Variable)
    }
