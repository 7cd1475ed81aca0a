"""Draws whose variance goes by how many inputs and outputs a unit has.

After Glorot & Bengio (2010), He et al. (2015) and LeCun et al. (1998); a truncated normal is cut at two standard deviations and widened so
that its spread is the asked one.
"""

import math
from typing import Any

import torch

from convolens.arguments import look_up
from convolens.initializers.initializer import Initializer

# Standard deviation of a unit normal truncated at +-2: Keras divides by it.
_TRUNCATED_UNIT_DEVIATION = 0.87962566103423978


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
