"""Weight rules: the penalties (regularisers) and constraints of a layer's weights, by the names of Keras' arguments.

A layer says in `ruled_weights` which of its weights can have rules, and takes `kernel_regularizer`, `kernel_constraint` and so on with that;
every layer takes `activity_regularizer`, a penalty on what it gives.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch

from convolens import constraints, regularizers
from convolens.initializers import is_undrawn
from convolens.layers.weight_entry import WeightEntry
from convolens.regularizers import L1L2
from convolens.training import added_losses

_KINDS = {"regularizer": regularizers.get, "constraint": constraints.get}


def rule_names(kind: type) -> list[str]:
    """Return the arguments that set rules of a class of layers.

    Example:
        >>> from convolens.layers import Dense, Flatten
        >>> rule_names(Dense)
        ['kernel_regularizer', 'bias_regularizer', 'kernel_constraint', 'bias_constraint', 'activity_regularizer']
        >>> rule_names(Flatten)
        ['activity_regularizer']
    """
    ruled = getattr(kind, "ruled_weights", {})
    return [*(f"{weight}_{rule}" for rule in _KINDS for weight in ruled), "activity_regularizer"]


def take_rules(layer: Any, options: dict[str, Any]) -> None:
    """Take the rules out of what a layer's constructor was given, and keep each in the attribute of its name.

    Raises:
        UnknownNameError: there is no such rule; the nearest is offered. ArgumentError: no rule.
    """
    for name in rule_names(type(layer)):
        get = _KINDS[name.rpartition("_")[2]]
        setattr(layer, name, get(options.pop(name, None)))


def rules_of(layer: Any) -> dict[str, Any]:
    """Return the rules that a layer has, by the names of its arguments."""
    named = {name: getattr(layer, name, None) for name in rule_names(type(layer))}
    return {name: rule for name, rule in named.items() if rule is not None}


@dataclass(frozen=True)
class Penalty:
    """A penalty on one weight; call it for its value.

    Attributes:
        regularizer: a function of the weight in Keras' layout.
        entry: the weight.
    """

    regularizer: Any
    entry: WeightEntry

    def __call__(self) -> torch.Tensor:
        plain = isinstance(self.regularizer, L1L2)  # the order of the axes is nothing to it
        return self.regularizer(self.entry.tensor if plain else self.entry.view)


def penalties_of(module: torch.nn.Module) -> list[Callable[[], torch.Tensor]]:
    """Return the penalties on the trained weights of a network, each weight's once, and those that layers of the user's own added.

    Args:
        module: any torch module; layers of ours in it are looked at.
    """
    parts = list(module.modules())
    ruled = [Penalty(rule, entry) for layer in parts for entry, rule in _ruled(layer, "regularizer")]
    own = [penalty for layer in parts for penalty in vars(layer).get("_penalties", ())]
    return [p for p in (*ruled, *own) if not isinstance(p, Penalty) or p.entry.tensor.requires_grad]


def settle_initial_values(layer: Any) -> None:
    """Fill in the weights of a layer that was just built whose values go by their place: a function of one's own, say."""
    for entry, initializer in _ruled(layer, "initializer"):
        if initializer.ordered and not is_undrawn():
            entry.assign(initializer(entry.shape).numpy(), layer.title)


def settle_constraints(layer: Any) -> None:
    """Let the weights of a layer that was just built know what they are made to keep to: optimizers ask them."""
    for entry, rule in _ruled(layer, "constraint"):
        keep_to(entry, rule)


def keep_to(entry: WeightEntry, constraint: Any) -> None:
    """Let a weight know the constraint that it is made to keep to after each step.

    Args:
        entry: the weight.
        constraint: a function of it in Keras' layout.
    """
    entry.tensor.keep_to_constraint = partial(_constrain, entry, constraint)  # type: ignore[attr-defined]


@torch.no_grad()
def _constrain(entry: WeightEntry, constraint: Any) -> None:
    weight = entry.view
    weight.copy_(torch.as_tensor(constraint(weight)))


def _ruled(layer: Any, rule: str) -> Iterable[tuple[WeightEntry, Any]]:
    """Yield the weights of one layer that have a rule of a kind, and the rule."""
    ruled = getattr(layer, "ruled_weights", None)
    rules = (
        {weight: getattr(layer, f"{name}_{rule}", None) for name, weight in ruled.items()} if ruled else {}
    )
    if any(found is not None for found in rules.values()):
        for entry in layer.weight_entries():
            if rules.get(entry.name) is not None:
                yield entry, rules[entry.name]


def penalize_activity(layer: Any, inputs: Any, output: Any) -> None:
    """Add the penalty on what a layer gives, divided by the number of samples, to the loss; a hook of torch's.

    Args:
        layer: has an `activity_regularizer`.
        inputs: of the call.
        output: of the call, images (n, channels, rows, columns).
    """
    if not added_losses.are_collected():
        return
    for tensor in output if isinstance(output, (list, tuple)) else [output]:
        tensor = tensor.float()
        if tensor.ndim == 4 and not isinstance(layer.activity_regularizer, L1L2):
            tensor = tensor.permute(0, 2, 3, 1)  # (n, c, h, w) -> (n, h, w, c)
        penalty = layer.activity_regularizer(tensor)
        layer.add_loss(penalty / tensor.shape[0] if tensor.ndim else penalty)
