"""Names of `tf` itself that are about the process: devices, names in graphs, what runs eagerly."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from convolens.backend.settings import name_scope
from convolens.tensorflow.logging import get_logger

__all__ = ["device", "enable_eager_execution", "executing_eagerly", "get_logger", "name_scope", "no_op"]


@contextmanager
def device(name: Any) -> Iterator[None]:
    """Do nothing within the block: a network is on the device that `fit` finds, or that `model.to` names.

    Args:
        name: "/GPU:0", "/cpu:0".

    Example:
        >>> with device("/GPU:0"):
        ...     pass
    """
    yield


def executing_eagerly() -> bool:
    """Return True: everything runs eagerly here."""
    return True


def enable_eager_execution() -> None:
    """Do nothing: everything runs eagerly here."""


def no_op(name: str | None = None) -> None:
    """Do nothing.

    Args:
        name: accepted.
    """
