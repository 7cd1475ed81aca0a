"""`tf.image`: pictures in other sizes and colours, parts of them, and what is done to them at random.

Example:
    >>> from convolens.tensorflow import image
    >>> image.resize([[[0.0], [1.0]]], (2, 4)).shape
    (2, 4, 1)
"""

import importlib
from typing import Any

from convolens.missing import answer_for

_HOMES = ("sizes", "sizes_of_v1", "colours", "chance", "measures")
_FILES = (
    "decode_bmp",
    "decode_gif",
    "decode_image",
    "decode_jpeg",
    "decode_png",
    "encode_jpeg",
    "encode_png",
)
_OPS = ("flip_left_right", "flip_up_down", "hsv_to_rgb", "rgb_to_grayscale", "rgb_to_hsv")

_missing = answer_for(__name__)


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return __dir__()
    if name in _FILES:
        return getattr(importlib.import_module("convolens.tensorflow.io"), name)
    if name in _OPS:
        return getattr(importlib.import_module("convolens.ops.image"), name)
    for home in () if name.startswith("_") else _HOMES:
        module = importlib.import_module(f"{__name__}.{home}")
        if name in module.__all__:
            return getattr(module, name)
    return _missing(name)


def __dir__() -> list[str]:
    homes = [importlib.import_module(f"{__name__}.{home}") for home in _HOMES]
    return sorted([*_FILES, *_OPS, *(name for home in homes for name in home.__all__)])
