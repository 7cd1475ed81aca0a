"""Work on the images of a batch in slices, on threads of their own."""

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

VALUES_A_THREAD = 200_000  # fewer are done sooner by one thread


def in_slices(work: Callable[[int, int], None], n: int, values: int, threads: int | None) -> None:
    """Do work on [0, n) in slices on threads of their own, where it is enough for more than one.

    Args:
        work: is called with (start, stop).
        n: images.
        values: in all of them.
        threads: at most; None is one a core.
    """
    threads = min(threads or os.cpu_count() or 1, max(1, values // VALUES_A_THREAD), n)
    if threads <= 1:
        work(0, n)
        return
    bounds = np.linspace(0, n, threads + 1).astype(int).tolist()
    with ThreadPoolExecutor(threads) as pool:
        for task in [pool.submit(work, start, stop) for start, stop in itertools.pairwise(bounds)]:
            task.result()
