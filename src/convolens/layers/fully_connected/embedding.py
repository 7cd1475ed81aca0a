"""Embedding: a learnt vector for each of a number of things."""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F

from convolens import initializers
from convolens.arguments import integer
from convolens.errors import ArgumentError
from convolens.layers.axes import in_keras_order, in_torch_order
from convolens.layers.layer import Layer, Shape
from convolens.layers.weight_entry import WeightEntry


class Embedding(Layer):
    """A learnt vector for each whole number, as `keras.layers.Embedding`: of a class for a conditional GAN, say.

    Args:
        input_dim: how many numbers there are: they are 0 to `input_dim` - 1.
        output_dim: length of the vectors.
        embeddings_initializer: a name, config or object (`convolens.initializers`).
        mask_zero: False; masks are for sequences, which are not here.
        input_length: numbers per sample, where the layer is the first of a `Sequential` (Keras 2).
        options: `name`, `input_shape`, `trainable`, `weights` as in `Layer`; Keras 2's `sparse`, of how it computes, is accepted.

    Input shape: (batch, ...), whole numbers. Output shape: (batch, ..., output_dim).

    Raises:
        ArgumentError: a size that is no positive integer, `mask_zero=True`, or called on a number that has no vector.

    Example:
        >>> import numpy as np
        >>> Embedding(3, 2, embeddings_initializer="ones")(np.array([[0, 2]])).tolist()
        [[[1.0, 1.0], [1.0, 1.0]]]
    """

    ruled_weights: ClassVar = {"embeddings": "embeddings"}

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        mask_zero: bool = False,
        input_length: int | None = None,
        **options: Any,
    ) -> None:
        options.pop("sparse", None)
        if input_length is not None and not options.get("batch_input_shape"):
            options.setdefault("input_shape", input_length)
        super().__init__(**options)
        self.input_dim = integer(self.title, "input_dim", input_dim)
        self.output_dim = integer(self.title, "output_dim", output_dim)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        if mask_zero:
            raise ArgumentError(
                f"{self.title}: mask_zero=True hides steps of sequences, which are not here; leave it out."
            )
        self.mask_zero = False

    def build(self, input_shape: Any) -> None:
        shape = (self.input_dim, self.output_dim)
        self.weight = torch.nn.Parameter(self.embeddings_initializer(shape, *shape))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return (n, ..., output_dim) for whole numbers (n, ...).

        Raises:
            ArgumentError: a number below 0 or not below `input_dim`; on a GPU torch says so.
        """
        numbers = in_keras_order(x).long()
        if numbers.device.type == "cpu" and numbers.numel():
            low, high = (int(bound) for bound in torch.aminmax(numbers))
            if low < 0 or high >= self.input_dim:
                raise ArgumentError(
                    f"{self.title}: numbers must be from 0 to {self.input_dim - 1}; received {low if low < 0 else high}."
                )
        return in_torch_order(F.embedding(numbers, self.weight))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        return (*input_shape, self.output_dim)

    def standard_entries(self) -> list[WeightEntry]:
        return [WeightEntry("embeddings", self.weight)] if self.built else []
