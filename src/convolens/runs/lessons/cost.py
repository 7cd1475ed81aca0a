"""cost: what a named architecture, a run's network or layers in words cost, as a table, JSON or CSV."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from convolens.analysis import LayerCost, ModelCost, ReceptiveField
from convolens.analysis import cost as measure_cost
from convolens.analysis.cost.layer_words import FORMS, is_layers, parse_layers
from convolens.applications import APPLICATIONS, build, find_architecture
from convolens.arguments import did_you_mean, integer
from convolens.errors import ArgumentError, MissingFileError, UnknownNameError
from convolens.models import Model
from convolens.runs.answers.subject import named_architecture
from convolens.runs.folder import model_file
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen, bytes_text
from convolens.runs.output.tables import check_table, write_csv

_CSV = (
    "name", "kind", "call", "output_shape", "trainable_parameters", "frozen_parameters", "buffers",
    "multiply_accumulates", "activations_bytes", "field_rows", "field_columns", "jump_rows", "jump_columns",
    "training_multiply_accumulates", "kept_bytes",
)  # fmt: skip
_FEW = 8  # layers whose sum is written out


@dataclass(frozen=True)
class CostOptions:
    """What is asked for.

    Attributes:
        subject: a name of `APPLICATIONS`, timm:NAME, a run folder, or layers in words.
        input_shape: (rows, columns, channels) as "224x224x3"; None takes the network's own.
        size: rows and columns, for images of three channels; instead of `input_shape`.
        classes: of a named architecture; None takes its own.
        batch_size: images that the numbers are for.
        training: show what a training step costs, too.
        depth: parts of a layer's name that tell rows apart; None folds only long tables.
        csv: a file for all layers, never folded.
    """

    subject: str
    input_shape: str | None = None
    size: int | None = None
    classes: int | None = None
    batch_size: int = 1
    training: bool = False
    depth: int | None = None
    csv: Path | None = None


def cost(options: CostOptions, screen: Screen | None = None) -> ModelCost:
    """Measure, print the table, write the CSV, and return the costs.

    Args:
        options: see `CostOptions`.
        screen: where lines go; None prints them.

    Raises:
        UnknownNameError: no such architecture or layer. MissingFileError: no such run.
        ArgumentError, ShapeError: options or layers that do not go together. WriteError: the CSV.
    """
    screen = screen or Screen()
    if options.csv is not None:
        check_table(options.csv, options.subject)
    if options.depth is not None:
        integer("cost", "--depth", options.depth, minimum=0)
    shape = input_shape(options.input_shape, options.size)
    model = find_model(options.subject, shape, options.classes)
    found = measure_cost(model, shape, integer("cost", "--batch", options.batch_size))
    show(found, screen, options)
    if options.csv is not None:
        write_csv(options.csv, _CSV, map(_cells, found.layers))
    return found


def input_shape(text: str | None, size: int | None = None) -> tuple[int, ...] | None:
    """Return the shape that `--input` or `--size` gives; None where neither is given.

    Raises:
        ArgumentError: both, or a text of another form.

    Example:
        >>> input_shape("28x28x256"), input_shape(None, 32)
        ((28, 28, 256), (32, 32, 3))
    """
    if text is not None and size is not None:
        raise ArgumentError("cost: give --input or --size, not both.")
    if size is not None:
        side = integer("cost", "--size", size)
        return (side, side, 3)
    if text is None:
        return None
    parts = text.casefold().strip().split("x")
    if len(parts) not in (1, 3) or not all(re.fullmatch(r"[0-9]{1,9}", part) and int(part) for part in parts):
        raise ArgumentError(
            f"cost: --input must be ROWSxCOLUMNSxCHANNELS such as 224x224x3, or a number of features; received {text!r}."
        )
    return tuple(int(part) for part in parts)


def find_model(subject: str, shape: tuple[int, ...] | None, classes: int | None) -> Model:
    """Return the network that is meant, without memory for its weights.

    Raises:
        UnknownNameError: no such architecture or layer; the nearest is offered. MissingFileError: no such run.
        ArgumentError: `classes` or no `shape` where it makes no sense.
    """
    named = named_architecture(subject)
    if named is not None:
        subject, entry = named, find_architecture("cost", named)
        shape = shape or (entry.size, entry.size, 3)
        with torch.device("meta"):
            return build(subject, shape, classes) if classes is not None else entry.build(input_shape=shape)
    run, words = Path(subject), is_layers(subject)
    if classes is not None and (words or run.exists()):
        raise ArgumentError("cost: --classes is for a named architecture; leave it out.")
    if run.is_dir():
        return model_file.network(RunFolder.open(run))
    if words:
        if shape is None:
            raise ArgumentError(
                "cost: layers in words need the shape that they are given; add --input 28x28x256, say."
            )
        with torch.device("meta"):
            return parse_layers(subject, shape)
    if "/" in subject or "\\" in subject or run.exists():
        raise MissingFileError(
            f"{subject}: no such run folder; give one, or a name: {', '.join(APPLICATIONS)}."
        )
    near = did_you_mean(subject, [*APPLICATIONS, *FORMS])
    raise UnknownNameError(
        f"cost: {subject!r} is no architecture, no run folder and no layers in words.{near} "
        f'Known: {", ".join(sorted(APPLICATIONS))}; in words: "conv 64 3x3, maxpool 2".'
    )


def show(found: ModelCost, screen: Screen, options: CostOptions) -> None:
    """Print the table of layers and the totals."""
    images = f"a batch of {found.batch_size:,}" if found.batch_size > 1 else "one image"
    screen.heading(f"{found.name}, input {_inputs(found.input_shape)}, {images}")
    columns = ["Layer", "Output", "Parameters", "MACs"]
    footer = ["total", "", f"{found.parameters:,}", f"{found.multiply_accumulates:,}"]
    step = found.training if options.training else None
    if step is not None:
        columns += ["Training MACs", "Kept"]
        footer += [f"{step.multiply_accumulates:,}", bytes_text(step.kept_bytes)]
    else:
        columns += ["Activations", "Field/step"]
        footer += [bytes_text(found.activations_bytes), ""]
    rows = [_row(layer, found, step is not None) for layer in found.folded(options.depth)]
    screen.table(columns, rows, right=range(2, len(columns)), footer=footer)
    for line in _totals(found, options):
        screen.result(line)


def _inputs(shape: Sequence[Any]) -> str:
    return " and ".join(map(_sizes, shape)) if isinstance(shape[0], tuple) else _sizes(shape)


def _totals(found: ModelCost, options: CostOptions) -> list[str]:
    counted = [layer.multiply_accumulates for layer in found.layers if layer.multiply_accumulates]
    terms = f"{' + '.join(f'{count:,}' for count in counted)} = " if 1 < len(counted) <= _FEW else ""
    apart = [
        f"{count:,} {what}"
        for count, what in (
            (found.frozen_parameters, "frozen"),
            (found.buffers, "moving averages and the like apart"),
        )
        if count
    ]
    lines = [
        f"Parameters: {found.parameters:,}{''.join(f', {part}' for part in apart)} ({bytes_text(found.weights_bytes)})",
        f"Multiply-accumulates: {terms}{found.multiply_accumulates:,} "
        f"(convolutions, dense layers, matrix products; 1 MAC = 2 FLOPs: {2 * found.multiply_accumulates:,} FLOPs)",
        f"Activations: {bytes_text(found.activations_bytes)}, what the layers give, added up",
    ]
    step = found.training
    if options.training and step is None:
        lines.append("Training: there is nothing that can be trained")
    elif options.training and step is not None:
        times = step.multiply_accumulates / max(found.multiply_accumulates, 1)
        lines += [
            f"Training step: {step.multiply_accumulates:,} multiply-accumulates, forward and backward ({times:.2f} times)",
            f"Training memory: {bytes_text(step.memory_bytes)} = weights {bytes_text(step.weights_bytes)} + gradients "
            f"{bytes_text(step.gradients_bytes)} + Adam's state {bytes_text(step.optimizer_bytes)} + kept for the backward "
            f"pass {bytes_text(step.kept_bytes)}",
        ]
    return lines


def _row(layer: LayerCost, found: ModelCost, training: bool) -> list[str]:
    shape = "-" if layer.output_shape is None else _sizes(layer.output_shape[1:])
    row = [
        _title(layer),
        "not used" if layer.call == 0 else shape or "1",
        f"{layer.parameters:,}",
        f"{layer.multiply_accumulates:,}",
    ]
    if training:
        return [*row, f"{layer.training_multiply_accumulates:,}", bytes_text(layer.kept_bytes)]
    return [*row, bytes_text(layer.activations_bytes), _field(layer.receptive_field, found.input_shape)]


def _title(layer: LayerCost) -> str:
    """Return the name, and the class where the name does not say it ("max_pooling2d_1" does)."""
    if layer.layers > 1:
        return f"{layer.title} ({layer.layers} layers)"
    letters = re.sub(r"[^a-z]", "", layer.name.casefold())
    said = letters.startswith(re.sub(r"[^a-z]", "", layer.kind.casefold()))
    return layer.title if said else f"{layer.title} ({layer.kind})"


def _field(field: ReceptiveField | None, image: Sequence[int]) -> str:
    """Return "14x14/4": the size, and the step from one place to the next."""
    if field is None:
        return "-"
    sides, steps = (field.rows, field.columns), (field.row_jump, field.column_jump)
    if steps == (None, None):
        return "whole" if sides == tuple(image[:2]) else _sizes(sides)
    step = str(steps[0]) if steps[0] == steps[1] else "x".join(str(step or "-") for step in steps)
    return f"{_sizes(sides)}/{step}"


def _sizes(shape: Sequence[int]) -> str:
    return "x".join(str(size) for size in shape)


def _cells(layer: LayerCost) -> list[object]:
    field = layer.receptive_field
    shape = "" if layer.output_shape is None else _sizes(layer.output_shape)
    sides = (
        (field.rows, field.columns, field.row_jump, field.column_jump) if field is not None else [None] * 4
    )
    plain = layer.as_dict()
    values = {"output_shape": shape, **dict(zip(_CSV[9:13], sides, strict=True))}
    return ["" if (value := values.get(name, plain.get(name))) is None else value for name in _CSV]
