"""Where a network's data come in: `Input(shape=...)` and the layer behind it."""

from collections.abc import Sequence
from typing import Any

import torch

from convolens.errors import ArgumentError
from convolens.layers.layer import Layer, Node, Shape, SymbolicTensor


class InputLayer(Layer):
    """The source of a network's graph; passes its tensor on.

    Args:
        shape: (rows, columns, channels), without the batch; None where a size is free.
        options: `name` and `batch_shape` (the shape with the batch); `sparse` and `ragged` are accepted.

    Raises:
        ArgumentError: no shape, or sizes that are not positive integers.
    """

    def __init__(self, shape: Sequence[int | None] | None = None, **options: Any) -> None:
        if shape is not None:
            options["input_shape"] = shape
        options.pop("sparse", None)
        options.pop("ragged", None)
        super().__init__(**options)
        if self.given_shape is None:
            raise ArgumentError("InputLayer: shape=(rows, columns, channels) is required.")
        for size in self.given_shape[1:]:
            if size is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 1):
                raise ArgumentError(
                    f"Input: shape must hold positive integers (or None), without the batch; "
                    f"received {self.given_shape[1:]}."
                )
        self.build_once(self.given_shape)
        Node(self, (), self.given_shape)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x

    def compute_output_shape(self, input_shape: Any) -> Shape:
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["trainable"]
        return config | {"batch_shape": self.given_shape, "sparse": False, "ragged": False}


def Input(
    shape: Sequence[int | None] | None = None,
    batch_size: int | None = None,
    dtype: str | None = None,
    name: str | None = None,
    batch_shape: Sequence[int | None] | None = None,
) -> SymbolicTensor:
    """Return the symbolic tensor that a functional network starts from.

    Args:
        shape: (rows, columns, channels), without the batch; None where a size is free.
        batch_size: a fixed number of samples, or None.
        dtype: "float32" or None.
        name: the input layer's name.
        batch_shape: shape with the batch, instead of `shape`.

    Raises:
        ArgumentError: no shape, or sizes that are not positive integers.

    Example:
        >>> Input(shape=(32, 32, 3)).shape
        (None, 32, 32, 3)
    """
    if batch_shape is None:
        if shape is None:
            raise ArgumentError("Input: shape=(rows, columns, channels) is required.")
        batch_shape = (batch_size, *([shape] if isinstance(shape, int) else shape))
    return InputLayer(batch_shape=tuple(batch_shape), name=name).output
