"""Structure: what a model says of the module it holds: layers, shapes, device, and calling it."""

from collections.abc import Sequence
from typing import Any, Self

import torch

from convolens.arguments import did_you_mean
from convolens.errors import ArgumentError, NotBuiltError, UnknownNameError
from convolens.layers import Layer
from convolens.layers.axes import inside_tensors, surface, surface_tensors
from convolens.layers.calls.own_state import OwnState as OwnState
from convolens.layers.calls.symbols import SymbolicTensor, is_shape, is_symbolic, leaves
from convolens.memory import kept_memory
from convolens.models.feeding import feed, of_ranks, only_input
from convolens.models.graph.own_network import OwnNetwork
from convolens.models.parts import freezing
from convolens.models.summary import count_weights
from convolens.tensor import Tensor, as_tensor
from convolens.training import set_frozen
from convolens.training.batches import inputs as to_inputs
from convolens.training.mode import mode


class Structure:
    """The part of `Model` that knows the network, and nothing of training."""

    module: Any
    name: str
    given_shape: tuple[int | None, ...] | None = None  # of a torch module, by `build`
    device_given = False  # by `to`: then `fit` leaves the weights where they are
    _trained_as_compiled: Any = None
    dtype, run_eagerly, stateful = "float32", False, False  # what programs ask, or set

    @property
    def layers(self) -> list[Any]:
        """The layers in order; of a torch module, its children."""
        return list(getattr(self.module, "layers", None) or self.module.children())

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """Return a layer by name or by place.

        Args:
            name: of the layer.
            index: its place instead, from 0, or from -1 at the end.

        Raises:
            UnknownNameError: no layer has the name; the nearest is offered. ArgumentError: no such place.
        """
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ArgumentError(
                    f"get_layer: index {index} is out of range; there are {len(self.layers)} layers."
                )
            return self.layers[index]
        named = dict(self.module.named_children()) | {
            layer.name: layer for layer in self.layers if isinstance(layer, Layer)
        }
        if name in named:
            return named[name]
        raise UnknownNameError(
            f"get_layer: no layer is named {name!r}.{did_you_mean(name, [n for n in named if n])} "
            f"Layers: {', '.join(str(known) for known in named)}."
        )

    @property
    def built(self) -> bool:
        """Whether the weights exist; a `build` of the user's own may set it."""
        return bool(getattr(self.module, "built", True))

    @built.setter
    def built(self, value: bool) -> None:
        pass  # the network knows

    @property
    def output_names(self) -> list[str]:
        """What the outputs go by in dicts, losses and logs: the names of the layers that give them; "output_1" ... of a class of one's own."""
        names: list[str] = getattr(self.module, "output_names", None) or ["output"]
        return names

    @property
    def input_names(self) -> list[str]:
        """What the inputs go by in dicts: the names of their layers."""
        return list(getattr(self.module, "input_names", None) or ["input"])

    def _check_built(self, what: str) -> None:
        if not self.built:
            raise NotBuiltError(
                f"{what}: the model is not built yet, its input shape is unknown; give the first layer "
                "input_shape=..., add an Input(shape=...) first, or call fit or predict."
            )

    @property
    def input(self) -> Any:
        """The symbolic input (a list where there are several)."""
        tensors = self.module.inputs
        return tensors[0] if len(tensors) == 1 else tensors

    @property
    def output(self) -> Any:
        """The symbolic output (a list where there are several)."""
        tensors = self.module.outputs
        return tensors[0] if len(tensors) == 1 else tensors

    @property
    def inputs(self) -> list[Any]:
        """The symbolic inputs."""
        return self.input if isinstance(self.input, list) else [self.input]

    @property
    def outputs(self) -> list[Any]:
        """The symbolic outputs."""
        return self.output if isinstance(self.output, list) else [self.output]

    @property
    def input_shape(self) -> Any:
        """(None, rows, columns, channels), or a list of such."""
        self._check_built("input_shape")
        return self.module.input_shape if isinstance(self.module, Layer) else None

    @property
    def output_shape(self) -> Any:
        """The output's shape with None for the batch."""
        self._check_built("output_shape")
        return self.module.output_shape if isinstance(self.module, Layer) else None

    @property
    def trainable(self) -> bool:
        """Whether training may change the weights."""
        return bool(getattr(self.module, "trainable", True))

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self.module.trainable = bool(value)
        if not isinstance(self.module, Layer):
            set_frozen(self.module, not value)

    @property
    def trainable_weights(self) -> list[torch.Tensor]:
        """The weights that training changes, in Keras' order (of a torch module: its parameters that take a gradient)."""
        if isinstance(self.module, Layer):
            return self.module.trainable_weights
        return [parameter for parameter in self.module.parameters() if parameter.requires_grad]

    @property
    def non_trainable_weights(self) -> list[torch.Tensor]:
        """The weights that training leaves: frozen ones and moving averages."""
        if isinstance(self.module, Layer):
            return self.module.non_trainable_weights
        frozen = [parameter for parameter in self.module.parameters() if not parameter.requires_grad]
        return [*frozen, *(buffer for buffer in self.module.buffers() if buffer.is_floating_point())]

    @property
    def weights(self) -> list[torch.Tensor]:
        """All weights, in Keras' order: the trained ones and the others."""
        return self.module.weights if isinstance(self.module, Layer) else [*self.module.parameters()]

    variables = weights

    @property
    def trainable_variables(self) -> list[torch.Tensor]:
        """The weights that training changes (TensorFlow's word)."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[torch.Tensor]:
        """The weights that training leaves (TensorFlow's word)."""
        return self.non_trainable_weights

    @property
    def updates(self) -> list[Any]:
        """Nothing: moving averages change as batches pass (Keras 2's word)."""
        return []

    def reset_states(self) -> None:
        """Do nothing: no layer here remembers the batch before (Keras 2's word)."""

    def make_predict_function(self) -> None:
        """Do nothing: a model is ready for predictions as it is, in any thread (Keras 2's word, before a web server starts)."""

    _make_predict_function = _make_train_function = _make_test_function = make_predict_function

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of what comes out for inputs of a shape.

        Args:
            input_shape: with the batch, None where a size is free.
        """
        return self.module.compute_output_shape(input_shape)

    def get_input_at(self, node_index: int) -> Any:
        """Return the symbolic tensor (or tensors) of one of the model's calls: its own are call 0, as in Keras.

        Args:
            node_index: which call, from 0.
        """
        return self.input if node_index == 0 else self.module.get_input_at(node_index - 1)

    def get_output_at(self, node_index: int) -> Any:
        """Return what came out, as `get_input_at`.

        Args:
            node_index: which call, from 0.
        """
        return self.output if node_index == 0 else self.module.get_output_at(node_index - 1)

    def add_weight(self, *given: Any, **options: Any) -> Any:
        """Return a new weight of a model of one's own.

        Args:
            given, options: as of `OwnState.add_weight`.

        Raises:
            ArgumentError: a shape that holds None.
        """
        return self.module.add_weight(*given, **options)

    def add_loss(self, losses: Any, **options: Any) -> None:
        """Add to the loss of the run under way.

        Args:
            losses, options: as of `OwnState.add_loss`.
        """
        self.module.add_loss(losses, **options)

    def add_metric(self, value: Any, name: str | None = None, **options: Any) -> None:
        """Show the mean of a value among the metrics.

        Args:
            value, name, options: as of `OwnState.add_metric`.
        """
        self.module.add_metric(value, name, **options)

    def freeze(self, until: str | int | None = None) -> freezing.Trained:
        """Freeze every layer from the input through a named one: training leaves their weights and buffers as they are.

        A frozen batch normalisation works as in inference, whether it is Keras' layer or torch's module. Layers behind
        `until` stay what they were. As in Keras 3, it takes effect at once, also in a model that was compiled before.

        Args:
            until: a layer's name, the name of a model or group of layers inside ("layer4" is all that begins "layer4."), a
                module's name in a torch module, or a place in `layers`; the last layer that is frozen. The order is that of
                `layers`, which is Keras'. None freezes all.

        Returns:
            what is trained now.

        Raises:
            UnknownNameError: no such layer; the nearest is offered. ArgumentError: no such place, or several of that name.

        Example:
            >>> from convolens import layers, models
            >>> model = models.Sequential([layers.Dense(4, input_shape=(3,)), layers.Dense(2, name="head")])
            >>> model.freeze(until="dense")
            Trained(frozen_layers=1, layers=2, trainable_parameters=10, non_trainable_parameters=16)
        """
        self._check_built("freeze")
        self._trained_as_compiled = None
        freezing.freeze(self, until)
        return self._trained()

    def unfreeze(self, from_: str | int | None = None) -> freezing.Trained:
        """Let every layer from a named one to the end be trained; those before it stay what they were.

        An optimizer that trained this model before does not know the weights that come in: compile again, as in Keras, or
        keep what it remembers of the others by `model.optimizer.extend(model.trainable_weights)`.

        Args:
            from_: the first layer that is trained, named as in `freeze`; None takes all.

        Returns, Raises: as `freeze`.
        """
        self._check_built("unfreeze")
        freezing.unfreeze(self, from_)
        return self._trained()

    def _trained(self) -> freezing.Trained:
        units = [unit for unit in freezing.units_of(self.module) if unit.has_weights]
        trained, fixed = count_weights(self.module)
        return freezing.Trained(sum(unit.frozen for unit in units), len(units), trained, fixed)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next((parameter.device for parameter in self.module.parameters()), torch.device("cpu"))

    def to(self, device: Any) -> Self:
        """Move the weights to a device and return the model."""
        self.module.to(device)
        self.device_given = True
        return self

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Build for inputs of a shape that has the batch first (None); of a torch module, remember it for `summary`.

        Args:
            input_shape: with the batch; a list or dict of shapes for several inputs.
        """
        if getattr(self.module, "_building", False):
            return  # from a `build` of the user's own
        if isinstance(self.module, Layer) and not is_shape(input_shape):
            self.module.build_once(input_shape)
        elif isinstance(self.module, Layer):
            self.module.build_once(tuple(input_shape))
        else:
            self.given_shape = tuple(input_shape)

    def __call__(self, *arguments: Any, training: bool | None = None, **keywords: Any) -> Any:
        """Call on symbolic tensors (as a layer of another model), on arrays or `Tensor`s in Keras' order, or on torch's tensors.

        Args:
            arguments: x, or a list of several; what else the model's `call` takes.
            training: as of a layer: None is inference, or the mode of the run around it; in a graph True and False are for good.
            keywords: of the model's `call`.

        Raises:
            ShapeError, ArgumentError: x does not fit the model.
        """
        if not isinstance(self.module, Layer):
            return self._call_torch(arguments[0], bool(training))
        x: Any = arguments[0] if arguments else keywords.get("inputs")
        if _is_list_of_images(self.module, x):
            arguments = (as_tensor(only_input("model", list(x))), *arguments[1:])
            keywords.pop("inputs", None)
        elif not (is_symbolic(arguments) or is_symbolic(keywords) or any(map(_is_tensor, leaves(x)))):
            arguments = (feed("model", self.module, x), *arguments[1:])
            keywords.pop("inputs", None)
        elif all(isinstance(leaf, (Tensor, SymbolicTensor)) for leaf in leaves(x)):
            arguments = (of_ranks("model", self.module, x), *arguments[1:])
            keywords.pop("inputs", None)
        if training is not None:
            keywords["training"] = training
        with kept_memory():
            return self.module(*arguments, **keywords)

    def _call_torch(self, x: Any, training: bool) -> Any:
        """Return what a module of torch's gives."""
        if isinstance(x, torch.Tensor) and not isinstance(x, Tensor):
            return self.module(x)
        if isinstance(x, Tensor):
            with mode(self.module, training):
                return surface_tensors(self.module(inside_tensors(x, numbers=True)))
        x = feed("model", self.module, x)
        with kept_memory(), torch.no_grad(), mode(self.module, training):
            return surface(self.module(to_inputs(x)))


def _is_list_of_images(module: Layer, x: Any) -> bool:
    """Return whether x is a list of tensors that a network of one input takes as one batch."""
    if not isinstance(x, (list, tuple)) or len(x) < 2 or not all(map(_is_tensor, x)):
        return False
    return not isinstance(module, OwnNetwork) and (not module.built or is_shape(module.input_shape))


def _is_tensor(x: Any) -> bool:
    return isinstance(x, torch.Tensor)
