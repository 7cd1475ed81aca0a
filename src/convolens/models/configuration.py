"""A network's description as plain values, in Keras 3's dialect, and the way back."""

from collections.abc import Mapping
from typing import Any

from convolens.arguments import look_up
from convolens.errors import ArgumentError
from convolens.layers import LAYERS, InputLayer, Layer, SymbolicTensor
from convolens.models.network import Network
from convolens.models.sequential_network import SequentialNetwork


def serialize(layer: Layer) -> dict[str, Any]:
    """Return `{"class_name": ..., "config": ...}` for a layer or a network."""
    networks: dict[type, tuple[str, str]] = {
        Network: ("keras.src.models.functional", "Functional"),  # where Keras 3 looks for it
        SequentialNetwork: ("keras", "Sequential"),
    }
    module, name = networks.get(type(layer), ("keras.layers", type(layer).__name__))
    if name not in LAYERS and type(layer) not in networks:
        raise ArgumentError(
            f"{layer.title}: a layer of your own cannot be described; save its weights instead."
        )
    return {
        "module": module,
        "class_name": name,
        "config": layer.get_config(),
        "registered_name": None,
    }


def deserialize(description: Mapping[str, Any]) -> Layer:
    """Return the layer or network that `serialize`, or Keras, described.

    Raises:
        UnknownNameError: a class that we do not have; the nearest is offered.
        ArgumentError: the description is not of this form.
    """
    if not isinstance(description, Mapping) or "class_name" not in description:
        raise ArgumentError(
            f"model description: expected class_name and config; received {description!r:.80}."
        )
    classes: dict[str, type[Layer]] = {
        **LAYERS,
        "Functional": Network,
        "Model": Network,
        "Sequential": SequentialNetwork,
    }
    found = look_up("model description", "layer class", str(description["class_name"]), classes)
    return found.from_config(description.get("config", {}))


def sequential_config(network: SequentialNetwork) -> dict[str, Any]:
    """Return a `SequentialNetwork` in Keras 3's dialect."""
    source = [serialize(network.input.layer)] if network.built else []
    return {
        "name": network.name or "sequential",
        "trainable": network.trainable,
        "dtype": "float32",
        "layers": source + [serialize(layer) for layer in network.layers],
        "build_input_shape": network.built_shape if network.built else None,
    }


def sequential_from_config(config: Any) -> SequentialNetwork:
    """Return the `SequentialNetwork` of a config of Keras 2, 3 or our own."""
    layers = config if isinstance(config, list) else config["layers"]
    network = SequentialNetwork(None if isinstance(config, list) else config.get("name"))
    for description in layers:
        network.add(deserialize(description))
    shape = None if isinstance(config, list) else config.get("build_input_shape")
    if shape and network.layers:
        network.build_once(tuple(shape))
    return network


def _history(network: Network, tensor: SymbolicTensor) -> list[Any]:
    calls = [node for node in network.nodes if node.layer is tensor.layer]
    place = next(i for i, node in enumerate(calls) if node.output is tensor)
    return [tensor.layer.name, place, 0]


def network_config(network: Network) -> dict[str, Any]:
    """Return a functional `Network` in Keras 3's dialect."""
    described = []
    for layer in network.layers:
        calls = []
        for node in network.nodes:
            if node.layer is layer and node.inputs and not isinstance(layer, InputLayer):
                tensors = [
                    {
                        "class_name": "__keras_tensor__",
                        "config": {
                            "shape": list(tensor.shape),
                            "dtype": tensor.dtype,
                            "keras_history": _history(network, tensor),
                        },
                    }
                    for tensor in node.inputs
                ]
                calls.append({"args": [tensors if len(tensors) > 1 else tensors[0]], "kwargs": {}})
        described.append(serialize(layer) | {"name": layer.name, "inbound_nodes": calls})
    inputs = [_history(network, tensor) for tensor in network.inputs]
    outputs = [_history(network, tensor) for tensor in network.outputs]
    return {
        "name": network.name or "functional",
        "trainable": network.trainable,
        "layers": described,
        "input_layers": inputs[0] if network.single_input else inputs,
        "output_layers": outputs[0] if network.single_output else outputs,
    }


def _inbound(call: Any) -> list[list[Any]]:
    """Return [layer name, call, output] of each tensor that went into a call, in either dialect."""
    if isinstance(call, Mapping):  # Keras 3
        found: list[list[Any]] = []

        def collect(value: Any) -> None:
            if isinstance(value, Mapping) and value.get("class_name") == "__keras_tensor__":
                found.append(list(value["config"]["keras_history"]))
            elif isinstance(value, (list, tuple)):
                for item in value:
                    collect(item)

        collect(call.get("args", []))
        return found
    return [list(item[:3]) for item in call]  # Keras 1 and 2


def network_from_config(config: Mapping[str, Any]) -> Network:
    """Return the functional `Network` of a config of Keras 2, 3 or our own.

    Raises:
        ArgumentError: calls that cannot be ordered.
    """
    layers: dict[str, Layer] = {}
    waiting: list[tuple[str, int, list[list[Any]]]] = []
    made: dict[tuple[str, int], SymbolicTensor] = {}
    for description in config["layers"]:
        layer = deserialize(description)
        name = description.get("name") or description["config"]["name"]
        layer.name = layer.name or name
        layers[name] = layer
        if isinstance(layer, InputLayer):
            made[name, 0] = layer.output
        for i, call in enumerate(description.get("inbound_nodes") or []):
            waiting.append((name, i, _inbound(call)))
    while waiting:
        left = []
        for name, i, sources in waiting:
            tensors = [made.get((source[0], source[1])) for source in sources]
            if None in tensors or (i and (name, i - 1) not in made):
                left.append((name, i, sources))
            else:
                made[name, i] = layers[name](tensors if len(tensors) > 1 else tensors[0])
        if len(left) == len(waiting):
            raise ArgumentError(
                f"model description: the inputs of layer {left[0][0]!r} are not in the model."
            )
        waiting = left

    def tensors_of(key: str) -> Any:
        ends = config[key]
        if ends and isinstance(ends[0], str):
            return made[ends[0], ends[1]]
        found = [made[end[0], end[1]] for end in ends]
        return found[0] if len(found) == 1 else found

    return Network(tensors_of("input_layers"), tensors_of("output_layers"), name=config.get("name"))
