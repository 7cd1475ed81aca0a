"""The base of all layers: a torch module with Keras' words around it."""

import functools
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
from convolens.initializers import is_undrawn
from convolens.layers.axes import inside_tensors, surface_tensors
from convolens.layers.calls.calling import call
from convolens.layers.calls.input_spec import check_inputs
from convolens.layers.calls.own_call import adopt, call_names, forward_of, once
from convolens.layers.calls.own_state import OwnState
from convolens.layers.calls.running_functions import refuse_weights
from convolens.layers.calls.shape_by_running import shape_by_running
from convolens.layers.calls.symbols import Node as Node
from convolens.layers.calls.symbols import Shape as Shape
from convolens.layers.calls.symbols import SymbolicTensor as SymbolicTensor
from convolens.layers.calls.symbols import is_shape, mapped
from convolens.layers.calls.symbols import is_symbolic as is_symbolic
from convolens.layers.weight_entry import WeightEntry
from convolens.layers.weight_rules import (
    penalize_activity,
    rule_names,
    rules_of,
    settle_constraints,
    settle_initial_values,
    take_rules,
)
from convolens.naming import snake_case
from convolens.training.added_losses import collected
from convolens.training.frozen import set_frozen
from convolens.training.mode import Modal

# Keras' arguments that we accept in a config where they ask for nothing special.
_NEUTRAL: tuple[Any, ...] = (None, False, "channels_last", "auto", {}, [])

# Weights that a program names by attribute; `bias` is what it is called here too.
_WEIGHT_NAMES = {
    "kernel", "depthwise_kernel", "pointwise_kernel", "embeddings", "gamma", "beta", "alpha", "moving_mean", "moving_variance",
}  # fmt: skip

# Keys of a config that change nothing here: float32 is the only type, and renormalisation is refused by its flag.
_UNUSED = ("dtype", "renorm_momentum", "renorm_clipping")

# Keras' arguments of every layer that change nothing here.
_INERT = ("dtype", "dynamic", "autocast")

_building = threading.RLock()


