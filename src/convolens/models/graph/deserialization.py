"""deserialize: a layer or a network from its description, in the dialect of Keras 2, 3 or our own."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from convolens.arguments import look_up
from convolens.custom_objects import known
from convolens.errors import ArgumentError, UnknownNameError
from convolens.layers import (
    KERAS_2_LAYERS,
    LAYERS,
    OWN_LAYERS,
    WRAPPERS,
    InputLayer,
    Lambda,
    Layer,
    Operation,
    SymbolicTensor,
)
from convolens.layers.calls.symbols import leaves, mapped
from convolens.layers.calls.written_functions import read_function
from convolens.models.graph.container import Container
from convolens.models.graph.network import Network
from convolens.models.graph.operations import is_operation, operation_from, placed
from convolens.models.graph.plain_values import read
from convolens.models.graph.sequential_network import SequentialNetwork
from convolens.models.graph.tensorflow_operations import in_words_of_keras_3

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
    if is_operation(description):
        return operation_from(description)
    name = str(description["class_name"])
    own = known(name, description.get("registered_name"))
    if own is not None:
        made: Layer = own.from_config(dict(description.get("config", {})))
        return getattr(made, "module", made)
    if name == "Lambda":
        return _lambda_from_config(description.get("config", {}))
    makers: dict[str, Callable[[Any], Layer]] = {
        **{
            known: kind.from_config
            for known, kind in (LAYERS | KERAS_2_LAYERS | OWN_LAYERS | WRAPPERS).items()
        },
        "Functional": network_from_config,
        "Model": network_from_config,
        "Sequential": sequential_from_config,
    }
    try:
        make = look_up("model description", "layer class", name, makers)
    except UnknownNameError as error:
        raise UnknownNameError(
            f"{error} A class of your own is found by custom_objects={{{name!r}: {name}}}, or where it is decorated by "
            "@keras.utils.register_keras_serializable()."
        ) from None
    return make(description.get("config", {}))


def _lambda_from_config(config: Any) -> Layer:
    function = read_function(config.get("function")) if isinstance(config, Mapping) else None
    if function is None:
        raise UnknownNameError(
            "model description: unknown layer class 'Lambda': it holds a program, and none is run from a file; give a function with a "
            "name by custom_objects={NAME: FUNCTION}, or build the model here and call model.load_weights."
        )
    return Lambda.from_config({**config, "function": function})


def sequential_from_config(config: Any) -> SequentialNetwork:
    """Return the `SequentialNetwork` of a config of Keras 2, 3 or our own."""
    layers = config if isinstance(config, list) else config["layers"]
    network = SequentialNetwork(None if isinstance(config, list) else config.get("name"))
    network.extend(deserialize(description) for description in layers)
    shape = None if isinstance(config, list) else config.get("build_input_shape")
    if shape and network.layers:
        network.build_once(tuple(shape))
    return network


@dataclass(frozen=True)
class _Told:
    """What a description says of a call: arguments and keywords, with a `_Source` for each tensor, and the mode it is in for good."""

    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    training: bool | None

    @property
    def sources(self) -> "list[_Source]":
        return [leaf for leaf in leaves((self.arguments, self.keywords)) if isinstance(leaf, _Source)]


@dataclass(frozen=True)
class _Source:
    """A tensor: the layer that gave it, which of its calls, and which output of that."""

    layer: str
    call: int
    place: int = 0


def _inbound(call: Any, layer: Layer) -> _Told:
    """Return what a call of a layer in either dialect says.

    Keras 3 says `training` of every layer that was called without too, as the layer's default is: True where it changes images at random,
    else False. It means what it says where that is something else, or is of a network inside.
    """
    if isinstance(call, Mapping):  # Keras 3
        keywords = {str(key): _sources(value) for key, value in call.get("kwargs", {}).items()}
        said = keywords.pop("training", None)
        meant = isinstance(layer, Container) or bool(said) is not getattr(layer, "acts_unasked", False)
        fixed = said is not None and (meant or call.get("training_is_fixed"))
        keywords = {key: value for key, value in keywords.items() if not (key == "mask" and value is None)}
        arguments = tuple(_sources(call.get("args", [])))
        if type(layer) is Operation:
            arguments, keywords = placed(layer, arguments, keywords)
        return _Told(arguments, keywords, bool(said) if fixed else None)
    items = [call] if call and isinstance(call[0], str) else call
    sources = [_Source(*item[:3]) for item in items]  # Keras 1 and 2
    said = next(
        (item[3].get("training") for item in items if len(item) > 3 and isinstance(item[3], Mapping)), None
    )
    return _Told((sources[0] if len(sources) == 1 else sources,), {}, None if said is None else bool(said))


def _sources(value: Any) -> Any:
    if isinstance(value, Mapping) and value.get("class_name") == "__keras_tensor__":
        return _Source(*value["config"]["keras_history"])
    if isinstance(value, Mapping) and "class_name" not in value:
        return {key: _sources(item) for key, item in value.items()}
    return [_sources(item) for item in value] if isinstance(value, (list, tuple)) else read(value)


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
    calls: dict[Call, _Told] = {}
    made: dict[Call, list[SymbolicTensor]] = {}  # what came out of a call
    for description in map(in_words_of_keras_3, config["layers"]):
        layer = deserialize(description)
        name = description.get("name") or description["config"]["name"]
        layer.name = layer.name or name
        layers[name] = layer
        if isinstance(layer, InputLayer):
            made[name, 0] = layer.inbound_nodes[0].outputs
        for i, call in enumerate(description.get("inbound_nodes") or []):
            calls[name, i] = _inbound(call, layer)
    ends = {key: _ends(config.get(key) or []) for key in ("input_layers", "output_layers")}
    waiting = {call: [(source.layer, source.call) for source in told.sources] for call, told in calls.items()}
    first = _first_calls(layers, waiting, [end[:2] for found in ends.values() for end in found[0]])

    def call_of(layer: str, call: int) -> Call:
        return layer, call - first.get(layer, 0)

    def tensor_of(leaf: Any) -> Any:
        return made[call_of(leaf.layer, leaf.call)][leaf.place] if isinstance(leaf, _Source) else leaf

    waiting = {call: [call_of(*source) for source in sources] for call, sources in waiting.items()}
    for name, i in in_order(waiting, made):
        told = calls[name, i]
        arguments, keywords = mapped(tensor_of, told.arguments), mapped(tensor_of, told.keywords)
        layers[name](*arguments, **keywords, training=told.training)
        made[name, i] = layers[name].inbound_nodes[-1].outputs

    def tensors_of(key: str) -> Any:
        told, single = ends[key]
        if not told:
            raise ArgumentError(f"model description: has no {key}.")
        found = [made[call_of(*end[:2])][end[2]] for end in told]
        if key == "output_layers" and isinstance(config[key], Mapping):
            return dict(zip(config[key], found, strict=True))
        return found[0] if single or len(found) == 1 else found

    auxiliary = [
        (made[name, call][place], weight) for name, call, place, weight in config.get("auxiliary", [])
    ]
    return Network(tensors_of("input_layers"), tensors_of("output_layers"), config.get("name"), auxiliary)


def _ends(told: Any) -> tuple[list[tuple[str, int, int]], bool]:
    """Return the calls at one end of a network, and whether there is one only, as Keras 3 writes it."""
    if isinstance(told, Mapping):
        told = list(told.values())
    elif told and isinstance(told[0], str):
        return [_end(told)], True
    return [_end(end) for end in told], False


def _end(told: Any) -> tuple[str, int, int]:
    return told[0], told[1], told[2] if len(told) > 2 else 0


def _first_calls(
    layers: Mapping[str, Layer], waiting: Mapping[Call, list[Call]], ends: list[Call]
) -> dict[str, int]:
    """Return 1 for the networks inside whose calls are counted from 1, as Keras 1 and 2 do (0 made the network)."""
    told: dict[str, int] = {}
    for name, i in [*ends, *(source for sources in waiting.values() for source in sources)]:
        told[name] = max(told.get(name, 0), i)
    inside = {name for name, layer in layers.items() if isinstance(layer, Container)}
    return {name: 1 for name in inside if told.get(name, 0) > 0 and (name, told[name]) not in waiting}
