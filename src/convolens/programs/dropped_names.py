"""Names that NumPy, SciPy and Matplotlib have dropped since a program was written: they are there again for as long as it runs."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

import numpy as np


def _of_numpy() -> dict[str, Any]:
    return {
        "bool": bool, "int": int, "float": float, "complex": complex, "object": object, "str": str,
        "float_": np.float64, "complex_": np.complex128, "string_": np.bytes_, "unicode_": np.str_,
        "Inf": np.inf, "infty": np.inf, "NaN": np.nan, "product": np.prod, "cumproduct": np.cumprod,
        "alltrue": np.all, "sometrue": np.any, "row_stack": np.vstack, "in1d": np.isin, "asscalar": lambda a: a.item(),
    }  # fmt: skip


def _of_scipy() -> dict[str, Any]:
    from convolens.programs import scipy_misc

    return {"misc": scipy_misc}


def _of_cm() -> dict[str, Any]:
    def get_cmap(name: Any = None, lut: int | None = None) -> Any:
        from matplotlib import pyplot

        return pyplot.get_cmap(name, lut)

    return {"get_cmap": get_cmap}


DROPPED: dict[str, Callable[[], dict[str, Any]]] = {
    "numpy": _of_numpy,
    "scipy": _of_scipy,
    "matplotlib.cm": _of_cm,
}


class _Giver(MetaPathFinder):
    """Gives the modules of `DROPPED` their old names, when they are imported or at once; takes them back."""

    def __init__(self) -> None:
        self.given: list[tuple[ModuleType, str]] = []
        self.misc = sys.modules.get("scipy.misc")

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path) if name in DROPPED else None
        if spec is None or spec.loader is None:
            return None
        loader: Any = spec.loader
        run = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            run(module)
            self.give(module)

        loader.exec_module = exec_module
        return spec

    def give(self, module: ModuleType) -> None:
        for name, value in DROPPED[module.__name__]().items():
            if name not in vars(module) or isinstance(value, ModuleType):
                setattr(module, name, value)
                self.given.append((module, name))
            if isinstance(value, ModuleType):
                sys.modules[f"{module.__name__}.{name}"] = value

    def take_back(self) -> None:
        for module, name in self.given:
            delattr(module, name)
        sys.modules.pop("scipy.misc", None)
        if self.misc is not None:
            sys.modules["scipy.misc"] = self.misc


@contextmanager
def dropped_names() -> Iterator[None]:
    """Within the block NumPy, SciPy and Matplotlib have names again that they had when older programs were written; afterwards as before.

    `np.float`, `np.product`, `scipy.misc.imread`, `imsave` and `imresize`, `matplotlib.cm.get_cmap`, ...: what is there still is left alone.

    Example:
        >>> with dropped_names():
        ...     from scipy.misc import imsave
        ...     np.zeros(2, np.float).dtype
        dtype('float64')
        >>> "float" in vars(np)
        False
    """
    giver = _Giver()
    for name in DROPPED:
        if name in sys.modules:
            giver.give(sys.modules[name])
    sys.meta_path.insert(0, giver)
    try:
        yield
    finally:
        sys.meta_path.remove(giver)
        giver.take_back()
