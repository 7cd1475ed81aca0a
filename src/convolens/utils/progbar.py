"""Progbar: the progress of a loop of one's own, under Keras' name and arguments."""

import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any

from convolens.callbacks.progbar_logger import UPDATE_SECONDS, describe


class Progbar:
    """A line that tells how far a loop is, and the means of what it measures.

    Args:
        target: how many steps there are; None where nobody knows.
        width, interval: accepted; the line is written anew at most five times a second.
        verbose: 0 nothing, 1 a line that is written over, 2 one line at the end.
        stateful_metrics: names of values that are shown as they are; of the others the mean over the steps.
        unit_name: what a step is called.

    Source: Keras 2's `keras.utils.Progbar`; Keras 3 tells the last value instead of the mean.

    Example:
        >>> bar = Progbar(2, verbose=2)
        >>> bar.update(1, [("loss", 3.0)])
        >>> bar.add(1, [("loss", 1.0)])
        2/2 - loss: 2.0000
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        self.target, self.verbose, self.unit_name = target, verbose, unit_name
        self.stateful_metrics = set(stateful_metrics or ())
        self._sums: dict[str, list[float]] = {}  # name -> sum, and number of steps
        self._seen, self._written = 0, 0.0

    def update(
        self, current: int, values: Sequence[tuple[str, Any]] | None = None, finalize: bool | None = None
    ) -> None:
        """Tell how far the loop is.

        Args:
            current: how many steps are done.
            values: (name, value) of what these steps measured.
            finalize: whether this was the last; None where `current` says so.
        """
        steps = max(current - self._seen, 1)
        for name, value in values or ():
            number = float(value)
            if name in self.stateful_metrics or name not in self._sums:
                self._sums[name] = [number, 1] if name in self.stateful_metrics else [number * steps, steps]
            else:
                self._sums[name] = [self._sums[name][0] + number * steps, self._sums[name][1] + steps]
        self._seen = current
        ended = current >= self.target if finalize is None and self.target is not None else bool(finalize)
        now = time.monotonic()
        if self.verbose == 0 or (not ended and (self.verbose == 2 or now - self._written < UPDATE_SECONDS)):
            return
        self._written = now
        told = describe({name: total / count for name, (total, count) in self._sums.items()})
        line = f"{current}/{'?' if self.target is None else self.target}{' - ' * bool(told)}{told}"
        over = self.verbose == 1 and sys.stdout.isatty()
        if ended or over:
            sys.stdout.write(("\r" if over else "") + line + ("\n" if ended else ""))
            sys.stdout.flush()

    def add(self, n: int, values: Sequence[tuple[str, Any]] | None = None) -> None:
        """Tell that some more steps are done.

        Args:
            n: how many.
            values: as of `Progbar.update`.
        """
        self.update(self._seen + n, values)
