"""`keras.backend`, as programs of Keras 1 and 2 use it: `from keras import backend as K`.

Example:
    >>> from convolens import backend as K
    >>> K.image_data_format(), K.mean([[1.0, 3.0]], axis=-1).numpy().tolist()
    ('channels_last', [2.0])
"""

import importlib
from typing import Any

from convolens.backend.keras_1 import takes_old_words
from convolens.missing import answer_for

_HOMES = ("settings", "values", "arrays", "nn", "products", "graph")

_missing = answer_for(__name__)


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return __dir__()
    for home in () if name.startswith("_") else _HOMES:
        module = importlib.import_module(f"convolens.backend.{home}")
        if name in module.__all__:
            value = globals()[name] = takes_old_words(getattr(module, name))
            return value
    return _missing(name)


def __dir__() -> list[str]:
    return sorted(
        name for home in _HOMES for name in importlib.import_module(f"convolens.backend.{home}").__all__
    )
