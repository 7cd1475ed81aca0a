"""Initial values of weights, with Keras' names, defaults and distributions.

Variance scaling after Glorot & Bengio (2010), He et al. (2015) and LeCun et al. (1998); a truncated normal
is cut at two standard deviations and, in variance scaling, widened so that its spread is the asked one.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
import torch

from convolens.arguments import look_up
from convolens.custom_objects import deserializer
from convolens.described import Described, made
from convolens.errors import ShapeError
from convolens.missing import answer_for
from convolens.tensor import as_dtype

# Standard deviation of a unit normal truncated at +-2: Keras divides by it.
_TRUNCATED_UNIT_DEVIATION = 0.87962566103423978


_UNDRAWN: ContextVar[bool] = ContextVar("undrawn", default=False)  # of this thread


@contextmanager
def undrawn() -> Iterator[None]:
    """Leave weights zero within the block: for networks all of whose weights are read from a file at once.

    Drawing the weights of EfficientNet-Lite0 takes as long as looking at some forty photos; torch's generator stays where it is.

    Example:
        >>> with undrawn():
        ...     HeNormal()((2,)).tolist()
        [0.0, 0.0]
    """
    token = _UNDRAWN.set(True)
    try:
        yield
    finally:
        _UNDRAWN.reset(token)


def is_undrawn() -> bool:
    """Return whether weights are left zero in this thread now."""
    return _UNDRAWN.get()


class Initializer(Described):
    """The base of all initialisers: call one with a shape to draw a float32 tensor.

    Args:
        seed: an integer for values that are the same at each call; None draws from torch's generator.

    Example:
        >>> GlorotUniform(seed=1)((3, 3, 16, 32)).shape
        torch.Size([3, 3, 16, 32])
    """

    house = "keras.initializers"

    # Whether values depend on where they are in the shape, so that it must be in Keras' order: layers fill such weights in afterwards.
    ordered = False

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed

    def __call__(
        self, shape: Sequence[int], fan_in: Any = None, fan_out: float | None = None, dtype: Any = None
    ) -> torch.Tensor:
        """Return values of a shape.

        Args:
            shape: in Keras' order (rows, columns, in, out); in any, where both fans are given, as layers do.
            fan_in, fan_out: inputs and outputs of a unit; None takes them from the shape. `fan_in` may be `dtype`, which is second in Keras.
            dtype: of the values, under any of its names; None is float32.
        """
        if not isinstance(fan_in, (int, float)):
            fan_in, dtype = None, fan_in or dtype
        given = fan_in is not None and fan_out is not None
        if _UNDRAWN.get() or (given and self.ordered):
            return torch.zeros(tuple(shape))
        fans = (float(fan_in), float(fan_out)) if given else fans_of(shape)  # type: ignore[arg-type]
        generator = None if self.seed is None else torch.Generator().manual_seed(self.seed)
        values = self.draw(torch.empty(tuple(shape)), *fans, generator)
        return values if dtype is None else values.to(as_dtype(dtype).torch)

    def draw(
        self, empty: torch.Tensor, fan_in: float, fan_out: float, generator: torch.Generator | None
    ) -> torch.Tensor:
        """Fill `empty` and return it.

        Args:
            empty: what to fill.
            fan_in, fan_out: inputs and outputs of a unit.
            generator: to draw from; None is torch's.
        """
        raise NotImplementedError


def fans_of(shape: Sequence[int]) -> tuple[float, float]:
    """Return how many inputs and outputs a unit has whose weights are of a shape in Keras' order.

    Example:
        >>> fans_of((3, 3, 16, 32)), fans_of((5,))
        ((144.0, 288.0), (5.0, 5.0))
    """
    if len(shape) < 2:
        return (float(shape[0]),) * 2 if shape else (1.0, 1.0)
    area = float(math.prod(shape[:-2]))
    return shape[-2] * area, shape[-1] * area


class Constant(Initializer):
    """Every weight has one value, or each its own.

    Args:
        value: a number, or an array or nested lists that fit the weights' shape in Keras' order.

    Raises:
        ShapeError: the values do not fit the weights.

    Example:
        >>> Constant([1.0, 2.0])((2, 2)).tolist()
        [[1.0, 2.0], [1.0, 2.0]]
    """

    def __init__(self, value: Any = 0.0) -> None:
        super().__init__()
        if isinstance(value, Mapping):  # an array in a file of Keras
            value = value["config"]["value"]
        array = np.asarray(value)
        self.value = value if array.ndim == 0 else array.tolist()

    @property
    def ordered(self) -> bool:  # type: ignore[override]
        """Whether each weight has a value of its own."""
        return isinstance(self.value, list)

    def draw(
        self, empty: torch.Tensor, fan_in: float, fan_out: float, generator: torch.Generator | None
    ) -> torch.Tensor:
        """Fill `empty` and return it.

        Args:
            empty, fan_in, fan_out, generator: as of `Initializer.draw`.

        Raises:
            ShapeError: values of each weight's own that do not fit.
        """
        if not self.ordered:
            return empty.fill_(self.value)
        values = torch.tensor(self.value, dtype=torch.float32)
        try:
            return empty.copy_(values.reshape(empty.shape) if values.numel() == empty.numel() else values)
        except RuntimeError:
            raise ShapeError(
                f"Constant: values of shape {tuple(values.shape)} do not fit weights of shape {tuple(empty.shape)}."
            ) from None


class Zeros(Constant):
    """Every weight is 0: Keras' default for biases."""

    def __init__(self) -> None:
        super().__init__(0.0)


