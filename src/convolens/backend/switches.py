"""Switches of what Keras prints, by the names of `keras.config` and `keras.utils`; all are accepted, and change nothing."""

from convolens.missing import answer_for

__all__ = [
    "disable_interactive_logging", "disable_traceback_filtering", "enable_interactive_logging", "enable_traceback_filtering",
    "is_interactive_logging_enabled", "is_traceback_filtering_enabled",
]  # fmt: skip


def enable_interactive_logging() -> None:
    """Do nothing: progress is printed as `verbose` of each call says."""


def disable_interactive_logging() -> None:
    """Do nothing: `verbose=0` is silent."""


def is_interactive_logging_enabled() -> bool:
    """Return True: see `enable_interactive_logging`."""
    return True


def enable_traceback_filtering() -> None:
    """Do nothing: `convolens run` shows tracebacks from the program's own line on."""


def disable_traceback_filtering() -> None:
    """Do nothing: see `enable_traceback_filtering`."""


def is_traceback_filtering_enabled() -> bool:
    """Return True: see `enable_traceback_filtering`."""
    return True


__getattr__ = answer_for("convolens.config")  # what Keras has and is not here
