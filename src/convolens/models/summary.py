"""The table of a model's layers, in Keras' shape, drawn by rich."""

from collections.abc import Callable
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

from convolens.layers import InputLayer, Layer


def _shape(layer: torch.nn.Module) -> str:
    if not isinstance(layer, Layer) or not layer.built:
        return "?"
    shape = layer.built_shape if isinstance(layer, InputLayer) else layer.output_shape
    return "(" + ", ".join(str(size) for size in shape) + ")"


def _count(module: torch.nn.Module) -> tuple[int, int]:
    """Return how many numbers of a module are trained, and how many are not (buffers included)."""
    if isinstance(module, Layer):
        sizes = [(tensor.numel(), tensor.requires_grad) for tensor in module.weights]
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


def summary_table(module: torch.nn.Module, name: str) -> Table:
    """Return the rich table of a module's layers: name and class, output shape, parameters."""
    table = Table(title=f'Model: "{name}"', title_justify="left", title_style="bold", show_lines=False)
    table.add_column("Layer (type)", overflow="fold")
    table.add_column("Output Shape", overflow="fold")
    table.add_column("Param #", justify="right")
    layers = getattr(module, "layers", None)
    rows = (
        [(layer.name or "", layer) for layer in layers]
        if isinstance(module, Layer) and layers is not None
        else list(module.named_children())
    )
    for layer_name, layer in rows:
        built = not isinstance(layer, Layer) or layer.built
        count = f"{sum(_count(layer)):,}" if built else "0 (unbuilt)"
        table.add_row(f"{layer_name} ({type(layer).__name__})", _shape(layer), count)
    return table


def summary(
    module: torch.nn.Module,
    name: str,
    line_length: int | None = None,
    print_fn: Callable[[str], Any] | None = None,
) -> None:
    """Print the table of layers and the totals.

    Args:
        module: a network of ours, or any torch module (its children are the rows).
        name: the model's name.
        line_length: columns of the terminal; None asks the terminal.
        print_fn: called with the whole text instead of printing.
    """
    trained, fixed = _count(module)
    console = Console(width=line_length, record=print_fn is not None, quiet=False)
    lines = [
        f" Total params: {trained + fixed:,} ({_megabytes(trained + fixed)})",
        f" Trainable params: {trained:,} ({_megabytes(trained)})",
        f" Non-trainable params: {fixed:,} ({_megabytes(fixed)})",
    ]
    with console.capture() as captured:
        console.print(summary_table(module, name))
        for line in lines:
            console.print(line, highlight=False)
    (print_fn or print)(captured.get().rstrip("\n"))
