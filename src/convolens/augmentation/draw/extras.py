"""Extras: what is drawn for a batch beside Keras' parameters; the batch's `Draws` carry it."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Extras:
    """What happens to each of n images beside Keras' changes.

    Attributes:
        affine: (n, 2, 3) float64, from (row, column) of the output to (row, column) before; comes after Keras' matrix.
        crop: (n, 4) float64, the crop that is part of `affine`: top, left, height, width in pixels; for captions.
        shift: (n, 2) int64, the whole-pixel shift (rows, columns) that is part of `affine`: output row i comes from row
            i + shift, and what comes from outside is filled with the constant.
        codes: (n, k) uint8, the operations on the colours in their order: those of `tones`; the geometric ones of
            `policies` are listed too, but are part of `affine`.
        amounts: (n, k) float64, of the operations.
        erased: (n, 4) int64, the box that is erased: top, left, height, width in pixels; height 0 for none.
    """

    affine: np.ndarray
    crop: np.ndarray
    shift: np.ndarray
    codes: np.ndarray
    amounts: np.ndarray
    erased: np.ndarray

    @classmethod
    def none(cls, n: int, shape: tuple[int, int]) -> "Extras":
        """Return extras that change none of n images of (rows, columns).

        Example:
            >>> Extras.none(2, (5, 6)).touch_pixels
            False
        """
        return cls(
            affine=np.tile(np.eye(3)[:2], (n, 1, 1)),
            crop=np.tile(np.array([0.0, 0.0, *shape]), (n, 1)),
            shift=np.zeros((n, 2), np.int64),
            codes=np.zeros((n, 0), np.uint8),
            amounts=np.zeros((n, 0)),
            erased=np.zeros((n, 4), np.int64),
        )

    @property
    def touch_pixels(self) -> bool:
        """Whether there is more to do than the geometry, which the kernel does on its way."""
        return bool(self.codes.any() or self.shift.any() or self.erased[:, 2].any())
