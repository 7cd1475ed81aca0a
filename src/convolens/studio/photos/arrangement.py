"""Arrangement: which class each photo of a dropped folder or a zip is of, by the folders that it lies in."""

from collections.abc import Sequence

from convolens.data.folders.layout import NAMES

_SIDES = {spelling: side for side, spellings in NAMES.items() for spelling in spellings}


def arranged(paths: Sequence[str]) -> list[tuple[str | None, str | None]]:
    """Return the side and the class of each photo; None where its folders name none.

    A folder that holds photos itself is a class, with all below it; one that holds folders alone holds classes. Folders `train`,
    `val` and so on that hold folders are sides.

    Args:
        paths: of photos, with "/" between folders, the dropped folder's name first.

    Example:
        >>> arranged(["pets/cat/1.jpg", "pets/dog/old/2.jpg", "cow/3.jpg", "4.jpg"])
        [(None, 'cat'), (None, 'dog'), (None, 'cow'), (None, None)]
        >>> arranged(["pets/train/cat/1.jpg", "pets/val/cat/2.jpg"])
        [('train', 'cat'), ('validation', 'cat')]
    """
    split = [tuple(path.split("/")) for path in paths]
    with_photos = {parts[:-1] for parts in split}
    with_classes = {folder[:-1] for folder in with_photos if folder}
    return [_of(parts, with_photos, with_classes) for parts in split]


def _of(
    parts: tuple[str, ...], with_photos: set[tuple[str, ...]], with_classes: set[tuple[str, ...]]
) -> tuple[str | None, str | None]:
    side = None
    for depth in range(1, len(parts)):
        folder = parts[:depth]
        if folder in with_photos:
            return side, folder[-1]
        side = _SIDES.get(folder[-1].casefold(), side)
        if folder in with_classes:
            return side, parts[depth]
    return side, None
