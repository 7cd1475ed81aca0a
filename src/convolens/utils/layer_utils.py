"""`keras.utils.layer_utils`: counts, summaries and kernels of layers, where Keras 1 and 2 had them."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from convolens.errors import ArgumentTypeError
from convolens.layers.calls.symbols import SymbolicTensor, sources_of

__all__ = [
    "convert_all_kernels_in_model",
    "convert_kernel",
    "count_params",
    "get_source_inputs",
    "print_summary",
]


def get_source_inputs(tensor: Any, layer: Any = None, node_index: int | None = None) -> list[Any]:
    """Return the inputs that a symbolic tensor comes from.

    Args:
        tensor: made of `Input`s.
        layer, node_index: accepted; the tensor knows them.

    Raises:
        ArgumentTypeError: no symbolic tensor.

    Example:
        >>> from convolens.layers import Dense, Input
        >>> x = Input((2,))
        >>> get_source_inputs(Dense(1)(x)) == [x]
        True
    """
    if not isinstance(tensor, SymbolicTensor):
        raise ArgumentTypeError(
            f"get_source_inputs: expected a symbolic tensor (model.output, layer.output); received {type(tensor).__name__}."
        )
    return sources_of(tensor)


def count_params(weights: Iterable[Any]) -> int:
    """Return how many numbers there are in weights, each counted once.

    Args:
        weights: `model.trainable_weights`, say.

    Example:
        >>> count_params([np.zeros((2, 3)), np.zeros(3)])
        9
    """
    return sum(int(np.prod(weight.shape)) for weight in {id(weight): weight for weight in weights}.values())


def print_summary(
    model: Any,
    line_length: int | None = None,
    positions: Any = None,
    print_fn: Callable[[str], Any] | None = None,
) -> None:
    """Print the table of a model's layers: `model.summary`.

    Args:
        model: that is built.
        line_length, print_fn: as of `models.Model.summary`.
        positions: accepted; columns are as wide as they need.
    """
    model.summary(line_length=line_length, print_fn=print_fn)


def convert_kernel(kernel: np.ndarray) -> np.ndarray:
    """Return a kernel turned over along its rows and columns: Theano's convolution for TensorFlow's, and the reverse.

    Args:
        kernel: (rows, columns, channels in, channels out), or with one or three axes before the channels.

    Example:
        >>> convert_kernel(np.arange(3.0).reshape(3, 1, 1))[:, 0, 0].tolist()
        [2.0, 1.0, 0.0]
    """
    return np.flip(kernel, axis=tuple(range(kernel.ndim - 2))).copy()


def convert_all_kernels_in_model(model: Any) -> None:
    """Turn the kernels of all convolutions of a model over, in place, whose weights Theano learnt.

    Args:
        model: that is built; other layers stay as they are.

    Source: Keras 2.2 `keras.utils.layer_utils.convert_all_kernels_in_model`.
    """
    for layer in model.layers:
        if type(layer).__name__ in ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "Convolution2D"):
            kernel, *others = layer.get_weights()
            layer.set_weights([convert_kernel(kernel), *others])
