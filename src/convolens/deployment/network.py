"""The network of a run as an ONNX graph, by torch's exporter: floats in, its own output and its penultimate features out."""

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import onnx
import onnx_ir as ir
import torch

from convolens.errors import ExportError
from convolens.features.extraction.choice import choose
from convolens.features.extraction.pooling import pooled
from convolens.layers import Layer
from convolens.layers.calls.own_call import run_call
from convolens.layers.operation import Operation
from convolens.models import Model
from convolens.training.hooks import hooked
from convolens.training.mode import mode

OPSET = 20


class _Answering(torch.nn.Module):
    """A network's output of pixels (n, rows, columns, channels), and what its classifier is given where that is asked for."""

    def __init__(self, model: Model, features: bool) -> None:
        super().__init__()
        self.network = model.module
        self.tap = choose(model)[0] if features else None

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, ...]:
        x = pixels.permute(0, 3, 1, 2)
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


def network_graph(model: Model, features: bool = False) -> ir.Model:
    """Return a model's network as ONNX: float32 (n, rows, columns, channels) in; its output, and its features (n, d) where asked for.

    Args:
        model: on the CPU.
        features: also what `runs.answers.penultimate` collects.

    Raises:
        ExportError: an operation or a `call` of one's own is in it, or torch cannot follow its `forward`.
    """
    own = [
        layer
        for layer in model.module.modules()
        if isinstance(layer, Operation) or type(layer).forward is run_call
    ]
    if own:
        raise ExportError(
            f"export: {own[0].title if isinstance(own[0], Layer) else type(own[0]).__name__} computes by an operation or a `call` "
            "of one's own, which torch's exporter cannot follow yet; take a layer that does the same (Rescaling for x / 255.), or "
            "--format keras."
        )
    example = torch.zeros((2, *model.input_shape[1:]))
    answering = _Answering(model, features)
    try:
        with quiet(), mode(answering, training=False), torch.no_grad():
            try:
                return _traced(answering, example)
            except Exception:  # of a dozen kinds; the newer exporter follows more, and takes ten times as long
                return _followed(answering, example)
    except Exception as error:  # torch raises many kinds, of what a forward does
        raise ExportError(
            f"export: torch cannot turn {model.name!r} into a graph: {_first_line(error)} "
            "What a forward decides by the values of its tensors cannot be exported."
        ) from error


def _traced(answering: _Answering, example: torch.Tensor) -> ir.Model:
    """Return the graph of what torch's older exporter sees a network do; a choice by values, which it would miss, is an error."""
    file, names = io.BytesIO(), ["output", "features"][: 1 if answering.tap is None else 2]
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("error", torch.jit.TracerWarning)
        torch.onnx.export(
            answering,
            (example,),
            file,
            dynamo=False,
            opset_version=OPSET,
            input_names=["pixels"],
            output_names=names,
            dynamic_axes={name: {0: "n"} for name in ("pixels", *names)},
        )
    return ir.from_proto(onnx.load_from_string(file.getvalue()))


def _followed(answering: _Answering, example: torch.Tensor) -> ir.Model:
    """Return a network's graph by torch's newer exporter."""
    program = torch.export.export(
        answering, (example,), dynamic_shapes={"pixels": {0: torch.export.Dim("n")}}, strict=False
    )
    exported = torch.onnx.export(program, dynamo=True, opset_version=OPSET, verbose=False)
    return cast("torch.onnx.ONNXProgram", exported).model


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{lines[0] if lines else type(error).__name__}"


@contextmanager
def quiet() -> Iterator[None]:
    """Keep to itself what torch's exporter says of packages that are not needed."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
