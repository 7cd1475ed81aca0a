"""Functions that compute parts of a network, and gradients in it: `placeholder`, `gradients`, `function`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from convolens.backend.settings import learning_phase
from convolens.errors import ArgumentError, ArgumentTypeError
from convolens.layers import Input
from convolens.layers.layer import Layer, Shape, SymbolicTensor
from convolens.models.graph.network import Network
from convolens.tensor import as_tensor
from convolens.training.mode import mode

__all__ = ["function", "gradients", "placeholder"]


class Gradient(Layer):
    """The gradient of the first input, summed, for the second, on which it depends."""

    def compute_output_shape(self, input_shape: Any) -> Shape:
        return tuple(input_shape[1])

    def forward(self, x: Sequence[torch.Tensor]) -> torch.Tensor:
        loss, of = x
        (gradient,) = torch.autograd.grad(loss.sum(), of, retain_graph=True, allow_unused=True)
        if gradient is None:
            raise ArgumentError(
                "gradients: the loss does not depend on one of the tensors; gradients need that it does."
            )
        return gradient


def gradients(loss: Any, variables: Any) -> list[Any]:
    """Return the symbolic gradients of a loss, for `function` to compute.

    Args:
        loss: a symbolic tensor; of several values the sum is meant.
        variables: the symbolic tensors that it depends on: one, or a list.

    Raises:
        ArgumentTypeError: no symbolic tensors; `tf.GradientTape` takes values.

    Example:
        >>> from convolens.layers import Input
        >>> x = Input((2,))
        >>> [gradient] = gradients(x * x, x)
        >>> function([x], [gradient])([[[1.0, 3.0]]])[0].tolist()
        [[2.0, 6.0]]
    """
    several = list(variables) if isinstance(variables, (list, tuple)) else [variables]
    if not all(isinstance(one, SymbolicTensor) for one in (loss, *several)):
        raise ArgumentTypeError(
            "gradients: takes a loss made of a model's symbolic tensors, and such tensors (model.input, layer.output); "
            "for weights and values use tf.GradientTape."
        )
    return [Gradient()([loss, one]) for one in several]


def placeholder(
    shape: Any = None, ndim: int | None = None, dtype: Any = None, name: str | None = None
) -> Any:
    """Return a symbolic tensor, as `Input` does.

    Args:
        shape: with the batch.
        ndim: how many free axes, where there is no shape.
        dtype: accepted.
        name: of the input.

    Raises:
        ArgumentError: neither shape nor ndim.
    """
    if shape is None and ndim is None:
        raise ArgumentError("placeholder: give shape or ndim.")
    return Input(batch_shape=tuple(shape) if shape is not None else (None,) * int(ndim or 0), name=name)


def function(inputs: Any, outputs: Any, updates: Any = None, **options: Any) -> "Function":
    """Return a function that computes symbolic tensors from others.

    Args:
        inputs: the tensors whose values it is given (in the middle of a network too); `learning_phase()` among them is given
            0 to infer, 1 to train.
        outputs: the tensors that it computes; gradients among them.
        updates: none here.
        options: `name` and what TensorFlow 1 takes; accepted.

    Raises:
        ArgumentError: updates, or outputs that the inputs do not reach.
    """
    if updates:
        raise ArgumentError(
            "function: there are no updates here; change variables by assign, and train by fit or a GradientTape."
        )
    return Function(inputs, outputs)


class Function:
    """What `function` returns: called on a list of values, it gives a list of arrays (one array where one output was asked for)."""

    def __init__(self, inputs: Any, outputs: Any) -> None:
        given = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        self._phases = [not isinstance(one, SymbolicTensor) for one in given]
        self._several = isinstance(outputs, (list, tuple))
        self._training = bool(learning_phase())
        symbols = [one for one in given if isinstance(one, SymbolicTensor)]
        self._network = Network(symbols, list(outputs) if self._several else [outputs])

    def __call__(self, *values: Any) -> Any:
        """Return the values of the outputs.

        Args:
            values: one list with the values of the inputs, or the values themselves.

        Raises:
            ArgumentError: more or fewer values than inputs.
        """
        listed = values[0] if len(values) == 1 and isinstance(values[0], (list, tuple)) else values
        if len(listed) != len(self._phases):
            raise ArgumentError(f"function: has {len(self._phases)} inputs; received {len(listed)} values.")
        training, tensors = self._training, []
        for value, is_phase in zip(listed, self._phases, strict=True):
            if is_phase:
                training = bool(value)
            else:
                tensors.append(as_tensor(np.asarray(value), "float32").requires_grad_())
        with torch.enable_grad(), mode(self._network, training):
            results = self._network(tensors[0] if len(tensors) == 1 else tensors)
        arrays = [result.numpy() for result in (results if isinstance(results, list) else [results])]
        return arrays if self._several else arrays[0]
