"""Prepared: the photos of a run on two sides, read as its network sees them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from convolens.data.caching import old_fingerprints
from convolens.data.caching.cache import Pixels, load_pixels
from convolens.data.caching.fingerprint import FORM, is_fingerprint_of
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.data.decoding.samples import STANDARD, Samples
from convolens.data.folders.folder import ImageFolder
from convolens.pixel_rows import PixelRows


@dataclass(frozen=True)
class Part:
    """The photos of one side.

    Attributes:
        folder: the readable files with their labels.
        pixels: uint8 (n, h, w, c), one entry a file of `folder`.
    """

    folder: ImageFolder
    pixels: PixelRows

    @property
    def labels(self) -> np.ndarray:
        """Class numbers, int64 (n,); of photos with several labels 0 and 1, float32 (n, classes)."""
        return self.folder.labels

    def __len__(self) -> int:
        return len(self.folder)


def read_part(
    folder: ImageFolder,
    preprocessing: Preprocessing,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Part, Pixels]:
    """Return the photos of a folder that can be read, as a network sees them, and which they are of all.

    Args:
        folder: the files.
        preprocessing: of the network.
        progress: told how many of how many files are done.

    Raises:
        DataError: not one can be read; the first reason is given.
    """
    pixels = load_pixels(
        folder, preprocessing.size, preprocessing.color_mode, preprocessing.interpolation, progress, preprocessing.resize,
        preprocessing.samples,
    )  # fmt: skip
    return Part(folder.subset(pixels.indices) if pixels.skipped else folder, pixels.array), pixels


@dataclass(frozen=True)
class Prepared:
    """Everything a run needs of its data.

    Attributes:
        lines: which folder is which, and how it was split.
        skipped: (path, reason) of unreadable images.
        ignored: file name ending -> how many files that are no images.
        samples: how values of the files become bytes, for all photos alike.
        fingerprint: of the files, see `data.caching.fingerprint`.
        decoded: SHA-256 over the pixels of a few photos, in hexadecimal: another decoder gives another one.
        validation_apart: whether the validation photos are of a folder of their own, not split off.
        on_both_sides: how many validation photos are, byte for byte, training photos too.
    """

    class_names: tuple[str, ...]
    training: Part
    validation: Part
    lines: tuple[str, ...]
    skipped: tuple[tuple[Path, str], ...] = ()
    ignored: dict[str, int] = field(default_factory=dict)
    samples: Samples = STANDARD
    fingerprint: str = ""
    decoded: str = ""
    validation_apart: bool = False
    on_both_sides: int = 0

    def not_validated(self) -> list[str]:
        """Return the classes without a validation photo."""
        counts = self.validation.folder.counts()
        return [name for name, count in zip(self.class_names, counts, strict=True) if count == 0]

    def are_those_of(self, recorded: str) -> bool:
        """Return whether these are the photos of a run.

        Args:
            recorded: the fingerprint in its record; earlier versions took it of the pixels.
        """
        if recorded.startswith(FORM):
            return recorded == self.fingerprint or is_fingerprint_of(
                recorded, self.training.folder, self.validation.folder
            )
        sides = [(part.folder, part.pixels) for part in (self.training, self.validation)]
        return recorded == old_fingerprints.of_pixels(sides)
