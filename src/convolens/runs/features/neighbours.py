"""neighbours: the photos of a folder that a network finds most like one photo."""

from collections import Counter
from dataclasses import KW_ONLY, dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from convolens.analysis import contact_sheet
from convolens.analysis.charts.pictures import check_picture
from convolens.arguments import integer, one_of
from convolens.data.decoding.decode import read_pixels
from convolens.errors import ArgumentError
from convolens.features import Features, extract
from convolens.features.neighbours import METRICS, nearest
from convolens.options.features import LayerOptions
from convolens.runs.answers.subject import Subject
from convolens.runs.features.features import features_at, layer_of, subject_of, tell_skipped
from convolens.runs.output.places import check_place
from convolens.runs.output.screen import Screen
from convolens.runs.output.tables import check_table, write_csv

_SIDE = 128  # pixels of a photo on the sheet


@dataclass(frozen=True)
class NeighbourOptions(LayerOptions):
    """What is asked for, beside `LayerOptions`.

    Attributes:
        subject: a run folder, an architecture or timm:NAME; None for `LEARNT` with its installed weights.
        image: the photo whose like is looked for.
        data: a folder of class folders, or of photos, that is searched.
        count: how many.
        metric: "cosine" or "euclidean".
        out: a PNG that shows them; csv: a table. None writes none.
    """

    subject: str | PathLike[str] | None
    image: str | PathLike[str]
    data: str | PathLike[str]
    _: KW_ONLY
    count: int = 12
    metric: str = "cosine"
    out: str | PathLike[str] | None = None
    csv: str | PathLike[str] | None = None


@dataclass(frozen=True)
class Neighbour:
    """One photo.

    Attributes:
        path: of the file.
        label: its class; None where the folder has none.
        distance: from the photo that was given.
    """

    path: str
    label: str | None
    distance: float


def neighbours(options: NeighbourOptions, screen: Screen | None = None) -> list[Neighbour]:
    """Find the nearest photos, the nearest first; say, draw and write them where asked.

    The photo itself is no neighbour of its own, where it lies in the folder; a copy of it is.

    Args:
        options: see `NeighbourOptions`.
        screen: where lines go; None prints them.

    Raises:
        MissingFileError, ImageError, DataError: photo or folder. UnknownNameError: no such layer or metric.
        ConvolensError: others of `find_subject` and `features.extract`.
    """
    screen = screen or Screen()
    count = integer("neighbours", "--count", options.count)
    one_of("neighbours", "--metric", options.metric, METRICS)
    one_of("neighbours", "--pool", options.pool, ("avg", "max", "flatten"))
    if options.out is not None:
        out = check_picture(options.out)
        if out.exists():
            raise ArgumentError(f"neighbours: --out {out} is there already; name another file.")
        check_place(out, options.data)
    if options.csv is not None:
        check_table(Path(options.csv), options.subject, options.image, options.data)
    read_pixels(options.image, size=(8, 8), shrink_early=True)  # before the work: can it be read?
    subject = subject_of("neighbours", options.subject, options, screen, options.data)
    found, query = _features(options, subject, screen)
    layer = found.layers[0]
    values = np.asarray(found.by_layer[layer])
    names = found.paths or ()
    itself = Path(options.image).resolve()
    result = nearest(values, query, count + 1, options.metric)
    chosen = [
        (place, distance)
        for place, distance in zip(result.places[0].tolist(), result.distances[0].tolist(), strict=True)
        if (Path(options.data) / names[place]).resolve() != itself
    ][:count]
    labels, classes = found.labels, found.class_names
    rows = [
        Neighbour(
            str(Path(options.data) / names[place]),
            None if labels is None or classes is None else classes[int(labels[place])],
            distance,
        )
        for place, distance in chosen
    ]
    _tell(options, f"{layer} of {subject.name}", rows, len(values), screen)
    if options.csv is not None:
        write_csv(
            Path(options.csv),
            ["path", "label", "distance"],
            [[row.path, row.label or "", f"{row.distance:.6f}"] for row in rows],
        )
        screen.result(f"{len(rows)} rows in {options.csv}")
    if options.out is not None:
        _draw(options, rows)
        screen.result(f"Contact sheet: {options.out}")
    return rows


def _features(options: NeighbourOptions, subject: Subject, screen: Screen) -> tuple[Features, np.ndarray]:
    """Return the features of the folder, from the cache where they are, and those of the photo, (1, d)."""
    given = subject.preprocessing
    photo = given.read(Path(options.image))
    found = features_at(options, subject, Path(options.data), screen)
    tell_skipped(found, screen)
    one = extract(
        subject.model,
        photo[np.newaxis],
        layer_of(options),
        pool=options.pool,
        preprocessing=given,
        cache=False,
    )
    return found, np.asarray(one.by_layer[one.layers[0]])


def _tell(options: NeighbourOptions, seen: str, rows: list[Neighbour], searched: int, screen: Screen) -> None:
    screen.line(f"{seen}: nearest of {searched:,} photos, {options.metric} distance")
    labelled = any(row.label is not None for row in rows)
    screen.table(
        ["distance", *(["class"] if labelled else []), "photo"],
        [[f"{row.distance:.4f}", *([row.label] if labelled else []), row.path] for row in rows],
        right=(0,),
    )
    if labelled:
        counts = Counter(row.label for row in rows).most_common()
        screen.result(f"Of {len(rows)} nearest: " + ", ".join(f"{count} {name}" for name, count in counts))


def _draw(options: NeighbourOptions, rows: list[Neighbour]) -> None:
    paths = [str(options.image), *(row.path for row in rows)]
    images = [read_pixels(path, "rgb", (_SIDE, _SIDE), shrink_early=True, resize="pad") for path in paths]
    captions = [
        f"the photo\n{Path(options.image).name}",
        *(
            f"{f'{row.label}, ' if row.label is not None else ''}{row.distance:.3f}\n{Path(row.path).name}"
            for row in rows
        ),
    ]
    contact_sheet(images, captions, options.out, title=f"Nearest by {options.metric} distance", cell=_SIDE)
