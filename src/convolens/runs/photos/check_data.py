"""What `check` finds in a folder: broken files, photos that are there twice, leaks between the parts, classes out of balance."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from convolens.data.caching.cache import load_pixels
from convolens.data.caching.content import content_hashes
from convolens.data.decoding.blank import what_is_missing
from convolens.data.decoding.sample_range import measure_samples
from convolens.data.decoding.samples import STANDARD, Samples
from convolens.data.folders.folder import ImageFolder, check_folder, list_images
from convolens.data.folders.layout import find_layout
from convolens.data.folders.names import Spellings, composed, names_that_differ_by_case
from convolens.data.similarity.duplicates import KINDS, Duplicates, find_duplicates
from convolens.data.similarity.near_duplicates import SIDE
from convolens.runs.output.screen import Screen

_OUT_OF_BALANCE = 3  # times as many photos


@dataclass(frozen=True)
class Photos:
    """The photos of all parts of a data set.

    Attributes:
        images: all of them, with paths from the folder that was named and the classes of any part.
        parts: names of the parts that are there, "train" first.
        part_of: a place in `parts` for each photo, (n,).
    """

    images: ImageFolder
    parts: tuple[str, ...]
    part_of: np.ndarray

    def subset(self, places: np.ndarray) -> "Photos":
        """Return some of the photos."""
        return replace(self, images=self.images.subset(places), part_of=self.part_of[places])

    def where(self, place: int) -> dict[str, str]:
        """Return path, part and class of a photo."""
        label = self.images.class_names[self.images.labels[place]]
        part = self.parts[self.part_of[place]]
        return {"path": self.images.relative_paths[place].as_posix(), "part": part, "class": label}


def gather(data: str | PathLike[str], validation: str | PathLike[str] | None = None) -> Photos:
    """Return the photos of a folder of class folders, or of its train, validation and test.

    Args:
        data: the folder.
        validation: another folder that is taken for validation; paths then begin at the folder that holds both.

    Raises:
        MissingFileError: no such folder. DataError: no class folders, two folders for one part.
    """
    root = Path(data)
    layout = find_layout(root, to_train=False, validation_given=validation is not None)
    if validation is not None:
        layout = replace(layout, validation=check_folder(validation))
    named = [("train", layout.train), ("validation", layout.validation), ("test", layout.test)]
    there = [(part, path) for part, path in named if path is not None]
    if len(there) > 1 and layout.train == root and validation is None:  # validation and test only
        there = there[1:]
    if validation is not None:
        there = [(part, path.absolute()) for part, path in there]
        root = Path(os.path.commonpath([path for _, path in there]))
    if len(there) == 1:
        root = there[0][1]
    folders = [list_images(path, allow_missing_classes=True) for _, path in there]
    names = Spellings(name for folder in folders for name in folder.class_names).names()
    numbers = {composed(name): number for number, name in enumerate(names)}
    paths, labels, part_of = [], [], []
    for place, ((_, path), folder) in enumerate(zip(there, folders, strict=True)):
        paths += [path.relative_to(root) / file for file in folder.relative_paths]
        labels += [numbers[composed(folder.class_names[label])] for label in folder.labels]
        part_of += [place] * len(folder)
    notes = tuple(dict.fromkeys(note for folder in folders for note in folder.notes))
    ignored = sum((Counter(folder.ignored) for folder in folders), Counter[str]())
    images = ImageFolder(root, tuple(paths), np.array(labels, np.int64), names, dict(ignored), notes)
    return Photos(images, tuple(part for part, _ in there), np.array(part_of, np.int64))


@dataclass(frozen=True)
class CheckedPhotos:
    """Photos that were looked at without a network, and what was found in them.

    Attributes:
        photos: those that can be read.
        broken: (path from the data's folder, reason) of the others.
        duplicates: pairs of places in `photos`.
        contents: SHA-256 of each photo's bytes.
        samples: how values of the files become bytes, as a training would have it.
        missing: in a sentence, that photos are blank or all alike; None where they are not.
    """

    photos: Photos
    broken: tuple[tuple[str, str], ...]
    duplicates: Duplicates
    contents: tuple[str, ...]
    samples: Samples = STANDARD
    missing: str | None = None

    @property
    def leaks(self) -> np.ndarray:
        """Places of pairs whose photos lie in different parts."""
        parts = self.photos.part_of[self.duplicates.pairs]
        return np.flatnonzero(parts[:, 0] != parts[:, 1])

    @property
    def conflicts(self) -> np.ndarray:
        """Places of pairs whose photos are of different classes."""
        labels = self.photos.images.labels[self.duplicates.pairs]
        return np.flatnonzero(labels[:, 0] != labels[:, 1])

    def pairs(self, places: Sequence[int] | np.ndarray) -> list[dict[str, Any]]:
        """Return pairs as plain values."""
        rows = []
        for place in np.asarray(places, np.int64).tolist():
            first, second = self.duplicates.pairs[place].tolist()
            both = {
                f"{key}_{number}": value
                for number, photo in enumerate((first, second), 1)
                for key, value in self.photos.where(photo).items()
            }
            kind = KINDS[self.duplicates.kinds[place]]
            rows.append(
                both | {"kind": kind, "similarity": round(float(self.duplicates.similarity[place]), 4)}
            )
        return rows

    def counts(self) -> np.ndarray:
        """Return how many photos each class has in each part, int64 (classes, parts)."""
        shape = (len(self.photos.images.class_names), len(self.photos.parts))
        flat = self.photos.images.labels * shape[1] + self.photos.part_of
        return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)

    def leaked(self) -> list[str]:
        """Return sentences on how much of a part has a twin in an earlier one."""
        pairs = self.duplicates.pairs[self.leaks]
        parts = self.photos.part_of[pairs]
        said = []
        for earlier, later in ((0, 1), (0, 2), (1, 2)):
            chosen = (parts == (earlier, later)).all(1)
            if chosen.any():
                count, whole = len(np.unique(pairs[chosen, 1])), int((self.photos.part_of == later).sum())
                said.append(
                    f"{count} of {whole:,} {self.photos.parts[later]} photos ({count / whole:.1%}) have a twin in "
                    f"{self.photos.parts[earlier]}"
                )
        return said

    def out_of_balance(self) -> list[str]:
        """Return sentences on classes that are empty, missing in a part, out of proportion, or named alike."""
        names, counts = self.photos.images.class_names, self.counts()
        said = []
        for part, column in zip(self.photos.parts, counts.T, strict=True):
            missing = [name for name, count in zip(names, column, strict=True) if count == 0]
            if missing:
                said.append(f"no readable {part} photo of {', '.join(missing)}")
        first = counts[:, 0]
        most, least = int(first.argmax()), int(np.where(first > 0, first, first.max() + 1).argmin())
        if first[least] > 0 and first[most] >= _OUT_OF_BALANCE * first[least]:
            said.append(
                f"{names[most]} has {first[most] / first[least]:.1f} times the {self.photos.parts[0]} photos of {names[least]}: "
                "look at each class's recall; train --balance takes each class equally often"
            )
        said += self.photos.images.notes
        said += [
            f"classes {a!r} and {b!r} differ only by upper and lower case"
            for a, b in names_that_differ_by_case(names)
        ]
        return said


def look(photos: Photos, screen: Screen) -> CheckedPhotos:
    """Read every photo once, and compare each with all others.

    Raises:
        DataError: not one photo can be read.
    """
    with screen.progress("reading photos") as advance:
        samples = measure_samples(photos.images.paths)
        pixels = load_pixels(photos.images, (SIDE, SIDE), progress=advance, samples=samples)
    root = photos.images.root
    broken = tuple((Path(path).relative_to(root).as_posix(), reason) for path, reason in pixels.skipped)
    kept = photos.subset(pixels.indices)
    contents = content_hashes(kept.images)
    with screen.progress("comparing photos") as advance:
        duplicates = find_duplicates(contents, pixels.array, advance)
    missing = what_is_missing(pixels.array)
    return CheckedPhotos(kept, broken, duplicates, tuple(contents), samples, missing)
