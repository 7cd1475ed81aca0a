"""Random functions, and initializers, that `tf` itself has, by the names of TensorFlow 1 and 2."""

from typing import Any

import torch

from convolens.initializers import Constant as constant_initializer
from convolens.initializers import Ones as ones_initializer
from convolens.initializers import Zeros as zeros_initializer
from convolens.ops.operation import operation
from convolens.tensorflow import random
from convolens.tensorflow.top.spelling import spelt

__all__ = [
    "constant_initializer",
    "ones_initializer",
    "random_crop",
    "random_normal",
    "random_uniform",
    "set_random_seed",
    "truncated_normal",
    "zeros_initializer",
]

random_normal = spelt(random.normal, "random_normal")
random_uniform = spelt(random.uniform, "random_uniform")
truncated_normal = spelt(random.truncated_normal, "truncated_normal")
set_random_seed = spelt(random.set_seed, "set_random_seed")


@operation(1)
def random_crop(value: Any, size: Any, seed: int | None = None) -> Any:
    """Return a part of a tensor at a random place.

    Args:
        value: a tensor.
        size: the sizes of the part.
        seed: of a row of draws; None for the program's.

    Raises:
        ShapeError: the part is larger than the tensor.
    """
    return cropped(value, size, random.stream(seed))


def cropped(value: torch.Tensor, size: Any, row: Any) -> Any:
    """Return a part at a place that comes from a row of draws."""
    from convolens import random as draws
    from convolens.errors import ShapeError
    from convolens.ops.making import sizes

    wanted = [have if want < 0 else want for have, want in zip(value.shape, sizes(size), strict=True)]
    if any(want > have for have, want in zip(value.shape, wanted, strict=True)):
        raise ShapeError(f"random_crop: a part of {tuple(wanted)} does not fit in {tuple(value.shape)}.")
    for axis, (have, want) in enumerate(zip(value.shape, wanted, strict=True)):
        if want < have:
            value = value.narrow(axis, int(draws.randint((), 0, have - want + 1, seed=row)), want)
    return value
