"""The table of a model's layers, in Keras' shape, drawn by rich."""

from collections.abc import Callable
from typing import Any

import torch
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from convolens.errors import ShapeError
from convolens.layers import InputLayer, Layer
from convolens.layers.calls.symbols import is_shape, mapped

_KERAS_NAMES = {"SequentialNetwork": "Sequential", "Network": "Functional"}  # of networks inside a network

Shapes = dict[torch.nn.Module, tuple[Any, ...]]


def _shape(layer: torch.nn.Module, seen: Shapes) -> str:
    shape: Any = seen.get(layer)
    if isinstance(layer, Layer) and layer.built:
        shape = layer.built_shape if isinstance(layer, InputLayer) else layer.output_shape
    several: list[str] = []  # a layer may give more than one tensor
    if shape is not None:
        mapped(
            lambda one: several.append("(" + ", ".join(str(size) for size in one) + ")"),
            shape,
            until=is_shape,
        )
    return ", ".join(several) or "?"


def count_weights(module: torch.nn.Module) -> tuple[int, int]:
    """Return how many numbers of a module are trained, and how many are not (buffers included)."""
    if isinstance(module, Layer):
        tensors = [entry.tensor for entry in module.weight_entries()]
    else:
        tensors = [*module.parameters(), *(b for b in module.buffers() if b.is_floating_point())]
    sizes = [(tensor.numel(), tensor.requires_grad) for tensor in tensors]
    return sum(n for n, trained in sizes if trained), sum(n for n, trained in sizes if not trained)


def _megabytes(count: int) -> str:
    size = 4.0 * count  # float32
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} GB"


def _children(module: torch.nn.Module) -> list[tuple[str, torch.nn.Module]]:
    """Return the layers of a network of ours, or the children of a torch module, with their names."""
    layers = getattr(module, "layers", None)
    if isinstance(module, Layer):
        return [(layer.name or "", layer) for layer in layers or []]
    return list(module.named_children())


def _class_name(layer: torch.nn.Module) -> str:
    name = type(layer).__name__
    return _KERAS_NAMES.get(name, name) if isinstance(layer, Layer) else name


def _trainable(layer: torch.nn.Module, held: int) -> str:
    if not held:
        return "-"
    if isinstance(layer, Layer):
        return "Y" if layer.trainable else "N"
    return "Y" if any(parameter.requires_grad for parameter in layer.parameters()) else "N"


def summary_table(
    module: torch.nn.Module,
    name: str,
    expand_nested: bool = False,
    show_trainable: bool = False,
    seen: Shapes | None = None,
) -> Table:
    """Return the rich table of a module's layers: name and class, output shape, parameters.

    Args:
        module, name, expand_nested, show_trainable: as in `summary`.
        seen: output shapes of torch modules.
    """
    table = Table(title=f'Model: "{name}"', title_justify="left", title_style="bold", show_lines=False)
    table.add_column("Layer (type)", overflow="fold")
    table.add_column("Output Shape", overflow="fold")
    table.add_column("Param #", justify="right")
    if show_trainable:
        table.add_column("Trainable", justify="center")

    def add(parent: torch.nn.Module, level: int) -> None:
        for layer_name, layer in _children(parent):
            built = not isinstance(layer, Layer) or layer.built
            held = sum(count_weights(layer)) if built else 0
            row = [
                f"{'   ' * level + '└ ' if level else ''}{layer_name} ({_class_name(layer)})",
                _shape(layer, seen or {}),
                f"{held:,}" if built else "0 (unbuilt)",
            ]
            table.add_row(*map(escape, [*row, _trainable(layer, held)] if show_trainable else row))
            if expand_nested:
                add(layer, level + 1)

    add(module, 0)
    return table


def summary(
    module: torch.nn.Module,
    name: str,
    line_length: int | None = None,
    print_fn: Callable[[str], Any] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    batch_shape: tuple[int | None, ...] | None = None,
) -> None:
    """Print the table of layers and the totals.

    Args:
        module: a network of ours, or any torch module (its children are the rows).
        name: the model's name.
        line_length: columns of the terminal; None asks the terminal.
        print_fn: called with the whole text instead of printing.
        expand_nested: show the layers inside a layer, too.
        show_trainable: a column that says Y or N.
        batch_shape: (None, rows, columns, channels) for a torch module, whose output shapes are unknown without it.

    Raises:
        ShapeError: a torch module cannot take `batch_shape`.
    """
    seen: Shapes = {}
    if batch_shape is not None and not isinstance(module, Layer):
        from convolens.models.graph.dry_run import output_shapes

        sizes = [size for size in batch_shape[1:] if size is not None]
        if len(sizes) != len(batch_shape) - 1:
            raise ShapeError(
                f"summary: the shape given to build must be known but for the batch; it is {batch_shape}."
            )
        seen = output_shapes(module, sizes)
    trained, fixed = count_weights(module)
    console = Console(width=line_length, record=print_fn is not None, quiet=False)
    lines = [
        f" Total params: {trained + fixed:,} ({_megabytes(trained + fixed)})",
        f" Trainable params: {trained:,} ({_megabytes(trained)})",
        f" Non-trainable params: {fixed:,} ({_megabytes(fixed)})",
    ]
    with console.capture() as captured:
        console.print(summary_table(module, name, expand_nested, show_trainable, seen))
        for line in lines:
            console.print(line, highlight=False)
    (print_fn or print)(captured.get().rstrip("\n"))
