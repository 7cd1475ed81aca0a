"""TreeEnsemble: decision trees as a layer, a random forest's or gradient boosting's."""

from typing import Any

import torch

from convolens import activations
from convolens.arguments import integer
from convolens.errors import ShapeError
from convolens.layers.layer import Layer, Shape
from convolens.layers.weight_entry import WeightEntry


class TreeEnsemble(Layer):
    """The sum (or mean) of what decision trees say of a row of features, and an activation.

    Every node of every tree has a row in arrays: it goes left where `feature <= threshold`, and its ends point to themselves.
    All samples go down all trees together, level by level, so the layer is plain tensor arithmetic. It is made by
    `features.learners.heads` from what scikit-learn has fitted (Breiman, "Random Forests", 2001; Friedman, "Greedy Function
    Approximation", 2001); nothing in it can be trained by gradients.

    Args:
        units: outputs.
        trees: how many.
        nodes: of all trees together.
        depth: steps from a root to the deepest end.
        average: give the mean over the trees, not the sum.
        activation: of the sum, a name or a function.
        options: `name`, `input_shape` as in `Layer`.

    Input shape: (batch, features). Output shape: (batch, units).

    Example:
        >>> stump = TreeEnsemble(units=1, trees=1, nodes=3, depth=1, input_shape=(2,))
        >>> stump.build_once((None, 2))
        >>> stump.set_weights([[1, 0, 0], [0.5, 0, 0], [1, 1, 2], [2, 1, 2], [[0], [10], [20]], [0], [0]])
        >>> stump(torch.tensor([[9.0, 0.5], [9.0, 0.6]])).tolist()
        [[10.0], [20.0]]
    """

    feature: torch.Tensor
    threshold: torch.Tensor
    left: torch.Tensor
    right: torch.Tensor
    value: torch.Tensor
    root: torch.Tensor
    bias: torch.Tensor

    def __init__(
        self,
        units: int,
        trees: int,
        nodes: int,
        depth: int,
        average: bool = False,
        activation: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.units = integer(self.title, "units", units)
        self.trees = integer(self.title, "trees", trees)
        self.nodes = integer(self.title, "nodes", nodes)
        self.depth = integer(self.title, "depth", depth, minimum=0)
        self.average = bool(average)
        self.activation = activations.get(activation)

    def build(self, input_shape: Any) -> None:
        if len(input_shape) != 2 or input_shape[-1] is None:
            raise ShapeError(
                f"{self.title}: takes rows of features (None, features); received {tuple(input_shape)}. Pool or flatten first."
            )
        ends = torch.arange(self.nodes)
        self.register_buffer("feature", torch.zeros(self.nodes, dtype=torch.int64))
        self.register_buffer("threshold", torch.zeros(self.nodes))
        self.register_buffer("left", ends.clone())
        self.register_buffer("right", ends.clone())
        self.register_buffer("value", torch.zeros((self.nodes, self.units)))
        self.register_buffer("root", torch.zeros(self.trees, dtype=torch.int64))
        self.register_buffer("bias", torch.zeros(self.units))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        node = self.root.expand(x.shape[0], self.trees)  # (n, trees)
        for _ in range(self.depth):
            goes_left = x.gather(1, self.feature[node]) <= self.threshold[node]
            node = torch.where(goes_left, self.left[node], self.right[node])
        said = self.value[node]  # (n, trees, units)
        return self.activation(self.bias + (said.mean(1) if self.average else said.sum(1)))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        return (input_shape[0], self.units)

    def standard_entries(self) -> list[WeightEntry]:
        return [WeightEntry(name, tensor, trainable=False) for name, tensor in self.named_buffers()]
