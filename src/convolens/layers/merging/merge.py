"""merge: Keras 1's function for all that joins branches; and Keras 2's base of what a program joins by itself."""

import warnings
from collections.abc import Sequence
from typing import Any

from convolens.arguments import look_up
from convolens.layers.layer import Layer, Shape
from convolens.layers.merging.concatenate import Concatenate
from convolens.layers.merging.elementwise import Add, Average, Maximum, Multiply

_MODES: dict[str, Any] = {
    "sum": Add,
    "concat": Concatenate,
    "mul": Multiply,
    "ave": Average,
    "max": Maximum,
}


def merge(
    inputs: Sequence[Any], mode: str = "sum", concat_axis: int = -1, name: str | None = None, **options: Any
) -> Any:
    """Return branches as one, by Keras 1's word for how, which warns: today each way is a layer of its own.

    Args:
        inputs: symbolic tensors, arrays or tensors.
        mode: "sum", "concat", "mul", "ave" or "max".
        concat_axis: of "concat".
        name: of the layer.
        options: Keras 1's others (`dot_axes`, `output_shape` ...) have no meaning for these.

    Raises:
        UnknownNameError: another mode. ShapeError: shapes that do not fit together.
    """
    kind = look_up("merge", "mode", mode, _MODES)
    warnings.warn(f"merge(..., mode={mode!r}) is {kind.__name__}()(...) now.", UserWarning, stacklevel=2)
    made = {"axis": concat_axis} if kind is Concatenate else {}
    return kind(name=name, **made)(list(inputs))


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
