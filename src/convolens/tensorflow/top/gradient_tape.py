"""GradientTape: gradients of what was computed since it was opened, by torch's autograd, which records everything anyway."""

from collections.abc import Callable
from types import TracebackType
from typing import Any

import torch

from convolens.errors import ArgumentError, ArgumentTypeError
from convolens.ops.operation import operation
from convolens.tensor import Tensor, Weight, as_surface, as_tensor, parameters_of
from convolens.tensor.recording import pause, record, recording

__all__ = ["GradientTape", "UnconnectedGradients", "custom_gradient", "gradients"]


class UnconnectedGradients:
    """What the gradient is for a source on which nothing depends."""

    NONE, ZERO = "none", "zero"


class GradientTape:
    """Gradients of tensors for the variables, weights, outputs of layers and watched tensors that they depend on.

    Within the block models and layers give `Tensor`s for arrays too.

    Args:
        persistent: whether `gradient` can be asked for more than once; it can here, anyway.
        watch_accessed_variables: accepted; what autograd follows is followed.

    Example:
        >>> x = as_tensor([1.0, 3.0])
        >>> with GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> tape.gradient(y, x).numpy().tolist()
        [2.0, 6.0]
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self.persistent = persistent
        self._used = False
        self._recording: Any = None

    def __enter__(self) -> "GradientTape":
        self._recording = record()
        self._recording.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._recording.__exit__(kind, error, trace)
        self._recording = None

    def watch(self, tensor: Any) -> None:
        """Follow what is computed from tensors, as variables are followed without.

        Args:
            tensor: a tensor with fractions, or a list of several.

        Raises:
            ArgumentTypeError: an array or a number, of which nothing can be followed, or whole numbers.
        """
        for one in tensor if isinstance(tensor, (list, tuple)) else [tensor]:
            if not isinstance(one, torch.Tensor) or not one.is_floating_point():
                raise ArgumentTypeError(
                    f"GradientTape.watch: expected a tensor with fractions, tf.convert_to_tensor(x, tf.float32); received "
                    f"{getattr(one, 'dtype', type(one).__name__)}."
                )
            if not one.requires_grad:
                one.requires_grad_()

    def gradient(
        self, target: Any, sources: Any, output_gradients: Any = None, unconnected_gradients: str = "none"
    ) -> Any:
        """Return the gradients of a target, summed, for sources, in their structure.

        Args:
            target: a tensor, or several, whose sum is meant.
            sources: variables, weights, watched tensors and outputs of layers: one, or a list, tuple or dict.
            output_gradients: what each value of the target counts; None for 1.
            unconnected_gradients: "none" gives None for a source on which the target does not depend; "zero" zeros.

        Raises:
            ArgumentError: asked a second time, where the tape is not persistent.
            ArgumentTypeError: a source is no tensor.
        """
        if self._used and not self.persistent:
            raise ArgumentError(
                "GradientTape.gradient: asked a second time; make it GradientTape(persistent=True)."
            )
        self._used = True
        listed = _listed(sources)
        wrong = [one for one in listed if not isinstance(one, torch.Tensor)]
        if wrong:
            raise ArgumentTypeError(
                f"GradientTape.gradient: expected variables and tensors; received {type(wrong[0]).__name__}."
            )
        targets = [one for one in _listed(target) if isinstance(one, torch.Tensor) and one.requires_grad]
        found = self._gradients(targets, listed, output_gradients)
        if unconnected_gradients == UnconnectedGradients.ZERO:
            pairs = zip(found, listed, strict=True)
            found = [torch.zeros_like(source) if one is None else one for one, source in pairs]
        return _in_structure(sources, iter(found))

    def _gradients(self, targets: list[torch.Tensor], sources: list[torch.Tensor], weights: Any) -> list[Any]:
        # What a layer gave lies inside the network: the target depends on that, perhaps not on what was shown of it.
        inside = [getattr(source, "inside", None) for source in sources]
        leaves = parameters_of(
            source if within is None else within for source, within in zip(sources, inside, strict=True)
        )
        followed = [leaf for leaf in leaves if leaf.requires_grad]
        if not targets or not followed:
            return [None] * len(sources)
        given = (
            None
            if weights is None
            else [as_tensor(one).as_subclass(torch.Tensor) for one in _listed(weights)]
        )
        scale = given or [torch.ones_like(one).as_subclass(torch.Tensor) for one in targets]
        plain = [one.as_subclass(torch.Tensor) for one in targets]
        found = iter(
            torch.autograd.grad(
                plain, followed, scale, retain_graph=True, create_graph=recording(), allow_unused=True
            )
        )
        gradients = [next(found) if leaf.requires_grad else None for leaf in leaves]
        return [
            None if one is None else as_surface(one) if within is not None else _like(source, one)
            for one, within, source in zip(gradients, inside, sources, strict=True)
        ]

    def jacobian(self, target: Any, sources: Any, **options: Any) -> Any:
        """Return the derivatives of each value of a target for each of a source.

        Args:
            target: a tensor.
            sources: as of `GradientTape.gradient`.
            options: TensorFlow's; accepted.

        Returns:
            A tensor with the target's axes, then the source's.
        """
        rows = []
        kept, self.persistent = self.persistent, True
        for value in as_tensor(target).reshape(-1):
            rows.append(_listed(self.gradient(value, sources, unconnected_gradients="zero")))
        self.persistent = kept
        columns = [
            torch.stack(each).reshape([*target.shape, *each[0].shape]) for each in zip(*rows, strict=True)
        ]
        return _in_structure(sources, iter(columns))

    def stop_recording(self) -> Any:
        """Return a block in which nothing is recorded."""
        return pause()

    def reset(self) -> None:
        """Let `gradient` be asked for again."""
        self._used = False

    def batch_jacobian(self, *arguments: Any, **keywords: Any) -> Any:
        """Refuse: use `jacobian`, sample by sample.

        Args:
            arguments, keywords: TensorFlow's.

        Raises:
            ArgumentError: always.
        """
        raise ArgumentError("GradientTape.batch_jacobian is not here; use jacobian, sample by sample.")

    def watched_variables(self) -> Any:
        """Refuse: there is no list of what was used.

        Raises:
            ArgumentError: always.
        """
        raise ArgumentError("GradientTape.watched_variables is not here; take model.trainable_variables.")


def _like(source: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    """Return a gradient as its source is: in Keras' order of a network's weight; torch's own where the source is."""
    if isinstance(source, Weight):
        return source.from_parameter(gradient)
    return gradient.as_subclass(Tensor) if isinstance(source, Tensor) else gradient


