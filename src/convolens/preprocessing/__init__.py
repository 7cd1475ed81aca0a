"""Preprocessing under Keras' names: `preprocessing.image`."""

from convolens.preprocessing import image

__all__ = ["image"]
