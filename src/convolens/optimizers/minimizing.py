"""gradients_of: the gradients of a loss for variables, of a tape's or of a function's: what `Optimizer.minimize` takes its step by."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import torch

from convolens.errors import ArgumentError
from convolens.tensor import parameters_of
from convolens.tensor.recording import record


def gradients_of(
    loss: Any, variables: Any, tape: Any = None
) -> list[tuple[torch.Tensor | None, torch.Tensor]]:
    """Return (gradient, variable) for each variable, as `Optimizer.apply_gradients` takes them.

    Args:
        loss: a function without arguments that computes it; or a tensor that was computed within `tape`.
        variables: of a model, or a function that gives them.
        tape: a `GradientTape`; None for a function.

    Raises:
        ArgumentError: a tensor without its tape, or a loss that depends on no variable.

    Example:
        >>> weight = torch.nn.Parameter(torch.ones(2))
        >>> gradients_of(lambda: (3 * weight).sum(), [weight])[0][0].tolist()
        [3.0, 3.0]
    """
    is_function = callable(loss) and not isinstance(loss, torch.Tensor)
    if tape is None and not is_function:
        raise ArgumentError(
            "minimize: tape is required where the loss is a tensor: the GradientTape that it was computed in; or give a function "
            "without arguments that computes it."
        )
    if is_function:
        block: AbstractContextManager[Any] = record() if tape is None else tape
        with block:
            loss = loss()
    given: Iterable[torch.Tensor] = variables() if callable(variables) else variables
    listed = list(given)
    if tape is not None:
        found = tape.gradient(loss, listed)
    elif not isinstance(loss, torch.Tensor) or not loss.requires_grad:
        found = []
    else:
        listed = parameters_of(listed)
        total = loss.as_subclass(torch.Tensor).sum()
        found = torch.autograd.grad(total, listed, allow_unused=True) if listed else []
    if all(gradient is None for gradient in found):
        raise ArgumentError("minimize: the loss depends on none of the variables in var_list.")
    return list(zip(found, listed, strict=True))
