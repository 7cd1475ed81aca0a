"""The types that a batch's values may have, and the arrays that hold them."""

from typing import Any

import numpy as np

from convolens.arguments import one_of

STORAGE = {"float32": np.float32, "uint8": np.uint8, "bfloat16": np.uint16}  # NumPy has no bfloat16: its bits


def storage_of(where: str, dtype: Any) -> np.dtype[Any]:
    """Return the array type that holds values of "float32", "uint8" or "bfloat16" (torch's and NumPy's names too).

    Raises:
        UnknownNameError: another name.

    Example:
        >>> storage_of("transform_batch", "bfloat16")
        dtype('uint16')
    """
    return np.dtype(STORAGE[name_of(where, dtype)])


def name_of(where: str, dtype: Any) -> str:
    """Return "float32", "uint8" or "bfloat16", given so or as a type of NumPy or torch.

    Raises:
        UnknownNameError: another name.

    Example:
        >>> name_of("transform_batch", np.uint8)
        'uint8'
    """
    name = dtype if isinstance(dtype, str) else getattr(dtype, "__name__", str(dtype))
    return one_of(where, "dtype", name.removeprefix("torch."), list(STORAGE))


def converted(where: str, batch: np.ndarray, dtype: Any) -> Any:
    """Return a float32 batch as the kernel would have written it in another type.

    Example:
        >>> converted("augment_batch", np.array([-3.0, 1.5, 400.0], np.float32), "uint8").tolist()
        [0, 2, 255]
    """
    name = name_of(where, dtype)
    if name == "float32":
        return batch
    if name == "uint8":
        return np.clip(np.rint(batch), 0, 255).astype(np.uint8)
    import torch

    return torch.from_numpy(batch).bfloat16()


def of_dtype(batch: np.ndarray) -> Any:
    """Return an array of floats or bytes as it is, and one of 16 bits as the bfloat16 tensor that it holds.

    Example:
        >>> of_dtype(np.array([0x3F80], np.uint16))
        tensor([1.], dtype=torch.bfloat16)
    """
    if batch.dtype != np.uint16:
        return batch
    import torch

    return torch.from_numpy(batch).view(torch.bfloat16)
