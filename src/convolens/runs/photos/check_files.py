"""What `check --out` writes: a table and a contact sheet of each kind of finding."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from convolens.analysis import contact_sheet
from convolens.data.decoding.decode import read_pixels
from convolens.runs.output.tables import write_csv
from convolens.runs.photos.check_data import CheckedPhotos

PAIR_COLUMNS = ("path_1", "part_1", "class_1", "path_2", "part_2", "class_2", "kind", "similarity")
SUSPECT_COLUMNS = ("path", "part", "class", "suggested", "probability_of_class", "probability_of_suggested")
_SIDE, _GAP = 128, 8  # pixels of a photo on a sheet, and between two
_PAIRS, _SUSPECTS = 40, 60  # on a sheet


def write_check(
    folder: Path, found: CheckedPhotos, suspects: Sequence[dict[str, Any]], places: np.ndarray | None
) -> None:
    """Write classes.csv, groups.csv for `train --group-by`, and of what was found broken, duplicates, conflicts, leaks, label_errors.

    Args:
        folder: a new one.
        found: without a network.
        suspects: rows of photos that are probably mislabelled.
        places: of them in `found.photos`; None where no network was asked.

    Raises:
        WriteError: a file cannot be written.
    """
    photos, duplicates = found.photos, found.duplicates
    names = photos.images.class_names
    write_csv(
        folder / "classes.csv",
        ["class", *photos.parts],
        [[name, *row] for name, row in zip(names, found.counts().tolist(), strict=True)],
    )
    if photos.parts == ("train",):
        write_csv(
            folder / "groups.csv",
            ["path", "group"],
            [
                [path.as_posix(), f"photo {int(group) + 1}"]
                for path, group in zip(photos.images.relative_paths, duplicates.groups, strict=True)
            ],
        )
    if found.broken:
        write_csv(folder / "broken.csv", ["path", "reason"], found.broken)
    everything = np.arange(len(duplicates.pairs))
    for name, title, chosen in (
        ("duplicates", "Photos that are there more than once", everything),
        ("conflicts", "Duplicates whose labels differ", found.conflicts),
        ("leaks", "The same photo in two parts", found.leaks),
    ):
        rows = found.pairs(chosen)
        if not rows:
            continue
        group = duplicates.groups[duplicates.pairs[chosen, 0]] + 1
        write_csv(
            folder / f"{name}.csv",
            ["group", *PAIR_COLUMNS],
            [
                [f"photo {number}", *(row[key] for key in PAIR_COLUMNS)]
                for number, row in zip(group, rows, strict=True)
            ],
        )
        _draw_pairs(folder / f"{name}.png", title, found, chosen, rows)
    if places is not None:
        write_csv(
            folder / "label_errors.csv",
            SUSPECT_COLUMNS,
            [[row[key] for key in SUSPECT_COLUMNS] for row in suspects],
        )
        if suspects:
            _draw_suspects(folder / "label_errors.png", found, suspects, places)


def _draw_pairs(
    path: Path, title: str, found: CheckedPhotos, chosen: np.ndarray, rows: Sequence[dict[str, Any]]
) -> None:
    shown = _spread(len(rows), _PAIRS)
    gap = np.full((_SIDE, _GAP, 3), 255, np.uint8)
    images = []
    for place in shown:
        first, second = (_photo(found, int(photo)) for photo in found.duplicates.pairs[chosen[place]])
        images.append(np.concatenate([first, gap, second], axis=1))
    captions = [
        f"{rows[i]['path_1']}\n{rows[i]['path_2']}\n{rows[i]['kind']}, {rows[i]['similarity']:.3f}"
        for i in shown
    ]
    contact_sheet(
        images, captions, path, title=_counted(title, len(shown), len(rows)), cell=2 * _SIDE + _GAP, trim=True
    )


def _draw_suspects(
    path: Path, found: CheckedPhotos, rows: Sequence[dict[str, Any]], places: np.ndarray
) -> None:
    shown = range(min(len(rows), _SUSPECTS))
    captions = [
        f"{rows[i]['class']}, rather {rows[i]['suggested']} ({rows[i]['probability_of_suggested']:.0%})\n{rows[i]['path']}"
        for i in shown
    ]
    title = _counted("Probably mislabelled, the most suspicious first", len(shown), len(rows))
    contact_sheet([_photo(found, int(places[i])) for i in shown], captions, path, title=title)


def _photo(found: CheckedPhotos, place: int) -> np.ndarray:
    """Return a photo for a sheet, uint8 (128, 128, 3)."""
    path = found.photos.images.paths[place]
    return read_pixels(path, "rgb", (_SIDE, _SIDE), shrink_early=True, resize="pad")


def _spread(count: int, most: int) -> list[int]:
    """Return at most so many places, spread evenly.

    Example:
        >>> _spread(3, 5), _spread(100, 4)
        ([0, 1, 2], [0, 33, 66, 99])
    """
    return sorted(set(np.linspace(0, count - 1, min(count, most)).round().astype(int).tolist()))


def _counted(title: str, shown: int, whole: int) -> str:
    return f"{title}: {whole}" if shown == whole else f"{title}: {shown} of {whole}"
