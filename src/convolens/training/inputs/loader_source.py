"""LoaderSource: the batches of a torch DataLoader."""

import itertools
from collections.abc import Generator, Iterator, Mapping
from typing import Any

import torch

from convolens.training.batches import Batch, Feed, make_batch, unpack


class LoaderSource:
    """A `torch.utils.data.DataLoader`: images in torch's habit (NCHW), unless they fit the model as NHWC only.

    Args:
        loader: yields (x, y), (x, y, weight) or x.
        image_shape: (rows, columns, channels) that the model expects, or None.
        steps: batches an epoch; None takes the whole loader.
        class_weight: class number -> weight, or None.
        feed: as of `make_batch`.
    """

    def __init__(
        self,
        loader: Any,
        image_shape: tuple[int | None, ...] | None,
        steps: int | None = None,
        class_weight: Mapping[int, float] | None = None,
        feed: Feed | None = None,
    ) -> None:
        self.loader, self.image_shape, self.class_weight = loader, image_shape, class_weight
        self.feed = feed
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
        """Return the batches of one epoch, from batch `start` on.

        Args: as of `Source.epoch`.
        """
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
            yield make_batch(self._as_surface(x), y, weight, self.class_weight, self.feed)
        self._at_epoch = None
