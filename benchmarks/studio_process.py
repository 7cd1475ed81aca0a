"""A studio in a process of its own, as the benchmarks of it start one; they are `studio.py`, `studio_pages.py` and `studio_photos.py`."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def studio_on(photos: Path) -> Iterator[tuple[str, str, int]]:
    """Yield the address of a studio on a folder, its token and its process, once it has said them; its runs lie beside the photos.

    Args:
        photos: the folder.
    """
    command = [sys.executable, "-m", "convolens", "studio", photos.name, "--port", "0", "--no-browser"]
    with subprocess.Popen(command, cwd=photos.parent, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            said = re.match(r"Studio: (http://[^/]+)/\?token=(\S+)", line)
            if said is None:
                sys.exit("the studio did not start")
            yield said[1], said[2], process.pid
        finally:
            process.terminate()
