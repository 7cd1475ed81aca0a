"""`tf.Module`: an object that knows the variables in its attributes."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from convolens.backend.settings import name_scope
from convolens.naming import snake_case
from convolens.tensor import Variable

__all__ = ["Module"]


class Module:
    """Variables, layers, models and further modules in attributes, and in lists, tuples and dicts there, are found.

    Args:
        name: of the module; by default the class name in snake case.

    Example:
        >>> class Line(Module):
        ...     def __init__(self):
        ...         super().__init__(name="line")
        ...         self.w, self.b = Variable([2.0], name="w"), Variable(0.0, trainable=False, name="b")
        ...     def __call__(self, x):
        ...         return self.w * x + self.b
        >>> line = Line()
        >>> [v.name for v in line.variables], [v.name for v in line.trainable_variables]
        (['b:0', 'w:0'], ['w:0'])

    Source: TensorFlow 2's documentation of `tf.Module`.
    """

    def __init__(self, name: str | None = None) -> None:
        self._name = name or snake_case(type(self).__name__)

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    @property
    def name_scope(self) -> AbstractContextManager[str]:
        """A block in which nothing is named otherwise: see `tf.name_scope`."""
        return name_scope(self.name)

    @classmethod
    def with_name_scope(cls, method: Callable[..., Any]) -> Callable[..., Any]:
        """Return a method as it is; a decorator.

        Args:
            method: of a module.
        """
        return method

    @property
    def variables(self) -> tuple[Any, ...]:
        """The variables and weights, each once, in the order of the attributes' names."""
        return self._gathered("variables")

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        """Those of `variables` that are trained."""
        return self._gathered("trainable_variables")

    @property
    def non_trainable_variables(self) -> tuple[Any, ...]:
        """Those of `variables` that are not trained."""
        return self._gathered("non_trainable_variables")

    @property
    def submodules(self) -> tuple["Module", ...]:
        """The modules within it, and within those."""
        return tuple(one for one in self._holders() if isinstance(one, Module) and one is not self)

    def _gathered(self, which: str) -> tuple[Any, ...]:
        found: list[Any] = []
        for one in self._holders():
            if isinstance(one, Variable):
                if which == "variables" or one.trainable == (which == "trainable_variables"):
                    found.append(one)
            elif not isinstance(one, Module):
                found += getattr(one, which)
        return tuple(found)

    def _holders(self) -> list[Any]:
        """Return variables, modules, and layers and models, each once."""
        found: dict[int, Any] = {}
        for one in _within(self, found):
            found[id(one)] = one
        return list(found.values())


def _within(value: Any, seen: dict[int, Any]) -> Iterator[Any]:
    if id(value) in seen:
        return
    if isinstance(value, Module):
        yield value
        for _, held in sorted(vars(value).items()):
            yield from _within(held, seen)
    elif isinstance(value, Variable) or (
        hasattr(value, "trainable_variables") and not isinstance(value, type)
    ):
        yield value
    elif isinstance(value, dict):
        for held in value.values():
            yield from _within(held, seen)
    elif isinstance(value, (list, tuple)):
        for held in value:
            yield from _within(held, seen)
