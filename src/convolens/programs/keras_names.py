"""Lead `import tensorflow`, `import keras` and all that lies within them to Convolens, for as long as a program runs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from convolens.missing import import_error, keras_name
from convolens.missing.old_places import PACKAGES, homes_of, new_name
from convolens.missing.place import Place

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


class Finder(MetaPathFinder, Loader):
    """Finds the modules of `PACKAGES` here, and says what those that are not here are."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        package = name.partition(".")[0]
        if package in NEED_TENSORFLOW:
            raise import_error(name, f"it runs on TensorFlow's own C++ parts; use {NEED_TENSORFLOW[package]}")
        if package not in PACKAGES:
            return None
        if homes_of(name) is None:
            raise import_error(keras_name(new_name(name)))
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
