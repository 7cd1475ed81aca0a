"""Losses that layers add while a network runs: penalties on what they give. Whoever asks collects those of its own thread."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch

_collected: ContextVar[list[torch.Tensor] | None] = ContextVar("collected", default=None)


@contextmanager
def collected() -> Iterator[list[torch.Tensor]]:
    """Collect what is added as long as the block runs.

    Example:
        >>> with collected() as losses:
        ...     add(torch.tensor(2.0))
        >>> losses
        [tensor(2.)]
    """
    losses: list[torch.Tensor] = []
    token = _collected.set(losses)
    try:
        yield losses
    finally:
        _collected.reset(token)


def add(loss: torch.Tensor) -> None:
    """Add a loss; where nobody collects any, nothing is done.

    Args:
        loss: a scalar.
    """
    losses = _collected.get()
    if losses is not None:
        losses.append(loss)


def are_collected() -> bool:
    """Return whether somebody collects what is added."""
    return _collected.get() is not None
