"""Functions and classes that are names of `tf` itself: `tf.concat`, `tf.GradientTape`, `tf.function`."""

import importlib
from typing import Any

_HOMES = (
    "checks", "control", "gradient_tape", "indexing", "initializers", "making", "module", "random", "shapes", "surroundings", "values",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return __dir__()
    for home in () if name.startswith("_") else _HOMES:
        module = importlib.import_module(f"{__name__}.{home}")
        if name in module.__all__:
            return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(name for home in _HOMES for name in importlib.import_module(f"{__name__}.{home}").__all__)
