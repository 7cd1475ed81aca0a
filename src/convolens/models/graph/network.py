"""Network: the module of a functional graph, made by calling layers on `Input`s."""

from collections.abc import Sequence
from typing import Any

from convolens.errors import ArgumentError, ShapeError
from convolens.layers.input_layer import InputLayer
from convolens.layers.layer import Layer, Node, Shape, SymbolicTensor
from convolens.layers.register import register
from convolens.models.graph.calls import Call, plan
from convolens.models.graph.container import Container, give_names
from convolens.models.graph.serialization import serialize


class Network(Container):
    """A graph of layers from input tensors to output tensors, run in topological order.

    Args:
        inputs: a symbolic tensor or several.
        outputs: a symbolic tensor or several.
        name: the network's own name.
        auxiliary: (symbolic tensor, weight) of further classifiers, whose losses enter training with these weights
            and which take no part in anything else.

    Raises:
        ArgumentError: not symbolic tensors, or outputs that do not depend on the inputs.
    """

    described_as = ("keras.src.models.functional", "Functional")  # where Keras 3 looks for it

    def __init__(
        self,
        inputs: Any,
        outputs: Any,
        name: str | None = None,
        auxiliary: Sequence[tuple[SymbolicTensor, float]] = (),
    ) -> None:
        super().__init__(name=name)
        self.inputs = self._tensors("inputs", inputs)
        self.outputs = self._tensors("outputs", outputs)
        self._tensors("auxiliary", [tensor for tensor, _ in auxiliary])
        self.auxiliary = [(tensor, float(weight)) for tensor, weight in auxiliary]
        self.single_output = isinstance(outputs, SymbolicTensor)
        self.single_input = len(self.inputs) == 1  # `inputs=model.inputs` too, as in Keras
        ends = [*self.outputs, *(tensor for tensor, _ in self.auxiliary)]
        self.nodes, self.layers = _sorted_graph(self.inputs, ends)
        needed = {id(node) for node in _sorted_graph(self.inputs, self.outputs)[0]}
        self.output_nodes = [node for node in self.nodes if id(node) in needed]
        self._calls = plan(self.output_nodes, self.inputs, self.outputs)
        self._calls_with_auxiliary = plan(self.nodes, self.inputs, ends)
        give_names(self.layers)
        register(self, self.layers)
        shapes = [tensor.shape for tensor in self.inputs]
        self.build_once(shapes[0] if self.single_input else shapes)

    @staticmethod
    def _tensors(what: str, given: Any) -> list[SymbolicTensor]:
        tensors = list(given) if isinstance(given, (list, tuple)) else [given]
        for tensor in tensors:
            if not isinstance(tensor, SymbolicTensor):
                raise ArgumentError(
                    f"Model: {what} must be symbolic tensors, made from Input(shape=...) by calling layers; "
                    f"received {type(tensor).__name__}."
                )
        return tensors

    def forward(self, x: Any) -> Any:
        values = self._values(x, self._calls)
        results = [values[id(tensor)] for tensor in self.outputs]
        return results[0] if self.single_output else results

    def forward_with_auxiliary(self, x: Any) -> tuple[Any, list[Any]]:
        """Return what `forward` gives, and the outputs of the auxiliary classifiers in the order of `auxiliary`."""
        values = self._values(x, self._calls_with_auxiliary)
        results = [values[id(tensor)] for tensor in self.outputs]
        auxiliary = [values[id(tensor)] for tensor, _ in self.auxiliary]
        return results[0] if self.single_output else results, auxiliary

    def _values(self, x: Any, calls: Sequence[Call]) -> dict[int, Any]:
        """Return what the symbolic tensors become, by their identity, without those that are spent behind a call."""
        given = list(x) if isinstance(x, (list, tuple)) else [x]
        if len(given) != len(self.inputs):
            raise ShapeError(f"{self.title}: has {len(self.inputs)} inputs; received {len(given)}.")
        values = {id(tensor): value for tensor, value in zip(self.inputs, given, strict=True)}
        for call in calls:
            if id(call.output) not in values:
                call(values)
            for tensor in call.spent:  # its memory serves the next
                values.pop(id(tensor), None)
        return values

    def compute_output_shape(self, input_shape: Any) -> Shape:
        if len(self.outputs) > 1:
            raise ArgumentError(f"{self.title}: a model of several outputs cannot be a layer of another.")
        given = list(input_shape) if isinstance(input_shape, list) else [input_shape]
        shapes = {id(tensor): shape for tensor, shape in zip(self.inputs, given, strict=True)}
        for node in self.output_nodes:
            if id(node.output) not in shapes:
                arguments = [shapes[id(tensor)] for tensor in node.inputs]
                shapes[id(node.output)] = node.layer.compute_output_shape(
                    arguments if len(arguments) > 1 else arguments[0]
                )
        return shapes[id(self.outputs[0])]

    def get_config(self) -> dict[str, Any]:
        described = []
        for layer in self.layers:
            calls = [
                self._describe_call(node)
                for node in self.nodes
                if node.layer is layer and node.inputs and not isinstance(layer, InputLayer)
            ]
            described.append(serialize(layer) | {"name": layer.name, "inbound_nodes": calls})
        inputs = [self._history(tensor) for tensor in self.inputs]
        outputs = [self._history(tensor) for tensor in self.outputs]
        auxiliary = [[*self._history(tensor), weight] for tensor, weight in self.auxiliary]
        return {
            "name": self.name or "functional",
            "trainable": self.trainable,
            "layers": described,
            "input_layers": inputs[0] if self.single_input else inputs,
            "output_layers": outputs[0] if self.single_output else outputs,
            **({"auxiliary": auxiliary} if auxiliary else {}),
        }

    def _describe_call(self, node: Node) -> dict[str, Any]:
        tensors = [
            {
                "class_name": "__keras_tensor__",
                "config": {
                    "shape": list(tensor.shape),
                    "dtype": tensor.dtype,
                    "keras_history": self._history(tensor),
                },
            }
            for tensor in node.inputs
        ]
        return {"args": [tensors if len(tensors) > 1 else tensors[0]], "kwargs": {}}

    def _history(self, tensor: SymbolicTensor) -> list[Any]:
        """Return the layer that made a tensor, which of its calls, and which output of that, as Keras tells it."""
        calls = [node for node in self.nodes if node.layer is tensor.layer]
        place = next(i for i, node in enumerate(calls) if node.output is tensor)
        return [tensor.layer.name, place, 0]


