"""The graph of a network, for drawing: a box for each call of a layer, and which output goes where."""

from dataclasses import dataclass
from typing import Any

import torch

from convolens.errors import ShapeError
from convolens.layers import InputLayer
from convolens.models.graph.dry_run import output_shapes
from convolens.models.graph.network import Network
from convolens.models.graph.sequential_network import SequentialNetwork

_FAMILIES = (  # words in a class name, and the family that they tell; the first that fits
    ("input", ("input",)),
    ("merging", ("concat", "add", "multiply", "maximum", "average2", "merge", "subtract")),
    ("normalisation", ("norm",)),
    ("pooling", ("pool",)),
    ("convolution", ("conv",)),
    ("dense", ("dense", "linear")),
    ("dropout", ("dropout",)),
    ("shape", ("flatten", "reshape", "padding", "permute", "unflatten", "identity", "rescaling")),
    ("activation", ("relu", "activation", "softmax", "sigmoid", "tanh", "gelu", "silu", "elu", "swish")),
)


@dataclass(frozen=True)
class Box:
    """One call of a layer.

    Attributes:
        name: of the layer.
        kind: its class.
        detail: what matters of its arguments, such as "3x3, 64".
        shape: of its output in Keras' order with None for the batch; None where it is not known.
        family: what it is coloured by.
        depth: of a tree: how many modules hold it.
    """

    name: str
    kind: str
    detail: str
    shape: tuple[Any, ...] | None
    family: str
    depth: int = 0


@dataclass(frozen=True)
class ModelGraph:
    """Boxes, and edges between their places in the list; `tree` where the edges only say what holds what."""

    boxes: tuple[Box, ...]
    edges: tuple[tuple[int, int], ...]
    tree: bool = False


def model_graph(module: torch.nn.Module, input_shape: tuple[int, ...] | None = None) -> ModelGraph:
    """Return the graph of a network of ours; of any other module the tree of its children, as they are executed.

    Args:
        module: a network; built, if it is ours.
        input_shape: (rows, columns, channels) or (features,), for the shapes and the order of a torch module.
            Without it they come in the order of their definition.

    Raises:
        ShapeError: a torch module cannot take `input_shape`.
    """
    if isinstance(module, (Network, SequentialNetwork)):
        return _of_calls(module)
    return _tree(module, input_shape)


def _of_calls(network: Network | SequentialNetwork) -> ModelGraph:
    given = {id(tensor) for tensor in network.inputs}
    places = {id(tensor): place for place, node in enumerate(network.nodes) for tensor in node.outputs}
    boxes, edges = [], []
    for place, node in enumerate(network.nodes):
        layer, shape = node.layer, node.outputs[0].shape  # of the first, where there are several
        is_given = all(id(tensor) in given for tensor in node.outputs)
        if is_given and not isinstance(layer, InputLayer):
            boxes.append(Box(layer.name or "", "Input", "", shape, "input"))
            continue
        boxes.append(_box(layer, layer.name or "", shape))
        if not is_given:
            edges += [(places[id(tensor)], place) for tensor in node.inputs]
    return ModelGraph(tuple(boxes), tuple(dict.fromkeys(edges)))


def _tree(module: torch.nn.Module, input_shape: tuple[int, ...] | None) -> ModelGraph:
    try:
        shapes = output_shapes(module, input_shape) if input_shape is not None else {}
    except ShapeError as error:
        raise ShapeError(f"plot_model: {error}") from error
    order = {child: place for place, child in enumerate(shapes)}
    boxes: list[Box] = []
    edges = []

    def add(child: torch.nn.Module, name: str, depth: int, parent: int | None) -> None:
        place = len(boxes)
        boxes.append(_box(child, name, shapes.get(child), depth))
        if parent is not None:
            edges.append((parent, place))
        children = sorted(child.named_children(), key=lambda item: order.get(item[1], len(order)))
        for below, grandchild in children:
            add(grandchild, below, depth + 1, place)

    add(module, "", 0, None)
    return ModelGraph(tuple(boxes), tuple(edges), tree=True)


def _box(layer: torch.nn.Module, name: str, shape: Any, depth: int = 0) -> Box:
    kind = {"SequentialNetwork": "Sequential", "Network": "Functional", "InputLayer": "Input"}.get(
        type(layer).__name__, type(layer).__name__
    )
    return Box(name, kind, _detail(layer), shape, _family(layer, kind), depth)


def _family(layer: torch.nn.Module, kind: str) -> str:
    if isinstance(layer, (SequentialNetwork, Network)) or next(layer.children(), None) is not None:
        return "network"
    said = kind.casefold()
    return next((family for family, words in _FAMILIES if any(word in said for word in words)), "other")


def _detail(layer: Any) -> str:
    """Return a window, a stride that is not 1, and how many filters or units there are."""
    parts = []
    window = getattr(layer, "kernel_size", getattr(layer, "pool_size", None))
    if isinstance(window, (int, tuple)):
        parts.append(_pair(window))
    stride = getattr(layer, "strides", getattr(layer, "stride", None))
    if isinstance(stride, (int, tuple)) and stride not in (1, (1,), (1, 1), (1, 1, 1)):
        parts.append(f"/{_pair(stride)}")
    for word in ("filters", "out_channels", "units", "out_features"):
        if isinstance(number := getattr(layer, word, None), int):
            parts.append(f"{number}")
            break
    return " ".join(parts)


def _pair(value: int | tuple[int, ...]) -> str:
    return str(value) if isinstance(value, int) else "x".join(map(str, value))
