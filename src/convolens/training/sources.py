"""The kinds of data `fit` takes: arrays, indexed sources (Keras' Sequence), iterators, DataLoaders."""

import itertools
import warnings
from collections.abc import Generator, Iterator, Mapping
from typing import Any

import numpy as np
import torch

from convolens.augmentation.philox import permutation
from convolens.errors import ArgumentError, CheckpointError, ShapeError
from convolens.training.batches import Batch, Source, labels, make_batch, unpack
from convolens.training.prefetch import may_prefetch, prefetch


def _length(x: Any) -> int:
    return len(x[0]) if isinstance(x, (list, tuple)) else len(x)


def _rows(x: Any, rows: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return [item[rows] for item in x]
    return x[rows]


class ArraySource:
    """Arrays, cut into batches; each epoch in an order of its own, a function of (seed, epoch).

    Args:
        x: samples (n, ...), or a list of such arrays for several inputs.
        y: labels (n, ...) or None.
        weight: sample weights (n,) or None.
        batch_size: samples a batch; the last may be smaller.
        shuffle: False keeps the order.
        seed: of the order.
        class_weight: class number -> weight, or None.
        steps: stop each epoch after so many batches; None takes all.
    """

    def __init__(
        self,
        x: Any,
        y: Any = None,
        weight: Any = None,
        batch_size: int = 32,
        shuffle: bool = False,
        seed: int = 0,
        class_weight: Mapping[int, float] | None = None,
        steps: int | None = None,
    ) -> None:
        self.x, self.y, self.weight = x, y, weight
        self.batch_size, self.shuffle, self.seed = batch_size, shuffle, seed
        self.class_weight = class_weight
        self.samples = _length(x)
        whole = -(-self.samples // batch_size)
        self.steps: int = whole if steps is None else min(steps, whole)

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """Yield the batches of one epoch, from batch `start` on."""
        order = permutation(self.seed, epoch, self.samples) if self.shuffle else None
        for step in range(start, self.steps):
            first, stop = step * self.batch_size, min((step + 1) * self.batch_size, self.samples)
            rows: Any = slice(first, stop) if order is None else order[first:stop]
            yield make_batch(
                _rows(self.x, rows),
                None if self.y is None else self.y[rows],
                None if self.weight is None else self.weight[rows],
                self.class_weight,
            )


class IndexedSource:
    """Objects that know their batches by number: our image iterators, Keras' Sequence and PyDataset.

    The batches go on over epochs where `steps` is not the whole: batch `epoch * steps + i` of an endless row of
    passes, so a resumed run sees what an uninterrupted one would. `set_epoch(pass)` is called where there is one.
    Where `may_prefetch` allows it, a thread prepares the next batches; whenever an epoch ends, or is left, the data
    are in the pass of the last batch that was asked for, as they would be without the thread.

    Data with an `on_epoch_end` and no `set_epoch` have a state that moves: after a restart `on_epoch_end` is called as
    often as before, which is the same where the data's own generator decides alone.

    Args:
        data: the batches.
        steps: batches an epoch; None takes all.
        class_weight: class number -> weight, or None.
        pin: the thread puts its batches into memory from which a GPU copies while the program goes on.
    """

    def __init__(
        self,
        data: Any,
        steps: int | None = None,
        class_weight: Mapping[int, float] | None = None,
        pin: bool = False,
    ) -> None:
        if len(data) < 1:
            raise ArgumentError(
                "fit: the data set holds no batch; is the folder empty, or batch_size too large?"
            )
        self.data, self.class_weight, self.pin = data, class_weight, pin
        self.steps: int = len(data) if steps is None else steps
        self._pass: int | None = None
        self._ended = 0  # how often on_epoch_end was called

    def state_dict(self) -> dict[str, Any]:
        """Return which pass the data are in, where they cannot be told."""
        return {} if hasattr(self.data, "set_epoch") else {"pass": self._pass, "ended": self._ended}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Bring fresh data into the pass."""
        if not hasattr(self.data, "on_epoch_end") or not state:
            return
        for _ in range(state["ended"] - self._ended):
            self.data.on_epoch_end()
        self._pass, self._ended = state["pass"], max(state["ended"], self._ended)

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """Yield the batches of one epoch, from batch `start` on."""
        steps = range(epoch * self.steps + start, (epoch + 1) * self.steps)
        if not may_prefetch(self.data):
            yield from self._batches(steps)
            return
        asked = steps.start
        ahead = prefetch(self._batches(steps, self.pin))
        try:
            for step in steps:
                asked = step
                yield next(ahead)
        finally:
            ahead.close()
            self._go_to(asked // len(self.data))

    def _batches(self, steps: range, pin: bool = False) -> Generator[Batch]:
        for step in steps:
            number, place = divmod(step, len(self.data))
            self._go_to(number)
            batch = make_batch(*unpack(self.data[place]), self.class_weight)
            yield batch.pinned() if pin else batch

    def _go_to(self, number: int) -> None:
        """Begin a pass, if the data are not in it."""
        if number == self._pass:
            return
        if hasattr(self.data, "set_epoch"):
            self.data.set_epoch(number)
        elif self._pass is not None and hasattr(self.data, "on_epoch_end"):
            self.data.on_epoch_end()
            self._ended += 1
        self._pass = number


class IteratorSource:
    """Generators and iterators: taken from until `steps` batches, or until they end.

    After a restart a fresh iterator is taken from as often as before, and what it gives is dropped; an iterable is gone
    through from the beginning of the epoch.

    Args:
        data: an iterator, or an iterable that can be gone through again each epoch.
        steps: batches an epoch; None goes on until the end.
        class_weight: class number -> weight, or None.
    """

    def __init__(
        self, data: Any, steps: int | None = None, class_weight: Mapping[int, float] | None = None
    ) -> None:
        self.data, self.class_weight = data, class_weight
        self.steps = steps
        self._once = iter(data) is data
        self._rest: Iterator[Any] | None = iter(data) if self._once else None
        self._taken = 0  # from self._rest, since it was made
        self._skip = 0  # to be taken and dropped before the next batch, of a state

    def state_dict(self) -> dict[str, Any]:
        """Return how many batches were taken from what the next epoch goes on with."""
        return {"taken": self._skip or (self._taken if self._rest is not None else 0)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on, in the next epoch, after as many batches."""
        self._skip = int(state["taken"])

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """Return the batches of one epoch, from batch `start` on (the state says how many are skipped).

        Raises:
            CheckpointError: the data end before the place of the state.
        """
        if self._rest is None:
            self._rest, self._taken = iter(self.data), 0
        while self._taken < self._skip:
            if next(self._rest, self) is self:
                raise CheckpointError(
                    f"fit: the data ended after {self._taken} batches, before the place where the state was saved "
                    f"({self._skip}); give the generator as it was at the beginning of the training."
                )
            self._taken += 1
        self._skip = 0
        return self._batches(epoch, start)

    def _batches(self, epoch: int, start: int) -> Generator[Batch]:
        count, rest = start, self._rest
        for item in itertools.islice(rest or (), None if self.steps is None else self.steps - start):
            count += 1
            self._taken += 1
            yield make_batch(*unpack(item), self.class_weight)
        if self.steps is None and not self._once:
            self._rest = None
        if count == 0 or (self.steps is not None and count < self.steps):
            wanted = f"{self.steps} steps" if self.steps is not None else "another epoch"
            warnings.warn(
                f"The data ended after {count} batches of epoch {epoch + 1}, where {wanted} were expected; "
                "make the generator endless or give a smaller steps_per_epoch.",
                stacklevel=2,
            )


class LoaderSource:
    """A `torch.utils.data.DataLoader`: images in torch's habit (NCHW), unless they fit the model as NHWC only.

    Args:
        loader: yields (x, y), (x, y, weight) or x.
        image_shape: (rows, columns, channels) that the model expects, or None.
        steps: batches an epoch; None takes the whole loader.
        class_weight: class number -> weight, or None.
    """

    def __init__(
        self,
        loader: Any,
        image_shape: tuple[int | None, ...] | None,
        steps: int | None = None,
        class_weight: Mapping[int, float] | None = None,
    ) -> None:
        self.loader, self.image_shape, self.class_weight = loader, image_shape, class_weight
        self._at_epoch: torch.Tensor | None = None  # the generator's state before the epoch under way
        try:
            self.steps = len(loader) if steps is None else steps
        except TypeError:  # an iterable data set has no length
            self.steps = steps  # type: ignore[assignment]

    def _as_surface(self, x: Any) -> Any:
        if isinstance(x, (list, tuple)):
            return [self._as_surface(item) for item in x]
        if not isinstance(x, torch.Tensor) or x.ndim != 4:
            return x
        if self.image_shape is not None:
            rows, columns, channels = self.image_shape
            if (x.shape[1] != channels or x.shape[2:] != (rows, columns)) and x.shape[3] == channels:
                return x
        return x.permute(0, 2, 3, 1)  # NCHW -> NHWC, a view

    def state_dict(self) -> dict[str, Any]:
        """Return where the loader's own generator, if it has one, has to begin."""
        generator = getattr(self.loader, "generator", None)
        if generator is None:
            return {"generator": None}
        return {"generator": generator.get_state() if self._at_epoch is None else self._at_epoch}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Put the loader's own generator there."""
        if state["generator"] is not None and getattr(self.loader, "generator", None) is not None:
            self.loader.generator.set_state(state["generator"])

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """Return the batches of one epoch, from batch `start` on."""
        set_epoch = getattr(getattr(self.loader, "sampler", None), "set_epoch", None)
        if set_epoch is not None:
            set_epoch(epoch)
        generator = getattr(self.loader, "generator", None)
        self._at_epoch = None if generator is None else generator.get_state()
        items = itertools.islice(self.loader, self.steps)
        for _ in itertools.islice(items, start):
            pass
        return self._batches(items)

    def _batches(self, items: Iterator[Any]) -> Generator[Batch]:
        for item in items:
            x, y, weight = unpack(tuple(item) if isinstance(item, list) else item)
            yield make_batch(self._as_surface(x), y, weight, self.class_weight)
        self._at_epoch = None


def make_source(
    where: str,
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    batch_size: int | None = None,
    steps: int | None = None,
    shuffle: bool = False,
    seed: int = 0,
    class_weight: Mapping[int, float] | None = None,
    image_shape: tuple[int | None, ...] | None = None,
    pin: bool = False,
) -> Source:
    """Return the source that fits what the user gave.

    Raises:
        ArgumentError: no data, or labels beside a generator.
        ShapeError: x, y and weights of different lengths.
    """
    if x is None:
        raise ArgumentError(f"{where}: x is missing; give arrays, a generator or a DataLoader.")
    arrays = isinstance(x, (np.ndarray, torch.Tensor)) or (
        isinstance(x, (list, tuple))
        and len(x) > 0
        and all(isinstance(i, (np.ndarray, torch.Tensor)) for i in x)
    )
    if isinstance(x, list) and not arrays and not (x and isinstance(x[0], tuple)):  # nested lists of numbers
        x, arrays = np.asarray(x), True
    if not arrays:
        if y is not None or sample_weight is not None:
            raise ArgumentError(
                f"{where}: y and sample_weight come from the generator itself; leave them out."
            )
        if isinstance(x, torch.utils.data.DataLoader):
            return LoaderSource(x, image_shape, steps, class_weight)
        if hasattr(x, "__getitem__") and hasattr(x, "__len__"):
            return IndexedSource(x, steps, class_weight, pin)
        if hasattr(x, "__iter__") or hasattr(x, "__next__"):
            return IteratorSource(x, steps, class_weight)
        raise ArgumentError(
            f"{where}: x must be an array, a list of arrays, a generator or a DataLoader; received {type(x).__name__}."
        )
    count = _length(x)
    if isinstance(x, (list, tuple)) and any(len(item) != count for item in x):
        raise ShapeError(f"{where}: the inputs have different lengths: {[len(item) for item in x]}.")
    if count == 0:
        raise ArgumentError(f"{where}: x is empty; give at least one sample.")
    if y is not None:
        y = y if isinstance(y, (np.ndarray, torch.Tensor)) else np.asarray(y)
        if len(y) != count:
            raise ShapeError(
                f"{where}: x and y must have the same length; received {count} samples and {len(y)} labels."
            )
        labels(y[:1])
    if sample_weight is not None:
        sample_weight = np.asarray(sample_weight, dtype=np.float32)
        if len(sample_weight) != count:
            raise ShapeError(
                f"{where}: sample_weight must have the length of x; received {len(sample_weight)} weights "
                f"for {count} samples."
            )
    return ArraySource(x, y, sample_weight, batch_size or 32, shuffle, seed, class_weight, steps)
