"""How commands end beside 0: 1 where a part failed and the rest was done, 2 on bad input, 130 after Ctrl-C, 75 after SIGTERM saved all (sysexits' EX_TEMPFAIL: try again)."""

from convolens.errors import ConvolensError, TerminatedError

NOT_ALL, BAD_INPUT, INTERRUPTED, TERMINATED = 1, 2, 130, 75


def failure(error: BaseException) -> tuple[str, int] | None:
    """Return the line and the exit status that an error ends a command with; None for a fault of ours, which ends with its traceback.

    Example:
        >>> failure(ConvolensError("no photos"))
        ('no photos', 2)
    """
    match error:
        case KeyboardInterrupt():
            return "interrupted.", INTERRUPTED
        case TerminatedError():
            return str(error), TERMINATED
        case ConvolensError():
            return str(error), BAD_INPUT
        case OSError():  # a locked folder, a name that is too long, a full disk behind standard output
            where = f"{error.filename}: " if error.filename is not None else ""
            return f"{where}{error.strerror or error}.", BAD_INPUT
        case MemoryError() | RuntimeError():  # torch's own are RuntimeErrors
            said = str(error).casefold()
            if isinstance(error, MemoryError) or "out of memory" in said or "allocate memory" in said:
                return (
                    "there is not enough memory for this; take a smaller --batch-size or --size.",
                    BAD_INPUT,
                )
    return None
