"""AlongSteps: a layer for images at work on sequences, which are images of one row."""

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import torch

from convolens.layers.geometry import check_rank, sizes_of
from convolens.layers.layer import Layer, Shape
from convolens.layers.weight_entry import WeightEntry


class AlongSteps(Layer):
    """Before a layer for images among a class's bases: takes (batch, steps, channels), and has sizes of one number.

    Example:
        >>> from convolens.layers import MaxPooling1D
        >>> MaxPooling1D(2)(np.array([[[1.0], [3.0], [2.0], [0.0]]], "float32")).ravel().tolist()
        [3.0, 2.0]
    """

    sizes: ClassVar[tuple[str, ...]] = ()  # arguments of which images have one for rows and one for columns

    def build(self, input_shape: Any) -> None:
        check_rank(self.title, input_shape, 1)
        super().build(_row(input_shape))

    def forward(self, x: torch.Tensor, *arguments: Any, **keywords: Any) -> torch.Tensor:
        """Return what the layer for images gives of a picture of one row.

        Args:
            x: (batch, steps, channels).
            arguments, keywords: as that layer takes them.
        """
        y: torch.Tensor = super().forward(
            x.transpose(1, 2).unsqueeze(2), *arguments, **keywords
        )  # (n, c, 1, steps)
        return y.squeeze(2).transpose(1, 2)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        if len(input_shape) == 4:  # asked by the layer for images as it builds
            return super().compute_output_shape(input_shape)
        batch, _, *rest = super().compute_output_shape(_row(input_shape))
        return (batch, *rest)

    def standard_entries(self) -> list[WeightEntry]:
        return [
            _without_rows(entry) if "kernel" in entry.name else entry for entry in super().standard_entries()
        ]

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return config | {name: config[name] and config[name][1:] for name in self.sizes}


def in_row(where: str, argument: str, value: Any, minimum: int = 1) -> tuple[int, int]:
    """Return a number of steps as that of an image's rows, which is the least there is, and columns.

    Args:
        where: what an error begins with.
        argument: the name of the argument.
        value: what was given: an integer, or a list of one.
        minimum: the least that there is.

    Raises:
        ArgumentError: something else.

    Example:
        >>> in_row("Conv1D", "kernel_size", 3), in_row("Conv1DTranspose", "output_padding", [1], 0)
        ((1, 3), (0, 1))
    """
    (steps,) = sizes_of(where, argument, value, 1, minimum)
    return minimum, steps


def _row(shape: Any) -> Any:
    return (shape[0], 1, *shape[1:])


def _without_rows(entry: WeightEntry) -> WeightEntry:
    """Return the entry of a kernel whose first axis in Keras' layout, of one row, is not there."""
    inner, outer = entry.to_keras, entry.from_keras

    def to_keras(kernel: np.ndarray) -> np.ndarray:
        return inner(kernel)[0]

    def from_keras(kernel: np.ndarray) -> np.ndarray:
        return outer(kernel[np.newaxis])

    return replace(entry, to_keras=to_keras, from_keras=from_keras)
