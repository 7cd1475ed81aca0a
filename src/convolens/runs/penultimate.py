"""Penultimate features: what the last layer with weights, the classifier, is given for each photo."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import torch

from convolens.models import Model


class Collected:
    """The features of the photos that went through a network, batch by batch."""

    def __init__(self) -> None:
        self._last: torch.Tensor | None = None
        self._batches: list[torch.Tensor] = []

    def note(self, module: torch.nn.Module, inputs: tuple[Any, ...]) -> None:
        """Remember what a layer was given; the last one of a pass counts."""
        if inputs and isinstance(inputs[0], torch.Tensor):
            self._last = inputs[0]

    def keep(self, *_: Any) -> None:
        """Keep what the last layer of a pass was given, feature maps by their means."""
        if self._last is None:
            return
        values = self._last.detach().float()
        if values.ndim == 4:  # (n, channels, rows, columns)
            values = values.mean((2, 3))
        elif values.ndim == 3:  # (n, tokens, channels)
            values = values.mean(1)
        self._batches.append(values.reshape(len(values), -1).cpu())
        self._last = None

    def array(self) -> np.ndarray:
        """Return the features since the last call, float32 (n, d); (0, 1) where no photo came."""
        batches, self._batches = self._batches, []
        return torch.cat(batches).numpy() if batches else np.zeros((0, 1), np.float32)


@contextmanager
def penultimate(model: Model) -> Iterator[Collected]:
    """Collect the input of the classifier of every photo that `model` predicts; the hooks go at the end.

    The classifier is the last layer with weights of a pass, whatever the network: the last Dense layer, or of an
    all-convolutional one the last convolution, whose feature maps are averaged (global average pooling).

    Example:
        >>> from convolens.applications import build
        >>> model = build("shallow-vgg", (8, 8, 3), 2)
        >>> with penultimate(model) as features:
        ...     _ = model.predict(np.zeros((5, 8, 8, 3), np.float32), verbose=0)
        >>> features.array().shape
        (5, 512)
    """
    collected = Collected()
    with ExitStack() as hooks:
        for module in model.module.modules():
            if next(module.parameters(recurse=False), None) is not None:
                hooks.callback(module.register_forward_pre_hook(collected.note).remove)
        hooks.callback(model.module.register_forward_hook(collected.keep).remove)
        yield collected
