"""Files that values are written into, and which of them is the one that is meant."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from convolens.errors import WriteError
from convolens.tensorflow.top.text import written

__all__ = ["SummaryWriter", "create_file_writer", "meant"]

_MEANT: ContextVar[tuple["SummaryWriter | None", Any]] = ContextVar("meant", default=(None, None))


class SummaryWriter:
    """A file of events in a folder, made when the first value is written.

    Args:
        logdir: the folder.
        max_queue: how many values wait before they are written.
        flush_millis: after how many milliseconds they are written at the latest.
        filename_suffix: what the file's name ends in.

    Raises:
        WriteError: the folder cannot be written into.
    """

    def __init__(
        self, logdir: Any, max_queue: int | None, flush_millis: int | None, filename_suffix: str | None
    ) -> None:
        self.logdir = written(logdir)
        self._options = {
            "max_queue": max_queue or 10,
            "flush_secs": max(1, (flush_millis or 120_000) // 1000),
            "filename_suffix": filename_suffix or ".v2",
        }
        self._file: Any = None

    @property
    def file(self) -> Any:
        """torch's writer.

        Raises:
            WriteError: the folder cannot be written into.
        """
        if self._file is None:
            from torch.utils.tensorboard import SummaryWriter as File

            try:
                self._file = File(self.logdir, **self._options)
            except OSError as error:
                raise WriteError(
                    f"tf.summary: cannot write into {self.logdir} ({error.strerror}); give another folder."
                ) from error
        return self._file

    @contextmanager
    def as_default(self, step: Any = None) -> Iterator["SummaryWriter"]:
        """Let values be written here within the block, and what waits when it ends.

        Args:
            step: of the values that say none.
        """
        token = _MEANT.set((self, step))
        try:
            yield self
        finally:
            _MEANT.reset(token)
            self.flush()

    def set_as_default(self, step: Any = None) -> None:
        """Let values be written here from now on.

        Args:
            step: of the values that say none.
        """
        _MEANT.set((self, step))

    def flush(self) -> None:
        """Write what waits."""
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        """Write what waits, and close the file; the next value opens another."""
        if self._file is not None:
            self._file.close()
            self._file = None


def create_file_writer(
    logdir: Any,
    max_queue: int | None = None,
    flush_millis: int | None = None,
    filename_suffix: str | None = None,
    name: str | None = None,
) -> SummaryWriter:
    """Return a writer of values into a folder.

    Args:
        logdir, max_queue, flush_millis, filename_suffix: as of `SummaryWriter`.
        name: accepted.
    """
    return SummaryWriter(logdir, max_queue, flush_millis, filename_suffix)


def meant() -> tuple[SummaryWriter | None, Any]:
    """Return the writer that values go to, None where there is none; and the step of those that say none."""
    return _MEANT.get()
