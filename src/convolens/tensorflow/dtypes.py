"""Types of values by their names in TensorFlow: NumPy's types, which are equal to their names."""

import numpy as np
import torch

float16, float32, float64 = np.dtype("float16"), np.dtype("float32"), np.dtype("float64")
half, float, double = float16, float32, float64
int8, int16, int32, int64 = np.dtype("int8"), np.dtype("int16"), np.dtype("int32"), np.dtype("int64")
uint8, uint16, uint32, uint64 = np.dtype("uint8"), np.dtype("uint16"), np.dtype("uint32"), np.dtype("uint64")
bool = np.dtype("bool")
string = np.dtype("O")
bfloat16 = torch.bfloat16  # which NumPy lacks
newaxis = None

__all__ = [
    "as_dtype", "bfloat16", "bool", "double", "float16", "float32", "float64", "half", "int8", "int16", "int32", "int64", "newaxis",
    "string", "uint8", "uint16", "uint32", "uint64",
]  # fmt: skip


def as_dtype(name: object) -> np.dtype:
    """Return a type by its name, or as NumPy knows it.

    Args:
        name: "float32", `numpy.float32`, a type of `tf`.

    Raises:
        TypeError: no such type.

    Example:
        >>> as_dtype("uint8").name
        'uint8'
    """
    return np.dtype(name)  # type: ignore[call-overload]
