"""Images under Keras' names: load and save them, and vary them as `ImageDataGenerator` does."""

from convolens.missing import answer_for
from convolens.preprocessing.image.array_iterator import NumpyArrayIterator
from convolens.preprocessing.image.dataframe_iterator import DataFrameIterator
from convolens.preprocessing.image.directory_iterator import DirectoryIterator
from convolens.preprocessing.image.files import array_to_img, img_to_array, load_img, save_img
from convolens.preprocessing.image.generator import ImageDataGenerator
from convolens.preprocessing.image.iterator import Iterator
from convolens.preprocessing.image.single_images import (
    apply_affine_transform,
    apply_brightness_shift,
    apply_channel_shift,
    random_brightness,
    random_channel_shift,
    random_rotation,
    random_shear,
    random_shift,
    random_zoom,
)

__all__ = [
    "DataFrameIterator",
    "DirectoryIterator",
    "ImageDataGenerator",
    "Iterator",
    "NumpyArrayIterator",
    "apply_affine_transform",
    "apply_brightness_shift",
    "apply_channel_shift",
    "array_to_img",
    "img_to_array",
    "load_img",
    "random_brightness",
    "random_channel_shift",
    "random_rotation",
    "random_shear",
    "random_shift",
    "random_zoom",
    "save_img",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
