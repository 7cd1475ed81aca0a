"""TimeDistributed: one layer at work on every step of a sequence, or on every picture of a film."""

from typing import Any

import torch

from convolens.errors import ShapeError
from convolens.layers.axes import in_keras_order, in_torch_order
from convolens.layers.calls.symbols import is_shape, mapped
from convolens.layers.layer import Shape
from convolens.layers.wrapping.wrapper import Wrapper


class TimeDistributed(Wrapper):
    """A layer or model that works on every step alike, as `keras.layers.TimeDistributed`: a convolution on each picture of a film.

    All steps of a batch are one batch to the layer, as in tf.keras 2: a BatchNormalization that trains takes its mean over the steps as
    well, where Keras 3 goes from step to step.

    Args:
        layer: the layer, or a model.
        options: `name`, `input_shape`, `trainable` as in `Layer`.

    Input shape: (batch, steps, ...). Output shape: (batch, steps, ...), as the layer makes it of (batch, ...).

    Raises:
        ArgumentError: it is no layer. ShapeError: an input without steps.

    Example:
        >>> import numpy as np
        >>> from convolens.layers import Conv2D
        >>> TimeDistributed(Conv2D(8, 3))(np.zeros((2, 5, 16, 16, 3), "float32")).shape
        (2, 5, 14, 14, 8)
    """

    def build(self, input_shape: Any = None) -> None:
        super().build(self._shape_of_step(input_shape))

    def forward(self, x: torch.Tensor) -> Any:
        """Return what the layer gives of each step.

        Args:
            x: (n, steps, ...); of rank 4 (n, channels, steps, columns), as everywhere within networks.
        """
        x = in_keras_order(x)
        n, steps = x.shape[:2]
        given = self.layer(in_torch_order(x.reshape(n * steps, *x.shape[2:])))

        def in_steps(y: torch.Tensor) -> torch.Tensor:
            y = in_keras_order(y)
            return in_torch_order(y.reshape(n, steps, *y.shape[1:]))

        return mapped(in_steps, given)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        of_step = self.layer.compute_output_shape(self._shape_of_step(input_shape))
        shape: Shape = mapped(lambda one: (one[0], input_shape[1], *one[1:]), of_step, until=is_shape)
        return shape

    def _shape_of_step(self, shape: Any) -> Shape:
        if not is_shape(shape) or len(shape) < 3:
            raise ShapeError(
                f"{self.title}: expected an input of shape (batch, steps, ...), of rank 3 at least; received {shape}."
            )
        return (shape[0], *shape[2:])
