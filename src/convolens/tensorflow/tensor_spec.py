"""TensorSpec: the shape and type of values, without them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from convolens.tensor import DType, TensorShape, as_dtype

__all__ = ["TensorSpec"]


class TensorSpec:
    """The shape and the type of values.

    Args:
        shape: sizes, None where any is meant.
        dtype: the type of the values, under any of its names.
        name: for messages.

    Example:
        >>> TensorSpec((None, 28, 28), "float32")
        TensorSpec(shape=(None, 28, 28), dtype=tf.float32, name=None)
    """

    def __init__(
        self, shape: Sequence[int | None] = (), dtype: Any = "float32", name: str | None = None
    ) -> None:
        self.shape, self.dtype, self.name = TensorShape(shape), as_dtype(dtype), name

    @classmethod
    def of(cls, value: Any) -> "TensorSpec":
        """Return the shape and type of a value: an array, a tensor or a text."""
        kind = getattr(value, "dtype", None)
        if isinstance(value, str) or (isinstance(kind, np.dtype) and kind.kind in "SUO"):
            return cls(np.shape(value), DType("string"))
        return cls(tuple(value.shape), kind)

    def batched(self, size: int | None) -> "TensorSpec":
        """Return that of a batch of `size`, None for any."""
        return TensorSpec((size, *self.shape), self.dtype, self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorSpec) and (self.shape, self.dtype) == (other.shape, other.dtype)

    def __hash__(self) -> int:
        return hash((self.shape, self.dtype))

    def __repr__(self) -> str:
        return f"TensorSpec(shape={tuple(self.shape)}, dtype={self.dtype!r}, name={self.name!r})"
