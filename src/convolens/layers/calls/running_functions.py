"""Functions of a graph, such as a Lambda's: what is built while one runs belongs to no network, and would not be trained."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from convolens.errors import ArgumentError

_running: ContextVar[str | None] = ContextVar("running", default=None)  # the title of its layer


@contextmanager
def running(title: str) -> Iterator[None]:
    """Say that the function of a layer runs as long as the block does."""
    token = _running.set(title)
    try:
        yield
    finally:
        _running.reset(token)


def refuse_weights(layer: Any) -> None:
    """Raise `ArgumentError` where a layer that has just been built has weights, and a function runs."""
    title = _running.get()
    if title is not None and next(layer.parameters(), None) is not None:
        raise ArgumentError(
            f"{title}: its function makes the weights of {layer.title}, which no network would train or save; make the layer a part of "
            "the network, or write a Layer of your own that has it in an attribute."
        )
