"""The network of a run as an ONNX graph: floats in, its own output and its penultimate features out."""

from typing import Any

import onnx_ir as ir
import torch

from convolens.deployment.graph.exporters import exported
from convolens.errors import ExportError
from convolens.features.extraction.choice import choose
from convolens.features.extraction.pooling import pooled
from convolens.models import Model
from convolens.training.hooks import hooked
from convolens.training.mode import mode


class _Answering(torch.nn.Module):
    """A network's output of pixels (n, rows, columns, channels), and what its classifier is given where that is asked for."""

    def __init__(self, model: Model, features: bool) -> None:
        super().__init__()
        self.network = model.module
        self.tap = choose(model)[0] if features else None

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, ...]:
        last = pixels.ndim - 1
        x = pixels.permute(0, last, *range(1, last))  # (n, rows, columns, c) -> (n, c, rows, columns)
        if self.tap is None:
            return (self.network(x),)
        seen: list[torch.Tensor] = []

        def keep(given: Any) -> None:
            seen.append(pooled("features", given, "avg"))

        taken = (
            hooked(self.tap.module, before=lambda module, inputs: keep(inputs[0]))
            if self.tap.before
            else hooked(self.tap.module, after=lambda module, inputs, output: keep(output))
        )
        with taken:
            output = self.network(x)
        return output, seen[-1]


def answering(model: Model, features: bool = False) -> torch.nn.Module:
    """Return what goes through torch's exporters: pixels (n, rows, columns, channels) in, a tuple of the output (and features) out."""
    return _Answering(model, features)


def network_graph(model: Model, features: bool = False) -> ir.Model:
    """Return a model's network as ONNX: float32 (n, rows, columns, channels) in; its output, and its features (n, d) where asked for.

    Args:
        model: on the CPU.
        features: also what `runs.answers.penultimate` collects.

    Raises:
        ExportError: torch cannot follow it, as where a `call` of one's own decides by the values of tensors.
    """
    network = answering(model, features)
    names = ["output", "features"] if features else ["output"]
    try:
        with mode(network, training=False):
            return exported(network, torch.zeros((2, *model.input_shape[1:])), names)
    except ExportError as error:
        raise ExportError(f"export: torch cannot turn {model.name!r} into a graph: {error}") from error
