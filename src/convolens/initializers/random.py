"""Weights drawn from one distribution, whatever their shape, and random orthogonal matrices."""

import torch

from convolens.errors import ShapeError
from convolens.initializers.initializer import Initializer


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