def _sorted_graph(
    inputs: Sequence[SymbolicTensor], outputs: Sequence[SymbolicTensor]
) -> tuple[list[Node], list[Layer]]:
    """Return the calls and the layers between inputs and outputs, both in Keras' order.

    Keras sorts by depth (the longest way to an output), then by first visit; its weight files follow.
    """
    given = {id(tensor) for tensor in inputs}
    finished: dict[int, Node] = {}
    visits: dict[int, int] = {}

    def visit(tensor: SymbolicTensor) -> None:
        node = tensor.node
        if node is None or id(node) in finished:
            return
        visits.setdefault(id(node.layer), len(visits))
        if id(tensor) not in given:
            if not node.inputs:
                raise ArgumentError(
                    f"Model: the outputs need {node.layer.title}, which is not among the inputs; add it to inputs."
                )
            for parent in node.inputs:
                visit(parent)
        finished[id(node)] = node

    for tensor in outputs:
        visit(tensor)
    reached = list(finished.values())
    for tensor in inputs:
        if tensor.node is None or id(tensor.node) not in finished:
            raise ArgumentError(f"Model: the outputs do not depend on the input of shape {tensor.shape}.")

    depths: dict[int, int] = {}
    layer_depths: dict[int, int] = {}
    for node in reversed(reached):
        depth = max(depths.get(id(node), 0), layer_depths.get(id(node.layer), 0))
        layer_depths[id(node.layer)] = depths[id(node)] = depth
        if id(node.output) not in given:
            for parent in node.parents:
                depths[id(parent)] = max(depth + 1, depths.get(id(parent), 0))
    nodes = sorted(reached, key=lambda node: (-depths[id(node)], visits[id(node.layer)]))
    layers: dict[int, Layer] = {}
    for node in nodes:
        starts_inside = id(node.output) in given and not isinstance(node.layer, InputLayer)
        if not starts_inside:  # an input in the middle of another network: its maker stays outside
            layers.setdefault(id(node.layer), node.layer)
    ordered = sorted(layers.values(), key=lambda layer: (-layer_depths[id(layer)], visits[id(layer)]))
    return nodes, ordered
