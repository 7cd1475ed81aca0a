"""Classes and functions of the user's own by name, for models that files describe: Keras' `custom_objects`."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from convolens.errors import ArgumentError

_registered: dict[
    str, Any
] = {}  # "package>name" -> what a program registered, as Keras keeps it for the whole process
_scoped: ContextVar[dict[str, Any]] = ContextVar("scoped", default={})  # noqa: B039 - never changed in place
_NAME = "_registered_name"


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[Any], Any]:
    """Return a decorator that makes a class or function known to `load_model`.

    Args:
        package: what the name begins with in files.
        name: in files; None takes the object's own.

    Raises:
        ArgumentError: a class without `get_config`.

    Example:
        >>> @register_keras_serializable("mine")
        ... class Thing:
        ...     def get_config(self):
        ...         return {}
        >>> registered_name(Thing), get_custom_objects()["mine>Thing"] is Thing
        ('mine>Thing', True)
        >>> del get_custom_objects()["mine>Thing"]
    """

    def register(thing: Any) -> Any:
        if inspect.isclass(thing) and not hasattr(thing, "get_config"):
            raise ArgumentError(
                f"register_keras_serializable: {thing.__name__} has no get_config; define it."
            )
        full = f"{package}>{name or thing.__name__}"
        _registered[full] = thing
        setattr(thing, _NAME, full)
        return thing

    return register


def registered_name(thing: Any) -> str | None:
    """Return the name that a class or function was registered under; None where it was not."""
    found: str | None = vars(thing).get(_NAME)
    return found


def get_custom_objects() -> dict[str, Any]:
    """Return the registered classes and functions by name; what is put into the dict is known too."""
    return _registered


@contextmanager
def custom_object_scope(*objects: Mapping[str, Any]) -> Iterator[None]:
    """Let classes and functions be known by name as long as the block runs.

    Args:
        objects: name -> class or function.

    Example:
        >>> with custom_object_scope({"twice": lambda x: 2 * x}):
        ...     known("twice")(3)
        6
        >>> known("twice") is None
        True
    """
    merged = dict(_scoped.get())
    for names in objects:
        merged |= names or {}
    token = _scoped.set(merged)
    try:
        yield
    finally:
        _scoped.reset(token)


CustomObjectScope = custom_object_scope


def known(name: Any, registered: Any = None) -> Any:
    """Return the class or function of the user's own with a name; None where there is none.

    Args:
        name: its own name.
        registered: that which it was registered under, if a file says it.
    """
    for table in (_scoped.get(), _registered):
        for key in (registered, name):
            if isinstance(key, str) and key in table:
                return table[key]
    if isinstance(name, str):
        return next((thing for key, thing in _registered.items() if key.rpartition(">")[2] == name), None)
    return None


def deserializer(get: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return a room's `deserialize`: its `get`, which finds classes and functions of the user's own too.

    Args:
        get: of a name or a description, `{"class_name": ..., "config": {...}}`.

    Example:
        >>> deserializer(str.upper)("name"), deserializer(str.upper)("twice", custom_objects={"twice": 2})
        ('NAME', 2)
    """

    def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
        """Return what a name or a description stands for.

        Args:
            config: a name, or `{"class_name": ..., "config": {...}}` as `serialize` gives it.
            custom_objects: name -> class or function of your own that it speaks of.

        Raises:
            UnknownNameError: the name is not known; the nearest is offered.
        """
        described = isinstance(config, Mapping) and "class_name" in config
        with custom_object_scope(custom_objects or {}):
            own = known(config["class_name"], config.get("registered_name")) if described else known(config)
            if own is None:
                return get(config)
            if described and hasattr(own, "from_config"):
                return own.from_config(dict(config.get("config") or {}))
            return own

    return deserialize
