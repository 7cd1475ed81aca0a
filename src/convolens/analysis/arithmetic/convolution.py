"""convolve: one 2-D convolution with every step kept: windows, products, sums, bias, activation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.analysis.arithmetic.kernels import named_kernel
from convolens.analysis.arithmetic.sliding import Sliding, slide
from convolens.errors import ArgumentError, ArgumentTypeError, ShapeError


@dataclass(frozen=True, eq=False)
class ConvolutionCell:
    """How one cell of a feature map came about.

    Attributes:
        row, column, channel: its place in the feature map.
        top, left: where its window begins in the padded image.
        values: what lies below the window (rows, columns, channels).
        weights: the kernel, of the same shape.
        products: values times weights.
        sum: of the products.
        bias: what is added.
        value: activation(sum + bias).
    """

    row: int
    column: int
    channel: int
    top: int
    left: int
    values: np.ndarray
    weights: np.ndarray
    products: np.ndarray
    sum: float
    bias: float
    value: float


@dataclass(frozen=True, eq=False)
class Convolution:
    """A convolution and its steps; all arrays are float64.

    Attributes:
        image: (rows, columns, channels).
        padded: with its padding of zeros.
        kernel: as it was laid on the image, (rows, columns, channels, filters); (rows, columns, 1, 1) where
            `per_channel`.
        per_channel: True where one kernel of rows and columns goes over each channel by itself.
        flipped: True where the kernel was turned by 180 degrees first.
        bias: one a channel of the result.
        activation: its name.
        sliding: where the windows lie.
        sums: of the products, (rows, columns, filters).
        result: the feature map, activation(sums + bias).
    """

    image: np.ndarray
    padded: np.ndarray
    kernel: np.ndarray
    per_channel: bool
    flipped: bool
    bias: np.ndarray
    activation: str
    sliding: Sliding
    sums: np.ndarray
    result: np.ndarray

    def cell(self, row: int, column: int, channel: int = 0) -> ConvolutionCell:
        """Return the steps of one cell of the feature map.

        Args:
            row, column, channel: of the feature map, counted from 0.

        Raises:
            ArgumentError: there is no such cell.

        Example:
            >>> cell = convolve([[5, 1], [3, 4]], [[1, -1]]).cell(1, 0)
            >>> cell.products[..., 0].tolist(), cell.sum
            ([[3.0, -4.0]], -1.0)
        """
        row, column = self.sliding.check_place("Convolution.cell", row, column)
        if not 0 <= channel < self.result.shape[2]:
            raise ArgumentError(
                f"Convolution.cell: channel must be in 0..{self.result.shape[2] - 1}; received {channel}."
            )
        window = self.padded[self.sliding.cut(row, column)]  # (kernel rows, kernel columns, channels)
        if self.per_channel:
            values, weights = window[..., channel : channel + 1], self.kernel[..., 0]
        else:
            values, weights = window, self.kernel[..., channel]
        return ConvolutionCell(
            row,
            column,
            channel,
            *self.sliding.corner(row, column),
            values,
            weights,
            values * weights,
            float(self.sums[row, column, channel]),
            float(self.bias[channel]),
            float(self.result[row, column, channel]),
        )


def convolve(
    image: Any,
    kernel: Any,
    strides: int | Sequence[int] = 1,
    padding: str | int | Sequence[int] = "valid",
    dilation: int | Sequence[int] = 1,
    bias: float | Sequence[float] = 0.0,
    activation: str | None = None,
    flip: bool = False,
) -> Convolution:
    """Return a 2-D convolution as a CNN computes it, with its steps.

    A CNN's convolution is a cross-correlation: the kernel is laid on the image as it is. Signal processing turns
    it by 180 degrees first; `flip=True` does so.

    Args:
        image: a matrix (rows, columns) or an image (rows, columns, channels); finite numbers.
        kernel: a name of `KERNELS` or numbers as text; (rows, columns), which goes over each channel by itself
            and gives as many; or (rows, columns, channels, filters), as in Keras, which sums over the channels.
        strides: one integer or (rows, columns).
        padding: "valid", "same" (Keras', asymmetric), or rows and columns of zeros: one, (rows, columns), or
            (top, bottom, left, right).
        dilation: one integer or (rows, columns).
        bias: one number, or one a channel of the result.
        activation: a name of `convolens.activations`; None is "linear".
        flip: True turns the kernel by 180 degrees first.

    Raises:
        ArgumentError: an argument out of range; cells or results that are not finite. ShapeError: a kernel larger than the
            padded image, or for another number of channels. UnknownNameError: no such kernel or activation.

    Source: Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning"; Keras' Conv2D.

    Example:
        >>> convolve([[1, 2, 3], [4, 5, 6]], [[1, 0], [0, -1]]).result[..., 0].tolist()
        [[-4.0, -4.0]]
    """
    pixels = as_image("convolve", image)
    weights, per_channel = _kernel(kernel, pixels.shape[2])
    if flip:
        weights = weights[::-1, ::-1]
    window = (weights.shape[0], weights.shape[1])
    sliding = slide("convolve", (pixels.shape[0], pixels.shape[1]), window, strides, padding, dilation)
    filters = pixels.shape[2] if per_channel else weights.shape[3]
    biases = _bias(bias, filters)
    padded = np.pad(pixels, (*sliding.padding, (0, 0)))
    sums = np.zeros((*sliding.places, filters))
    with np.errstate(over="ignore", invalid="ignore"):
        for row, column in np.ndindex(*window):
            below = padded[sliding.shifted(row, column)]  # (rows, columns, channels): what this weight meets
            sums += below * weights[row, column, 0, 0] if per_channel else below @ weights[row, column]
        result, name = _activate(sums + biases, activation)
    if not np.isfinite(result).all():
        raise ArgumentError(
            "convolve: the result is larger than a float64 can be; use smaller numbers, or another activation."
        )
    return Convolution(pixels, padded, weights, per_channel, flip, biases, name, sliding, sums, result)


def as_image(where: str, values: Any) -> np.ndarray:
    """Return a matrix or image as float64 (rows, columns, channels), or raise what is wrong with it.

    Example:
        >>> as_image("convolve", [[1, 2]]).shape
        (1, 2, 1)
    """
    array = _numbers(where, "input", values)
    if array.ndim not in (2, 3) or not array.size:
        raise ShapeError(
            f"{where}: the input must be a matrix (rows, columns) or an image (rows, columns, channels), not empty; "
            f"received shape {array.shape}."
        )
    return array[..., np.newaxis] if array.ndim == 2 else array


def _numbers(where: str, what: str, values: Any) -> np.ndarray:
    """Return finite float64 numbers of any shape."""
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(
            f"{where}: the {what} must be numbers, with rows of one length; received {type(values).__name__} ({error})."
        ) from error
    wrong = np.argwhere(~np.isfinite(array))
    if len(wrong):
        place = tuple(int(i) for i in wrong[0])
        raise ArgumentError(
            f"{where}: the {what} must be finite numbers; received {array[place]} at {place} (counted from 0)."
        )
    return array


def _kernel(given: Any, channels: int) -> tuple[np.ndarray, bool]:
    """Return (rows, columns, channels, filters), and whether it goes over each channel by itself."""
    array = named_kernel(given) if isinstance(given, str) else _numbers("convolve", "kernel", given)
    if array.ndim not in (2, 4) or not array.size:
        raise ShapeError(
            "convolve: the kernel must be (rows, columns) or (rows, columns, channels, filters), not empty; "
            f"received shape {array.shape}."
        )
    if array.ndim == 2:
        return array[..., np.newaxis, np.newaxis], True
    if array.shape[2] != channels:
        raise ShapeError(
            f"convolve: the kernel of shape {array.shape} is for {array.shape[2]} channels, but the input has {channels}; "
            "give (rows, columns, channels, filters), or (rows, columns) for each channel by itself."
        )
    return array, False


def _bias(given: Any, filters: int) -> np.ndarray:
    array = np.atleast_1d(_numbers("convolve", "bias", given))
    if array.ndim != 1 or len(array) not in (1, filters):
        raise ShapeError(
            f"convolve: the bias must be one number or {filters}, one a channel of the result; "
            f"received shape {array.shape}."
        )
    return np.broadcast_to(array, (filters,)).copy()


def _activate(values: np.ndarray, activation: str | None) -> tuple[np.ndarray, str]:
    import torch

    from convolens import activations

    function = activations.get(activation)
    x = torch.from_numpy(np.ascontiguousarray(values)).permute(2, 0, 1)[None]  # (1, filters, rows, columns)
    result = function(x)[0].permute(1, 2, 0).contiguous().numpy()  # (rows, columns, filters)
    return result, activations.name_of(function)
