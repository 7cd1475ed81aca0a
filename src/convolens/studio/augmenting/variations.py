"""Variations: a grid of one photo, as a training would see it in as many epochs."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from convolens.augmentation import Augmentation
from convolens.errors import ArgumentError
from convolens.runs.photos.augment import COUNT, vary
from convolens.studio.augmenting.controls import check_fields
from convolens.studio.augmenting.copies import as_command, as_python
from convolens.studio.pictures.chosen import Chosen, find_photo
from convolens.studio.pictures.sprites import sprite
from convolens.studio.shared import Studio

SIDE = 150  # pixels
COLUMNS = 5


def variations(
    studio: Studio, photo: str, partner: str | None, given: Mapping[str, Any], seed: int
) -> tuple[np.ndarray, dict[str, Any]]:
    """Return twenty variations as one picture, and what is to be said of them.

    Args:
        studio: whose photos are open.
        photo, partner: ids of `find_photo`; the partner is for mixup and cutmix.
        given: fields of `Augmentation`, lists where it takes tuples.
        seed: of the variations.

    Returns:
        uint8 (4 * 150, 5 * 150, 3); and "drawn" (words for each), "described", "python", "command", "columns", "side", "milliseconds".

    Raises:
        ArgumentError: a field or range that is none. MissingFileError, ImageError: a photo.
    """
    began = time.perf_counter()
    check_fields(given)
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
    augmentation = Augmentation(**fields)
    shown = find_photo(studio, photo)
    other = None
    if augmentation.mixes:
        if partner is None:
            raise ArgumentError("augment: mixup and cutmix mix the photo with another; choose a second one.")
        other = find_photo(studio, partner)
    pixels = np.stack([_pixels(studio, one) for one in (shown, other) if one is not None])
    varied = [vary(pixels, augmentation, seed, index) for index in range(COUNT)]
    picture = sprite([image for image, _ in varied], COLUMNS)
    return picture, {
        "drawn": [words for _, words in varied],
        "described": augmentation.describe() or ["nothing varies: every photo stays as it is"],
        "python": as_python(shown, other, fields, seed, SIDE, COUNT),
        "command": as_command(studio.workspace.photos, fields),
        "columns": COLUMNS,
        "side": SIDE,
        "milliseconds": round(1000 * (time.perf_counter() - began), 1),
    }


def _pixels(studio: Studio, photo: Chosen) -> np.ndarray:
    """Return a photo, decoded once as long as sliders move."""
    kept = studio.kept.of("photos at 150 x 150", 8)
    found: np.ndarray = kept.get((photo.id, photo.state), lambda: photo.pixels("rgb", (SIDE, SIDE)))
    return found
