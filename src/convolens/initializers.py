"""Initial values of weights, with Keras' names, defaults and distributions.

Variance scaling after Glorot & Bengio (2010), He et al. (2015) and LeCun et al. (1998); a truncated normal
is cut at two standard deviations and, in variance scaling, widened so that its spread is the asked one.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch

from convolens.arguments import look_up
from convolens.described import Described
from convolens.errors import ArgumentError
from convolens.missing import answer_for

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


class Initializer(Described):
    """The base of all initialisers: call one with a shape and its fans to draw a float32 tensor.

    Args:
        seed: an integer for values that are the same at each call; None draws from torch's generator.
    """

    house = "keras.initializers"

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed

    def __call__(self, shape: tuple[int, ...], fan_in: float = 1.0, fan_out: float = 1.0) -> torch.Tensor:
        if _UNDRAWN.get():
            return torch.zeros(shape)
        generator = None if self.seed is None else torch.Generator().manual_seed(self.seed)
        return self.draw(torch.empty(shape), fan_in, fan_out, generator)

    def draw(
        self, empty: torch.Tensor, fan_in: float, fan_out: float, generator: torch.Generator | None
    ) -> torch.Tensor:
        """Fill `empty` and return it."""
        raise NotImplementedError


class Constant(Initializer):
    """Every weight has one value."""

    def __init__(self, value: float = 0.0) -> None:
        super().__init__()
        self.value = value

    def draw(
        self, empty: torch.Tensor, fan_in: float, fan_out: float, generator: torch.Generator | None
    ) -> torch.Tensor:
        return empty.fill_(self.value)


class Zeros(Constant):
    """Every weight is 0: Keras' default for biases."""

    def __init__(self) -> None:
        super().__init__(0.0)


class Ones(Constant):
    """Every weight is 1."""

    def __init__(self) -> None:
        super().__init__(1.0)


class RandomUniform(Initializer):
    """Uniform in [minval, maxval)."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.minval, self.maxval = minval, maxval

    def draw(
        self, empty: torch.Tensor, fan_in: float, fan_out: float, generator: torch.Generator | None
    ) -> torch.Tensor:
        return empty.uniform_(self.minval, self.maxval, generator=generator)


class RandomNormal(Initializer):
    """Normal with the given mean and standard deviation."""

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
        self.scale, self.mode, self.distribution = scale, mode, distribution

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
}


def get(identifier: "str | Mapping[str, Any] | Initializer | type[Initializer]") -> Initializer:
    """Return an initialiser from its name ("glorot_uniform", "GlorotUniform"), config, class or itself.

    Raises:
        UnknownNameError: the name is not known; the nearest one is offered.

    Example:
        >>> type(get("he_normal")).__name__
        'HeNormal'
    """
    if isinstance(identifier, Initializer):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Initializer):
        return identifier()
    if isinstance(identifier, Mapping):
        by_class = {cls.__name__: cls for cls in INITIALIZERS.values()} | INITIALIZERS
        return look_up("initializers.get", "initializer", str(identifier["class_name"]), by_class)(
            **{key: value for key, value in identifier.get("config", {}).items() if value is not None}
        )
    if isinstance(identifier, str):
        by_name = INITIALIZERS | {cls.__name__: cls for cls in INITIALIZERS.values()}
        return look_up("initializers.get", "initializer", identifier, by_name)()
    raise ArgumentError(
        f"initializers.get: expected a name, a config or an Initializer; received {identifier!r}."
    )


__getattr__ = answer_for(__name__)  # what Keras has and is not here
