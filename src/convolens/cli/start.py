"""The start of the process: what holds before anything of weight is imported, whatever the surroundings."""

import os
import sys


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit, see `convolens.cli.app.main`; Ctrl-C is one line and exit status 130, also while Python imports.

    Streams that are closed read nothing and write nowhere; letters that a stream's encoding lacks are shown as question marks.

    Args:
        arguments: behind the program's name; None takes those of the process.
    """
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _interrupt_again
    try:
        _open_streams()
        _check_folder()
        from convolens.cli.app import main as run

        run(arguments)
    except KeyboardInterrupt:
        print("convolens: interrupted.", file=sys.stderr)
        sys.exit(130)


def _interrupt_again(told: "sys.UnraisableHookArgs") -> None:
    """Let Ctrl-C that met a place which raises nothing (a weak reference that ends, `__del__`) come once more; Python drops it."""
    if told.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(told)
        return
    import signal
    import threading

    main_thread = threading.main_thread().ident or 0
    threading.Timer(
        0.01, signal.pthread_kill, (main_thread, signal.SIGINT)
    ).start()  # wakes it from a wait too


def _check_folder() -> None:
    """Refuse to work in a folder that was removed: no path leads anywhere, and torch's MKL ends the process."""
    try:
        os.getcwd()
    except OSError:
        print("convolens: the folder that you are in was removed; go to another one first.", file=sys.stderr)
        sys.exit(2)


def _open_streams() -> None:
    """Give closed standard streams a place, lest the next file that is opened gets their number and their lines."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
        elif mode == "w" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
