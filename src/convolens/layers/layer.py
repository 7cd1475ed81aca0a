"""The base of all layers, and the symbolic tensors that draw the graph of a network: what a layer gives on an `Input`."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import torch

from convolens import activations, regularizers
from convolens.arguments import refuse_unknown
from convolens.constructors import argument_names, kept_arguments
from convolens.described import Described
from convolens.errors import ArgumentError, NotBuiltError, ShapeError
from convolens.layers.axes import inside, surface
from convolens.layers.weight_entry import WeightEntry
from convolens.layers.weight_rules import (
    penalize_activity,
    rule_names,
    rules_of,
    settle_constraints,
    take_rules,
)
from convolens.naming import snake_case
from convolens.training.frozen import set_frozen
from convolens.training.mode import Modal

# Keras' arguments that we accept in a config where they ask for nothing special.
_NEUTRAL: tuple[Any, ...] = (None, False, "channels_last", "auto", {}, [])

# Keys of a config that change nothing here: float32 is the only type, and renormalisation is refused by its flag.
_UNUSED = ("dtype", "renorm_momentum", "renorm_clipping")

Shape = tuple[int | None, ...]

_building = threading.RLock()


class SymbolicTensor:
    """A tensor that has a shape in Keras' order (None, rows, columns, channels), but no values.

    It remembers the call that made it (`node`).

    Args:
        shape: in Keras' order, None where a size is free.
        node: the call that made it; None for none.
    """

    def __init__(self, shape: Shape, node: "Node | None" = None) -> None:
        self.shape = tuple(shape)
        self.dtype = "float32"
        self.node = node

    def __repr__(self) -> str:
        return f"<SymbolicTensor shape={self.shape}, from {self.layer.name or type(self.layer).__name__}>"

    @property
    def layer(self) -> "Layer":
        """The layer whose call made this tensor.

        Raises:
            ShapeError: there is none.
        """
        if self.node is None:
            raise ShapeError("This symbolic tensor belongs to no layer; start from Input(shape=...).")
        return self.node.layer

    @property
    def ndim(self) -> int:
        """The number of dimensions, the batch included."""
        return len(self.shape)


class Node:
    """One call of a layer: which symbolic tensors went in, and which came out."""

    def __init__(self, layer: "Layer", inputs: Sequence[SymbolicTensor], output_shape: Shape) -> None:
        self.layer = layer
        self.inputs = list(inputs)
        self.output = SymbolicTensor(output_shape, self)
        layer.inbound_nodes.append(self)

    @property
    def parents(self) -> "list[Node]":
        """The calls whose outputs went in."""
        return [tensor.node for tensor in self.inputs if tensor.node is not None]


def is_symbolic(x: Any) -> bool:
    """Return whether `x` is a symbolic tensor or a list that holds one.

    Example:
        >>> is_symbolic([1, 2])
        False
    """
    if isinstance(x, (list, tuple)):
        return any(isinstance(item, SymbolicTensor) for item in x)
    return isinstance(x, SymbolicTensor)


class Layer(Modal, torch.nn.Module):
    """A torch module with Keras' words around it; subclasses give `build`, `forward` and the output shape.

    Args:
        name: unique within a network; given by the network when None.
        input_shape: (rows, columns, channels) without the batch, for the first layer of a `Sequential`.
        trainable: False keeps the weights as they are.
        options: `activity_regularizer`, a penalty on what the layer gives, and the regularisers and constraints of its weights
            (`kernel_regularizer`, `bias_constraint` ...); `batch_input_shape` / `batch_shape` (with the batch) and `dtype` ("float32") are
            accepted.

    Raises:
        ArgumentTypeError: another keyword was given; the nearest argument is offered.
    """

    # The weights that can have a regulariser and a constraint: beginning of the argument's name -> name of the `WeightEntry`.
    ruled_weights: ClassVar[Mapping[str, str]] = {}

    _activity_hook: Any = None

    # Whether `forward` takes overwrite=True: the input serves nobody else, and may become the output (see `shortcuts`).
    can_overwrite = False

    def __init__(
        self,
        *,
        name: str | None = None,
        input_shape: Sequence[int | None] | None = None,
        trainable: bool = True,
        **options: Any,
    ) -> None:
        super().__init__()
        where = type(self).__name__
        take_rules(self, options)
        refuse_unknown(where, options, [*_accepted(type(self)), "dtype"])
        if name is not None and (not isinstance(name, str) or not name):
            raise ArgumentError(f"{where}: name must be a non-empty string; received {name!r}.")
        self.name = name
        self.built = False
        self.inbound_nodes: list[Node] = []
        self._trainable = bool(trainable)
        batch_shape = options.get("batch_input_shape") or options.get("batch_shape")
        if input_shape is not None:
            input_shape = (input_shape,) if isinstance(input_shape, int) else tuple(input_shape)
            batch_shape = (None, *input_shape)
        self.given_shape: Shape | None = None if batch_shape is None else tuple(batch_shape)
        self.built_shape: Any = None

    # -- what a subclass gives ---------------------------------------------------------------------

    @property
    def gives_own_result(self) -> bool:
        """Whether the output is memory of its own which the layer's gradient does not need, so that others may write over it."""
        return False

    def build(self, input_shape: Any) -> None:
        """Create the parameters for inputs of `input_shape` (None, rows, columns, channels).

        Raises:
            ShapeError: the layer does not take such inputs. ArgumentError: one input where it takes several, or too few.
        """

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the output's shape, in Keras' order, for an input's.

        Raises:
            ShapeError: the layer does not take such inputs.
        """
        return tuple(input_shape)

    def weight_entries(self) -> list[WeightEntry]:
        """Return the layer's weights in Keras' order."""
        return []

    # -- calling -----------------------------------------------------------------------------------

    def __call__(self, x: Any, *arguments: Any, **keywords: Any) -> Any:
        """Call on symbolic tensors (draw the graph), an NHWC array, or a tensor (NCHW where rank 4)."""
        if is_symbolic(x):
            return self._call_on_symbols(x)
        if isinstance(x, np.ndarray):
            self.build_once((None, *x.shape[1:]))
            with torch.no_grad():
                return surface(super().__call__(inside(x), *arguments, **keywords))
        if not self.built:
            self.build_once(self._keras_shape(x))
        return super().__call__(x, *arguments, **keywords)

    def _keras_shape(self, x: Any) -> Any:
        if isinstance(x, (list, tuple)):
            return [self._keras_shape(item) for item in x]
        if x.ndim == 4:
            return (None, x.shape[2], x.shape[3], x.shape[1])
        return (None, *x.shape[1:])

    def _call_on_symbols(self, x: Any) -> SymbolicTensor:
        inputs = list(x) if isinstance(x, (list, tuple)) else [x]
        wrong = [item for item in inputs if not isinstance(item, SymbolicTensor)]
        if wrong:
            raise ArgumentError(
                f"{self.title}: called on a mix of symbolic tensors and {type(wrong[0]).__name__}; "
                "give symbolic tensors only."
            )
        shape = [item.shape for item in inputs] if isinstance(x, (list, tuple)) else inputs[0].shape
        self.build_once(shape)
        return Node(self, inputs, self.compute_output_shape(shape)).output

    def build_once(self, input_shape: Any) -> None:
        """Build for `input_shape` unless built already; of several threads one does, and the others wait for it."""
        if self.built:
            return
        with _building:
            if not self.built:
                self.build(input_shape)
                self.built_shape = input_shape
                self._settle_trainable()
                self.built = True  # whoever sees it goes on without waiting
                settle_constraints(self)

    def _settle_trainable(self) -> None:
        """Let the weights that were just made know whether they are trained."""
        self.trainable = self._trainable

    # -- words -------------------------------------------------------------------------------------

    @property
    def activity_regularizer(self) -> Any:
        """The penalty on what the layer gives; None for none. It can be set: a regulariser in any of its forms."""
        return self._activity_regularizer

    @activity_regularizer.setter
    def activity_regularizer(self, value: Any) -> None:
        self._activity_regularizer = regularizers.get(value)
        if self._activity_hook is not None:
            self._activity_hook.remove()
        watched = self._activity_regularizer is not None
        self._activity_hook = self.register_forward_hook(penalize_activity) if watched else None

    @property
    def title(self) -> str:
        """The class and, where there is one, the name: for error messages."""
        return type(self).__name__ + (f" {self.name!r}" if self.name else "")

    @property
    def trainable(self) -> bool:
        """Whether training may change the weights; setting it reaches every weight below."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for module in self.modules():
            if isinstance(module, Layer):  # itself, and those that it is made of
                module._trainable = bool(value)
        set_frozen(self, not value)

    @property
    def output(self) -> SymbolicTensor:
        """The symbolic tensor of the layer's first call: the output of a sub-model."""
        return self._first_node("output").output

    @property
    def input(self) -> SymbolicTensor | list[SymbolicTensor]:
        """The symbolic tensor (or tensors) that the layer was first called on."""
        inputs = self._first_node("input").inputs
        return inputs[0] if len(inputs) == 1 else inputs

    def _first_node(self, what: str) -> Node:
        if not self.inbound_nodes:
            raise NotBuiltError(
                f"{self.title}: has no {what} yet; put it in a model whose input shape is known "
                "(Input(shape=...) or input_shape=...)."
            )
        return self.inbound_nodes[0]

    @property
    def input_shape(self) -> Any:
        """The shape the layer was built for, in Keras' order.

        Raises:
            NotBuiltError: the layer is not built.
        """
        if not self.built:
            raise NotBuiltError(f"{self.title}: its input shape is not known before it is built.")
        return self.built_shape

    @property
    def output_shape(self) -> Shape:
        """The output's shape, in Keras' order."""
        return self.compute_output_shape(self.input_shape)

    @property
    def weights(self) -> list[torch.Tensor]:
        """The weights' tensors in Keras' order."""
        return [entry.tensor for entry in self.weight_entries()]

    @property
    def trainable_weights(self) -> list[torch.Tensor]:
        """The weights that training changes; none where the layer itself is frozen."""
        entries = self.weight_entries() if self._trainable else []
        return [entry.tensor for entry in entries if entry.tensor.requires_grad]

    @property
    def non_trainable_weights(self) -> list[torch.Tensor]:
        """The weights that training leaves: frozen ones and moving averages."""
        trained = {id(tensor) for tensor in self.trainable_weights}
        return [entry.tensor for entry in self.weight_entries() if id(entry.tensor) not in trained]

    def get_weights(self) -> list[np.ndarray]:
        """Return copies of the weights, float32, in Keras' order and layout."""
        return [entry.value() for entry in self.weight_entries()]

    def set_weights(self, weights: Iterable[np.ndarray]) -> None:
        """Copy arrays in Keras' order and layout into the weights.

        Raises:
            ShapeError: another number of arrays, or one of another shape.
        """
        weights, entries = list(weights), self.weight_entries()
        if len(weights) != len(entries):
            raise ShapeError(f"{self.title}: has {len(entries)} weights; received {len(weights)} arrays.")
        for entry, array in zip(entries, weights, strict=True):
            entry.assign(array, self.title)

    def count_params(self) -> int:
        """Return the number of weights, moving averages included (as Keras counts).

        Raises:
            NotBuiltError: the layer is not built.
        """
        if not self.built:
            raise NotBuiltError(
                f"{self.title}: has no weights before it is built; its input shape is unknown."
            )
        return sum(tensor.numel() for tensor in self.weights)

    # -- configuration -----------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """Return the arguments in Keras 3's dialect; of the layer's own, those that it keeps in attributes of their names."""
        own = kept_arguments(self, beyond=Layer)
        return {
            "name": self.name or snake_case(type(self).__name__),
            "trainable": self._trainable,
            "dtype": "float32",
            **{name: _written(value) for name, value in (own | rules_of(self)).items()},
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Layer":
        """Return a layer from Keras' or our own `get_config`.

        Raises:
            ArgumentError: the config asks for something that this layer does not have.
        """
        known = _accepted(cls)
        kept = {key: value for key, value in config.items() if key in known}
        for key, value in config.items():
            if key not in known and key not in _UNUSED and value not in _NEUTRAL:
                raise ArgumentError(f"{cls.__name__}: {key}={value!r} is not supported; leave it out.")
        return cls(**kept)

    def extra_repr(self) -> str:
        return self.name or ""


def _accepted(kind: type[Layer]) -> list[str]:
    """Return what a class of layers can be made with by name."""
    return [*argument_names(kind), *rule_names(kind), "batch_input_shape", "batch_shape"]


def _written(value: Any) -> Any:
    """Return an argument as plain values: initialisers and rules by their description, an activation by its name."""
    if isinstance(value, Described):
        return value.serialize()
    return activations.name_of(value) if callable(value) else value
