"""`tf.random`: a seed begins a row of draws that goes on from call to call; `set_seed` begins all of them anew."""

from typing import Any

import numpy as np

from convolens import random
from convolens.missing import answer_for
from convolens.ops.making import sizes
from convolens.ops.operation import operation
from convolens.seeding import set_random_seed
from convolens.tensor import Tensor, as_tensor

__all__ = [
    "categorical", "gamma", "normal", "set_random_seed", "set_seed", "shuffle", "stateless_normal", "stateless_uniform",
    "truncated_normal", "uniform",
]  # fmt: skip

_streams: dict[int, random.SeedGenerator] = {}


__getattr__ = answer_for(__name__)


def stream(seed: int | None) -> random.SeedGenerator | None:
    """Return the row of draws that a seed stands for; None for the program's own."""
    return None if seed is None else _streams.setdefault(int(seed), random.SeedGenerator(seed))


def set_seed(seed: int) -> None:
    """Begin all rows of random numbers anew: Python's, NumPy's, torch's, and those of seeds.

    Args:
        seed: a whole number.
    """
    _streams.clear()
    set_random_seed(seed)


def normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = "float32",
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Return random numbers from a bell.

    Args:
        shape: the sizes.
        mean, stddev: of the bell.
        dtype: of the values.
        seed: of a row of draws; None for the program's.
        name: accepted.
    """
    return random.normal(shape, mean, stddev, dtype, stream(seed))


def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = "float32",
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Return random numbers from a bell, none further than two stddev from its middle.

    Args: as of `normal`.
    """
    return random.truncated_normal(shape, mean, stddev, dtype, stream(seed))


def uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = "float32",
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Return random numbers from one up to, without, another.

    Args:
        shape: the sizes.
        minval, maxval: from, and up to; None for 1.
        dtype, seed, name: as of `normal`.
    """
    return random.uniform(shape, minval, 1 if maxval is None else maxval, dtype, stream(seed))


def gamma(shape: Any, alpha: Any, beta: Any = 1.0, dtype: Any = "float32", seed: int | None = None) -> Tensor:
    """Return random numbers from a gamma distribution.

    Args:
        shape: the sizes, for each of the distributions.
        alpha, beta: its shape and its rate; tensors of several, whose sizes come behind `shape`.
        dtype, seed: as of `normal`.
    """
    behind = np.broadcast_shapes(np.shape(alpha), np.shape(beta))
    return as_tensor(random.gamma((*sizes(shape), *behind), alpha, dtype, stream(seed)) / as_tensor(beta))


@operation(1)
def categorical(logits: Any, num_samples: int, dtype: Any = "int64", seed: int | None = None) -> Any:
    """Return random class numbers, (n, num_samples).

    Args:
        logits: scores of the classes, (n, classes).
        num_samples: how many for each.
        dtype, seed: as of `normal`.
    """
    return random.categorical(logits, num_samples, dtype, stream(seed))


@operation(1)
def shuffle(value: Any, seed: int | None = None) -> Any:
    """Return the parts of a tensor along the first axis in random order.

    Args:
        value: a tensor.
        seed: as of `normal`.
    """
    return random.shuffle(value, 0, stream(seed))


def stateless_uniform(
    shape: Any,
    seed: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = "float32",
    name: str | None = None,
) -> Tensor:
    """Return random numbers that depend on a seed alone.

    Args:
        shape: the sizes.
        seed: two whole numbers.
        minval, maxval, dtype, name: as of `uniform`.
    """
    return random.uniform(shape, minval, 1 if maxval is None else maxval, dtype, seed)


def stateless_normal(
    shape: Any, seed: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = "float32", name: str | None = None
) -> Tensor:
    """Return random numbers from a bell that depend on a seed alone.

    Args:
        shape: the sizes.
        seed: two whole numbers.
        mean, stddev, dtype, name: as of `normal`.
    """
    return random.normal(shape, mean, stddev, dtype, seed)
