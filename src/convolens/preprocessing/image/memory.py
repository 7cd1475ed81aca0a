"""How much memory may still be taken: what the machine has free, and what a container allows."""

import os
from contextlib import suppress
from pathlib import Path

_MACHINE, _CONTAINER = Path("/proc/meminfo"), Path("/sys/fs/cgroup")


def available_memory(machine: Path = _MACHINE, container: Path = _CONTAINER) -> float | None:
    """Return the bytes that a program may still take, or None where the system does not say.

    Args:
        machine: Linux' account of its memory; where it is missing, all memory counts as free.
        container: the folder of the control group (version 2), whose limit counts where it is the lower one.

    Example:
        >>> available_memory() is None or available_memory() > 0
        True
    """
    found = []
    try:
        kilobytes = _fields(machine)["MemAvailable"]
        found.append(1024.0 * int(kilobytes))
    except (OSError, KeyError, ValueError):
        with suppress(AttributeError, ValueError, OSError):  # Windows has no such call
            found.append(float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")))
    with suppress(OSError, KeyError, ValueError):  # no container, or "max": no limit
        limit = int((container / "memory.max").read_text())
        found.append(max(0.0, limit - float(_fields(container / "memory.stat")["anon"])))
    return min(found, default=None)


def _fields(path: Path) -> dict[str, str]:
    """Return the numbers of a file with lines such as `name: 12 kB` or `name 12`, by name."""
    lines = (line.split() for line in path.read_text().splitlines())
    return {words[0].rstrip(":"): words[1] for words in lines if len(words) > 1}
