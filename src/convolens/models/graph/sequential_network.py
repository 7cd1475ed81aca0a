"""SequentialNetwork: the module of a `Sequential`, a plain chain of layers."""

from collections.abc import Iterable
from typing import Any

import torch

from convolens.errors import ArgumentError, NotBuiltError
from convolens.layers.chains.chain import chain
from convolens.layers.input_layer import InputLayer
from convolens.layers.layer import Layer, Node, Shape, SymbolicTensor
from convolens.layers.register import register
from convolens.models.graph.container import Container, give_names
from convolens.models.graph.serialization import serialize


def as_layer(thing: Any, where: str) -> Layer:
    """Return a layer, or the network behind a model.

    Raises:
        ArgumentError: it is neither.
    """
    candidate = getattr(thing, "module", thing)
    if isinstance(candidate, Layer):
        return candidate
    if isinstance(thing, SymbolicTensor) and isinstance(thing.layer, InputLayer):
        return thing.layer
    raise ArgumentError(
        f"{where}: expected a layer (convolens.layers.*) or a model; received {type(thing).__name__}. "
        "Wrap a torch module with Model(module) and train it as it is."
    )


class SequentialNetwork(Container):
    """Layers one after another; built as soon as the input's shape is known.

    Args:
        name: the network's own name.
    """

    described_as = ("keras", "Sequential")
    default_name = "sequential"
    shape_was_seen = False  # of the first inputs, rather than told: later ones may have more axes, or fewer, as in tf.keras 2

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name)
        self.layers: list[Layer] = []
        self._source: list[InputLayer] = []  # in a list, so that it is no child module
        self._outputs: list[SymbolicTensor] = []

    def add(self, thing: Any) -> None:
        """Put a layer (or a model) at the end.

        Raises:
            ArgumentError: not a layer, or an input that is not at the beginning.
            ShapeError: the layer does not fit on what comes before it.
        """
        self.extend([thing])

    def extend(self, things: Iterable[Any]) -> None:
        """Put several layers (or models) at the end, all of them or none; names are given once, for all.

        Raises:
            ArgumentError, ShapeError: as `add`.
        """
        layers, source, outputs = list(self.layers), list(self._source), list(self._outputs)
        known = {id(layer) for layer in layers}
        try:
            for thing in things:
                self._append(as_layer(thing, "Sequential.add"), known)
            give_names(self.layers)
            if self._outputs:
                for layer in self.layers[len(layers) :]:
                    self._outputs.append(layer(self._outputs[-1]))
        except Exception:
            self.layers, self._source, self._outputs = layers, source, outputs
            raise
        register(self, self.layers)
        self.built = bool(self._outputs and self.layers)

    def _append(self, layer: Layer, known: set[int]) -> None:
        if isinstance(layer, InputLayer):
            if self.layers or self._source:
                raise ArgumentError(
                    "Sequential.add: an Input must come first; this model has layers already."
                )
            self._start(layer)
            return
        if id(layer) in known:
            raise ArgumentError(f"Sequential.add: {layer.title} is in this model already; make a new layer.")
        known.add(id(layer))
        if not self.layers and not self._source:
            shape = layer.given_shape or (layer.built_shape if layer.built else None)
            if isinstance(shape, tuple):
                self._start(InputLayer(batch_shape=shape))
        self.layers.append(layer)

    def _start(self, source: InputLayer) -> None:
        give_names([source])
        self._source = [source]
        self._outputs = [source.output]
        self.built_shape = source.built_shape

    def pop(self) -> Layer:
        """Take the last layer away and return it."""
        if not self.layers:
            raise ArgumentError("Sequential.pop: there are no layers in the model.")
        layer = self.layers.pop()
        if self._outputs:
            self._outputs.pop()
        register(self, self.layers)
        self.built = bool(self._outputs and self.layers)
        return layer

    def build(self, input_shape: Any) -> None:
        if not self.layers:
            raise NotBuiltError("Sequential: has no layers; add some before it is used.")
        self.shape_was_seen = True
        self._start(InputLayer(batch_shape=tuple(input_shape)))
        for layer in self.layers:
            self._outputs.append(layer(self._outputs[-1]))

    @property
    def input(self) -> SymbolicTensor:
        """The symbolic tensor at the beginning."""
        self._check_known()
        return self._outputs[0]

    @property
    def output(self) -> SymbolicTensor:
        """The symbolic tensor at the end."""
        self._check_known()
        return self._outputs[-1]

    @property
    def inputs(self) -> list[SymbolicTensor]:
        """`input` in a list, as of any network."""
        return [self.input]

    @property
    def outputs(self) -> list[SymbolicTensor]:
        """`output` in a list, as of any network."""
        return [self.output]

    @property
    def nodes(self) -> list[Node]:
        """The calls along the chain, the input's first."""
        self._check_known()
        return [tensor.node for tensor in self._outputs if tensor.node is not None]

    def _check_known(self) -> None:
        if not self._outputs:
            raise NotBuiltError(
                "Sequential: the input shape is not known yet; give the first layer input_shape=..., "
                "add an Input(shape=...) first, or call fit or predict."
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return chain(self.layers, x)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        source = [serialize(self.input.layer)] if self.built else []
        return {
            "name": self.name or "sequential",
            "trainable": self.trainable,
            "dtype": "float32",
            "layers": source + [serialize(layer) for layer in self.layers],
            "build_input_shape": self.built_shape if self.built else None,
        }
