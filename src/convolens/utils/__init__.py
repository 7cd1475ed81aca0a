"""Helpers under the names of `keras.utils`; what is more than a few lines is imported on first use."""

import importlib
from typing import Any

import numpy as np

from convolens.arguments import integer
from convolens.errors import ArgumentError
from convolens.missing import answer_for
from convolens.tensor import as_dtype

_FILES = "convolens.preprocessing.image.files"
_OWN = "convolens.custom_objects"
_SWITCHES = "convolens.backend.switches"
# Names that live elsewhere, and where.
_NAMES = {
    "CustomObjectScope": _OWN,
    "Progbar": "convolens.utils.progbar",
    "PyDataset": "convolens.utils.py_dataset",
    "Sequence": "convolens.utils.py_dataset",
    "array_to_img": _FILES,
    "clear_session": "convolens.backend.settings",
    "disable_interactive_logging": _SWITCHES,
    "enable_interactive_logging": _SWITCHES,
    "get_file": "convolens.utils.fetching",
    "get_source_inputs": "convolens.utils.layer_utils",
    "image_dataset_from_directory": "convolens.utils.image_dataset",
    "custom_object_scope": _OWN,
    "get_custom_objects": _OWN,
    "img_to_array": _FILES,
    "is_interactive_logging_enabled": _SWITCHES,
    "load_img": _FILES,
    "model_to_dot": "convolens.utils.plotting",
    "multi_gpu_model": "convolens.utils.multi_gpu",
    "plot_model": "convolens.utils.plotting",
    "register_keras_serializable": _OWN,
    "save_img": _FILES,
    "set_random_seed": "convolens.seeding",
}

__all__ = [
    "CustomObjectScope",
    "Progbar",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "clear_session",
    "custom_object_scope",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_file",
    "get_source_inputs",
    "image_dataset_from_directory",
    "img_to_array",
    "is_interactive_logging_enabled",
    "load_img",
    "model_to_dot",
    "normalize",
    "plot_model",
    "register_keras_serializable",
    "save_img",
    "set_random_seed",
    "to_categorical",
]


_missing = answer_for(__name__)


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    return _missing(name)  # what Keras has and is not here


def __dir__() -> list[str]:
    return sorted(__all__)


def to_categorical(y: Any, num_classes: int | None = None, dtype: Any = None) -> np.ndarray:
    """Return class numbers as one-hot rows.

    Args:
        y: whole numbers from 0, shape (n,) or (n, 1).
        num_classes: columns; None takes the largest number plus one.
        dtype: of the rows (Keras 2); None is float64.

    Returns:
        (n, num_classes), float64 as Keras gives.

    Raises:
        ArgumentError: a number outside the classes.

    Example:
        >>> to_categorical([1, 0], 3).tolist()
        [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    """
    labels = np.asarray(y).astype(np.int64)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    classes = (
        int(labels.max()) + 1
        if num_classes is None
        else integer("to_categorical", "num_classes", num_classes)
    )
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        wrong = labels.min() if labels.min() < 0 else labels.max()
        raise ArgumentError(f"to_categorical: labels must be 0 to {classes - 1}; received {wrong}.")
    return np.eye(classes, dtype=None if dtype is None else as_dtype(dtype).name)[labels]


def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """Return an array, or a tensor, divided by its norms along an axis; where they are 0 it stays as it is. A row (n,) becomes (1, n), as in Keras.

    Args:
        x: numbers.
        axis: along which each norm is taken.
        order: of the norm: 2 is the length.

    Example:
        >>> normalize([[3.0, 4.0], [0.0, 0.0]]).tolist()
        [[0.6, 0.8], [0.0, 0.0]]
    """
    import torch

    if isinstance(x, torch.Tensor):
        lengths = torch.linalg.vector_norm(x, order, axis, keepdim=True)
        return x / torch.where(lengths == 0, torch.ones_like(lengths), lengths)
    norms = np.atleast_1d(np.linalg.norm(x, order, axis))
    norms[norms == 0] = 1
    return np.asarray(x) / np.expand_dims(norms, axis)