class Ones(Constant):
    """Every weight is 1."""

    def __init__(self) -> None:
        super().__init__(1.0)


class RandomUniform(Initializer):
    """Uniform in [minval, maxval).

    Args:
        minval, maxval: where the draws lie.
        seed: of the draws; None for the process'.
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.minval, self.maxval = minval, maxval

    def draw(
        self, empty: torch.Tensor, fan_in: float, fan_out: float, generator: torch.Generator | None
    ) -> torch.Tensor:
        return empty.uniform_(self.minval, self.maxval, generator=generator)


class RandomNormal(Initializer):
    """Normal.

    Args:
        mean, stddev: its mean and standard deviation.
        seed: of the draws; None for the process'.
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def draw(
        self, empty: torch.Tensor, fan_in: float, fan_out: float, generator: torch.Generator | None
    ) -> torch.Tensor:
        return empty.normal_(self.mean, self.stddev, generator=generator)


class TruncatedNormal(RandomNormal):
    """Normal, with draws further than two standard deviations from the mean drawn again."""

    def draw(
        self, empty: torch.Tensor, fan_in: float, fan_out: float, generator: torch.Generator | None
    ) -> torch.Tensor:
        low, high = self.mean - 2 * self.stddev, self.mean + 2 * self.stddev
        return torch.nn.init.trunc_normal_(empty, self.mean, self.stddev, low, high, generator)


class VarianceScaling(Initializer):
    """Values whose variance is scale / n, n being the fan in, the fan out or their mean.

    Args:
        scale: the numerator, above 0.
        mode: "fan_in", "fan_out" or "fan_avg".
        distribution: "truncated_normal", "untruncated_normal" or "uniform".
        seed: as in `Initializer`.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ) -> None:
        super().__init__(seed)
        self.scale, self.mode = scale, mode
        self.distribution = "truncated_normal" if distribution == "normal" else distribution  # Keras 2.1

    def draw(
        self, empty: torch.Tensor, fan_in: float, fan_out: float, generator: torch.Generator | None
    ) -> torch.Tensor:
        fans = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
        variance = self.scale / max(1.0, look_up("VarianceScaling", "mode", self.mode, fans))
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return empty.uniform_(-limit, limit, generator=generator)
        deviation = math.sqrt(variance)
        if self.distribution == "untruncated_normal":
            return empty.normal_(0.0, deviation, generator=generator)
        deviation /= _TRUNCATED_UNIT_DEVIATION
        return torch.nn.init.trunc_normal_(empty, 0.0, deviation, -2 * deviation, 2 * deviation, generator)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        seed = config.pop("seed")
        return config | {"seed": seed}  # last


class GlorotUniform(VarianceScaling):
    """Uniform within sqrt(6 / (fan_in + fan_out)): Keras' default for kernels.

    Example:
        >>> bool(GlorotUniform(seed=1)((10, 5), fan_in=5, fan_out=10).abs().max() < (6 / 15) ** 0.5)
        True
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed)


class GlorotNormal(VarianceScaling):
    """Truncated normal of variance 2 / (fan_in + fan_out)."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed)


class HeUniform(VarianceScaling):
    """Uniform within sqrt(6 / fan_in)."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(2.0, "fan_in", "uniform", seed)


