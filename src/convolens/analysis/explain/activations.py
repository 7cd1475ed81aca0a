"""Activations: a layer's map and the gradient of the scores with respect to it, by a hook that is taken away again."""

from typing import Any

import torch

from convolens.analysis.explain.layers import LayerCall
from convolens.analysis.explain.scores import Asked
from convolens.errors import ArgumentError
from convolens.training.hooks import hooked


def map_and_gradient(asked: Asked, layer: LayerCall) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the map of one call of a layer, and the gradient of each image's score with respect to it.

    Nothing else is kept: no parameter gets a gradient, and no moving average moves.

    Args:
        asked: network, images and classes.
        layer: found for them.

    Returns:
        Two tensors (n, channels, rows, columns).

    Raises:
        ArgumentError: no gradient reaches the layer.
    """
    kept: list[torch.Tensor] = []
    calls = 0

    def keep(module: torch.nn.Module, inputs: Any, output: torch.Tensor) -> torch.Tensor | None:
        nonlocal calls
        calls += 1
        if calls != layer.call:
            return None
        kept.append(output)
        return output.clone()  # a later layer may write over it; ours stays what this layer gave

    with hooked(asked.module.get_submodule(layer.name), after=keep), torch.enable_grad():
        x = asked.x.clone().requires_grad_()
        score = asked.chosen(asked.score(x.clone())).sum()
    gradient = None
    if score.requires_grad and kept and kept[0].requires_grad:
        (gradient,) = torch.autograd.grad(score, kept, allow_unused=True)
    if gradient is None:
        raise ArgumentError(
            f"{asked.where}: no gradient of the score reaches layer {layer.name!r}; name another, or take occlusion."
        )
    return kept[0].detach(), gradient