class Layer(Modal, OwnState, torch.nn.Module):
    """A torch module with Keras' words around it; subclasses give `build`, `forward` and the output shape.

    Args:
        name: unique within a network; given by the network when None, and by the next one anew where it is taken there.
        input_shape: (rows, columns, channels) without the batch, for the first layer of a `Sequential`.
        trainable: False keeps the weights as they are.
        options: `activity_regularizer`, a penalty on what the layer gives, and the regularisers and constraints of its weights
            (`kernel_regularizer`, `bias_constraint` ...); `weights`, the arrays that `set_weights` is given once the layer is built (Keras
            2); `batch_input_shape` / `batch_shape` (with the batch), `dtype`, `dynamic` and `autocast` are accepted.

    Raises:
        ArgumentTypeError: another keyword was given; the nearest argument is offered.
    """

    # The weights that can have a regulariser and a constraint: beginning of the argument's name -> name of the `WeightEntry`.
    ruled_weights: ClassVar[Mapping[str, str]] = {}

    _activity_hook: Any = None

    # What the layer takes: an `InputSpec`, or a list, tuple or dict of them, checked where it is called; None for anything.
    input_spec: Any = None

    # Keras' words for the types of values and weights, and for what no layer here is.
    dtype = compute_dtype = variable_dtype = "float32"
    dynamic = stateful = supports_masking = False

    _building = False
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
        self._given_weights = options.pop("weights", None)
        refuse_unknown(where, options, [*_accepted(type(self)), *_INERT])
        if name is not None and (not isinstance(name, str) or not name):
            raise ArgumentError(f"{where}: name must be a non-empty string; received {name!r}.")
        self.name = name
        self.network_name: str | None = None  # what a network called it, where it had no name
        self.built = False
        self.inbound_nodes: list[Node] = []
        self._trainable = bool(trainable)
        batch_shape = options.get("batch_input_shape") or options.get("batch_shape")
        if input_shape is not None:
            batch_shape = (None, *(input_shape if isinstance(input_shape, Iterable) else [input_shape]))
        self.given_shape: Shape | None = None if batch_shape is None else tuple(map(_plain_size, batch_shape))
        self.built_shape: Any = None

    # -- what a subclass gives ---------------------------------------------------------------------

    @property
    def gives_own_result(self) -> bool:
        """Whether the output is memory of its own which the layer's gradient does not need, so that others may write over it."""
        return False

    @once
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
        if call_names(type(self)) is None:
            return tuple(input_shape)
        shapes: Shape = self._shapes_by_running((mapped(SymbolicTensor, input_shape, until=is_shape),), {})
        return shapes

    def output_shapes(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Return the shapes of what comes out for symbolic tensors: a shape, or a list, tuple or dict of them.

        Args:
            arguments, keywords: of the call, the symbolic tensors anywhere in them.

        Raises:
            ShapeError: the layer does not take such inputs.
        """
        if (
            call_names(type(self)) is None
            or type(self).compute_output_shape is not Layer.compute_output_shape
        ):
            return self.compute_output_shape(mapped(lambda leaf: leaf.shape, arguments[0]))
        return self._shapes_by_running(arguments, keywords)

    def _shapes_by_running(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        with collected():  # a run that is none: what it adds to the loss is forgotten
            shapes = shape_by_running(
                self.title, functools.partial(self, training=False), arguments, keywords
            )
        self.forget_losses()
        return shapes

    def standard_entries(self) -> list[WeightEntry]:
        """Return the weights that the class itself makes as it is built, in Keras' order; none by default."""
        return []

    def weight_entries(self) -> list[WeightEntry]:
        """Return the layer's weights in Keras' order: its class', those that a class of the user's own added, and those of its parts."""
        parts = (entry for part in self.held_layers for entry in part.weight_entries())
        return [*self.standard_entries(), *self.own_entries(), *parts]

    def __getattr__(self, name: str) -> Any:
        """Return a weight by Keras' name for it: `layer.kernel`, `layer.moving_mean`."""
        try:
            return super().__getattr__(name)
        except AttributeError:
            entries = self.standard_entries() if name in _WEIGHT_NAMES and self.__dict__.get("built") else []
            named = [entry for entry in entries if entry.name == name]
            if not named:
                raise
            return named[0].surface

    # -- calling -----------------------------------------------------------------------------------

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        adopt(cls)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call on symbolic tensors (draw the graph), on arrays or `Tensor`s in Keras' order, or on torch's (NCHW where rank 4).

        Args:
            arguments: x, or a list of several; and what else the layer's `call` takes.
            keywords: `training` chooses the mode: True, False, or None for that of the run around it (inference, where there
                is none); in a graph True and False are for good. The others are the layer's own.

        Raises:
            ArgumentError: symbolic tensors among arrays, or nothing to be called on.
        """
        if arguments and "training" not in keywords:
            x = arguments[0]
            if type(x[0] if type(x) is list and x else x) is torch.Tensor:  # within a network
                if self.input_spec is not None:
                    check_inputs(self.title, self.input_spec, mapped(_keras_shape, x))
                if not self.built:
                    self.build_for(x)
                return super().__call__(*arguments, **keywords)
        return call(self, super().__call__, arguments, keywords)

    def run_within(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Return what the layer gives within a network.

        Args:
            arguments, keywords: of the call, with torch's tensors anywhere in them.
        """
        return super().__call__(*arguments, **keywords)

    def call(self, *arguments: Any, **keywords: Any) -> Any:
        """Return what the layer computes, for `Tensor`s in Keras' order: what a layer of the user's own defines, or asks of its base.

        Args:
            arguments: x, or a list of several.
            keywords: of the layer; `training` and `mask` are known without.
        """
        given = {key: value for key, value in keywords.items() if key not in ("training", "mask")}
        forward = forward_of(type(self))
        return surface_tensors(forward(self, *inside_tensors(arguments), **inside_tensors(given)))

    def build_for(self, x: Any) -> None:
        """Build for torch's tensors (NCHW where rank 4) unless built already."""
        if not self.built:
            self.build_once(mapped(_keras_shape, x))

    def build_once(self, input_shape: Any) -> None:
        """Build for `input_shape` unless built already; of several threads one does, and the others wait for it."""
        if self.built:
            return
        with _building:
            if not self.built:
                self._building = True
                try:
                    self.build(input_shape)
                finally:
                    self._building = False
                refuse_weights(self)
                self.built_shape = input_shape
                self.register_parts()
                self._settle_trainable()
                self.built = True  # whoever sees it goes on without waiting
                settle_initial_values(self)
                self._settle_given_weights()
                settle_constraints(self)

    def build_parts(self) -> None:
        """Build the layers that a layer of the user's own is made of, by running it on zeros, where that was not done yet."""
        if call_names(type(self)) is not None and not all(part.built for part in self.held_layers):
            self._shapes_by_running((mapped(SymbolicTensor, self.built_shape, until=is_shape),), {})
        self.register_parts()

    def _settle_given_weights(self) -> None:
        """Fill in the weights that the constructor was given; where all are read from a file at once, those are left."""
        if self._given_weights is not None and not is_undrawn():
            self.set_weights(self._given_weights)
        self._given_weights = None

    def _settle_trainable(self) -> None:
        """Let the weights that were just made know whether they are trained; parts of a layer of the user's own know it."""
        if not self._trainable or call_names(type(self)) is None:
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
    def _name(self) -> str | None:
        """The name, as programs for tf.keras set it."""
        return self.name

    @_name.setter
    def _name(self, value: str) -> None:
        self.name = value

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
        if self.inbound_nodes and call_names(type(self)) is not None:
            shapes: Shape = mapped(lambda tensor: tuple(tensor.shape), self.inbound_nodes[0].output)
            return shapes
        return self.compute_output_shape(self.input_shape)

    @property
    def weights(self) -> list[torch.Tensor]:
        """The weights in Keras' order and layout, as `Weight`s: what changes them changes the network."""
        return [entry.surface for entry in self.weight_entries()]

    @property
    def trainable_weights(self) -> list[torch.Tensor]:
        """The weights that training changes; none where the layer itself is frozen."""
        entries = self.weight_entries() if self._trainable else []
        return [entry.surface for entry in entries if entry.tensor.requires_grad]

    @trainable_weights.setter
    def trainable_weights(self, weights: Iterable[torch.Tensor]) -> None:
        self.keep_weights(weights, trainable=True)

    @property
    def non_trainable_weights(self) -> list[torch.Tensor]:
        """The weights that training leaves: frozen ones and moving averages."""
        frozen = not self._trainable
        return [entry.surface for entry in self.weight_entries() if frozen or not entry.tensor.requires_grad]

    @non_trainable_weights.setter
    def non_trainable_weights(self, weights: Iterable[torch.Tensor]) -> None:
        self.keep_weights(weights, trainable=False)

    # Layers of one's own add to these, once their attributes have added them.
    _trainable_weights, _non_trainable_weights = trainable_weights, non_trainable_weights
    variables = weights

    @property
    def trainable_variables(self) -> list[torch.Tensor]:
        """The weights that training changes (TensorFlow's word)."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[torch.Tensor]:
        """The weights that training leaves (TensorFlow's word)."""
        return self.non_trainable_weights

    def get_input_at(self, node_index: int) -> Any:
        """Return the symbolic tensor (or tensors) that a call was made on.

        Args:
            node_index: which call, from 0.
        """
        inputs = self.inbound_nodes[node_index].inputs
        return inputs[0] if len(inputs) == 1 else inputs

    def get_output_at(self, node_index: int) -> Any:
        """Return the symbolic tensor that a call gave.

        Args:
            node_index: which call, from 0.
        """
        return self.inbound_nodes[node_index].output

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
        return sum(entry.tensor.numel() for entry in self.weight_entries())

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


def _plain_size(size: Any) -> Any:
    return int(size) if isinstance(size, np.integer) else size  # np.prod(shape) gives one


def _keras_shape(x: Any) -> Any:
    if x.ndim == 4:
        return (None, x.shape[2], x.shape[3], x.shape[1])
    return (None, *x.shape[1:])


def _written(value: Any) -> Any:
    """Return an argument as plain values: initialisers and rules by their description, an activation by its name."""
    if isinstance(value, Described):
        return value.serialize()
    return activations.name_of(value) if callable(value) else value
