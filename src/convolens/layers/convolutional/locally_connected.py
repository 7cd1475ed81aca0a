"""LocallyConnected1D and LocallyConnected2D: convolutions that have kernels of their own for every place, of Keras 1 and 2."""

import math
from typing import Any, ClassVar

import torch

from convolens import activations, initializers
from convolens.arguments import integer, one_of
from convolens.errors import ArgumentError, ShapeError
from convolens.layers.axes import channels_second, in_torch_order
from convolens.layers.geometry import channels_last, check_not_empty, check_rank, output_length, sizes_of
from convolens.layers.layer import Layer, Shape
from convolens.layers.weight_entry import WeightEntry


class LocallyConnected(Layer):
    """What the two share.

    Args:
        filters: output channels.
        kernel_size: size of what a kernel looks at, one integer or one for each axis.
        strides: step from one place to the next, the same.
        padding: "valid", which alone there is.
        data_format: "channels_last" or None.
        activation: a name, a function or None.
        use_bias: add one learnt number per place and output channel.
        kernel_initializer, bias_initializer: a name, config or object (`convolens.initializers`).
        implementation: 1; 2 and 3 are other ways to compute the same, with kernels that lie otherwise.
        options: `name`, `input_shape`, `trainable` as in `Layer`; regularisers and constraints of kernel and bias.

    Raises:
        ArgumentError: an argument out of range. ShapeError: inputs smaller than the kernel, or of a size that is not known.
    """

    axes: ClassVar[int]
    ruled_weights: ClassVar = {"kernel": "kernel", "bias": "bias"}

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        implementation: int = 1,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.filters = integer(self.title, "filters", filters)
        self.kernel_size = sizes_of(self.title, "kernel_size", kernel_size, self.axes)
        self.strides = sizes_of(self.title, "strides", strides, self.axes)
        self.padding = one_of(self.title, "padding", padding, ("valid", "same"))
        if padding == "same" or implementation != 1:
            raise ArgumentError(
                f'{self.title}: only padding="valid" and implementation=1 are here; received padding={padding!r}, '
                f"implementation={implementation!r}. ZeroPadding{self.axes}D before it pads."
            )
        self.implementation = 1
        self.data_format = channels_last(self.title, data_format)
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)

    def build(self, input_shape: Any) -> None:
        check_rank(self.title, input_shape, self.axes)
        if None in input_shape[1:]:
            raise ShapeError(
                f"{self.title}: the size of its inputs must be known, each place has a kernel; received shape {tuple(input_shape)}."
            )
        output = self.compute_output_shape(input_shape)
        check_not_empty(self.title, input_shape, output)
        self.places = tuple(int(size or 0) for size in output[1:-1])
        self.taken = tuple(int(size or 0) for size in input_shape[1:])
        places, values = math.prod(self.places), math.prod(self.kernel_size) * self.taken[-1]
        kernel = self.kernel_initializer(
            (places, values, self.filters), values * places, self.filters * places
        )
        self.kernel_weight = torch.nn.Parameter(kernel)
        self.bias = None
        if self.use_bias:
            self.bias = torch.nn.Parameter(self.bias_initializer((*self.places, self.filters)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return (n, places, filters), images (n, filters, rows, columns).

        Raises:
            ShapeError: another size than it was built for.
        """
        x = channels_second(x)
        if tuple(x.shape[1:]) != (self.taken[-1], *self.taken[:-1]):
            raise ShapeError(
                f"{self.title}: built for inputs of shape {(None, *self.taken)}; received "
                f"{(x.shape[0], *x.shape[2:], x.shape[1])}."
            )
        for axis, (size, step) in enumerate(zip(self.kernel_size, self.strides, strict=True), 2):
            x = x.unfold(axis, size, step)  # (n, channels, places, kernel)
        order = range(2, 2 + 2 * self.axes)
        seen = x.permute(0, *order, 1).reshape(len(x), -1, self.kernel_weight.shape[1])
        y = torch.einsum("npk,pkf->npf", seen, self.kernel_weight)
        y = y.reshape(len(x), *self.places, self.filters)
        if self.bias is not None:
            y = y + self.bias
        return activations.overwriting(self.activation, in_torch_order(y))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        sizes = zip(input_shape[1:-1], self.kernel_size, self.strides, strict=True)
        return (input_shape[0], *(output_length(*size, "valid") for size in sizes), self.filters)

    def standard_entries(self) -> list[WeightEntry]:
        if not self.built:
            return []
        kernel = WeightEntry("kernel", self.kernel_weight)
        return [kernel] if self.bias is None else [kernel, WeightEntry("bias", self.bias)]


class LocallyConnected1D(LocallyConnected):
    """A convolution of sequences with a kernel of its own for every step, as Keras 2's `keras.layers.LocallyConnected1D`.

    Args:
        filters, kernel_size, strides, padding, data_format, activation, use_bias, kernel_initializer, bias_initializer, implementation:
            see `LocallyConnected`.
        options: `name`, `input_shape`, `trainable` as in `Layer`; regularisers and constraints of kernel and bias.

    Input shape: (batch, steps, channels). Output shape: (batch, new steps, filters).

    Raises:
        ArgumentError: an argument out of range. ShapeError: inputs smaller than the kernel, or of a size that is not known.

    Example:
        >>> LocallyConnected1D(4, 3, input_shape=(9, 2)).compute_output_shape((None, 9, 2))
        (None, 7, 4)
    """

    axes = 1


class LocallyConnected2D(LocallyConnected):
    """A convolution of images with kernels of its own for every place, as Keras 2's `keras.layers.LocallyConnected2D`.

    Args:
        filters, kernel_size, strides, padding, data_format, activation, use_bias, kernel_initializer, bias_initializer, implementation:
            see `LocallyConnected`.
        options: `name`, `input_shape`, `trainable` as in `Layer`; regularisers and constraints of kernel and bias.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, new rows, new columns, filters).

    Raises:
        ArgumentError: an argument out of range. ShapeError: inputs smaller than the kernel, or of a size that is not known.

    Example:
        >>> LocallyConnected2D(4, (3, 2), input_shape=(9, 9, 2)).compute_output_shape((None, 9, 9, 2))
        (None, 7, 8, 4)
    """

    axes = 2
