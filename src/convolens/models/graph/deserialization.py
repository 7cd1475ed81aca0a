"""deserialize: a layer or a network from its description, in the dialect of Keras 2, 3 or our own."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from convolens.arguments import look_up
from convolens.errors import ArgumentError, UnknownNameError
from convolens.layers import LAYERS, OWN_LAYERS, InputLayer, Layer, SymbolicTensor
from convolens.models.graph.container import Container
from convolens.models.graph.network import Network
from convolens.models.graph.sequential_network import SequentialNetwork

Call = tuple[str, int]  # the name of a layer, and which of its calls


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
    name = str(description["class_name"])
    if name == "Lambda":
        raise UnknownNameError(
            "model description: unknown layer class 'Lambda': it holds a program, and none is run from a file; build "
            "the model here without it, and call model.load_weights."
        )
    makers: dict[str, Callable[[Any], Layer]] = {
        **{known: kind.from_config for known, kind in (LAYERS | OWN_LAYERS).items()},
        "Functional": network_from_config,
        "Model": network_from_config,
        "Sequential": sequential_from_config,
    }
    make = look_up("model description", "layer class", name, makers)
    return make(description.get("config", {}))


def sequential_from_config(config: Any) -> SequentialNetwork:
    """Return the `SequentialNetwork` of a config of Keras 2, 3 or our own."""
    layers = config if isinstance(config, list) else config["layers"]
    network = SequentialNetwork(None if isinstance(config, list) else config.get("name"))
    network.extend(deserialize(description) for description in layers)
    shape = None if isinstance(config, list) else config.get("build_input_shape")
    if shape and network.layers:
        network.build_once(tuple(shape))
    return network


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
    items = [call] if call and isinstance(call[0], str) else call
    return [list(item[:3]) for item in items]  # Keras 1 and 2


def in_order(waiting: Mapping[Call, list[Call]], made: Collection[Call]) -> Iterator[Call]:
    """Yield calls so that each comes after those it needs, and after the earlier calls of its layer.

    Args:
        waiting: what each call (layer name, number) needs.
        made: what is there already.

    Raises:
        ArgumentError: a call needs what is nowhere, or itself.

    Example:
        >>> list(in_order({("b", 0): [("a", 0)], ("a", 0): [("x", 0)]}, [("x", 0)]))
        [('a', 0), ('b', 0)]
    """
    there = set(made)
    needs = {
        call: {*sources, *([(call[0], call[1] - 1)] if call[1] else [])} - there
        for call, sources in waiting.items()
    }
    followers: dict[Call, list[Call]] = {}
    for call, sources in needs.items():
        for source in sources:
            followers.setdefault(source, []).append(call)
    ready = [call for call, sources in needs.items() if not sources]
    for call in ready:  # grows while it is walked
        yield call
        for follower in followers.get(call, []):
            needs[follower].discard(call)
            if not needs[follower]:
                ready.append(follower)
    left = next((call for call, sources in needs.items() if sources), None)
    if left is not None:
        raise ArgumentError(f"model description: the inputs of layer {left[0]!r} are not in the model.")


def network_from_config(config: Mapping[str, Any]) -> Network:
    """Return the functional `Network` of a config of Keras 2, 3 or our own.

    Raises:
        ArgumentError: calls that cannot be ordered.
    """
    layers: dict[str, Layer] = {}
    waiting: dict[Call, list[Call]] = {}  # a call, and the calls whose outputs go into it
    made: dict[Call, SymbolicTensor] = {}
    for description in config["layers"]:
        layer = deserialize(description)
        name = description.get("name") or description["config"]["name"]
        layer.name = layer.name or name
        layers[name] = layer
        if isinstance(layer, InputLayer):
            made[name, 0] = layer.output
        for i, call in enumerate(description.get("inbound_nodes") or []):
            waiting[name, i] = [(source[0], source[1]) for source in _inbound(call)]
    ends = {key: _ends(config.get(key) or []) for key in ("input_layers", "output_layers")}
    first = _first_calls(layers, waiting, [end for found in ends.values() for end in found[0]])

    def call_of(told: Call) -> Call:
        return told[0], told[1] - first.get(told[0], 0)

    waiting = {call: [call_of(source) for source in sources] for call, sources in waiting.items()}
    for name, i in in_order(waiting, made):
        tensors = [made[source] for source in waiting[name, i]]
        made[name, i] = layers[name](tensors if len(tensors) > 1 else tensors[0])

    def tensors_of(key: str) -> Any:
        calls, single = ends[key]
        if not calls:
            raise ArgumentError(f"model description: has no {key}.")
        found = [made[call_of(call)] for call in calls]
        return found[0] if single or len(found) == 1 else found

    auxiliary = [(made[name, call], weight) for name, call, _, weight in config.get("auxiliary", [])]
    return Network(tensors_of("input_layers"), tensors_of("output_layers"), config.get("name"), auxiliary)


def _ends(told: Any) -> tuple[list[Call], bool]:
    """Return the calls at one end of a network, and whether there is one only, as Keras 3 writes it."""
    if told and isinstance(told[0], str):
        return [(told[0], told[1])], True
    return [(end[0], end[1]) for end in told], False


def _first_calls(
    layers: Mapping[str, Layer], waiting: Mapping[Call, list[Call]], ends: list[Call]
) -> dict[str, int]:
    """Return 1 for the networks inside whose calls are counted from 1, as Keras 1 and 2 do (0 made the network)."""
    told: dict[str, int] = {}
    for name, i in [*ends, *(source for sources in waiting.values() for source in sources)]:
        told[name] = max(told.get(name, 0), i)
    inside = {name for name, layer in layers.items() if isinstance(layer, Container)}
    return {name: 1 for name in inside if told.get(name, 0) > 0 and (name, told[name]) not in waiting}
