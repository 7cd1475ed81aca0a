"""Functions that compute parts of a network, and gradients in it: `placeholder`, `gradients`, `function`."""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from convolens.backend.settings import learning_phase
from convolens.errors import ArgumentError, ArgumentTypeError
from convolens.layers import Input
from convolens.layers.layer import Layer, Shape, SymbolicTensor, is_symbolic
from convolens.models.graph.network import Network
from convolens.tensor import as_surface, as_tensor
from convolens.training.mode import asked, mode

__all__ = ["function", "gradients", "in_test_phase", "in_train_phase", "placeholder", "print_tensor"]


class ByPhase(Layer):
    """The first of two inputs where the network trains, the second where it infers."""

    def compute_output_shape(self, input_shape: Any) -> Shape:
        return tuple(input_shape[1])

    def forward(self, x: Sequence[torch.Tensor]) -> torch.Tensor:
        return x[0] if self.training else x[1]


def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """Return one value in training, another one otherwise.

    Args:
        x, alt: the two: symbolic tensors, values, or functions of nothing that give them.
        training: which; None for the mode of the layer or model that runs, else for `learning_phase()`.

    Example:
        >>> in_train_phase(1.0, 2.0), in_train_phase(lambda: 1.0, 2.0, training=True)
        (2.0, 1.0)
    """
    chosen = None if training is None else bool(training)
    symbolic = any(map(is_symbolic, (x, alt)))
    if chosen is None and not symbolic:
        chosen = bool(learning_phase()) if asked() is None else asked()
    if chosen is None:
        x, alt = (one() if callable(one) else one for one in (x, alt))
        return ByPhase()([x, alt])
    value = x if chosen else alt
    return value() if callable(value) else value


def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """Return one value in inference, another one in training.

    Args:
        x, alt: the two, as of `in_train_phase`.
        training: as there.

    Example:
        >>> in_test_phase(1.0, 2.0)
        1.0
    """
    return in_train_phase(alt, x, training)


class Print(Layer):
    """The input, which is printed as it comes by.

    Args:
        message: before it.
    """

    def __init__(self, message: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.message = message

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        _say(self.message, as_surface(x))
        return x


def print_tensor(x: Any, message: str = "", summarize: int = 3) -> Any:
    """Print a tensor on standard error, and return it; of a symbolic one the values, whenever a model computes them.

    Args:
        x: the tensor; go on with what is returned.
        message: before the values.
        summarize: accepted; NumPy shortens what is long.
    """
    if is_symbolic(x):
        return Print(message)(x)
    _say(message, x)
    return x


def _say(message: str, x: Any) -> None:
    print(message, as_tensor(x).numpy(), file=sys.stderr)


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
