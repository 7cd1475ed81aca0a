"""OwnState: what a layer of the user's own holds: weights, layers, losses and metrics."""

from dataclasses import dataclass, field
from typing import Any

import torch

from convolens import constraints, initializers, regularizers
from convolens.errors import ArgumentError
from convolens.layers.calls.symbols import SymbolicTensor, leaves
from convolens.layers.weight_entry import WeightEntry
from convolens.layers.weight_rules import Penalty, keep_to, penalties_of
from convolens.metrics import Mean, Metric
from convolens.tensor import Tensor, Variable
from convolens.training import added_losses

_HOLDERS = (list, dict, tuple)


@dataclass
class Drawn:
    """What a layer's `call` added to the loss and the metrics while it was drawn: symbolic tensors."""

    losses: list[SymbolicTensor] = field(default_factory=list)
    metrics: dict[str, SymbolicTensor] = field(default_factory=dict)


class OwnState:
    """Before `torch.nn.Module` among a class's bases: layers in lists, dicts and models are found; weights, losses and metrics are added."""

    # What layers of one's own ask themselves for in Keras' words, or set.
    dtype: Any = "float32"
    supports_masking = False
    stateful = False

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(getattr(type(self), name, None), property):
            pass
        elif isinstance(value, (torch.nn.Module, _HOLDERS)) or hasattr(value, "module"):
            self.__dict__.setdefault("_held", {})[name] = None
        elif isinstance(value, torch.Tensor) and self._rename_weight(name, value):
            return
        elif isinstance(value, Variable) and value.is_floating_point() and "_parameters" in self.__dict__:
            self.__dict__.pop(name, None)
            self._keep_weight(name, value, value.requires_grad)
            return
        super().__setattr__(name, value)

    def _keep_weight(self, key: str, weight: Variable, trainable: bool, name: str | None = None) -> None:
        """Take a variable for a weight of the layer.

        Args:
            key: the attribute that holds it.
            weight: in Keras' layout.
            trainable: False for what only `assign` changes.
            name: in files; by default the variable's own.
        """
        own = self.__dict__.setdefault("_own_weights", {})
        own[key] = (name or str(weight.name).partition(":")[0] or key, trainable)
        # So that torch takes it for a parameter, which stays the same object on another device.
        weight._is_param = True
        self.register_parameter(key, weight)  # type: ignore[attr-defined]

    def keep_weights(self, weights: Any, trainable: bool) -> None:
        """Take variables for weights of the layer, or say anew of its weights whether training changes them: Keras 1's and 2's lists.

        Args:
            weights: variables.
            trainable: whether training changes them.
        """
        own: dict[str, tuple[str, bool]] = self.__dict__.setdefault("_own_weights", {})
        kept: Any = self._parameters  # type: ignore[attr-defined]
        for weight in weights:
            known = next((key for key in own if kept[key] is weight), None)
            if known is None:
                held = [key for key, value in vars(self).items() if value is weight]  # `K.zeros(...)`
                known = held[0] if held else f"weight_{len(own)}"
                setattr(self, known, weight if isinstance(weight, Variable) else Variable(weight))
            own[known] = (own[known][0], trainable)
            kept[known].requires_grad_(trainable)

    def _rename_weight(self, name: str, value: torch.Tensor) -> bool:
        """Let a weight that was added have the name of the attribute that holds it; return whether it is one."""
        own: dict[str, tuple[str, bool]] = self.__dict__.get("_own_weights", {})
        kept: Any = self._parameters  # type: ignore[attr-defined]
        before = next((key for key in own if kept[key] is value), None)
        if before not in (None, name):
            kept[name] = kept.pop(before)
            self.__dict__["_own_weights"] = {
                name if key == before else key: told for key, told in own.items()
            }
        return before is not None

    @property
    def held_layers(self) -> list[Any]:
        """The layers and models in the attributes, and in their lists, tuples and dicts, each once, in the order of the attributes."""
        found: dict[int, Any] = {}
        for name in self.__dict__.get("_held", ()):
            for leaf in leaves(getattr(self, name, None)):
                module = leaf if isinstance(leaf, torch.nn.Module) else getattr(leaf, "module", None)
                if isinstance(module, OwnState) and module is not self:
                    found.setdefault(id(module), module)
        return list(found.values())

    def held_values(self) -> list[tuple[str, Any]]:
        """Return the attributes that hold layers or variables, or lists, tuples and dicts, with their names."""
        return [(name, getattr(self, name, None)) for name in self.__dict__.get("_held", ())]

    def adopt_variables(self) -> None:
        """Take the variables in the lists, tuples and dicts of the attributes for weights, as far as no part has them."""
        known: set[int] | None = None
        for name, value in self.held_values():
            for place, leaf in enumerate(leaves(value)):
                if not isinstance(leaf, Variable) or not leaf.is_floating_point():
                    continue
                if known is None:
                    known = {id(weight) for weight in self.parameters()}  # type: ignore[attr-defined]
                if id(leaf) not in known:
                    known.add(id(leaf))
                    self._keep_weight(f"{name}_{place}", leaf, leaf.requires_grad)

    def register_parts(self) -> None:
        """Let torch know the layers in lists, dicts and models too, where they are in none that it knows; and the variables."""
        self.adopt_variables()
        children: dict[str, Any] = self._modules  # type: ignore[attr-defined]
        known = {id(module) for module in self.modules()}  # type: ignore[attr-defined]
        for part in self.held_layers:
            if id(part) not in known:
                known.update(id(module) for module in part.modules())
                stem = str(getattr(part, "name", None) or type(part).__name__).replace(".", "_")
                name, count = stem, 0
                while name in children or hasattr(self, name):
                    count += 1
                    name = f"{stem}_{count}"
                children[name] = part

    def add_weight(
        self,
        *given: Any,
        name: str | None = None,
        shape: Any = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        **options: Any,
    ) -> Variable:
        """Return a new weight of the layer: a `Variable` in Keras' layout, which training changes and files keep.

        Args:
            given: shape and initializer (Keras 1 and 3), or name and shape (Keras 2), in this order.
            name: in files; by default "weight", "weight_1" ...
            shape: a tuple; () is a single number.
            initializer: a name, an object, or a function of the shape; "glorot_uniform" by default.
            dtype: float32.
            trainable: False for what only `assign` changes.
            regularizer: a function of the weight, whose value is added to the loss.
            constraint: a function of the weight, which replaces it after each step.
            options: Keras' others (`aggregation`, `autocast` ...) change nothing here.

        Raises:
            ArgumentError: a shape that holds None.
        """
        for place, value in enumerate(given):
            if place == 0 and isinstance(value, str):
                name = value
            elif shape is None:
                shape = value
            else:
                initializer = value
        sizes = () if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        if any(size is None for size in sizes):
            raise ArgumentError(
                f"{type(self).__name__}.add_weight: shape {sizes} holds None; the size must be known, as from input_shape[-1]."
            )
        draw: Any = initializer
        if not callable(initializer) or isinstance(initializer, type):
            draw = initializers.get(initializer or "glorot_uniform")
        weight = Variable(
            draw(tuple(int(size) for size in sizes)), trainable, dtype="float32", name=name or "weight"
        )
        own = self.__dict__.setdefault("_own_weights", {})
        stem = (name or "weight").replace(".", "_").replace("/", "_").replace(":", "_")
        key, count = stem, 0
        while key in own or hasattr(self, key):
            count += 1
            key = f"{stem}_{count}"
        self._keep_weight(key, weight, trainable, name or key)
        entry = WeightEntry(name or key, weight, trainable=trainable)
        if regularizer is not None:
            self.__dict__.setdefault("_penalties", []).append(Penalty(regularizers.get(regularizer), entry))
        if constraint is not None:
            keep_to(entry, constraints.get(constraint))
        return weight

    def own_entries(self) -> list[WeightEntry]:
        """Return the weights that were added, in order."""
        self.adopt_variables()
        tensors: dict[str, Any] = self._parameters  # type: ignore[attr-defined]
        own: dict[str, tuple[str, bool]] = self.__dict__.get("_own_weights", {})
        return [WeightEntry(name, tensors[key], trainable=trained) for key, (name, trained) in own.items()]

    def add_loss(self, losses: Any, inputs: Any = None, **options: Any) -> None:
        """Add numbers to the loss of the run under way; called in `call`.

        Args:
            losses: a tensor, whose mean counts; a list of them; or a function without arguments, which is called in each run.
                A symbolic tensor is computed in each run: of a functional model, or where a `call` is drawn.
            inputs: accepted, as in Keras 2.
            options: accepted, as `inputs`.
        """
        for loss in losses if isinstance(losses, (list, tuple)) else [losses]:
            if isinstance(loss, SymbolicTensor):
                self.draw_adding(loss)
                continue
            if callable(loss) and not isinstance(loss, torch.Tensor):
                self.__dict__.setdefault("_penalties", []).append(loss)
                continue
            value = torch.as_tensor(loss).as_subclass(torch.Tensor).mean()
            added_losses.add(value)
            if not torch.is_inference_mode_enabled():  # predictions and evaluations leave the model as it is
                self.__dict__.setdefault("_losses", []).append(value.as_subclass(Tensor))

    def add_metric(
        self, value: Any, name: str | None = None, aggregation: str | None = "mean", **options: Any
    ) -> None:
        """Show the mean of a value over an epoch among the metrics; called in `call`.

        Args:
            value: a number or tensor, a symbolic one as of `OwnState.add_loss`; or a metric, which is shown as it is.
            name: in the logs; by default "metric".
            aggregation: "mean" or None.
            options: accepted, as in Keras 2.
        """
        if isinstance(value, SymbolicTensor):
            self.draw_adding(value, name or "metric")
            return
        kept: dict[str, Metric] = self.__dict__.setdefault("_metrics", {})
        if isinstance(value, Metric):
            kept.setdefault(value.name, value)
            return
        metric: Any = kept.setdefault(name or "metric", Mean(name=name or "metric"))
        self.__dict__.setdefault("_shown", {})[metric.name] = None
        values = torch.as_tensor(value).detach().as_subclass(torch.Tensor)
        if not torch.is_inference_mode_enabled():
            metric.update_state(values)
        added_losses.add_metric(metric.name, values)

    def add_update(self, updates: Any, inputs: Any = None, **options: Any) -> None:
        """Do nothing: what changes in `call` has changed as it was called (Keras 2's word).

        Args:
            updates, inputs, options: accepted.
        """

    def draw_adding(self, symbol: SymbolicTensor, metric: str | None = None) -> None:
        """Add a symbolic tensor to the loss, or to the metrics, while the layer's `call` is drawn.

        Args:
            symbol: a loss, or the value of a metric.
            metric: its name; None for a loss.

        Raises:
            ArgumentError: no `call` is drawn.
        """
        drawn: Drawn | None = self.__dict__.get("_drawn")
        if drawn is None:
            raise ArgumentError(
                f"{type(self).__name__}: a symbolic tensor can be added to the loss or the metrics of a functional model, "
                "model.add_loss(...), or within the call of a layer."
            )
        if metric is None:
            drawn.losses.append(symbol)
        else:
            drawn.metrics[metric] = symbol

    def _states(self) -> list[dict[str, Any]]:
        modules: Any = self.modules()  # type: ignore[attr-defined]
        return [vars(module) for module in modules if isinstance(module, OwnState)]

    @property
    def losses(self) -> list[torch.Tensor]:
        """What the last run added to the loss, and the penalties of the weights, of this layer and of those it is made of."""
        added = [loss for state in self._states() for loss in state.get("_losses", ())]
        penalties: Any = penalties_of(self)  # type: ignore[arg-type]
        return added + [penalty() for penalty in penalties]

    def forget_losses(self) -> None:
        """Forget what runs before have added to the loss."""
        for state in self._states():
            state.pop("_losses", None)

    @property
    def added_metrics(self) -> list[str]:
        """The names of what `add_metric` shows, of this layer and of those it is made of."""
        return [name for state in self._states() for name in state.get("_shown", ())]

    @property
    def metrics(self) -> list[Metric]:
        """The metrics that `add_metric` made, or that attributes hold, of this layer and of those it is made of."""
        found: dict[int, Metric] = {}
        for state in self._states():
            held = [value for value in state.values() if isinstance(value, Metric)]
            for metric in [*held, *state.get("_metrics", {}).values()]:
                found.setdefault(id(metric), metric)
        return list(found.values())
