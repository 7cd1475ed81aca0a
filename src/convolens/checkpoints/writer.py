"""Writer: what is to be written is written on a thread, one thing after the other, while the training goes on."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Writer:
    """Does jobs one at a time, in their order; nobody waits but for the one before.

    Args:
        background: False does each job at once, on the calling thread.

    Example:
        >>> done = []
        >>> writer = Writer()
        >>> writer.submit(lambda: done.append(1))
        >>> writer.wait()
        >>> done
        [1]
    """

    def __init__(self, background: bool = True) -> None:
        self.background = background
        self._pool: ThreadPoolExecutor | None = None
        self._job: Future[None] | None = None

    def submit(self, job: Callable[[], None]) -> None:
        """Wait for the job before, and have this one done.

        Raises:
            What the job before raised, or, without a thread, this one; then this one was not begun.
        """
        self.wait()
        if not self.background:
            job()
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="convolens-checkpoint")
        self._job = self._pool.submit(job)

    def wait(self) -> None:
        """Wait for the job under way; raises what it raised."""
        job, self._job = self._job, None
        if job is not None:
            job.result()
