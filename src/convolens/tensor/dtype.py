"""DType: the type of a tensor's values, under TensorFlow's name."""

from typing import Any

import numpy as np
import torch

_PYTHONS: dict[type, str] = {float: "float32", int: "int32"}


class DType(str):
    """The name of a type of numbers; it equals that name, and what NumPy and torch call so.

    Example:
        >>> DType("float32") == "float32", DType("float32") == np.float32, DType("float32") == torch.float32
        (True, True, True)
        >>> DType("uint8").name, DType("uint8").max
        ('uint8', 255)
    """

    __slots__ = ()

    @property
    def name(self) -> str:
        """The name as a plain string."""
        return str(self)

    @property
    def as_numpy_dtype(self) -> Any:
        """NumPy's class for one such value."""
        return np.object_ if self.name == "string" else np.dtype(self.name).type

    @property
    def torch(self) -> torch.dtype:
        """torch's word for it."""
        return getattr(torch, self.name)

    @property
    def is_floating(self) -> bool:
        """Whether values have fractions."""
        return "float" in self.name

    is_floating_point = is_floating  # torch's own functions ask
    is_complex = False

    @property
    def is_integer(self) -> bool:
        """Whether values are whole numbers."""
        return "int" in self.name

    @property
    def is_bool(self) -> bool:
        """Whether values are truths."""
        return self.name == "bool"

    @property
    def max(self) -> Any:
        """The largest value."""
        return np.finfo(self.name).max if self.is_floating else np.iinfo(self.name).max

    @property
    def min(self) -> Any:
        """The smallest value."""
        return np.finfo(self.name).min if self.is_floating else np.iinfo(self.name).min

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, name_of(other)) if other is not None else False

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def __str__(self) -> str:
        return str.__str__(self)

    def __repr__(self) -> str:
        return f"tf.{self!s}"


def name_of(dtype: Any) -> str:
    """Return the name of a type given as a name, or as NumPy, torch, Python or TensorFlow call it.

    Example:
        >>> name_of(np.float32), name_of(torch.int64), name_of("bool"), name_of(float)
        ('float32', 'int64', 'bool', 'float32')
    """
    if isinstance(dtype, str):
        return "".join(dtype)
    if isinstance(dtype, torch.dtype):
        return str(dtype).removeprefix("torch.")
    if isinstance(dtype, type):
        return _PYTHONS.get(dtype, dtype.__name__)
    return str(getattr(dtype, "name", dtype))


def as_dtype(dtype: Any) -> DType:
    """Return the `DType` of a type given as a name, or as NumPy, torch, Python or TensorFlow call it.

    Example:
        >>> as_dtype(np.dtype("uint8"))
        tf.uint8
    """
    return DType(name_of(dtype))
