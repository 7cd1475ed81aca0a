"""What layers add to the loss and to the metrics while a network runs: penalties on what they give. Whoever asks collects those of its own thread."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import torch


@dataclass
class Added:
    """What was added while a network ran.

    Attributes:
        losses: scalars.
        metrics: name -> the values of a metric, of any shape.
    """

    losses: list[torch.Tensor] = field(default_factory=list)
    metrics: dict[str, torch.Tensor] = field(default_factory=dict)


_collected: ContextVar[Added | None] = ContextVar("collected", default=None)


@contextmanager
def collected() -> Iterator[Added]:
    """Collect what is added as long as the block runs.

    Example:
        >>> with collected() as added:
        ...     add(torch.tensor(2.0))
        >>> added.losses
        [tensor(2.)]
    """
    added = Added()
    token = _collected.set(added)
    try:
        yield added
    finally:
        _collected.reset(token)


def add(loss: torch.Tensor) -> None:
    """Add a loss; where nobody collects any, nothing is done.

    Args:
        loss: a scalar.
    """
    added = _collected.get()
    if added is not None:
        added.losses.append(loss)


def add_metric(name: str, values: torch.Tensor) -> None:
    """Add values to a metric; where nobody collects any, nothing is done.

    Args:
        name: of the metric in logs.
        values: whose mean over an epoch is shown.
    """
    added = _collected.get()
    if added is not None:
        added.metrics[name] = values


def are_collected() -> bool:
    """Return whether somebody collects what is added."""
    return _collected.get() is not None
