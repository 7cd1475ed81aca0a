"""Convolens: Keras' words over PyTorch's muscles; the public names, imported on first use.

Example:
    >>> import convolens as keras
    >>> keras.optimizers.SGD(learning_rate=0.1).learning_rate
    0.1
"""

import importlib

TYPE_CHECKING = False  # typing's own would be imported first, and Ctrl-C until then is Python's
if TYPE_CHECKING:
    from typing import Any

__version__ = "0.1.0"

# Rooms and modules reachable as attributes, as in Keras: `keras.layers.Conv2D`.
_MODULES = (
    "activations",
    "analysis",
    "applications",
    "augmentation",
    "callbacks",
    "checkpoints",
    "constraints",
    "data",
    "datasets",
    "deployment",
    "errors",
    "features",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "ops",
    "optimizers",
    "preprocessing",
    "random",
    "regularizers",
    "runs",
    "tensorflow",
    "training",
    "utils",
    "wrappers",
)

# Names that Keras has at its top level, and where they live here.
_NAMES = {
    "Initializer": "convolens.initializers",
    "Input": "convolens.layers",
    "InputSpec": "convolens.layers",
    "KerasTensor": "convolens.layers.calls.symbols",
    "Layer": "convolens.layers",
    "Loss": "convolens.losses",
    "Metric": "convolens.metrics",
    "Model": "convolens.models",
    "Optimizer": "convolens.optimizers",
    "Regularizer": "convolens.regularizers",
    "Sequential": "convolens.models",
    "Variable": "convolens.tensor",
    "name_scope": "convolens.backend",
    "version": "convolens.missing.place",
}

__all__ = ["__version__", *_MODULES, *_NAMES]


def __getattr__(name: str) -> "Any":
    if name in _MODULES:
        return importlib.import_module(f"convolens.{name}")
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    from convolens.missing import answer_for

    return answer_for(__name__)(name)


def __dir__() -> list[str]:
    return sorted(__all__)
