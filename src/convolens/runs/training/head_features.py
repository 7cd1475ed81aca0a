"""Features that a head learns from: what the frozen base makes of the photos, computed once, and batches of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from convolens.augmentation import Augmentation, AugmentedBatches
from convolens.layers.axes import surface
from convolens.models.parts.base_and_head import BaseAndHead
from convolens.training.batches import inputs

BATCH = 64  # photos that the base is given at once


class FeatureBatches(AugmentedBatches):
    """Batches of features in the order that the photos would have had; each epoch takes the next view.

    Args:
        features: float32 (views, n, ...), channels last.
        labels: (n, ...).
        like: the batches of the photos, for batch size, seed and order.
        classes: how many there are.
    """

    def __init__(
        self, features: np.ndarray, labels: np.ndarray, like: AugmentedBatches, classes: int
    ) -> None:
        super().__init__(
            features[0], labels, like.batch_size, Augmentation(), like.seed, 1.0, like.shuffle, classes,
            balance=like.numbers is not None,
        )  # fmt: skip
        self.features = features

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Return (features, labels) of a batch."""
        _, which, _ = self.chosen(number)
        return self.features[self.epoch % len(self.features)][which], self.labels[which]


class StagedBatches:
    """Batches of features or of photos, as the epoch asks for; what `Model.fit` takes.

    Args:
        features: None where there is no stage that learns from them.
        photos: `AugmentedBatches`, or the same on a GPU.
        takes_features: says of an epoch (from 0) whether it learns from features.
    """

    thread_safe = True

    def __init__(
        self, features: FeatureBatches | None, photos: Any, takes_features: Callable[[int], bool]
    ) -> None:
        self.features, self.photos, self.takes_features = features, photos, takes_features
        self.epoch = 0

    def __len__(self) -> int:
        return len(self.photos)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that the following batches belong to."""
        self.epoch = epoch
        for batches in (self.features, self.photos):
            if batches is not None:
                batches.set_epoch(epoch)

    def __getitem__(self, number: int) -> tuple[Any, Any]:
        """Return (x, y) of a batch."""
        if self.features is not None and self.takes_features(self.epoch):
            return self.features[number]
        return self.photos[number]


def features_of(
    parts: BaseAndHead,
    photos: AugmentedBatches,
    labels: np.ndarray,
    classes: int,
    views: int = 0,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> FeatureBatches:
    """Return what the base makes of photos.

    View k of a photo is what the photo would be in epoch k of a training; it is not mixed with others.

    Args:
        parts: of the network, its base on its device with its weights.
        photos: of one side.
        labels: theirs, as a loss takes them.
        classes: how many there are.
        views: 0 takes the plain photos, K that many augmented views.
        advance: told of (done, total) photos.
    """
    varied = replace(photos.augmentation, mixup=0.0, cutmix=0.0) if views else Augmentation()
    source = AugmentedBatches(
        photos.pixels,
        labels,
        BATCH,
        varied,
        photos.seed,
        photos.rescale,
        shuffle=False,
        threads=photos.threads,
    )
    device = next(parts.base.parameters()).device
    found, total = [], max(views, 1) * len(labels)
    for view in range(max(views, 1)):
        source.set_epoch(view)
        rows = []
        for number in range(len(source)):
            x, _ = source[number]
            rows.append(surface(parts.features(inputs(x).to(device))))
            advance(view * len(labels) + min((number + 1) * BATCH, len(labels)), total)
        found.append(np.concatenate(rows))
    return FeatureBatches(np.stack(found), labels, photos, classes)  # (views, n, ...)
