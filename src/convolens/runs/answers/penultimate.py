"""Penultimate features: what the classifier of a network is given, collected while the network answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from convolens.features.extraction.choice import choose
from convolens.features.extraction.pooling import pooled
from convolens.models import Model
from convolens.training.hooks import hooked


class Collected:
    """The features of the photos that went through a network."""

    def __init__(self) -> None:
        self.batches: list[torch.Tensor] = []

    def array(self) -> np.ndarray:
        """Return the features since the last call, float32 (n, d); (0, 1) where no photo came."""
        batches, self.batches = self.batches, []
        return torch.cat(batches).numpy() if batches else np.zeros((0, 1), np.float32)


@contextmanager
def penultimate(model: Model) -> Iterator[Collected]:
    """Collect, in the same pass, the features before the classifier of every photo that `model` predicts.

    They are those of `features.extract(model, photos)`: feature maps by their means (global average pooling).

    Example:
        >>> from convolens.applications import build
        >>> model = build("shallow-vgg", (8, 8, 3), 2)
        >>> with penultimate(model) as features:
        ...     _ = model.predict(np.zeros((5, 8, 8, 3), np.float32), verbose=0)
        >>> features.array().shape
        (5, 512)
    """
    (tap,) = choose(model)
    collected = Collected()

    def keep(given: Any) -> None:
        collected.batches.append(pooled(tap.name, given, "avg").detach().cpu())

    seen = (
        hooked(tap.module, before=lambda module, inputs: keep(inputs[0]))
        if tap.before
        else hooked(tap.module, after=lambda module, inputs, output: keep(output))
    )
    with seen:
        yield collected
