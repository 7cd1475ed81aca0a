"""Averages of weights (EMA), kept in a slot beside them, as in Keras.

Frozen parameters stay what they are, to the bit. Buffers (BatchNormalization's moving statistics) are not averaged.

Source: Keras 3 `BaseOptimizer`, `SwapEMAWeights`; Polyak & Juditsky 1992.
"""

import torch

from convolens.optimizers.parameter_state import AVERAGE, ParameterState


@torch.no_grad()
def update(state: ParameterState, momentum: float) -> None:
    """Take the weights into the averages: `average = momentum * average + (1 - momentum) * weight`.

    Example:
        >>> state = ParameterState([torch.nn.Parameter(torch.ones(1))], slots=[AVERAGE])
        >>> state.parameters[0].data.zero_()
        tensor([0.])
        >>> update(state, momentum=0.75)
        >>> state.slots[AVERAGE]
        [tensor([0.7500])]
    """
    averages, weights = _averaged(state)
    if weights:
        torch._foreach_mul_(averages, momentum)
        torch._foreach_add_(averages, weights, alpha=1.0 - momentum)


@torch.no_grad()
def swap(state: ParameterState) -> None:
    """Exchange weights and averages."""
    averages, weights = _averaged(state)
    before = [weight.detach().clone() for weight in weights]
    torch._foreach_copy_(weights, averages)
    torch._foreach_copy_(averages, before)


@torch.no_grad()
def overwrite(state: ParameterState) -> None:
    """Let the weights become their averages."""
    averages, weights = _averaged(state)
    if weights:
        torch._foreach_copy_(weights, averages)


def _averaged(state: ParameterState) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Return the averages, and the weights that they are of."""
    chosen = [i for i, parameter in enumerate(state.parameters) if parameter.requires_grad]
    return state.aligned(AVERAGE, chosen), [state.parameters[i] for i in chosen]
