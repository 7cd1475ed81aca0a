"""Hooks that see the calls of one thread alone, and are gone afterwards: what other threads run meanwhile is none of theirs."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def hooked(
    module: torch.nn.Module,
    after: Callable[[torch.nn.Module, Any, Any], Any] | None = None,
    before: Callable[[torch.nn.Module, Any], Any] | None = None,
) -> Iterator[None]:
    """Let functions see each call of a module as long as the block runs.

    Args:
        module: whose calls are seen.
        after: given module, inputs and output; what it returns, other than None, becomes the output.
        before: given module and inputs; what it returns, other than None, becomes the inputs.

    Example:
        >>> layer, seen = torch.nn.Linear(2, 3), []
        >>> with hooked(layer, after=lambda module, inputs, output: seen.append(tuple(output.shape))):
        ...     _ = layer(torch.zeros(4, 2))
        >>> seen
        [(4, 3)]
    """
    thread = threading.get_ident()

    def see(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given: function(*given) if threading.get_ident() == thread else None

    handles = []
    if before is not None:
        handles.append(module.register_forward_pre_hook(see(before)))
    if after is not None:
        handles.append(module.register_forward_hook(see(after)))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
