"""Where Keras 2 kept its first layers for images: `layers.experimental.preprocessing`."""

from convolens.layers.experimental import preprocessing
from convolens.missing import answer_for

__all__ = ["preprocessing"]

__getattr__ = answer_for("convolens.layers")  # by the names of today
