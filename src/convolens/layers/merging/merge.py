"""merge: Keras 1's function for all that joins branches; and Keras 2's base of what a program joins by itself."""

import warnings
from collections.abc import Sequence
from typing import Any

from convolens.arguments import look_up
from convolens.errors import ArgumentError
from convolens.layers.layer import Layer, Shape
from convolens.layers.merging.concatenate import Concatenate
from convolens.layers.merging.dot import Dot
from convolens.layers.merging.elementwise import Add, Average, Maximum, Multiply
from convolens.layers.operation import Lambda

_MODES: dict[str, Any] = {
    "sum": Add,
    "concat": Concatenate,
    "mul": Multiply,
    "ave": Average,
    "max": Maximum,
    "dot": Dot,
}


def merge(
    inputs: Sequence[Any],
    mode: Any = "sum",
    concat_axis: int = -1,
    dot_axes: Any = -1,
    output_shape: Any = None,
    output_mask: Any = None,
    arguments: dict[str, Any] | None = None,
    name: str | None = None,
) -> Any:
    """Return branches as one, by Keras 1's word for how, which warns: today each way is a layer of its own.

    Args:
        inputs: symbolic tensors, arrays or tensors.
        mode: "sum", "concat", "mul", "ave", "max" or "dot"; or a function of the list.
        concat_axis: of "concat".
        dot_axes: of "dot".
        output_shape, output_mask: accepted; what comes out says its shape.
        arguments: of a function, further ones.
        name: of the layer.

    Raises:
        UnknownNameError: another mode. ShapeError: shapes that do not fit together.
    """
    return Merge(None, mode, concat_axis, dot_axes, output_shape, output_mask, arguments, name=name)(
        list(inputs)
    )


def Merge(
    layers: Any = None,
    mode: Any = "sum",
    concat_axis: int = -1,
    dot_axes: Any = -1,
    output_shape: Any = None,
    output_mask: Any = None,
    arguments: dict[str, Any] | None = None,
    *others: Any,
    name: str | None = None,
) -> Layer:
    """Return the layer that joins branches by Keras 1's word for how, and warn.

    Args: as of `merge`, and
        layers: None; Keras 1's chains of branches are networks of `keras.Model` now.
        others: accepted.

    Raises:
        UnknownNameError: another mode. ArgumentError: `layers`.

    Example:
        >>> import numpy as np
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     Merge(mode="sum")([np.ones((1, 2), "f"), np.ones((1, 2), "f")]).tolist()
        [[2.0, 2.0]]
    """
    if layers is not None:
        raise ArgumentError(
            "Merge: a Sequential does not begin with branches here; join their outputs: "
            "Model([left.input, right.input], concatenate([left.output, right.output]))."
        )
    if callable(mode):
        warnings.warn("merge(..., mode=FUNCTION) is Lambda(FUNCTION)(...) now.", UserWarning, stacklevel=3)
        return Lambda(mode, arguments=arguments, name=name)
    kind = look_up("merge", "mode", mode, _MODES)
    warnings.warn(f"merge(..., mode={mode!r}) is {kind.__name__}()(...) now.", UserWarning, stacklevel=3)
    axes = {Concatenate: {"axis": concat_axis}, Dot: {"axes": dot_axes}}.get(kind, {})
    return kind(name=name, **axes)


class OwnMerge(Layer):
    """What joins branches as a program says in `_merge_function`: Keras 2's `_Merge`, which GANs with a gradient penalty build on.

    Example:
        >>> import numpy as np
        >>> class Halfway(OwnMerge):
        ...     def _merge_function(self, inputs):
        ...         return (inputs[0] + inputs[1]) / 2
        >>> Halfway()([np.zeros((1, 2), "f"), np.ones((1, 2), "f")]).tolist()
        [[0.5, 0.5]]
    """

    def _merge_function(self, inputs: Any) -> Any:
        raise NotImplementedError

    def call(self, inputs: Any) -> Any:
        """Return what `_merge_function` gives.

        Args:
            inputs: a list of tensors.
        """
        return self._merge_function(inputs)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape of the branches value by value: the function may be for one size of batches, and is not run."""
        return Add().compute_output_shape(input_shape)
