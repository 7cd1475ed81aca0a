"""Preprocessing under Keras' names: `preprocessing.image`, and data sets of folders."""

import importlib
from typing import Any

from convolens.missing import answer_for
from convolens.preprocessing import image

__all__ = ["image", "image_dataset_from_directory"]

_missing = answer_for(__name__)


def __getattr__(name: str) -> Any:
    if name == "image_dataset_from_directory":
        return importlib.import_module("convolens.utils").image_dataset_from_directory
    return _missing(name)  # what Keras has and is not here
