"""Preprocessing under Keras' names: `preprocessing.image`."""

from convolens.missing import answer_for
from convolens.preprocessing import image

__all__ = ["image"]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
