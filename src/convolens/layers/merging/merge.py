"""merge: Keras 1's function for all that joins branches."""

import warnings
from collections.abc import Sequence
from typing import Any

from convolens.arguments import look_up
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
