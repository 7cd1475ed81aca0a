"""Processes that may have ended, and whose numbers may be those of others by now: never signalled by the number alone."""

import os
import signal
import subprocess
from pathlib import Path

_PROC = Path("/proc")
_STATE, _START = 0, 19  # fields of /proc/PID/stat behind the name


def start_of(process: int) -> str | None:
    """Return what tells a process from a later one of the same number; None where it has ended, be it waited for or not.

    Args:
        process: its number.

    Example:
        >>> start_of(os.getpid()) == start_of(os.getpid()), start_of(2**22 + 1)
        (True, None)
    """
    if not (_PROC / "self" / "stat").exists():
        return _start_by_ps(process)
    try:
        fields = (_PROC / str(process) / "stat").read_text(errors="replace").rpartition(")")[2].split()
        if fields[_STATE] in "ZX":
            return None
        return f"{_boot()} {fields[_START]}"
    except (OSError, IndexError):
        return None


def _boot() -> str:
    """Return the name of the time since the machine started, whose clock the starts of processes are told by."""
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _start_by_ps(process: int) -> str | None:
    """Return the same where there is no /proc, as on a Mac."""
    try:
        said = subprocess.run(
            ["ps", "-o", "stat=,lstart=", "-p", str(process)], capture_output=True, text=True, check=False
        ).stdout.split(maxsplit=1)
    except OSError:
        return None
    return said[1].strip() if len(said) == 2 and not said[0].startswith("Z") else None


def send(process: int, start: str, number: int) -> bool:
    """Send a signal to a process if it is still the one that is meant; return whether it was.

    Args:
        process: its number.
        start: as `start_of` told it while it was surely the one.
        number: of the signal.

    Example:
        >>> send(os.getpid(), "another start", signal.SIGTERM)
        False
    """
    try:
        handle = os.pidfd_open(process)  # from here on this number cannot become another's under our hands
    except ProcessLookupError:
        return False
    except (AttributeError, OSError):  # no Linux, or an old one
        handle = None
    try:
        if start_of(process) != start:
            return False
        if handle is None:
            os.kill(process, number)
        else:
            signal.pidfd_send_signal(handle, number)
    except ProcessLookupError:
        return False
    finally:
        if handle is not None:
            os.close(handle)
    return True


def has_open(process: int, path: Path) -> bool:
    """Return whether a process has a file open; True where the system does not tell.

    Args:
        process: its number.
        path: of the file.
    """
    place = _PROC / str(process) / "fd"
    try:
        state = path.stat()
        for name in os.listdir(place):
            try:
                if os.path.samestat((place / name).stat(), state):
                    return True
            except OSError:  # closed meanwhile
                continue
    except OSError:
        return not place.parent.exists() and not (_PROC / "self").exists()
    return False