def _listed(structure: Any) -> list[Any]:
    if isinstance(structure, dict):
        return [one for part in structure.values() for one in _listed(part)]
    if isinstance(structure, (list, tuple)):
        return [one for part in structure for one in _listed(part)]
    return [structure]


def _in_structure(structure: Any, values: Any) -> Any:
    if isinstance(structure, dict):
        return {key: _in_structure(part, values) for key, part in structure.items()}
    if isinstance(structure, (list, tuple)):
        return type(structure)(_in_structure(part, values) for part in structure)
    return next(values)


def gradients(ys: Any, xs: Any, **options: Any) -> Any:
    """Return symbolic gradients, as `keras.backend.gradients`: TensorFlow 1's name.

    Args:
        ys: a symbolic tensor.
        xs: the symbolic tensors that it depends on.
        options: TensorFlow's; accepted.
    """
    from convolens import backend

    return backend.gradients(ys, xs)


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function whose gradient another function gives: a decorator.

    Args:
        f: gives a result, and a function from the result's gradient to that of each argument.
    """

    class Given(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, *arguments: Any) -> Any:
            result, context.gradient = f(*[as_tensor(one) for one in arguments])
            return result.as_subclass(torch.Tensor)

        @staticmethod
        def backward(context: Any, *upstream: Any) -> Any:
            found = context.gradient(*[as_tensor(one) for one in upstream])
            return tuple(found) if isinstance(found, (list, tuple)) else found

    @operation(1)
    def call(*arguments: Any) -> Any:
        return as_tensor(Given.apply(*[as_tensor(one).as_subclass(torch.Tensor) for one in arguments]))

    return call
