"""torch's two exporters: the older traces what a network does, in a second; the newer follows more, and takes ten times as long."""

import contextlib
import io
import logging
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO, cast

import onnx
import onnx_ir as ir
import onnxruntime
import torch

import convolens
from convolens.errors import ExportError

OPSET = 20
_TORCH, _OURS = (str(Path(str(package.__file__)).parent) for package in (torch, convolens))
# What decides by shapes alone, which are the same for every photo.
_TRUSTED = tuple(str(Path(_OURS, room)) for room in ("activations", "features", "layers", "models"))

_DECIDES = "decides by the values of its tensors"
_COUNTS = "asks for a number of samples by len(x), which is then the same for every batch; x.shape[0] can be followed"


def exported(network: torch.nn.Module, example: torch.Tensor, names: list[str]) -> ir.Model:
    """Return a network as an ONNX graph, whose batches are of any size.

    Args:
        network: in inference mode.
        example: of what goes in, two samples.
        names: of what comes out.

    Raises:
        ExportError: neither exporter can follow it; where it decides by the values of tensors, with the line.
    """
    try:
        with quiet(), torch.no_grad():
            return _traced(network, example, names)
    except Exception as error:  # of a dozen kinds
        first = error
    try:
        with quiet(), torch.no_grad():
            return _followed(network, example, names)
    except Exception as error:
        said = str(first) if isinstance(first, ExportError) else _first_line(error)
        raise ExportError(said) from error


def _traced(network: torch.nn.Module, example: torch.Tensor, names: list[str]) -> ir.Model:
    """Return the graph of what a network does with the example; one that decides by values, which no trace sees, is an error."""
    written, decided = io.BytesIO(), []

    def note(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if issubclass(category, torch.jit.TracerWarning):
            counts = "len" in str(message).split()
            decided.append((*_place(), _COUNTS if counts else _DECIDES))

    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("always", torch.jit.TracerWarning)
        warnings.showwarning = note
        torch.onnx.export(
            network,
            (example,),
            cast("Any", written),  # its annotation names paths alone
            dynamo=False,
            opset_version=OPSET,
            input_names=["pixels"],
            output_names=names,
            dynamic_axes={name: {0: "n"} for name in ("pixels", *names)},
        )
    for filename, line, what in decided:
        if not filename.startswith(_TRUSTED):
            raise ExportError(f"{filename}, line {line}: {what}.")
    _check_batches(written.getvalue(), network, example)
    return ir.from_proto(onnx.load_from_string(written.getvalue()))


def _check_batches(graph: bytes, network: torch.nn.Module, example: torch.Tensor) -> None:
    """Raise where a graph is true of batches of the example's size alone: `len(x)` is a number to a trace."""
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    for batch in (1, 3):
        x = example[:1].expand(batch, *example.shape[1:])
        found = session.run(None, {"pixels": x.numpy()})
        for ours, theirs in zip(network(x), found, strict=True):
            if tuple(ours.shape) != theirs.shape:
                raise ExportError(f"it takes batches of {len(example)} alone.")


def _place() -> tuple[str, int]:
    """Return where a tensor is asked for its value: the innermost line that is neither torch's nor of what a program's tensors do."""
    frames = traceback.extract_stack()[:-2]
    for frame in reversed(frames):
        passed_on = frame.filename.startswith((_TORCH, _OURS)) and not frame.filename.startswith(_TRUSTED)
        if not passed_on and Path(frame.filename).name != "warnings.py":
            return frame.filename, frame.lineno or 0
    return frames[-1].filename, frames[-1].lineno or 0


def _followed(network: torch.nn.Module, example: torch.Tensor, names: list[str]) -> ir.Model:
    shapes = {"pixels": {0: torch.export.Dim("n")}}
    program = torch.export.export(network, (example,), dynamic_shapes=shapes, strict=False)
    made = torch.onnx.export(program, dynamo=True, opset_version=OPSET, output_names=names, verbose=False)
    return cast("torch.onnx.ONNXProgram", made).model


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep to itself what torch's exporters say of packages that are not needed, and of being old."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
