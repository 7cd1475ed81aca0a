"""MixUp and CutMix: each image is mixed with another of the data set, and so are their labels."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.arguments import number_in
from convolens.augmentation.draw.ranges import WHERE
from convolens.errors import ArgumentError

NUMBERS = 5  # random numbers an image


@dataclass(frozen=True)
class Mixing:
    """How each of n images is mixed.

    Attributes:
        partner: (n,) int64, the place in the data set of the other image.
        share: (n,) float64, how much of the result is the image itself, 0 to 1; of the labels too.
        box: (n, 4) int64: top, left, height, width in pixels of what CutMix takes from the partner; height -1 for MixUp.
    """

    partner: np.ndarray
    share: np.ndarray
    box: np.ndarray

    def __len__(self) -> int:
        return len(self.partner)


def check(mixup: Any, cutmix: Any) -> None:
    """Refuse values out of range.

    Raises:
        ArgumentError: an alpha below 0.
    """
    number_in(WHERE, "mixup", mixup, 0, float("inf"), open_high=True)
    number_in(WHERE, "cutmix", cutmix, 0, float("inf"), open_high=True)


def draw(u: np.ndarray, mixup: float, cutmix: float, size: int, shape: tuple[int, int]) -> Mixing:
    """Return how images are mixed; where both are on, half of the images by each.

    Args:
        u: (n, 5) in [0, 1).
        mixup, cutmix: alpha of the distribution Beta(alpha, alpha) of shares; 0 for off, and one is on.
        size: images in the data set.
        shape: (rows, columns) of the images.

    Source:
        Zhang et al., "mixup" (2017); Yun et al., "CutMix" (2019): the box is cut off at the image's edges, and the share
        is that of the pixels.

    Example:
        >>> one = draw(np.array([[0.0, 0.5, 0.25, 0, 0]]), 1.0, 0.0, 8, (4, 4))
        >>> one.partner.tolist(), one.share.tolist(), one.box[:, 2].tolist()
        ([2], [0.5], [-1])
    """
    from scipy.special import betaincinv

    rows, columns = shape
    cuts = u[:, 0] < (0.5 if mixup and cutmix else bool(cutmix))
    # the quantile of the distribution: one number in, one share out
    quantiles = [betaincinv(alpha, alpha, u[:, 1]) if alpha else np.ones(len(u)) for alpha in (mixup, cutmix)]
    side = np.sqrt(1 - quantiles[1])
    box = np.zeros((len(u), 4), np.int64)
    for axis, length in enumerate((rows, columns)):
        half = (side * length).astype(np.int64) // 2
        middle = (u[:, 3 + axis] * length).astype(np.int64)
        box[:, axis] = np.maximum(middle - half, 0)
        box[:, 2 + axis] = np.minimum(middle + half, length) - box[:, axis]
    share = np.where(cuts, 1 - box[:, 2] * box[:, 3] / (rows * columns), quantiles[0])
    box[~cuts] = [0, 0, -1, 0]
    return Mixing((u[:, 2] * size).astype(np.int64), share, box)


def label_rows(labels: np.ndarray, classes: int | None = None) -> np.ndarray:
    """Return labels that can be mixed: float32, class numbers as one-hot rows.

    Args:
        labels: class numbers (n,) or (n, 1) of an integer type; anything else is taken as it is.
        classes: how many there are; None takes the highest number and one.

    Raises:
        ArgumentError: a class number that is none.

    Example:
        >>> label_rows(np.array([0, 2]), 3).tolist()
        [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    if labels.dtype.kind not in "iu" or labels.size != len(labels):
        if labels.dtype.kind not in "biuf":
            raise ArgumentError(
                f"{WHERE}: mixup and cutmix mix labels, which must be numbers; received {labels.dtype}. "
                "Class names become numbers by np.unique(names, return_inverse=True)."
            )
        return labels.astype(np.float32)
    numbers = labels.reshape(-1).astype(np.int64)
    count = int(numbers.max()) + 1 if classes is None else classes
    if not 0 <= numbers.min() <= numbers.max() < count:
        raise ArgumentError(
            f"{WHERE}: mixup and cutmix need class numbers from 0 to {count - 1}; "
            f"received {numbers.min()} to {numbers.max()}."
        )
    return np.eye(count, dtype=np.float32)[numbers]


def mix_labels(rows: np.ndarray, which: np.ndarray, mixing: Mixing) -> np.ndarray:
    """Return the labels of mixed images.

    Args:
        rows: of the data set, as `label_rows` gives them.
        which: the places of the n images.
        mixing: how they are mixed.

    Example:
        >>> half = Mixing(np.array([1]), np.array([0.75]), np.array([[0, 0, -1, 0]]))
        >>> mix_labels(np.eye(2, dtype=np.float32), np.array([0]), half).tolist()
        [[0.75, 0.25]]
    """
    share = mixing.share.astype(np.float32).reshape(-1, *[1] * (rows.ndim - 1))
    return rows[which] * share + rows[mixing.partner] * (1 - share)


def describe(mixup: float, cutmix: float) -> list[str]:
    """Return a line for each that is on."""
    which = "half of the images, each" if mixup and cutmix else "each image"
    lines = []
    if mixup:
        lines.append(f"mixup: {which} laid over another, labels too, shares from Beta({mixup:g}, {mixup:g})")
    if cutmix:
        lines.append(
            f"cutmix: {which} with a box of another, labels too, shares from Beta({cutmix:g}, {cutmix:g})"
        )
    return lines
