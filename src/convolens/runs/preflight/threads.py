"""How many threads a run computes on: one tried against all on a few steps of a copy, where nobody said."""

import os
import time
from collections.abc import Callable
from contextlib import ContextDecorator
from dataclasses import dataclass
from typing import Any

import torch

from convolens.models import Model
from convolens.runs.output.screen import threads_text
from convolens.runs.settings.options import Settings

# Two equal commands on a noisy machine should take the same number, since the last bits depend on it: one thread must be
# so many times as fast. A neighbour that costs more than that is worth a choice; a slip of the clock is not.
DECISIVE = 1.3
SECONDS, TURN = 1.5, 0.12  # of the whole comparison; of each number's turn
LONG_STEP = 0.3  # seconds; longer ones are tried with a part of the batch
FEWEST = 2  # photos of a batch: batch normalization asks for two


@dataclass(frozen=True)
class ThreadComparison:
    """How fast steps were on one thread and on all.

    Attributes:
        all_threads: how many "all" are.
        one_speed, all_speed: steps a second; None where it was not tried.

    Example:
        >>> ThreadComparison(2, one_speed=10.0, all_speed=12.0).threads
        2
        >>> print(ThreadComparison(2, one_speed=20.0, all_speed=4.0).line)
        1 thread: 5.0 times as fast here as 2, other processes are busy or the steps are small
    """

    all_threads: int
    one_speed: float | None = None
    all_speed: float | None = None

    @property
    def times(self) -> float | None:
        """How many times as fast one thread was as all; None where it was not tried."""
        if self.one_speed is None or self.all_speed is None:
            return None
        return self.one_speed / self.all_speed

    @property
    def threads(self) -> int:
        """The number to take: all, or one where it is decisively faster."""
        return 1 if self.times is not None and self.times >= DECISIVE else self.all_threads

    @property
    def line(self) -> str:
        """What was chosen and why, for the screen."""
        if self.times is None:
            return threads_text(self.all_threads)
        if self.threads == 1:
            return (
                f"1 thread: {self.times:.1f} times as fast here as {self.all_threads}, "
                "other processes are busy or the steps are small"
            )
        return f"{self.all_threads} threads: one would be {self.times:.2f} times as fast"


class threads_put_back(ContextDecorator):
    """Puts torch's number of threads, which is the whole process', back behind a call that sets it.

    Example:
        >>> before = torch.get_num_threads()
        >>> with threads_put_back():
        ...     torch.set_num_threads(before + 1)
        >>> torch.get_num_threads() == before
        True
    """

    def __enter__(self) -> None:
        self._before = torch.get_num_threads()

    def __exit__(self, *raised: object) -> None:
        torch.set_num_threads(self._before)

    def _recreate_cm(self) -> "threads_put_back":
        return threads_put_back()  # a decorated function may call itself


def compare_threads(
    make_model: Callable[[], Model],
    batches: Any,
    seconds: float = SECONDS,
    between: Callable[[], None] = lambda: None,
) -> ThreadComparison:
    """Train a copy on one thread and on all, in turn, and say how fast each was.

    Random state and torch's number of threads are put back.

    Args:
        make_model: returns a compiled model like the run's.
        batches: the training batches; they are only read.
        seconds: that it takes.
        between: called before each turn; what it raises ends the comparison.
    """
    everything = torch.get_num_threads()
    if everything == 1:
        return ThreadComparison(1)
    with torch.random.fork_rng(), threads_put_back():
        model = make_model()
        steps = max(len(batches), 1)
        drawn = [batches[step] for step in range(min(steps, 4))]  # what making batches costs is not compared
        rows, taken = FEWEST, 0

        def turn(threads: int, least: float) -> tuple[int, float]:
            """Return how many steps were taken in how many seconds: at least one."""
            nonlocal taken
            between()
            torch.set_num_threads(threads)
            done, start = 0, time.perf_counter()
            while not done or time.perf_counter() - start < least:
                x, y = drawn[taken % len(drawn)]
                model.train_on_batch(x[:rows], y[:rows])
                taken += 1
                done += 1
            return done, time.perf_counter() - start

        turn(everything, 0.0)  # everything is found and set up in the first step
        rows = len(drawn[0][0])
        took = turn(everything, 0.0)[1]
        rows = max(FEWEST, int(rows * min(1.0, LONG_STEP / took)))
        turn(1, 0.0)
        counted = {1: [0, 0.0], everything: [0, 0.0]}
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            for threads, sums in counted.items():
                done, took = turn(threads, TURN)
                sums[0] += done
                sums[1] += took
        one, all_ = (done / took for done, took in counted.values())
        return ThreadComparison(everything, one, all_)


def choose_threads(
    settings: Settings,
    make_model: Callable[[], Model],
    make_batches: Callable[[Model], Any],
    between: Callable[[], None] = lambda: None,
) -> tuple[int, str]:
    """Return the number of threads of a run and a line about it; torch gets it, for the whole process.

    What the user said holds: `settings.threads`, or OMP_NUM_THREADS. A network on a GPU leaves torch's number as it is.

    Args:
        settings: of the run.
        make_model: returns a compiled model like the run's.
        make_batches: returns the training batches for it.
        between: see `compare_threads`.
    """
    there = torch.get_num_threads()
    if settings.threads is not None:
        threads, line = settings.threads, f"{threads_text(settings.threads)} (--threads)"
    elif settings.device != "cpu":
        threads, line = there, threads_text(there)
    elif os.environ.get("OMP_NUM_THREADS"):
        threads, line = there, f"{threads_text(there)} (OMP_NUM_THREADS)"
    else:
        with torch.random.fork_rng():
            batches = make_batches(make_model())
        found = compare_threads(make_model, batches, between=between)
        threads, line = found.threads, found.line
    torch.set_num_threads(threads)
    return threads, line
