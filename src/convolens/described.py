"""Objects that a name or a config stands for: what initialisers, regularisers and constraints have in common."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from convolens.arguments import look_up
from convolens.constructors import kept_arguments
from convolens.errors import ArgumentError
from convolens.naming import snake_case


class Described:
    """An object that is made again from its class and its constructor's arguments."""

    house: ClassVar[str]  # the module of Keras that it is of

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, in Keras' words."""
        return kept_arguments(self)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Return one from `get_config`, ours or that of Keras.

        Args:
            config: name of an argument -> value.
        """
        return cls(**config)

    def serialize(self) -> dict[str, Any]:
        """Return Keras 3's description of this object inside a layer's config."""
        return {
            "module": self.house,
            "class_name": type(self).__name__,
            "config": self.get_config(),
            "registered_name": None,
        }


def named(*kinds: type) -> dict[str, Any]:
    """Return classes by their names, and by those in snake case.

    Example:
        >>> sorted(named(Described))
        ['Described', 'described']
    """
    return {name: kind for kind in kinds for name in (kind.__name__, snake_case(kind.__name__))}


def made(house: str, what: str, identifier: Any, known: Mapping[str, Callable[..., Any]]) -> Any:
    """Return the object that a name, a config, a class, a function or an object stands for; None stays None.

    Args:
        house: where an error begins.
        what: what an error calls it.
        identifier: a key of `known`, `{"class_name": ..., "config": {...}}`, or anything that can be called.
        known: name -> class, or function that makes one.

    Raises:
        UnknownNameError: the name is not known; the nearest is offered. ArgumentError: nothing of the above.

    Example:
        >>> made("numbers", "number", {"class_name": "whole", "config": {}}, {"whole": int})
        0
    """
    if identifier is None:
        return None
    if isinstance(identifier, str):
        return look_up(f"{house}.get", what, identifier, known)()
    if isinstance(identifier, Mapping) and "class_name" in identifier:
        kind = look_up(f"{house}.get", what, str(identifier["class_name"]), known)
        return getattr(kind, "from_config", lambda given: kind(**given))(dict(identifier.get("config") or {}))
    if isinstance(identifier, type):
        return identifier()
    if callable(identifier):
        return identifier
    raise ArgumentError(f"{house}.get: expected a name, a config or a function; received {identifier!r}.")
