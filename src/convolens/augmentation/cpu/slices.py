"""Work on the images of a batch in slices, on threads of their own."""

import os
from collections.abc import Callable

from convolens.threads import in_threads

VALUES_A_THREAD = 200_000  # fewer are done sooner by one thread
SLICES_A_THREAD = 4  # whoever is done early takes the next: a core that others use too holds nobody up


def in_slices(work: Callable[[int, int], None], n: int, values: int, threads: int | None) -> None:
    """Do work on [0, n) in slices on threads of their own, where it is enough for more than one.

    Args:
        work: is called with (start, stop).
        n: images.
        values: in all of them.
        threads: at most, the calling one among them; None is one a core.
    """
    threads = min(threads or os.cpu_count() or 1, max(1, values // VALUES_A_THREAD), n)
    if threads <= 1:
        work(0, n)
        return
    size = -(-n // min(n, threads * SLICES_A_THREAD))
    in_threads(lambda start: work(start, min(start + size, n)), range(0, n, size), threads)
