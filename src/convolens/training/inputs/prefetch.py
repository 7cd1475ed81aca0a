"""Prefetch: prepare the next batches on one thread while the network computes on the one before."""

import contextvars
import threading
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from convolens.augmentation.cpu.batches import AugmentedBatches

T = TypeVar("T")
DEPTH = 2  # batches that wait or are in the making: with one alone, a slow batch is waited for


def may_prefetch(data: Any) -> bool:
    """Return whether batches of `data` may be made on a thread, and ahead of their use.

    That takes an attribute `thread_safe` that is true, as our own iterators have, and a `set_epoch`, so that a pass
    begun too early can be taken back. Others, Keras' Sequence for example, stay on the main thread.
    """
    return hasattr(data, "set_epoch") and bool(
        getattr(data, "thread_safe", isinstance(data, AugmentedBatches))
    )


def prefetch(batches: Iterator[T], depth: int = DEPTH) -> Generator[T]:
    """Yield what `batches` yields, in the same order, made ahead on one thread of its own.

    The thread lives as long as this generator: it ends with the last item, with an error, and with `close()`, which
    waits for the item in the making and drops it. An error of `batches` is raised here, as it is, in the place of the
    item that could not be made. Whoever leaves early should say so with `close()` (`contextlib.closing`).

    Args:
        batches: is run on the thread only, and closed at the end where it can be.
        depth: items made ahead, at most.

    Example:
        >>> list(prefetch(iter([3, 1, 2])))
        [3, 1, 2]
    """
    end = object()
    context = contextvars.copy_context()  # NumPy's error state, for one, is as on the calling thread

    # Ctrl-C while the pool starts its thread leaves one that the pool does not know, and so does not wait for.
    making = threading.Lock()
    left = threading.Event()

    def make() -> Any:
        with making:
            return end if left.is_set() else context.run(lambda: next(batches, end))

    waiting: deque[Any] = deque()
    with ThreadPoolExecutor(1, thread_name_prefix="convolens-prefetch") as pool:
        try:
            waiting.extend(pool.submit(make) for _ in range(depth))
            while (item := waiting.popleft().result()) is not end:
                waiting.append(pool.submit(make))
                yield item
        finally:
            left.set()
            pool.shutdown(wait=True, cancel_futures=True)
            with making:
                if hasattr(batches, "close"):
                    batches.close()
