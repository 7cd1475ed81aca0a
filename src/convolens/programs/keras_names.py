"""Lead `import tensorflow`, `import keras` and all that lies within them to Convolens, for as long as a program runs."""

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from convolens.missing import import_error, keras_name
from convolens.programs.old_places import homes_of

PACKAGES = ("tensorflow", "keras", "tf_keras", "keras_preprocessing", "keras_applications")
# Packages that run on TensorFlow's own C++ parts, and what there is instead.
NEED_TENSORFLOW = {
    "tensorflow_addons": "convolens.layers, .losses and .metrics hold most of what it added",
    "tensorflow_datasets": "convolens.datasets, or keras.utils.image_dataset_from_directory for a folder of photos",
    "tensorflow_hub": "a network of convolens.applications with its learnt weights",
    "tensorflow_io": "tf.io and tf.data, as far as they are here",
    "tensorflow_model_optimization": "`precision=` of `compile`",
    "tensorflow_probability": "torch.distributions",
    "tensorflow_text": "the keras package: Convolens is for images",
}
VERSIONS = {"keras": "3.15.0"}  # whose names these are; of all others:
TENSORFLOW_VERSION = "2.15.0"


class Place(ModuleType):
    """A module under its name in Keras or TensorFlow: what is asked of it is asked of the modules of ours that it stands for."""

    def __init__(self, name: str, homes: Sequence[str]) -> None:
        super().__init__(name, f"{name}, as Convolens has it: {', '.join(homes)}.")
        self.__path__: list[str] = []  # so that modules within it are looked for
        self._homes = [importlib.import_module(home) for home in homes]
        if name in PACKAGES or homes == ("convolens",):
            self.__version__ = VERSIONS.get(name.partition(".")[0], TENSORFLOW_VERSION)

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return sorted({public for home in self._homes for public in getattr(home, "__all__", ())})
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        found = [getattr(home, name) for home in self._homes if hasattr(home, name)]
        for value in found:
            if not isinstance(value, ModuleType):
                setattr(self, name, value)  # the next time it is at hand
                return value
        if homes_of(f"{self.__name__}.{name}") is not None:
            return importlib.import_module(f"{self.__name__}.{name}")
        return getattr(self._homes[0], name)  # which says what is missing

    def __dir__(self) -> list[str]:
        return sorted({name for home in self._homes for name in dir(home)})


class Finder(MetaPathFinder, Loader):
    """Finds the modules of `PACKAGES` here, and says what those that are not here are."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        package = name.partition(".")[0]
        if package in NEED_TENSORFLOW:
            raise import_error(name, f"it runs on TensorFlow's own C++ parts; use {NEED_TENSORFLOW[package]}")
        if package not in PACKAGES:
            return None
        if homes_of(name) is None:
            raise import_error(keras_name(name))
        return ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return Place(spec.name, homes_of(spec.name) or ())

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: a place is whole from its beginning."""


@contextmanager
def keras_names() -> Iterator[None]:
    """Within the block `import tensorflow`, `import keras` and all within them give what Convolens has; afterwards all is as before.

    Modules of the real packages that are imported already are put aside for the block; the real ones are never imported in it.

    Example:
        >>> with keras_names():
        ...     from tensorflow.keras.layers import Conv2D
        >>> Conv2D.__module__
        'convolens.layers.convolutional.conv2d'
    """
    aside = _take_out()
    finder = Finder()
    sys.meta_path.insert(0, finder)
    # tensorboard asks for this module before it takes `tensorflow`, which would not be what it expects.
    without = "tensorboard.compat.notf"
    added = {without: ModuleType(without)} if without not in sys.modules else {}
    sys.modules.update(added)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        _take_out()
        for name in added:
            sys.modules.pop(name, None)
        sys.modules.update(aside)


def _take_out() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.partition(".")[0] in (*PACKAGES, *NEED_TENSORFLOW)]
    return {name: sys.modules.pop(name) for name in names}
