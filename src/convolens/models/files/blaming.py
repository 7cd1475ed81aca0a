"""blaming: what goes wrong with what a file says, in one line that names the file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from convolens.errors import CheckpointError, ConvolensError

# What a hostile or damaged description makes of code that trusts it.
MALFORMED = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
)


@contextmanager
def blaming(path: Path, what: str, attempt: str = "", advice: str = "") -> Iterator[None]:
    """Turn whatever goes wrong with what a file says into one line that names the file.

    Args:
        path: the file; an error that begins with it goes on as it is.
        what: of the file is damaged where code that trusts it stumbles.
        attempt: said before the reason of an error of ours.
        advice: said last.
    """
    try:
        yield
    except ConvolensError as error:
        if str(error).startswith(f"{path}: "):
            raise
        raise type(error)(f"{path}: {attempt}{short(error)}{advice and f' {advice}.'}") from error
    except MALFORMED as error:
        reason = short(repr(error))
        raise CheckpointError(f"{path}: {what} is damaged ({reason}){advice and f'; {advice}'}.") from error


def short(text: object) -> str:
    """Return what an error says, in one line; names in a hostile file can be of any length."""
    line = " ".join(str(text).split())
    return line if len(line) < 600 else f"{line[:280]} ... {line[-280:]}"
