"""What to say of names of Keras and TensorFlow that are not here: what they do, and what to use instead."""

import dis
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from convolens.errors import NotHereError, NotHereImportError

__all__ = ["answer_for", "import_error", "keras_name"]


def answer_for(module: str) -> Callable[[str], Any]:
    """Return the `__getattr__` of a module of ours: it raises an error that says what of Keras is missing.

    Args:
        module: its full name, `__name__` in it.

    Raises:
        NotHereError: always, of any name; `NotHereImportError` where the name was to be imported.

    Example:
        >>> answer_for("convolens.layers")("LSTM")
        Traceback (most recent call last):
        convolens.errors.NotHereError: keras.layers.LSTM is not here ...
    """

    def __getattr__(name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        said = _sentence(module, name)
        if _is_import(sys._getframe(1)):
            raise NotHereImportError(said, name=module)
        raise NotHereError(said, name=name, obj=sys.modules.get(module))

    return __getattr__


def import_error(name: str, why: str = "") -> NotHereImportError:
    """Return the error of a module or name that was to be imported and is not here.

    Args:
        name: its full name, as `keras_name` gives it.
        why: what to say of it; "" looks for that.

    Example:
        >>> str(import_error("tensorflow_hub", "use a network of convolens.applications"))
        'tensorflow_hub is not here: use a network of convolens.applications.'
    """
    if why:
        return NotHereImportError(f"{name} is not here: {why}.", name=name)
    module, _, last = name.rpartition(".")
    return NotHereImportError(_sentence(module, last), name=name)


def keras_name(name: str) -> str:
    """Return the full name in Keras or TensorFlow of what a module of ours, or a program, calls by another one.

    Example:
        >>> keras_name("convolens.layers.LSTM"), keras_name("tensorflow.keras.layers.LSTM"), keras_name("tensorflow.nn")
        ('keras.layers.LSTM', 'keras.layers.LSTM', 'tf.nn')
    """
    for ours, theirs in (
        ("convolens.tensorflow", "tf"),
        ("convolens", "keras"),
        ("tensorflow.python.keras", "keras"),
        ("tensorflow.keras", "keras"),
        ("tf.keras", "keras"),
        ("tf_keras", "keras"),
        ("tensorflow", "tf"),
    ):
        if name == ours or name.startswith(f"{ours}."):
            return theirs + name[len(ours) :]
    return name


def _sentence(module: str, name: str) -> str:
    from convolens.missing.advice import sentence

    public = getattr(sys.modules.get(module), "__all__", ())
    return sentence(keras_name(f"{module}.{name}"), public)


def _is_import(caller: FrameType) -> bool:
    """Return whether a line `from MODULE import NAME` is at work; Python hides an AttributeError's words there."""
    # A module's own `__getattr__` may ask us last.
    while caller.f_code.co_name == "__getattr__" and caller.f_back is not None:
        caller = caller.f_back
    return caller.f_lasti >= 0 and caller.f_code.co_code[caller.f_lasti] == dis.opmap["IMPORT_FROM"]
