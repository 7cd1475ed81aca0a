"""Names of Keras that are not where they were, or not here: old places lead to new ones, all others say what they do, and what to use instead."""

import sys
from collections.abc import Callable
from opcode import opmap
from types import FrameType
from typing import Any

from convolens.errors import NotHereError, NotHereImportError

__all__ = ["answer_for", "import_error", "keras_name", "of_keras"]


def answer_for(module: str) -> Callable[[str], Any]:
    """Return the `__getattr__` of a module of ours: an old module of Keras leads to where its names are, of all else it says what it is.

    Args:
        module: its full name, `__name__` in it.

    Raises:
        NotHereError: any other name; `NotHereImportError` where it was to be imported.

    Example:
        >>> answer_for("convolens.layers")("convolutional").Conv2D.__name__
        'Conv2D'
        >>> answer_for("convolens.layers")("LSTM")
        Traceback (most recent call last):
        convolens.errors.NotHereError: keras.layers.LSTM is not here ...
    """

    def __getattr__(name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        from convolens.missing.place import place_of

        old = place_of(keras_name(f"{module}.{name}"))
        if old is not None:
            return old
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


def of_keras(module: str, name: str) -> str:
    """Return what is to be said of a name that Keras takes in words ("adadelta") and that is not here; "" where Keras does not know it.

    Args:
        module: of Keras, "optimizers" for example.
        name: as a class, or with small letters and underscores.

    Example:
        >>> of_keras("optimizers", "lion").startswith(" keras.optimizers.Lion is not here (Optimizer that implements the Lion")
        True
        >>> of_keras("optimizers", "lionn")
        ''
    """
    from convolens.missing.advice import known_names, sentence

    wanted = f"keras.{module}.{name}".replace("_", "").casefold()
    found = next((known for known in known_names() if known.replace("_", "").casefold() == wanted), None)
    return "" if found is None else f" {sentence(found)}"


def _sentence(module: str, name: str) -> str:
    from convolens.missing.advice import sentence

    public = getattr(sys.modules.get(module), "__all__", ())
    return sentence(keras_name(f"{module}.{name}"), public)


def _is_import(caller: FrameType) -> bool:
    """Return whether a line `from MODULE import NAME` is at work; Python hides an AttributeError's words there."""
    # A module's own `__getattr__` may ask us last.
    while caller.f_code.co_name == "__getattr__" and caller.f_back is not None:
        caller = caller.f_back
    return caller.f_lasti >= 0 and caller.f_code.co_code[caller.f_lasti] == opmap["IMPORT_FROM"]