class HeNormal(VarianceScaling):
    """Truncated normal of variance 2 / fan_in."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(2.0, "fan_in", "truncated_normal", seed)


class LecunUniform(VarianceScaling):
    """Uniform within sqrt(3 / fan_in)."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_in", "uniform", seed)


class LecunNormal(VarianceScaling):
    """Truncated normal of variance 1 / fan_in."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_in", "truncated_normal", seed)


class Orthogonal(Initializer):
    """A random orthogonal matrix; of kernels, the matrix has a column for each output.

    Args:
        gain: what it is multiplied by.
        seed: as in `Initializer`.

    Raises:
        ShapeError: the shape has one axis alone.

    Example:
        >>> q = Orthogonal(seed=1)((4, 3))
        >>> bool(torch.allclose(q.T @ q, torch.eye(3), atol=1e-6))
        True

    Source: Keras 3 `keras.initializers.Orthogonal`; Saxe et al., arXiv:1312.6120.
    """

    ordered = True

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed)
        self.gain = gain

    def draw(
        self, empty: torch.Tensor, fan_in: float, fan_out: float, generator: torch.Generator | None
    ) -> torch.Tensor:
        if empty.ndim < 2:
            raise ShapeError(
                f"Orthogonal: weights must have two axes or more; received shape {tuple(empty.shape)}."
            )
        rows, columns = empty.numel() // empty.shape[-1], empty.shape[-1]
        normal = torch.empty(max(rows, columns), min(rows, columns)).normal_(generator=generator)
        q, r = torch.linalg.qr(normal)
        q = q * torch.sign(torch.diagonal(r))  # every orthogonal matrix is as likely then
        return self.gain * (q.T if rows < columns else q).reshape(empty.shape)


class Identity(Initializer):
    """The unit matrix.

    Args:
        gain: what it is multiplied by.

    Raises:
        ShapeError: the shape is no matrix's.

    Example:
        >>> Identity(2.0)((2, 2)).tolist()
        [[2.0, 0.0], [0.0, 2.0]]
    """

    ordered = True

    def __init__(self, gain: float = 1.0) -> None:
        super().__init__()
        self.gain = gain

    def draw(
        self, empty: torch.Tensor, fan_in: float, fan_out: float, generator: torch.Generator | None
    ) -> torch.Tensor:
        if empty.ndim != 2:
            raise ShapeError(f"Identity: weights must be a matrix; received shape {tuple(empty.shape)}.")
        return self.gain * torch.eye(*empty.shape)


class OwnFunction(Initializer):
    """A function of the user's own, `function(shape, dtype=None)`, as an initialiser; it has no written form.

    Args:
        function: returns values of the shape, in Keras' order.

    Example:
        >>> OwnFunction(lambda shape: np.full(shape, 2.0))((2,)).tolist()
        [2.0, 2.0]
    """

    ordered = True

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function
        self.takes_dtype = "dtype" in getattr(getattr(function, "__code__", None), "co_varnames", ("dtype",))

    def draw(
        self, empty: torch.Tensor, fan_in: float, fan_out: float, generator: torch.Generator | None
    ) -> torch.Tensor:
        shape = tuple(empty.shape)
        values = self.function(shape, dtype="float32") if self.takes_dtype else self.function(shape)
        return (
            torch.as_tensor(values)
            .as_subclass(torch.Tensor)
            .detach()
            .to(torch.float32)
            .reshape(shape)
            .clone()
        )

    def serialize(self) -> Any:
        """Return the function's name: it is a program, which no file holds."""
        return getattr(self.function, "__name__", type(self.function).__name__)


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

# Keras has the classes under these names too.
zeros, ones, constant, identity, orthogonal = Zeros, Ones, Constant, Identity, Orthogonal
random_uniform, random_normal, truncated_normal = RandomUniform, RandomNormal, TruncatedNormal
variance_scaling, glorot_uniform, glorot_normal = VarianceScaling, GlorotUniform, GlorotNormal
he_uniform, he_normal, lecun_uniform, lecun_normal = HeUniform, HeNormal, LecunUniform, LecunNormal
zero, one, uniform, normal = Zeros, Ones, RandomUniform, RandomNormal  # Keras 1
IdentityInitializer, OrthogonalInitializer = Identity, Orthogonal

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


deserialize = deserializer(get)

__getattr__ = answer_for(__name__)  # what Keras has and is not here
