"""ModelCost, LayerCost, TrainingCost: what a network costs, as plain numbers; how layers are folded into groups."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any

from convolens.analysis.cost.receptive_field import ReceptiveField

ADAM_NUMBERS = 2  # that Adam, AdamW keep for each trained weight: averages of the gradient and of its square
_FEW_ROWS = 60  # a table of up to so many is not folded by itself


@dataclass(frozen=True)
class LayerCost:
    """What one call of a layer costs, for the whole batch.

    Attributes:
        name: path of the module in the network; "(own)" behind it for what a module that holds others does itself.
        kind: class of the module.
        call: 1 for the first use, 2 for the second ...; 0 for a layer that is not used in inference.
        output_shape: in Keras' order with the batch; None where it gave no tensor.
        trainable_parameters, frozen_parameters, buffers: numbers held; counted at the first use only. Buffers
            are floating-point ones such as moving averages.
        multiply_accumulates: of one pass in inference.
        activations_bytes: of the tensors it gives, without views and changes in place.
        receptive_field: of one place of its output; None where it is not known.
        training_multiply_accumulates: forward and backward of one training step.
        kept_bytes: of what it keeps from the forward pass for the backward pass.
        layers: how many layers it stands for; more than 1 in a folded table.
    """

    name: str
    kind: str
    call: int
    output_shape: tuple[int, ...] | None
    trainable_parameters: int
    frozen_parameters: int
    buffers: int
    multiply_accumulates: int
    activations_bytes: int
    receptive_field: ReceptiveField | None
    training_multiply_accumulates: int = 0
    kept_bytes: int = 0
    layers: int = 1

    @property
    def parameters(self) -> int:
        """Weights that training can change or has frozen, without buffers."""
        return self.trainable_parameters + self.frozen_parameters

    @property
    def title(self) -> str:
        """The name, with the number of the call from the second on."""
        return f"{self.name} (call {self.call})" if self.call > 1 else self.name

    def as_dict(self) -> dict[str, Any]:
        """Return it as values that JSON takes."""
        return asdict(self)


@dataclass(frozen=True)
class TrainingCost:
    """What one training step costs, measured from a forward and a backward pass.

    Attributes:
        multiply_accumulates: of both passes; about three times those of inference.
        kept_bytes: tensors kept for the backward pass, the batch itself included, each memory once.
        weights_bytes: parameters and buffers.
        gradients_bytes: one number for each trained weight.
        optimizer_bytes: the state of Adam or AdamW, two numbers a trained weight (SGD with momentum needs half
            of it, plain SGD nothing).
    """

    multiply_accumulates: int
    kept_bytes: int
    weights_bytes: int
    gradients_bytes: int
    optimizer_bytes: int

    @property
    def memory_bytes(self) -> int:
        """All of it; scratch memory of single operations is not in it."""
        return self.kept_bytes + self.weights_bytes + self.gradients_bytes + self.optimizer_bytes


@dataclass(frozen=True)
class ModelCost:
    """What a network costs for one batch.

    Attributes:
        name: of the network.
        input_shape: in Keras' order, without the batch; a tuple of such for several inputs.
        batch_size: images in the batch that all numbers are for.
        layers: in order of execution; a layer that is used twice is there twice, its weights at its first use.
        weights_bytes: parameters and buffers.
        training: of one step; None where the network gives nothing that has gradients.
    """

    name: str
    input_shape: Any
    batch_size: int
    layers: tuple[LayerCost, ...]
    weights_bytes: int
    training: TrainingCost | None

    @property
    def trainable_parameters(self) -> int:
        """Weights that training changes; one that is used twice counts once."""
        return sum(layer.trainable_parameters for layer in self.layers)

    @property
    def frozen_parameters(self) -> int:
        """Weights that training leaves as they are."""
        return sum(layer.frozen_parameters for layer in self.layers)

    @property
    def parameters(self) -> int:
        """Weights that training can change or has frozen; moving averages are not counted."""
        return self.trainable_parameters + self.frozen_parameters

    @property
    def buffers(self) -> int:
        """Floating-point numbers that are no weights, such as moving averages."""
        return sum(layer.buffers for layer in self.layers)

    @property
    def multiply_accumulates(self) -> int:
        """Multiplications with an addition in inference; times 2 are FLOPs."""
        return sum(layer.multiply_accumulates for layer in self.layers)

    @property
    def activations_bytes(self) -> int:
        """Bytes of what the layers give in inference, added up."""
        return sum(layer.activations_bytes for layer in self.layers)

    def as_dict(self) -> dict[str, Any]:
        """Return totals and layers as values that JSON takes."""
        training = self.training
        return {
            "name": self.name,
            "input_shape": self.input_shape,
            "batch_size": self.batch_size,
            "parameters": self.parameters,
            "trainable_parameters": self.trainable_parameters,
            "frozen_parameters": self.frozen_parameters,
            "buffers": self.buffers,
            "weights_bytes": self.weights_bytes,
            "multiply_accumulates": self.multiply_accumulates,
            "flops": 2 * self.multiply_accumulates,
            "activations_bytes": self.activations_bytes,
            "training": training and asdict(training) | {"memory_bytes": training.memory_bytes},
            "layers": [layer.as_dict() for layer in self.layers],
        }

    def folded(self, depth: int | None = None) -> tuple[LayerCost, ...]:
        """Return the layers with neighbours of one group added up, so that a long table can be read.

        Args:
            depth: how many parts of a name ("features.0.conv" has three) tell groups apart; 0 folds all into
                one; None takes the finest that gives at most 60 rows, or the coarsest below 1 where none does.
        """
        if depth is not None:
            return fold(self.layers, depth)
        deepest = max((len(_parts(layer.name)) for layer in self.layers), default=1)
        rows = self.layers
        for tried in range(deepest, 0, -1):
            rows = fold(self.layers, tried)
            if len(rows) <= _FEW_ROWS:
                break
        return rows


def fold(layers: Iterable[LayerCost], depth: int) -> tuple[LayerCost, ...]:
    """Return the layers with neighbours added up whose names begin with the same `depth` parts.

    Parts are what stands between "." or "/", and the words before the last "_" of a flat name ("block1_conv2").
    """
    rows = []
    for prefix, members in groupby(layers, lambda layer: _parts(layer.name)[:depth]):
        group = list(members)
        if len(group) == 1:
            rows.append(group[0])
            continue
        kinds = {layer.kind for layer in group}
        used = [layer for layer in group if layer.output_shape is not None] or group
        rows.append(
            replace(
                used[-1],
                name="".join(prefix).rstrip("._/") or "all",
                kind=kinds.pop() if len(kinds) == 1 else "",
                call=1 if any(layer.call for layer in group) else 0,
                layers=sum(layer.layers for layer in group),
                **{
                    field: sum(getattr(layer, field) for layer in group)
                    for field in (
                        "trainable_parameters",
                        "frozen_parameters",
                        "buffers",
                        "multiply_accumulates",
                        "activations_bytes",
                        "training_multiply_accumulates",
                        "kept_bytes",
                    )
                },
            )
        )
    return tuple(rows)


def _parts(name: str) -> Sequence[str]:
    """Return a name's parts, with what parts them: "block1_conv2" -> ("block1_", "conv2")."""
    name = name.removesuffix(" (own)")
    parts = re.findall(r"[^./]+[./]?", name) or [name]
    head, bar, tail = parts[-1].rpartition("_")
    if len(parts) == 1 and head and not tail.isdigit():
        parts = [head + bar, tail]
    return tuple(parts)
