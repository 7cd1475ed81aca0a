"""WeightEntry: one weight of a layer as Keras knows it, and as it lies here."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from convolens.errors import ShapeError
from convolens.tensor import Tensor, Weight


def _same(array: np.ndarray) -> np.ndarray:
    return array


@dataclass(frozen=True)
class WeightEntry:
    """One weight of a layer: its name in Keras, its tensor here, and the way between the two layouts.

    Attributes:
        name: in Keras, as "kernel".
        tensor: the weight, float32, in our layout.
        to_keras: turns an array of our layout into Keras'; the values stay.
        from_keras: the way back.
        trainable: False for moving averages and the like.
    """

    name: str
    tensor: torch.Tensor
    to_keras: Callable[[np.ndarray], np.ndarray] = _same
    from_keras: Callable[[np.ndarray], np.ndarray] = _same
    trainable: bool = True

    @property
    def shape(self) -> tuple[int, ...]:
        """The weight's shape in Keras' layout; nothing is copied, and the tensor may have no memory yet."""
        return self.to_keras(np.broadcast_to(np.float32(0), tuple(self.tensor.shape))).shape

    @property
    def view(self) -> torch.Tensor:
        """The weight in Keras' layout, in the same memory: what changes it changes the weight, and autograd follows it.

        Raises:
            ShapeError: the layouts differ by more than the order of the axes.
        """
        return self.view_of(self.tensor)

    @property
    def surface(self) -> torch.Tensor:
        """The weight as programs see it: a `Weight` in Keras' layout; what a class of the user's own added is that already."""
        return (
            self.tensor if isinstance(self.tensor, Tensor) else Weight(self.tensor, self.view_of, self.name)
        )

    def view_of(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return a tensor that lies as the weight does in Keras' layout, in the same memory.

        Args:
            tensor: of the weight's shape: the weight, its gradient.

        Raises:
            ShapeError: the layouts differ by more than the order of the axes.
        """
        if tensor.is_meta:  # no memory, and perhaps more than there could be
            return tensor.new_empty(self.shape)
        memory = np.empty(max(1, tensor.numel()), np.int8)  # for its strides alone
        strided = np.lib.stride_tricks.as_strided(memory, tuple(tensor.shape), tensor.stride())
        seen = self.to_keras(strided)
        if not np.may_share_memory(seen, memory):
            raise ShapeError(
                f"Weight {self.name!r} of shape {self.shape} cannot be seen in Keras' layout without a copy."
            )
        return torch.as_strided(tensor, seen.shape, seen.strides, tensor.storage_offset())

    def value(self) -> np.ndarray:
        """Return a copy of the weight in Keras' layout (convolution kernels: rows, columns, in, out)."""
        array = self.to_keras(self.tensor.detach().cpu().numpy())
        return np.array(array, order="C", copy=True)

    def assign(self, array: np.ndarray, where: str) -> None:
        """Copy an array in Keras' layout into the tensor.

        Args:
            array: of `shape`; any dtype becomes float32.
            where: what an error begins with.

        Raises:
            ShapeError: another shape.
        """
        if tuple(np.shape(array)) != self.shape:
            raise ShapeError(
                f"{where}: weight {self.name!r} has shape {self.shape}; received {tuple(np.shape(array))}."
            )
        given = np.ascontiguousarray(self.from_keras(np.asarray(array, dtype=np.float32)))
        with torch.no_grad():
            self.tensor.copy_(torch.from_numpy(given).reshape(self.tensor.shape))
