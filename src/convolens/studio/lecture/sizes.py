"""Sizes and costs: what a layer gives, and what it takes, by the modules that do the work."""

from typing import Any

from convolens.analysis import cost as measure_cost
from convolens.analysis.arithmetic.sliding import slide
from convolens.analysis.cost.layer_words import parse_layers
from convolens.analysis.cost.model_cost import LayerCost
from convolens.applications import APPLICATIONS
from convolens.arguments import look_up


def output_size(size: int, window: int, stride: int, padding: str | int) -> dict[str, Any]:
    """Return how many places a window has along an axis, with the terms of the formula.

    Args:
        size: cells of the axis.
        window: cells of the kernel, or of the pooling window.
        stride: cells from one place to the next.
        padding: "valid", "same", or cells on each side.

    Raises:
        ShapeError: the window is larger than what it slides on.

    Example:
        >>> output_size(224, 3, 1, "same")["places"], output_size(6, 3, 1, "valid")["places"]
        (224, 4)
    """
    sliding = slide("lecture", (size, size), (window, window), stride, padding)
    before, after = sliding.padding[0]
    return {
        "size": size,
        "window": window,
        "stride": stride,
        "before": before,
        "after": after,
        "padded": sliding.padded[0],
        "places": sliding.places[0],
        "formula": f"({size} + {before + after} - {window}) / {stride} + 1, rounded down = {sliding.places[0]}",
    }


def cost_of(layers: str, shape: tuple[int, ...]) -> dict[str, Any]:
    """Return what layers in words cost, one by one and together.

    Args:
        layers: see `analysis.cost.layer_words.parse_layers`.
        shape: (rows, columns, channels) that they are given.

    Raises:
        ArgumentError, UnknownNameError, ShapeError: words that describe no layers.

    Example:
        >>> cost_of("conv 192 3x3", (28, 28, 256))["multiply_accumulates"]
        346816512
    """
    import torch

    with torch.device("meta"):
        model = parse_layers(layers, shape)
    found = measure_cost(model, shape, training=False)
    return {
        "parameters": found.parameters,
        "multiply_accumulates": found.multiply_accumulates,
        "layers": [_row(layer) for layer in found.layers],
    }


def architecture(name: str) -> dict[str, Any]:
    """Return the parameters of a named architecture, and where they lie, layer by layer.

    Args:
        name: of `APPLICATIONS`.

    Raises:
        UnknownNameError: no such architecture; the nearest is offered.

    Example:
        >>> architecture("vgg16")["parameters"]
        138357544
    """
    import torch

    entry = look_up("lecture", "architecture", name, APPLICATIONS)
    with torch.device("meta"):
        model = entry.build(input_shape=(entry.size, entry.size, 3))
    found = measure_cost(model, training=False)
    return {
        "name": name,
        "size": entry.size,
        "parameters": found.parameters,
        "multiply_accumulates": found.multiply_accumulates,
        "layers": [
            _row(layer) | {"layers": layer.layers}
            for layer in (found.layers if len(found.layers) <= 60 else found.folded(1))
        ],
    }


def _row(layer: LayerCost) -> dict[str, Any]:
    return {
        "name": layer.name,
        "kind": layer.kind,
        "shape": list(layer.output_shape[1:]) if layer.output_shape else None,
        "parameters": layer.parameters,
        "multiply_accumulates": layer.multiply_accumulates,
    }
