"""A module under its name in Keras or TensorFlow."""

import importlib
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from convolens.missing import answer_for
from convolens.missing.old_places import PACKAGES, homes_of

VERSIONS = {"keras": "3.15.0"}  # of the packages whose names these are; of all others:
TENSORFLOW_VERSION = "2.15.0"
# What modules of Keras 1 and 2 imported for themselves, and programs take from there: `from keras.layers import K`, or K and np by `import *`.
IMPORTED_THERE = {
    "K": "convolens.backend",
    "np": "numpy",
    "tf": "convolens.tensorflow",
    "warnings": "warnings",
}


class Place(ModuleType):
    """A module under its name in Keras or TensorFlow: what is asked of it is asked of the modules of ours that it stands for."""

    def __init__(self, name: str, homes: Sequence[str]) -> None:
        super().__init__(name, f"{name}, as Convolens has it: {', '.join(homes)}.")
        self.__path__: list[str] = []  # so that an import looks for modules within it
        self._is_keras = name.partition(".")[0] != "tensorflow" or ".keras" in name
        self._homes = [importlib.import_module(home) for home in homes]
        if (
            name in PACKAGES
            or name in ("tensorflow.compat.v1", "tensorflow.compat.v2")
            or homes == ("convolens",)
        ):
            self.__version__ = VERSIONS.get(name.partition(".")[0], TENSORFLOW_VERSION)

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            public = {public for home in self._homes for public in getattr(home, "__all__", ())}
            return sorted(public | {"K", "np"} if self._is_keras and public else public)
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        found = [getattr(home, name) for home in self._homes if hasattr(home, name)]
        for value in found:
            if not isinstance(value, ModuleType):
                setattr(self, name, value)  # the next time it is at hand
                return value
        inner = place_of(f"{self.__name__}.{name}")
        if inner is not None:
            return inner
        if name in IMPORTED_THERE and self._is_keras and self._homes:
            return importlib.import_module(IMPORTED_THERE[name])
        # It says what is missing by the name that Keras has for it.
        return getattr(self._homes[0], name) if self._homes else answer_for(self.__name__)(name)

    def __reduce__(self) -> Any:
        """Return how another process makes it: one of a program's own, of scikit-learn's for example."""
        return place_of, (self.__name__,)

    def __dir__(self) -> list[str]:
        return sorted({name for home in self._homes for name in dir(home)})


def version() -> str:
    """Return the version of Keras whose names these are; that of Convolens is `convolens.__version__`.

    Example:
        >>> version()
        '3.15.0'
    """
    return VERSIONS["keras"]


def place_of(name: str) -> ModuleType | None:
    """Return a module of Keras or TensorFlow by its full name, also of an old one; None where there is none here.

    Example:
        >>> place_of("keras.layers.core").Dense.__name__
        'Dense'
    """
    homes = homes_of(name)
    if homes is None:
        return None
    found = sys.modules.get(name)  # of the real package, where no program runs here
    return found if isinstance(found, Place) else Place(name, homes)
