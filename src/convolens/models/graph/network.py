"""Network: the module of a functional graph, made by calling layers on `Input`s."""

from collections.abc import Mapping, Sequence
from typing import Any

from convolens.errors import ArgumentError, ShapeError
from convolens.layers.calls.adding import Adding
from convolens.layers.calls.symbols import filled, is_shape, leaves, mapped
from convolens.layers.input_layer import InputLayer
from convolens.layers.layer import Layer, Node, SymbolicTensor
from convolens.layers.operation import Operation
from convolens.layers.register import register
from convolens.models.graph.calls import Call, plan
from convolens.models.graph.container import Container, give_names
from convolens.models.graph.operations import described_call
from convolens.models.graph.plain_values import written
from convolens.models.graph.serialization import serialize
from convolens.training import added_losses


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
    default_name = "functional"

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
        self.added: list[
            SymbolicTensor
        ] = []  # of `add_loss` and `add_metric`, and what these need beside `layers`
        self.without_weights: list[Layer] = []
        self.single_output = isinstance(outputs, SymbolicTensor)
        self.output_keys = (
            list(outputs) if isinstance(outputs, Mapping) else None
        )  # of a dict, which it gives
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

    @property
    def input_names(self) -> list[str]:
        """What the inputs go by in a dict: the names of their layers."""
        return [str(tensor.layer.name) for tensor in self.inputs]

    @property
    def output_names(self) -> list[str]:
        """What the outputs go by in a dict: the names of their layers, numbered where one gives several."""
        if self.output_keys is not None:
            return self.output_keys
        names: list[str] = []
        for tensor in self.outputs:
            name, count = str(tensor.layer.name), 0
            while name in names:
                count += 1
                name = f"{tensor.layer.name}_{count}"
            names.append(name)
        return names

    @staticmethod
    def _tensors(what: str, given: Any) -> list[SymbolicTensor]:
        tensors = leaves(given)
        for tensor in tensors:
            if not isinstance(tensor, SymbolicTensor):
                raise ArgumentError(
                    f"Model: {what} must be symbolic tensors, made from Input(shape=...) by calling layers; "
                    f"received {type(tensor).__name__}."
                )
        return tensors

    def _of_dict(self, x: Mapping[str, Any]) -> list[Any]:
        """Return the values of a dict in the order of the inputs."""
        names = self.input_names
        return [x[name] for name in names] if set(names) <= x.keys() else list(x.values())

    def forward(self, x: Any) -> Any:
        counts = self.added and added_losses.are_collected()
        values = self._values(x, self._calls_with_added if counts else self._calls)
        return self.given_as_asked([values[id(tensor)] for tensor in self.outputs])

    def draw_adding(self, symbol: SymbolicTensor, metric: str | None = None) -> None:
        """Compute a symbolic tensor in each run of a training or an evaluation, and add it to the loss, or to the metrics.

        Layers with weights on the way there become layers of the network. Descriptions in files leave it out.

        Args:
            symbol: a loss, or the value of a metric.
            metric: its name; None for a loss.

        Raises:
            ArgumentError: it does not depend on the network's inputs alone.
        """
        end = Adding()(symbol, [symbol]) if metric is None else Adding()(symbol, [], {metric: symbol})
        if metric is not None:
            self.__dict__.setdefault("_shown", {})[metric] = None
        ends = [*self.outputs, *(tensor for tensor, _ in self.auxiliary), *self.added, end]
        nodes, reached = _sorted_graph(self.inputs, ends)
        known = {id(layer) for layer in self.layers}
        further = [layer for layer in reached if id(layer) not in known]
        give_names([*self.layers, *further])
        self.added.append(end)
        self._calls_with_added = plan(nodes, self.inputs, ends)
        self.layers += [layer for layer in further if layer.weight_entries()]
        self.without_weights += [layer for layer in further if not layer.weight_entries()]
        register(self, [*self.layers, *self.without_weights])

    def given_as_asked(self, of_each: list[Any]) -> Any:
        """Return what there is of each output in the form in which the outputs were given: one, a list or a dict.

        Args:
            of_each: one for each output, in their order.
        """
        if self.output_keys is not None:
            return dict(zip(self.output_keys, of_each, strict=True))
        return of_each[0] if self.single_output else of_each

    def forward_with_auxiliary(self, x: Any) -> tuple[Any, list[Any]]:
        """Return what `forward` gives, and the outputs of the auxiliary classifiers in the order of `auxiliary`."""
        values = self._values(x, self._calls_with_auxiliary)
        auxiliary = [values[id(tensor)] for tensor, _ in self.auxiliary]
        return self.given_as_asked([values[id(tensor)] for tensor in self.outputs]), auxiliary

    def _values(self, x: Any, calls: Sequence[Call]) -> dict[int, Any]:
        """Return what the symbolic tensors become, by their identity, without those that are spent behind a call."""
        given = x if isinstance(x, (list, tuple)) else self._of_dict(x) if isinstance(x, Mapping) else [x]
        if len(given) != len(self.inputs):
            raise ShapeError(f"{self.title}: has {len(self.inputs)} inputs; received {len(given)}.")
        values = {id(tensor): value for tensor, value in zip(self.inputs, given, strict=True)}
        for call in calls:
            if not call.is_done(values):
                call(values)
            for tensor in call.spent:  # its memory serves the next
                values.pop(id(tensor), None)
        return values

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the output's shape for an input's, or the list of them, as the network has several."""
        several = self._of_dict(input_shape) if isinstance(input_shape, Mapping) else input_shape
        given = [input_shape] if is_shape(input_shape) else several
        symbols = {
            id(tensor): SymbolicTensor(shape) for tensor, shape in zip(self.inputs, given, strict=True)
        }
        for node in self.output_nodes:
            if any(id(tensor) not in symbols for tensor in node.outputs):
                shapes = node.layer.output_shapes(
                    filled(node.arguments, symbols), filled(node.keywords, symbols)
                )
                found: list[Any] = []
                mapped(found.append, shapes, until=is_shape)
                for tensor, shape in zip(node.outputs, found, strict=True):
                    symbols.setdefault(id(tensor), SymbolicTensor(shape))
        return self.given_as_asked([tuple(symbols[id(tensor)].shape) for tensor in self.outputs])

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
            "output_layers": self.given_as_asked(outputs),
            **({"auxiliary": auxiliary} if auxiliary else {}),
        }

    def _describe_call(self, node: Node) -> dict[str, Any]:
        def described(leaf: Any) -> Any:
            if not isinstance(leaf, SymbolicTensor):
                return written(leaf)
            config = {"shape": list(leaf.shape), "dtype": leaf.dtype, "keras_history": self._history(leaf)}
            return {"class_name": "__keras_tensor__", "config": config}

        if type(node.layer) is Operation:
            return {"args": list(mapped(described, described_call(node))), "kwargs": {}}
        keywords = mapped(described, node.keywords)
        if node.training is not None:
            keywords["training"] = node.training
        call = {"args": list(mapped(described, node.arguments)), "kwargs": keywords}
        return call if node.training is None else call | {"training_is_fixed": True}

    def _history(self, tensor: SymbolicTensor) -> list[Any]:
        """Return the layer that made a tensor, which of its calls, and which output of that, as Keras tells it."""
        calls = [node for node in self.nodes if node.layer is tensor.layer]
        place = next(i for i, node in enumerate(calls) if node is tensor.node)
        return [tensor.layer.name, place, tensor.place]


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
        if not all(id(result) in given for result in node.outputs):
            if not node.inputs:
                raise ArgumentError(
                    f"Model: the outputs need {node.layer.title}, which is not among the inputs; add it to inputs."
                )
            for parent in node.inputs:
                visit(parent)
        finished[id(node)] = node

    for tensor in outputs:
        visit(tensor)
    for tensor in inputs:
        if tensor.node is not None and id(tensor.node) not in finished:  # no output depends on it
            visits.setdefault(id(tensor.node.layer), -1)
            finished[id(tensor.node)] = tensor.node
    reached = list(finished.values())

    depths: dict[int, int] = {}
    layer_depths: dict[int, int] = {}
    for node in reversed(reached):
        depth = max(depths.get(id(node), 0), layer_depths.get(id(node.layer), 0))
        layer_depths[id(node.layer)] = depths[id(node)] = depth
        if not all(id(result) in given for result in node.outputs):
            for parent in node.parents:
                depths[id(parent)] = max(depth + 1, depths.get(id(parent), 0))
    nodes = sorted(reached, key=lambda node: (-depths[id(node)], visits[id(node.layer)]))
    layers: dict[int, Layer] = {}
    for node in nodes:
        starts_inside = all(id(result) in given for result in node.outputs) and not isinstance(
            node.layer, InputLayer
        )
        if not starts_inside:  # an input in the middle of another network: its maker stays outside
            layers.setdefault(id(node.layer), node.layer)
    ordered = sorted(layers.values(), key=lambda layer: (-layer_depths[id(layer)], visits[id(layer)]))
    return nodes, ordered
