"""The training photos that a run finds most like one photo, by what goes into its classifier."""

import os
from collections import Counter
from functools import partial
from typing import Any

import numpy as np

from convolens.data.labels.multi_label import SEPARATOR
from convolens.features.neighbours import nearest
from convolens.runs.features.photo_rows import photo_row
from convolens.studio.answers.photo import Photo
from convolens.studio.records.feature_rows import rows_of_run
from convolens.studio.records.loaded_runs import Loaded
from convolens.studio.records.run_photos import RunPhotos, photo_id
from convolens.studio.shared import Studio


def nearest_photos(studio: Studio, loaded: Loaded, photo: Photo, count: int, page: str) -> dict[str, Any]:
    """Return the nearest training photos, the nearest first, with their classes of now and cosine distances.

    The photo itself is none of them; a copy of it is.

    Args:
        studio: whose folder is open.
        loaded: the run.
        photo: which is read, and written nowhere.
        count: how many.
        page: which waits, and is told how far it is.

    Raises:
        MissingFileError, DataError: the run's photos are no longer there. ConvolensError: others of `photo_rows`.
    """
    tell = partial(studio.tell_work, page)
    images = RunPhotos.of(loaded.folder).learnt_from()
    rows = rows_of_run(loaded, images, studio.rows, tell)
    pixels = photo.read(loaded.trained.preprocessing)
    with loaded.at_work:
        query = photo_row(loaded.trained, pixels)
    itself = None if photo.data is not None else os.path.realpath(photo.path)
    found = nearest(rows.values, query, count + 1)
    opened, listed = studio.workspace.photos, []
    for place, distance in zip(found.places[0].tolist(), found.distances[0].tolist(), strict=True):
        path = rows.images.paths[place]
        if itself is not None and os.path.realpath(path) == itself:
            continue
        listed.append(
            {
                "photo": photo_id(path, opened),
                "name": os.fsencode(path.name).decode("utf-8", "replace"),
                "label": _labels(rows.images.labels[place], rows.images.class_names),
                "distance": round(max(0.0, distance), 6),
            }
        )
    listed = listed[:count]
    counts = Counter(one["label"] for one in listed).most_common()
    return {
        "neighbours": listed,
        "photos": len(rows.images),
        "counts": [{"label": label, "photos": number} for label, number in counts],
    }


def _labels(label: Any, names: tuple[str, ...]) -> str:
    if np.ndim(label) == 0:
        return names[int(label)]
    return SEPARATOR.join(name for name, there in zip(names, label, strict=True) if there)
