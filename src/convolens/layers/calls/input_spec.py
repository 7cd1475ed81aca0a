"""What a layer takes, as far as its shape says it, and whether something is that."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from convolens.constructors import kept_arguments
from convolens.errors import ArgumentError, ArgumentTypeError, ShapeError
from convolens.layers.calls.symbols import Shape, is_shape, leaves, mapped


class InputSpec:
    """What a layer takes: its `input_spec`, or one of a list there, is checked where the layer is called, the batch being axis 0.

    Args:
        dtype: kept; layers take any type and compute in float32.
        shape: with the batch, None where a size is free.
        ndim, max_ndim, min_ndim: how many axes.
        axes: axis -> its size, None for any.
        allow_last_axis_squeeze: whether a last axis of size 1 may be there, or not.
        name: of the input, for messages; inputs in a dict are found by it.
        optional: whether None may be given.

    Raises:
        ArgumentTypeError: axes is no dict of whole numbers. ArgumentError: an axis that `ndim` or `max_ndim` does not have.

    Example:
        >>> InputSpec(min_ndim=2, axes={-1: 3})
        InputSpec(min_ndim=2, axes={-1: 3})

    Source: Keras 3 `keras.InputSpec`.
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Any = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: Mapping[Any, int | None] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype = dtype
        self.shape = None if shape is None else tuple(shape)
        self.ndim = ndim if self.shape is None else len(self.shape)
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        self.allow_last_axis_squeeze, self.name, self.optional = allow_last_axis_squeeze, name, optional
        try:
            self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        except (AttributeError, TypeError, ValueError):
            raise ArgumentTypeError(
                f"InputSpec: axes must be a dict from axes to sizes; received {axes!r}."
            ) from None
        most = self.ndim or self.max_ndim
        if most and self.axes and max(self.axes) >= most:
            raise ArgumentError(f"InputSpec: axes has axis {max(self.axes)}; expected at most {most - 1}.")

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return kept_arguments(self)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "InputSpec":
        """Make one from `get_config()`."""
        return cls(**config)

    def __repr__(self) -> str:
        said = [f"{name}={value}" for name, value in self.get_config().items() if value]
        return f"InputSpec({', '.join(said)})"

    def check(self, where: str, shape: Shape) -> None:
        """Check the shape of an input.

        Args:
            where: what an error begins with.
            shape: in Keras' order, with the batch.

        Raises:
            ShapeError: it is not what the layer takes.

        Example:
            >>> InputSpec(axes={-1: 3}).check("Scale", (None, 4))
            Traceback (most recent call last):
            convolens.errors.ShapeError: Scale: received an input of shape (None, 4); its input_spec expects axis -1 of size 3.
        """
        rank, expected = len(shape), ""
        if self.ndim is not None and not self.allow_last_axis_squeeze and rank != self.ndim:
            expected = f"ndim={self.ndim}"
        elif self.max_ndim is not None and rank > self.max_ndim:
            expected = f"max_ndim={self.max_ndim}"
        elif self.min_ndim is not None and rank < self.min_ndim:
            expected = f"min_ndim={self.min_ndim}"
        for axis, size in () if expected else self.axes.items():
            if not -rank <= axis < rank or (size is not None and shape[axis] not in (size, None)):
                expected = f"axis {axis} of size {size}"
                break
        if not expected and self.shape is not None and not self._fits(self.shape, shape):
            expected = f"shape={self.shape}"
        if expected:
            name = "an input" if self.name is None else f"input {self.name!r}"
            raise ShapeError(f"{where}: received {name} of shape {shape}; its input_spec expects {expected}.")

    def _fits(self, wanted: Shape, shape: Shape) -> bool:
        if self.allow_last_axis_squeeze:
            wanted, shape = (one[:-1] if one and one[-1] == 1 else one for one in (wanted, shape))
        return all(None in pair or pair[0] == pair[1] for pair in zip(wanted, shape, strict=False))


def check_inputs(where: str, input_spec: Any, shapes: Any) -> None:
    """Check the shapes of what a layer is called on.

    Args:
        where: what an error begins with.
        input_spec: of the layer: an `InputSpec`, or a list, tuple or dict of them, None for what is not checked.
        shapes: of the inputs: a shape, or a list, tuple or dict of them; None for an input that is not given.

    Raises:
        ShapeError: another number of inputs, or one that is not what the layer takes.

    Example:
        >>> check_inputs("Scale", [InputSpec(ndim=2), None], [(None, 4), (None, 8, 8, 3)])
    """
    specs = leaves(input_spec)
    if isinstance(shapes, dict) and all(spec is not None and spec.name in shapes for spec in specs):
        shapes = [shapes[spec.name] for spec in specs]
    found: list[Any] = []
    mapped(found.append, shapes, until=lambda value: value is None or is_shape(value))
    if len(found) != len(specs):
        raise ShapeError(f"{where}: received {len(found)} inputs; its input_spec expects {len(specs)}.")
    for spec, shape in zip(specs, found, strict=True):
        if spec is None or (shape is None and spec.optional):
            continue
        if shape is None:
            raise ShapeError(f"{where}: received something without a shape; its input_spec expects a tensor.")
        spec.check(where, tuple(shape))


def shapes_of(x: Any, shape_of: Any) -> Any:
    """Return the shapes of what a layer is called on.

    Args:
        x: symbolic tensors, tensors or arrays within lists, tuples and dicts; or numbers in lists.
        shape_of: of one tensor.

    Example:
        >>> shapes_of([[1.0, 2.0]], np.shape)
        (1, 2)
    """
    if any(hasattr(leaf, "shape") for leaf in leaves(x)):
        return mapped(lambda leaf: tuple(shape_of(leaf)) if hasattr(leaf, "shape") else None, x)
    return np.shape(x)
