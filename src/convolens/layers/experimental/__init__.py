"""Where Keras 2 kept its first layers for images: `layers.experimental.preprocessing`."""

from convolens.layers.experimental import preprocessing

__all__ = ["preprocessing"]
