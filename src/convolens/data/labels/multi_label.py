"""MultiLabelFolder: photos with any number of labels each; made of class folders in which the same photo lies several times."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from convolens.data.caching.content import content_hashes
from convolens.data.folders.folder import ImageFolder
from convolens.errors import DataError

SEPARATOR = ";"  # between labels, where they are written in one cell
SEPARATORS = SEPARATOR + "|"  # where they are read
FEWEST = 2  # photos of a class: one to learn from, one to validate on


@dataclass(frozen=True)
class MultiLabelFolder(ImageFolder):
    """Files and their labels, in the order of paths; `labels` holds a row a photo.

    Args:
        root, relative_paths, class_names, ignored, notes: see `ImageFolder`.
        labels: float32 (n, classes), 1 where the photo has the label and 0 where not; a row of zeros has none.

    Example:
        >>> from pathlib import Path
        >>> rows = np.array([[1, 1], [0, 1]], np.float32)
        >>> MultiLabelFolder(Path("d"), (Path("1.jpg"), Path("2.jpg")), rows, ("cat", "dog")).counts().tolist()
        [1, 2]
    """

    def counts(self) -> np.ndarray:
        """Return how many photos have each label, int64 (classes,)."""
        return np.count_nonzero(self.labels, axis=0)


def label_text(label: np.ndarray | int, class_names: Sequence[str]) -> str:
    """Return what is on a photo: the name of a class number, or the names of a row of 0 and 1.

    Example:
        >>> label_text(1, ["cat", "dog"]), label_text(np.array([1, 1]), ["cat", "dog"])
        ('dog', 'cat, dog')
    """
    if np.ndim(label) == 0:
        return class_names[int(label)]
    return ", ".join(class_names[i] for i in np.flatnonzero(label).tolist()) or "no label"


def check_enough_photos(folder: MultiLabelFolder, source: str) -> None:
    """Refuse labels that nothing can be learnt from, or that tables cannot tell apart.

    Args:
        folder: the photos.
        source: of the labels, for the message.

    Raises:
        DataError: one class only, a class of fewer than two photos, or whose name could be two.
    """
    names = folder.class_names
    parted = next((name for name in names if set(SEPARATORS) & set(name)), None)
    if parted is not None:
        raise DataError(
            f"{source}: {parted!r} cannot be the name of a class where a photo has several: {' and '.join(SEPARATORS)} stand between "
            "names in tables; rename it."
        )
    if len(names) < 2:
        only = f", {names[0]!r}" if names else ""
        raise DataError(
            f"{source}: {len(names)} class{only}; several labels a photo need at least two classes."
        )
    few = [
        f"{name!r} ({count})" for name, count in zip(names, folder.counts(), strict=True) if count < FEWEST
    ]
    if few:
        raise DataError(
            f"{source}: fewer than {FEWEST} photos of {', '.join(few)}: one is to learn from, another to validate on. "
            "Add photos, or take the label out."
        )


def merge_identical(folder: ImageFolder) -> MultiLabelFolder:
    """Return the photos of class folders, each once: files of equal content become one photo with the labels of all.

    Args:
        folder: of class folders; the first path of equal files stays.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from convolens.data.folders.folder import list_images
        >>> with tempfile.TemporaryDirectory() as data:
        ...     for name, content in (("cat/1.jpg", b"a"), ("dog/1.jpg", b"a"), ("dog/2.jpg", b"b")):
        ...         Path(data, name).parent.mkdir(exist_ok=True)
        ...         _ = Path(data, name).write_bytes(content)
        ...     merge_identical(list_images(data)).labels.tolist()
        [[1.0, 1.0], [0.0, 1.0]]
    """
    places = _places_by_content(folder)
    rows = np.zeros((len(places), len(folder.class_names)), np.float32)
    for row, same in zip(rows, places, strict=True):
        row[folder.labels[same]] = 1
    paths = tuple(folder.relative_paths[same[0]] for same in places)
    several = int((rows.sum(axis=1) > 1).sum())
    note = (
        f"labels: the class folders; {len(folder):,} files are {len(paths):,} photos, {several:,} of them with several labels "
        "(equal files are one photo)"
    )
    return MultiLabelFolder(
        folder.root, paths, rows, folder.class_names, folder.ignored, (*folder.notes, note)
    )


def in_several_classes(folder: ImageFolder) -> list[tuple[str, ...]]:
    """Return the paths of each photo that lies in more than one class folder.

    Args:
        folder: of class folders.
    """
    return [
        tuple(folder.relative_paths[place].as_posix() for place in same)
        for same in _places_by_content(folder)
        if len({int(folder.labels[place]) for place in same}) > 1
    ]


def _places_by_content(folder: ImageFolder) -> list[list[int]]:
    """Return the places of equal files, in the order of the first of each."""
    places: dict[str, list[int]] = {}
    for place, content in enumerate(content_hashes(folder)):
        places.setdefault(content, []).append(place)
    return list(places.values())
