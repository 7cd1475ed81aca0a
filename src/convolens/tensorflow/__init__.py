"""What Keras programs use of TensorFlow, over torch: `import convolens.tensorflow as tf`; all of it imported on first use.

`tf.keras` is Convolens itself; a name that is not here says what to use instead.

Example:
    >>> import convolens.tensorflow as tf
    >>> tf.keras.optimizers.SGD(learning_rate=0.1).learning_rate
    0.1
    >>> tf.float32.name, tf.newaxis
    ('float32', None)
"""

import importlib
import pkgutil
from typing import Any

from convolens.missing import answer_for
from convolens.tensorflow.version import VERSION

__version__ = VERSION

# Modules of Convolens under the names that TensorFlow has for them.
_KERAS = {
    "keras": "convolens",
    "initializers": "convolens.initializers",
    "losses": "convolens.losses",
    "metrics": "convolens.metrics",
    "optimizers": "convolens.optimizers",
}
# Files and rooms here that are modules of TensorFlow; the names of all others are names of `tf` itself.
_MODULES = (
    "autograph",
    "compat",
    "config",
    "data",
    "debugging",
    "distribute",
    "errors",
    "gfile",
    "image",
    "io",
    "linalg",
    "logging",
    "math",
    "nest",
    "nn",
    "random",
    "strings",
    "summary",
    "test",
    "train",
    "version",
)
_AT_TOP_TOO = (
    "math",
    "linalg",
    "compat.v1",
)  # `tf.reduce_mean` is `tf.math.reduce_mean`, and programs of TensorFlow 1 say `tf.Session`

_missing = answer_for(__name__)


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return __dir__()
    if name in _KERAS:
        return importlib.import_module(_KERAS[name])
    if name.startswith("_"):
        return _missing(name)
    here = _here()
    if name in _MODULES and name in here:
        return importlib.import_module(f"{__name__}.{name}")
    for module in _with_names_of_top(here):
        if name in getattr(module, "__all__", ()):
            value = globals()[name] = getattr(module, name)
            return value
    return _missing(name)


def __dir__() -> list[str]:
    here = _here()
    names = {name for module in _with_names_of_top(here) for name in getattr(module, "__all__", ())}
    return sorted({*_KERAS, *(here & set(_MODULES)), *names})


def _here() -> set[str]:
    return {module.name for module in pkgutil.iter_modules(__path__)}


def _with_names_of_top(here: set[str]) -> Any:
    """Yield the modules whose names are names of `tf` itself."""
    for name in (*sorted(here - set(_MODULES)), *_AT_TOP_TOO):
        if name.partition(".")[0] in here:
            yield importlib.import_module(f"{__name__}.{name}")
