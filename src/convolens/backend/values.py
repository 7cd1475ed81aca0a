"""Variables, constants and random values, and what is read from and written to them."""

from typing import Any

import numpy as np
import torch

from convolens import random
from convolens.errors import ArgumentTypeError
from convolens.layers.layer import SymbolicTensor
from convolens.tensor import Tensor, Variable, as_tensor

__all__ = [
    "batch_get_value", "batch_set_value", "constant", "count_params", "eval", "get_value", "int_shape", "is_keras_tensor", "is_sparse",
    "is_tensor", "moving_average_update", "random_bernoulli", "random_normal", "random_normal_variable", "random_uniform",
    "random_uniform_variable", "set_value", "truncated_normal", "update", "update_add", "update_sub", "variable",
]  # fmt: skip


def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Variable:
    """Return a variable.

    Args:
        value: what it begins with.
        dtype: of the values; None for float32.
        name: for messages.
        constraint: accepted.
    """
    return Variable(value, dtype=dtype or "float32", name=name)


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Tensor:
    """Return a tensor that does not change.

    Args:
        value: numbers.
        dtype: of the values; None for float32.
        shape: over which it spreads; None for its own.
        name: accepted.
    """
    made = as_tensor(value, dtype or "float32")
    if shape is None:
        return made
    return as_tensor(made.reshape(shape) if made.numel() > 1 else made.expand(shape).clone())


def get_value(x: Any) -> Any:
    """Return the values of a variable, a weight or a tensor as an array; a plain number as it is.

    Raises:
        ArgumentTypeError: a symbolic tensor, which has none.
    """
    if isinstance(x, SymbolicTensor):
        raise ArgumentTypeError(
            "get_value: a symbolic tensor has no values; use function([model.input], [x]) or model.predict."
        )
    if isinstance(x, torch.Tensor):
        return as_tensor(x).numpy()
    return x.numpy() if hasattr(x, "numpy") else x


eval = get_value


def set_value(x: Any, value: Any) -> None:
    """Put values into a variable, a weight, or an optimizer's learning rate.

    Args:
        x: what is changed.
        value: numbers of its shape.

    Raises:
        ArgumentTypeError: x cannot be changed.
    """
    if hasattr(x, "assign"):
        x.assign(value)
    elif isinstance(x, torch.Tensor):
        with torch.no_grad():
            x.copy_(as_tensor(value).as_subclass(torch.Tensor))
    else:
        raise ArgumentTypeError(
            f"set_value: expected a variable, a weight or optimizer.learning_rate; received {type(x).__name__}. "
            "A learning rate is set by model.optimizer.learning_rate = 0.001 as well."
        )


def batch_get_value(tensors: Any) -> list[Any]:
    """Return `get_value` of each."""
    return [get_value(tensor) for tensor in tensors]


def batch_set_value(tuples: Any) -> None:
    """Put values into several: `set_value` of each (x, value)."""
    for x, value in tuples:
        set_value(x, value)


def update(x: Any, new_x: Any) -> Any:
    """Put values into a variable, and return it.

    Args:
        x: the variable.
        new_x: the values.
    """
    return x.assign(new_x)


def update_add(x: Any, increment: Any) -> Any:
    """Add to a variable, and return it.

    Args:
        x: the variable.
        increment: what is added.
    """
    return x.assign_add(increment)


def update_sub(x: Any, decrement: Any) -> Any:
    """Subtract from a variable, and return it.

    Args:
        x: the variable.
        decrement: what is subtracted.
    """
    return x.assign_sub(decrement)


def moving_average_update(x: Any, value: Any, momentum: float) -> Any:
    """Let a variable go a part of the way to values, and return it.

    Args:
        x: the variable.
        value: where it goes.
        momentum: how much of the old values stays.
    """
    return x.assign(momentum * x.detach() + (1 - momentum) * as_tensor(value, x.dtype))


def int_shape(x: Any) -> Any:
    """Return the shape as a tuple, None where a size is free; None for what has no shape."""
    return tuple(x.shape) if hasattr(x, "shape") else None


def count_params(x: Any) -> int:
    """Return the number of values."""
    return int(np.prod(int_shape(x)))


def is_keras_tensor(x: Any) -> bool:
    """Return whether x is a symbolic tensor: an `Input`, or what a layer gave for one."""
    return isinstance(x, SymbolicTensor)


def is_tensor(x: Any) -> bool:
    """Return whether x is a tensor, with values or symbolic."""
    return isinstance(x, (torch.Tensor, SymbolicTensor))


def is_sparse(x: Any) -> bool:
    """Return False: there are no sparse tensors here.

    Args:
        x: anything.
    """
    return False


def random_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Tensor:
    """Return random numbers from a bell.

    Args:
        shape: the sizes.
        mean, stddev: of the bell.
        dtype: of the values; None for float32.
        seed: of the draw; None goes on with the program's.
    """
    return random.normal(shape, mean, stddev, dtype, seed)


def random_uniform(
    shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Tensor:
    """Return random numbers between two.

    Args:
        shape: the sizes.
        minval, maxval: the two.
        dtype, seed: as of `random_normal`.
    """
    return random.uniform(shape, minval, maxval, dtype, seed)


def truncated_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Tensor:
    """Return random numbers from a bell, none further than two stddev from its middle.

    Args: as of `random_normal`.
    """
    return random.truncated_normal(shape, mean, stddev, dtype, seed)


def random_bernoulli(shape: Any, p: float = 0.0, dtype: Any = None, seed: int | None = None) -> Tensor:
    """Return ones with a probability, zeros otherwise.

    Args:
        shape: the sizes.
        p: the probability.
        dtype, seed: as of `random_normal`.
    """
    return as_tensor(random.uniform(shape, seed=seed) < p, dtype or "float32")


def random_normal_variable(
    shape: Any, mean: float, scale: float, dtype: Any = None, name: str | None = None, seed: int | None = None
) -> Variable:
    """Return a variable of random numbers from a bell.

    Args:
        shape: the sizes.
        mean, scale: of the bell: its middle and its width.
        dtype, seed: as of `random_normal`.
        name: for messages.
    """
    return Variable(random.normal(shape, mean, scale, dtype, seed), name=name)


def random_uniform_variable(
    shape: Any, low: float, high: float, dtype: Any = None, name: str | None = None, seed: int | None = None
) -> Variable:
    """Return a variable of random numbers between two.

    Args:
        shape: the sizes.
        low, high: the two.
        dtype, seed: as of `random_normal`.
        name: for messages.
    """
    return Variable(random.uniform(shape, low, high, dtype, seed), name=name)
