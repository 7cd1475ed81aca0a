"""The layers for images under the name that they had in TensorFlow 2.3 to 2.5."""

from convolens.layers.preprocessing.normalization import Normalization
from convolens.layers.preprocessing.random_flip import RandomFlip
from convolens.layers.preprocessing.random_moves import RandomRotation, RandomTranslation, RandomZoom
from convolens.layers.preprocessing.random_sides import RandomHeight, RandomWidth
from convolens.layers.preprocessing.random_tones import RandomContrast
from convolens.layers.preprocessing.rescaling import Rescaling
from convolens.layers.preprocessing.resizing import CenterCrop, RandomCrop, Resizing
from convolens.missing import answer_for

__all__ = [
    "CenterCrop",
    "Normalization",
    "RandomContrast",
    "RandomCrop",
    "RandomFlip",
    "RandomHeight",
    "RandomRotation",
    "RandomTranslation",
    "RandomWidth",
    "RandomZoom",
    "Rescaling",
    "Resizing",
]

__getattr__ = answer_for("convolens.layers")  # by the names of today
