"""What constructors take, and what of it an object keeps: the `get_config` of layers, optimizers, losses and their like."""

import inspect
from functools import cache
from typing import Any

_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def argument_names(cls: type) -> list[str]:
    """Return what a class can be made with by name: its own arguments, then those that its `**options` bring to its bases.

    Example:
        >>> class Shape:
        ...     def __init__(self, name="shape"):
        ...         self.name = name
        >>> class Square(Shape):
        ...     def __init__(self, side, **options):
        ...         super().__init__(**options)
        ...         self.side = side
        >>> argument_names(Square)
        ['side', 'name']
    """
    names: list[str] = []
    for base in cls.__mro__:
        own, passes_on = _own_arguments(base)
        names += own
        if not passes_on:
            break
    return list(dict.fromkeys(names))


def kept_arguments(thing: object, beyond: type = object) -> dict[str, Any]:
    """Return the arguments of an object's constructor, from its attributes of the same names; those of its bases come first.

    An argument that no attribute is named after is left out.

    Args:
        thing: any object.
        beyond: a base of its class whose own arguments are left out.

    Example:
        >>> class Shape:
        ...     def __init__(self, name="shape"):
        ...         self.name = name
        >>> class Square(Shape):
        ...     def __init__(self, side, **options):
        ...         super().__init__(**options)
        ...         self.side = side
        >>> kept_arguments(Square(3)), kept_arguments(Square(3), beyond=Shape)
        ({'name': 'shape', 'side': 3}, {'side': 3})

    Source: scikit-learn's `get_params`.
    """
    taken, left_out = argument_names(type(thing)), argument_names(beyond)
    bases_first = [name for base in reversed(type(thing).__mro__) for name in _own_arguments(base)[0]]
    return {
        name: getattr(thing, name)
        for name in dict.fromkeys(bases_first)
        if name in taken and name not in left_out and hasattr(thing, name)
    }


@cache  # a network has hundreds of layers
def _own_arguments(cls: type) -> tuple[tuple[str, ...], bool]:
    """Return the names in the constructor that a class itself defines, and whether others reach that of its base."""
    constructor = vars(cls).get("__init__")
    if constructor is None:
        return (), True
    parameters = list(inspect.signature(constructor).parameters.values())[1:]  # without self
    passes_on = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters)
    return tuple(parameter.name for parameter in parameters if parameter.kind in _NAMED), passes_on
