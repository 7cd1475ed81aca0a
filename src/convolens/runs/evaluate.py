"""evaluate: score a run on a folder of labelled photos."""

from os import PathLike
from pathlib import Path

from convolens.data.cache import load_pixels
from convolens.data.folder import list_images
from convolens.data.layout import find_layout
from convolens.errors import DataError
from convolens.runs import model_file
from convolens.runs.folder import RunFolder
from convolens.runs.prepare import Part
from convolens.runs.results import show_classes, write_predictions
from convolens.runs.scoring import Scores, probabilities, score
from convolens.runs.screen import Screen
from convolens.runs.tables import check_table


def evaluate(
    run: str | PathLike[str],
    data: str | PathLike[str],
    weights: str = "best",
    csv: Path | None = None,
    screen: Screen | None = None,
) -> Scores:
    """Return how well a run does on labelled photos.

    Args:
        run: the run folder.
        data: a folder of class folders named as the run's classes; or one that holds `test`, or else
            `validation`, which is then taken.
        weights: "best" or "last".
        csv: a file for path, label, predicted and confidence of each photo.
        screen: where lines go.

    Raises:
        MissingFileError: no such run or folder. DataError: classes the run does not know, no readable photo.
        ArgumentError, WriteError: a table that cannot be written, before anything is read.
    """
    screen = screen or Screen()
    if csv is not None:
        check_table(csv)
    folder = RunFolder.open(run)
    trained = model_file.load(folder, folder.weights(weights))
    layout = find_layout(data, to_train=False)
    place = layout.test or layout.validation or layout.train
    if place == layout.train != Path(data):
        raise DataError(f"{data}: holds {place.name} only; give the folder to score, {place} say.")
    screen.line(f"scoring {place} with {weights} weights of {folder.path}")
    images = list_images(place, class_names=trained.class_names, allow_missing_classes=True)
    preprocessing = trained.preprocessing
    with screen.progress("reading photos") as advance:
        pixels = load_pixels(
            images,
            preprocessing.size,
            preprocessing.color_mode,
            preprocessing.interpolation,
            advance,
            preprocessing.resize,
        )
    for path, reason in pixels.skipped:
        screen.warn(f"skipped {path}: {reason}")
    part = Part(images if len(pixels.indices) == len(images) else images.subset(pixels.indices), pixels.array)
    with screen.progress("scoring photos") as advance:
        chances = probabilities(trained.model, part.pixels, preprocessing, advance=advance)
    scores = score(chances, part.labels, trained.class_names)
    screen.result(
        f"Accuracy {scores.accuracy:.4f}, loss {scores.loss:.4f} on {len(part):,} photos; "
        f"always saying {scores.commonest!r} would give {scores.baseline:.4f}"
    )
    show_classes(scores, screen)
    if csv is not None:
        write_predictions(csv, part, chances, trained.class_names)
    return scores
