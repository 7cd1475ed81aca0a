"""in_threads: the same work on many items, on all cores."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


# Seconds of interpreted work, reading a file for example, below which two threads lose more by handing the interpreter
# to each other than they gain.
TINY = 0.2e-3
_HICCUPS = 8  # so many items' worth of time may be lost to something else before that counts as slow


def in_threads(
    work: Callable[[T], R], items: Sequence[T], threads: int | None = None, alone_below: float = 0.0
) -> list[R]:
    """Return what `work` gives for each item, in their order; the calling thread takes part.

    A thread that is done takes the next item, which costs far less than a future for each would.

    Args:
        work: is called with an item; the first error it raises is raised here, and no further item is begun.
        items: anything with a length.
        threads: at most, the calling one among them; None is one a core.
        alone_below: seconds; as long as items take less than that on average, the calling thread does them alone.

    Example:
        >>> in_threads(abs, [3, -1, -2])
        [3, 1, 2]
    """
    # Taking the next place is one step of the interpreter: no two threads get the same.
    places = iter(range(len(items)))
    results: dict[int, R] = {}

    def take() -> None:
        try:
            for place in places:
                results[place] = work(items[place])
        except BaseException:
            for _ in places:  # nobody begins another
                pass
            raise

    begin, done = time.perf_counter(), 0
    while alone_below * (done + _HICCUPS) > time.perf_counter() - begin and done < len(items):
        place = next(places)
        results[place] = work(items[place])
        done += 1
    others = min(threads or os.cpu_count() or 1, len(items) - done) - 1
    if others < 1:
        take()
    else:
        with ThreadPoolExecutor(others) as pool:
            tasks = [pool.submit(take) for _ in range(others)]
            take()
            for task in tasks:
                task.result()
    return [results[place] for place in range(len(items))]
