"""`tf.compat`: texts and bytes, and names of TensorFlow 1."""

import importlib
import os
from typing import Any

from convolens.missing import answer_for

__all__ = ["as_bytes", "as_str", "as_str_any", "as_text", "path_to_str", "v1", "v2"]


def as_bytes(bytes_or_text: bytes | str, encoding: str = "utf-8") -> bytes:
    """Return a text as bytes.

    Args:
        bytes_or_text: what is bytes stays as it is.
        encoding: of the text.

    Example:
        >>> as_bytes("ä")
        b'\\xc3\\xa4'
    """
    return bytes_or_text.encode(encoding) if isinstance(bytes_or_text, str) else bytes(bytes_or_text)


def as_text(bytes_or_text: bytes | str, encoding: str = "utf-8") -> str:
    """Return bytes as a text.

    Args:
        bytes_or_text: a text stays as it is.
        encoding: of the bytes.

    Example:
        >>> as_text(b"cat")
        'cat'
    """
    return bytes_or_text if isinstance(bytes_or_text, str) else bytes(bytes_or_text).decode(encoding)


as_str = as_text


def as_str_any(value: Any, encoding: str = "utf-8") -> str:
    """Return anything as a text.

    Args:
        value: bytes are decoded, what is no text is written as `str` does.
        encoding: of bytes.
    """
    return as_text(value, encoding) if isinstance(value, bytes) else str(value)


def path_to_str(path: Any) -> Any:
    """Return a path as a text; what is none stays as it is.

    Args:
        path: a path.
    """
    return os.fspath(path) if hasattr(path, "__fspath__") else path


_missing = answer_for(__name__)


def __getattr__(name: str) -> Any:
    if name == "v1":
        return importlib.import_module("convolens.tensorflow.compat.v1")
    if name == "v2":
        return importlib.import_module("convolens.tensorflow")
    return _missing(name)
