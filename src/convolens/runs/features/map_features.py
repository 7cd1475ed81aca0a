"""map: a folder's features in the plane, as a picture and as a page with the photo under the mouse."""

import base64
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from convolens.analysis import plot_features
from convolens.analysis.charts.feature_picture import class_colours
from convolens.arguments import integer, one_of
from convolens.data.decoding.decode import read_pixels
from convolens.errors import ArgumentError, DataError
from convolens.features import Features
from convolens.features.extraction.sources import list_photos
from convolens.features.projection import METHODS, TITLES, check_method, project
from convolens.options.features import LayerOptions
from convolens.runs.features.features import features_at, subject_of, tell_skipped
from convolens.runs.output.places import check_outside, check_writable, make_new_folder
from convolens.runs.output.screen import Screen
from convolens.runs.output.tables import write_csv
from convolens.runs.report.page import write_page
from convolens.threads import in_threads

PICTURE, PAGE, TABLE = "features.png", "features.html", "features.csv"
_SIDE, _QUALITY = 64, 70  # of a photo on the page, in pixels; of its JPEG
_PLANE, _EDGE = 1000, 20  # units of the page's picture


@dataclass(frozen=True)
class MapOptions(LayerOptions):
    """What is asked for, beside `LayerOptions`.

    Attributes:
        subject: a run folder, an architecture or timm:NAME; None for `LEARNT` with its installed weights.
        data: a folder of class folders, or of photos.
        out: a new folder.
        methods: of "pca", "tsne", "umap".
        most: photos that are drawn; of more, as many are drawn by lot.
        seed: of the lot and of the methods.
    """

    subject: str | PathLike[str] | None
    data: str | PathLike[str]
    out: str | PathLike[str]
    _: KW_ONLY
    methods: tuple[str, ...] = ("pca", "tsne")
    most: int = 2000
    seed: int = 0


@dataclass(frozen=True)
class MapResult:
    """What was drawn.

    Attributes:
        folder: that was written.
        features: of the photos that are drawn.
        points: method -> (n, 2).
        photos: how many there are in the folder.
    """

    folder: Path
    features: Features
    points: Mapping[str, np.ndarray]
    photos: int


def map_features(options: MapOptions, screen: Screen | None = None) -> MapResult:
    """Extract, place in the plane, and write features.png, features.html and features.csv.

    Args:
        options: see `MapOptions`.
        screen: where lines go; None prints them.

    Raises:
        MissingFileError, DataError: the folder. UnknownNameError: no such method or layer. ExtraMissingError: no UMAP here.
        ConvolensError: others of `find_subject` and `features.extract`.
    """
    screen = screen or Screen()
    for method in options.methods:
        check_method("map", method)
    if not options.methods or len(set(options.methods)) < len(options.methods):
        raise ArgumentError(f"map: --method takes each of {', '.join(METHODS)} at most once, with commas.")
    most = integer("map", "--most", options.most, minimum=3)
    seed = integer("map", "--seed", options.seed, minimum=0)
    one_of("map", "--pool", options.pool, ("avg", "max", "flatten"))
    check_writable(options.out)
    check_outside(options.out, Path(options.data))
    images, labelled = list_photos(options.data)
    count = len(images)
    subject = subject_of("map", options.subject, options, screen, options.data)
    data: Any = Path(options.data)
    if count > most:
        data = images.subset(np.sort(np.random.default_rng(seed).choice(count, most, replace=False)))
    found = features_at(options, subject, data, screen)
    tell_skipped(found, screen)
    if len(found) < 3:
        raise DataError(f"map: {options.data} has {len(found)} readable photos; a map needs at least 3.")
    values = np.asarray(found.by_layer[found.layers[0]])
    points = {method: project(values, method, seed) for method in options.methods}
    names = found.class_names if labelled else None
    drawn = f"{len(found):,} photos" if count <= most else f"{len(found):,} of {count:,} photos, drawn by lot"
    title = f"{found.layers[0]} of {subject.name}: {drawn}"
    folder = make_new_folder(options.out)
    labels = found.labels if names is not None else None
    plot_features(
        {TITLES[method]: placed for method, placed in points.items()},
        labels,
        names or (),
        folder / PICTURE,
        title,
    )
    _write_table(folder / TABLE, found, labels, names or (), points)
    _write_map(folder / PAGE, Path(options.data), title, found, labels, names or (), points)
    screen.line(title + (f" (seed {seed}; --most {count} draws all)" if count > most else ""))
    screen.result(f"Picture: {folder / PICTURE}")
    screen.result(f"Page: {folder / PAGE}")
    return MapResult(folder, found, points, count)


def _write_table(
    path: Path,
    found: Features,
    labels: np.ndarray | None,
    names: Sequence[str],
    points: Mapping[str, np.ndarray],
) -> None:
    rows = (
        [
            file,
            "" if labels is None else names[int(labels[i])],
            *(f"{value:.6g}" for placed in points.values() for value in placed[i]),
        ]
        for i, file in enumerate(found.paths or ())
    )
    write_csv(path, ["path", "label", *(f"{method}_{axis}" for method in points for axis in "xy")], rows)


def _write_map(
    path: Path, data: Path, title: str, found: Features, labels: np.ndarray | None, names: Sequence[str],
    points: Mapping[str, np.ndarray],
) -> None:  # fmt: skip
    files = found.paths or ()
    pictures = in_threads(lambda file: _thumbnail(data / file), files)
    colours = class_colours(len(names)) if labels is not None else ["#1f77b4"]
    numbers = [0] * len(files) if labels is None else labels.tolist()
    placed = {method: _on_page(where).tolist() for method, where in points.items()}
    write_page(
        path,
        "map.html",
        title=title,
        classes=[{"name": name, "colour": colour} for name, colour in zip(names, colours, strict=False)],
        methods={method: TITLES[method] for method in points},
        first=next(iter(placed.values())),
        numbers=numbers,
        colours=colours,
        radius=round(min(9.0, max(4.0, 250 / math.sqrt(len(files)))), 1),
        data={
            "photos": [
                {"path": file, "class": number, "picture": picture}
                for file, number, picture in zip(files, numbers, pictures, strict=True)
            ],
            "classes": list(names),
            "points": placed,
        },
    )


def _thumbnail(path: Path) -> str:
    """Return a photo as a data URL."""
    small = Image.fromarray(read_pixels(path, "rgb", (_SIDE, _SIDE), shrink_early=True, resize="pad"))
    file = io.BytesIO()
    small.save(file, "jpeg", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()


def _on_page(points: np.ndarray) -> np.ndarray:
    """Return points in units of the page's picture, up as in the PNG; both axes have the same scale.

    Example:
        >>> _on_page(np.array([[0.0, 0.0], [2.0, 1.0]])).tolist()
        [[20.0, 740.0], [980.0, 260.0]]
    """
    low, high = points.min(0), points.max(0)
    scale = (_PLANE - 2 * _EDGE) / max(float((high - low).max()), 1e-12)
    placed = (points - (low + high) / 2) * scale * (1, -1) + _PLANE / 2
    return placed.round(1)
