"""OwnNetwork: the module of a model of the user's own, whose `call` says how its layers work together."""

import inspect
from typing import Any

from convolens.errors import ArgumentError
from convolens.layers import Layer
from convolens.layers.calls.symbols import is_shape, leaves
from convolens.layers.layer import SymbolicTensor
from convolens.models.graph.container import Container, give_names


class OwnNetwork(Container):
    """What runs a model's `call`; its layers are those in the model's attributes, in lists, tuples and dicts too.

    Args:
        owner: the model.
        has_call: whether its class defines `call`; one that is only trained, by its `train_step`, needs none.
        name: the network's own name.
    """

    owner: Any
    inputs: tuple[SymbolicTensor, ...] = ()  # it has no graph
    outputs: tuple[SymbolicTensor, ...] = ()

    def __init__(self, owner: Any, has_call: bool = True, name: str | None = None) -> None:
        super().__init__(name=name)
        self.has_call = has_call
        self.__dict__["owner"] = owner  # not one of its parts
        self.input_names: list[str] = []  # of a dict of inputs
        self._shapes: tuple[Any, Any] | None = None

    @property
    def default_name(self) -> str:
        """What a network around calls it, where it has no name."""
        return str(self.owner.name)

    def held_values(self) -> list[tuple[str, Any]]:
        """Return the model's attributes with their names."""
        return [item for item in vars(self.owner).items() if item[0] not in ("module", "part")]

    @property
    def held_layers(self) -> list[Any]:
        """The layers, and the networks of models, in the model's attributes, each once, in their order."""
        found: dict[int, Any] = {}
        for _, value in self.held_values():
            for leaf in leaves(value):
                module = leaf if isinstance(leaf, Layer) else getattr(leaf, "module", None)
                if isinstance(module, Layer) and module is not self:
                    found.setdefault(id(module), module)
        return list(found.values())

    @property
    def layers(self) -> list[Layer]:  # type: ignore[override]
        """The layers in order."""
        layers = self.held_layers
        if any(layer.name is None for layer in layers):
            give_names(layers)
        self.register_parts()
        return layers

    def build(self, input_shape: Any) -> None:
        if isinstance(input_shape, dict):
            self.input_names = list(input_shape)
        self.layers  # noqa: B018 - torch is told of them
        self.owner.build(input_shape)  # the user's, if there is one

    def build_once(self, input_shape: Any) -> None:
        """Build the model, and the layers in it by a run on zeros.

        Args:
            input_shape: one shape, or a list or dict of them.

        Raises:
            ShapeError: the run fails.
        """
        if self.built or self._building:
            return
        super().build_once(input_shape)
        if not self.has_call:
            return
        try:
            self.compute_output_shape(input_shape)
        except Exception:
            if "train_step" in self.owner.own_steps:  # which need not give `call` what a data set has first
                return
            self.built = False
            raise
        self.layers  # noqa: B018 - the run may have made some

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the output's shape for an input's, found by a run on zeros, or the list of them."""
        if self._shapes is None or self._shapes[0] != input_shape:
            self._shapes = (input_shape, super(Container, self).compute_output_shape(input_shape))
        return self._shapes[1]

    @property
    def output_names(self) -> list[str]:
        """What the outputs go by: their keys in a dict, else "output_1", "output_2" ..."""
        shapes = self._shapes[1] if self._shapes is not None else ()
        if isinstance(shapes, dict):
            return list(shapes)
        count = 1 if is_shape(shapes) else len(shapes)
        return [f"output_{place + 1}" for place in range(count)]

    def call(self, *arguments: Any, **keywords: Any) -> Any:
        """Run the model's `call`.

        Args:
            arguments, keywords: of it.
        """
        if not self.has_call:
            raise ArgumentError(
                f"{type(self.owner).__name__}: has no call; define call(self, inputs) in the class."
            )
        names = inspect.signature(self.owner.call).parameters
        for name, value in (("training", self.training), ("mask", None)):
            if name in names:
                keywords.setdefault(name, value)
        if self.input_names and isinstance(arguments[0], list):
            arguments = (dict(zip(self.input_names, arguments[0], strict=True)), *arguments[1:])
        return self.owner.call(*arguments, **keywords)
