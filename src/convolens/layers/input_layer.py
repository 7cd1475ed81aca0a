"""Where a network's data come in: `Input(shape=...)` and the layer behind it."""

from collections.abc import Sequence
from typing import Any

import torch

from convolens.arguments import refuse_unknown
from convolens.errors import ArgumentError
from convolens.layers.layer import Layer, Node, Shape, SymbolicTensor, is_symbolic


class InputLayer(Layer):
    """The source of a network's graph; passes its tensor on.

    Args:
        shape: (rows, columns, channels), without the batch; None where a size is free.
        options: `name`, `batch_size` and `batch_shape` (the shape with the batch); `sparse`, `ragged` and `optional` are accepted.

    Raises:
        ArgumentError: no shape, or sizes that are not positive integers.
    """

    def __init__(self, shape: Sequence[int | None] | None = None, **options: Any) -> None:
        batch_size = options.pop("batch_size", None)
        if shape is not None:
            options["input_shape"] = shape
        _take_neutral(options)
        super().__init__(**options)
        if self.given_shape is None:
            raise ArgumentError("InputLayer: shape=(rows, columns, channels) is required.")
        if batch_size is not None:
            self.given_shape = (batch_size, *self.given_shape[1:])
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
    tensor: Any = None,
    **options: Any,
) -> SymbolicTensor:
    """Return the symbolic tensor that a functional network starts from.

    Args:
        shape: (rows, columns, channels), without the batch; None where a size is free.
        batch_size: a fixed number of samples, or None.
        dtype: "float32" or None.
        name: the input layer's name.
        batch_shape: shape with the batch, instead of `shape`.
        tensor: a symbolic tensor, which is returned instead; or None.
        options: `sparse`, `ragged` and `optional` are accepted where they are False, `type_spec` where it is None.

    Raises:
        ArgumentError: no shape, or sizes that are not positive integers; sparse or ragged data, values instead of a symbolic tensor.

    Example:
        >>> Input(shape=(32, 32, 3)).shape
        (None, 32, 32, 3)
    """
    for word in ("sparse", "ragged"):
        if options.get(word):
            raise ArgumentError(f"Input: {word}=True is not supported; tensors are dense here, leave it out.")
    _take_neutral(options)
    refuse_unknown("Input", options, ["shape", "batch_size", "dtype", "name", "batch_shape", "tensor"])
    if tensor is not None:
        if not is_symbolic(tensor):
            raise ArgumentError(
                "Input: tensor= must be a symbolic tensor, or None; give arrays to the model instead."
            )
        return tensor
    if batch_shape is None:
        if shape is None:
            raise ArgumentError("Input: shape=(rows, columns, channels) is required.")
        batch_shape = (batch_size, *([shape] if isinstance(shape, int) else shape))
    return InputLayer(batch_shape=tuple(batch_shape), name=name).output


def _take_neutral(options: dict[str, Any]) -> None:
    """Take out Keras' words that ask for nothing here."""
    for word in ("sparse", "ragged", "optional"):
        options.pop(word, None)
    for word in ("input_tensor", "type_spec"):
        if options.get(word, 0) is None:
            del options[word]
