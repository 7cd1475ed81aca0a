"""Every exception Convolens raises on purpose, each also the built-in that Keras would raise.

A message says where, what was given, what was expected, and what to do next, in one line.
"""


class ConvolensError(Exception):
    """The root of all errors raised on purpose; the command line turns it into one line and exit 2."""


class ArgumentError(ConvolensError, ValueError):
    """An argument has a value that the call cannot use."""


class ArgumentTypeError(ConvolensError, TypeError):
    """An argument has a type that the call cannot use, or is not an argument of the call at all."""


class UnknownNameError(ArgumentError):
    """A name (model, optimizer, loss, layer, column ...) is not known; the nearest one is offered."""


class NotHereError(ConvolensError, AttributeError):
    """A name of Keras or TensorFlow is not here; the message says what it does, and what to use instead."""


class NotHereImportError(ConvolensError, ImportError):
    """A module or name of Keras or TensorFlow that is not here was imported."""


class ProgramError(ConvolensError, RuntimeError):
    """A Keras program cannot go on here; the message names its line."""


class ShapeError(ArgumentError):
    """Shapes do not fit together."""


class TooLargeError(ArgumentError):
    """A network needs more memory than the machine has."""


class NotBuiltError(ConvolensError, ValueError):
    """A model or layer was used before its input shape was known."""


class NotCompiledError(ConvolensError, ValueError):
    """A model was trained or evaluated before `compile`."""


class DataError(ConvolensError, ValueError):
    """A folder, table or array of samples cannot be used as it is."""


class ImageError(DataError):
    """One image file cannot be read; the message names it."""


class ExtraMissingError(ConvolensError, ImportError):
    """A package that only some need is not installed; the message names the extra that brings it."""


class MissingFileError(ConvolensError, FileNotFoundError):
    """A file or folder that was named does not exist."""


class CheckpointError(ConvolensError, ValueError):
    """A weights file or checkpoint is damaged, of another form, or of another architecture."""


class ExportError(ConvolensError, RuntimeError):
    """A network cannot be exported, or what was exported does not answer as the run does."""


class WriteError(ConvolensError, OSError):
    """Something could not be written: permission, a read-only place, a full disk."""


class BusyError(ConvolensError, OSError):
    """Another process is at work on the same run."""


class TerminatedError(ConvolensError, RuntimeError):
    """SIGTERM ended a training after its state was saved; it can be gone on with."""

    how = "ended by SIGTERM"


class CancelledError(TerminatedError):
    """The program that began a job cancelled it; a training is saved before, and can be gone on with."""

    how = "cancelled"


class NonFiniteLossError(ConvolensError, ArithmeticError):
    """The loss became NaN or infinite, and the caller asked for an error rather than a stop."""
