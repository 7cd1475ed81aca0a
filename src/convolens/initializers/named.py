"""The initialisers by their names, and what may stand for one."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from convolens.described import made
from convolens.initializers.constants import Constant, Identity, Ones, Zeros
from convolens.initializers.initializer import Initializer
from convolens.initializers.own_function import OwnFunction
from convolens.initializers.random import Orthogonal, RandomNormal, RandomUniform, TruncatedNormal
from convolens.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)

INITIALIZERS: dict[str, type[Initializer]] = {
    "zeros": Zeros,
    "ones": Ones,
    "constant": Constant,
    "random_uniform": RandomUniform,
    "random_normal": RandomNormal,
    "truncated_normal": TruncatedNormal,
    "variance_scaling": VarianceScaling,
    "glorot_uniform": GlorotUniform,
    "glorot_normal": GlorotNormal,
    "he_uniform": HeUniform,
    "he_normal": HeNormal,
    "lecun_uniform": LecunUniform,
    "lecun_normal": LecunNormal,
    "orthogonal": Orthogonal,
    "identity": Identity,
}

_NAMED: dict[str, Any] = {
    **INITIALIZERS,
    **{kind.__name__: kind for kind in INITIALIZERS.values()},
    **{"zero": Zeros, "one": Ones, "uniform": RandomUniform, "normal": RandomNormal},
    **{"IdentityInitializer": Identity, "OrthogonalInitializer": Orthogonal},
}


def get(identifier: Any) -> Any:
    """Return the initialiser that a name, config, class, function, array or initialiser stands for; None for none.

    Args:
        identifier: "glorot_uniform", "GlorotUniform" or an old name, `{"class_name": ..., "config": {...}}`, an `Initializer` or its class, a
            function `(shape, dtype=None)`, or an array of the weights' values.

    Raises:
        UnknownNameError: the name is not known; the nearest one is offered. ArgumentError: nothing of the above.

    Example:
        >>> type(get("he_normal")).__name__
        'HeNormal'
    """
    if isinstance(identifier, (np.ndarray, torch.Tensor)):
        return Constant(
            identifier if isinstance(identifier, np.ndarray) else identifier.detach().cpu().numpy()
        )
    if isinstance(identifier, Mapping) and "class_name" in identifier:
        given = {key: value for key, value in (identifier.get("config") or {}).items() if value is not None}
        identifier = {"class_name": identifier["class_name"], "config": given}
    found = made("initializers", "initializer", identifier, _NAMED)
    return found if found is None or isinstance(found, Initializer) else OwnFunction(found)


def serialize(initializer: Initializer) -> Any:
    """Return an initialiser as plain values, as Keras writes it.

    Args:
        initializer: one of this module.
    """
    return initializer.serialize()
