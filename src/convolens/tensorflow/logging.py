"""`tf.logging` and `tf.get_logger`: Python's own logging, by TensorFlow's names."""

import logging as python_logging
from logging import DEBUG, ERROR, FATAL, INFO, WARN

from convolens.missing import answer_for

__all__ = [
    "DEBUG", "ERROR", "FATAL", "INFO", "WARN", "debug", "error", "fatal", "get_logger", "get_verbosity", "info", "log",
    "set_verbosity", "warn", "warning",
]  # fmt: skip


def get_logger() -> python_logging.Logger:
    """Return the logger called "tensorflow", which says nothing unless the program does.

    Example:
        >>> get_logger().name
        'tensorflow'
    """
    return python_logging.getLogger("tensorflow")


def set_verbosity(level: int | str) -> None:
    """Let the logger say what is of a level or above.

    Args:
        level: `ERROR`, `WARN`, `INFO` or `DEBUG`.
    """
    get_logger().setLevel(level)


def get_verbosity() -> int:
    """Return the level from which the logger speaks."""
    return get_logger().getEffectiveLevel()


_logger = get_logger()
debug, info, warning, warn, error, fatal = (
    _logger.debug,
    _logger.info,
    _logger.warning,
    _logger.warning,
    _logger.error,
    _logger.critical,
)
log = _logger.log

__getattr__ = answer_for(__name__)
