"""Factors of a step rounded to float32, where Keras computes them: with a large rate that shows in the weights."""

import torch


def float32(value: float) -> torch.Tensor:
    """Return a number as a float32 scalar in main memory, where reading it back costs nothing."""
    return torch.tensor(value, dtype=torch.float32, device="cpu")


def remaining(share: float, step: int) -> float:
    """Return `1 - share ** step`, by which an average that began at zero is corrected.

    Example:
        >>> remaining(0.5, 2), remaining(0.999, 1) == 1.0 - 0.999
        (0.75, False)
    """
    return float(1.0 - float32(share) ** float32(step))
