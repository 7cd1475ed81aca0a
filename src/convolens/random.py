"""Random tensors, as `keras.random`: the same numbers for the same whole number, the next ones for None or a `SeedGenerator`."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
import torch

from convolens.errors import ArgumentError
from convolens.missing import answer_for
from convolens.ops.making import sizes
from convolens.ops.operation import operation
from convolens.tensor import Tensor, as_dtype, as_tensor

__all__ = [
    "SeedGenerator", "categorical", "dropout", "gamma", "normal", "randint", "shuffle", "truncated_normal", "uniform",
]  # fmt: skip

_keyed: ContextVar[torch.Generator | None] = ContextVar("keyed", default=None)


__getattr__ = answer_for(__name__)


class SeedGenerator:
    """A row of random numbers that goes on with every draw.

    Args:
        seed: where it begins; None for a place of its own.

    Example:
        >>> row = SeedGenerator(7)
        >>> bool((normal((2,), seed=row) == normal((2,), seed=row)).any()), bool((normal((2,), seed=7) == normal((2,), seed=7)).all())
        (False, True)
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed
        self.generator = torch.Generator()
        self.generator.manual_seed(int(torch.randint(2**31, ()).item()) if seed is None else int(seed))

    def next(self) -> Tensor:
        """Return two whole numbers, which seed something else."""
        return as_tensor(torch.randint(2**31, (2,), generator=self.generator))


@contextmanager
def keyed(*key: int) -> Iterator[None]:
    """Draw what has no seed of its own from a key, as long as the block runs: (seed, epoch, index) of a sample.

    Args:
        key: whole numbers from 0.

    Example:
        >>> with keyed(1, 2, 3):
        ...     first = uniform(())
        >>> with keyed(1, 2, 3):
        ...     print(bool(uniform(()) == first))
        True
    """
    generator = torch.Generator()
    generator.manual_seed(int(np.random.SeedSequence(key).generate_state(1, np.uint64)[0] >> 1))
    token = _keyed.set(generator)
    try:
        yield
    finally:
        _keyed.reset(token)


def _generator(seed: Any) -> torch.Generator | None:
    """Return where numbers come from; None for torch's own row, which `set_random_seed` begins anew."""
    if isinstance(seed, SeedGenerator):
        return _keyed.get() or seed.generator
    if seed is None:
        return _keyed.get()
    numbers = [int(number) for number in as_tensor(seed).reshape(-1)]
    generator = torch.Generator()
    if len(numbers) == 1:
        return generator.manual_seed(numbers[0])
    return generator.manual_seed(int(np.random.SeedSequence([abs(n) for n in numbers]).generate_state(1)[0]))


def _typed(values: torch.Tensor, dtype: Any) -> Tensor:
    return as_tensor(values, dtype or "float32")


def normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Return random numbers from a bell.

    Args:
        shape: the sizes.
        mean, stddev: of the bell.
        dtype: of the values; None for float32.
        seed: a whole number, which gives the same values each time; a `SeedGenerator`; None goes on with the program's row.
    """
    return _typed(torch.randn(sizes(shape), generator=_generator(seed)) * stddev + mean, dtype)


def uniform(shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Return random numbers from one to another; whole ones, the other left out, for a type of whole numbers.

    Args:
        shape: the sizes.
        minval, maxval: from, and to.
        dtype, seed: as of `normal`.
    """
    if dtype is not None and as_dtype(dtype).is_integer:
        return randint(shape, minval, maxval, dtype, seed)
    spread = torch.rand(sizes(shape), generator=_generator(seed))
    return _typed(spread * (maxval - minval) + minval, dtype)


def randint(shape: Any, minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Return random whole numbers from one up to, without, another.

    Args:
        shape: the sizes.
        minval, maxval: from, and up to.
        dtype: of the values.
        seed: as of `normal`.
    """
    return as_tensor(torch.randint(int(minval), int(maxval), sizes(shape), generator=_generator(seed)), dtype)


def truncated_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None
) -> Tensor:
    """Return random numbers from a bell, none further than two stddev from its middle.

    Args: as of `normal`.
    """
    low = math.erf(-2 / math.sqrt(2))
    within = torch.rand(sizes(shape), generator=_generator(seed), dtype=torch.float64) * -2 * low + low
    return _typed(math.sqrt(2) * torch.erfinv(within) * stddev + mean, dtype)


def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """Return random numbers from a gamma distribution.

    Args:
        shape: the sizes.
        alpha: its shape, above 0.
        dtype, seed: as of `normal`.
    """
    shapes = as_tensor(alpha, "float32").as_subclass(torch.Tensor).expand(sizes(shape))
    return _typed(torch._standard_gamma(shapes, generator=_generator(seed)), dtype)


@operation(1)
def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Any:
    """Return random class numbers, (n, num_samples).

    Args:
        logits: scores of the classes, (n, classes).
        num_samples: how many for each.
        dtype: of the values.
        seed: as of `normal`.
    """
    shares = torch.softmax(logits, -1)
    return as_tensor(torch.multinomial(shares, int(num_samples), True, generator=_generator(seed)), dtype)


@operation(1)
def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Any:
    """Return the parts of x in random order.

    Args:
        x: a tensor.
        axis: along which.
        seed: as of `normal`.
    """
    return torch.index_select(x, axis, torch.randperm(x.size(axis), generator=_generator(seed)))


@operation(1)
def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Any:
    """Return inputs with a random share of values set to 0, the others divided by what stays.

    Args:
        inputs: numbers.
        rate: the share, from 0 up to, without, 1.
        noise_shape: the shape of what is drawn, None or 1 where it is the same throughout; None for that of the inputs.
        seed: as of `normal`.

    Raises:
        ArgumentError: another rate.
    """
    if not 0 <= rate < 1:
        raise ArgumentError(f"dropout: rate must be from 0 up to, without, 1; received {rate}.")
    shape = (
        inputs.shape
        if noise_shape is None
        else [have if want is None else want for have, want in zip(inputs.shape, noise_shape, strict=True)]
    )
    kept = uniform(shape, seed=seed) >= rate
    return inputs * kept / (1 - rate)
