"""evaluate: score a run on a folder of labelled photos."""

from os import PathLike
from pathlib import Path

from convolens.arguments import integer
from convolens.data.folders.folder import check_folder
from convolens.runs.answers.answers import answers_of
from convolens.runs.answers.labelled import place_to_score, read_photos
from convolens.runs.answers.learnt_photos import warn_of_own_photos
from convolens.runs.answers.variations import augmentation_of, varied_probabilities
from convolens.runs.folder import model_file
from convolens.runs.folder.calibration_file import read_calibration
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.places import check_outside, check_writable, make_new_folder
from convolens.runs.output.screen import Screen
from convolens.runs.output.tables import check_table
from convolens.runs.report.evaluation import Evaluation
from convolens.runs.report.label_evaluation import LabelEvaluation
from convolens.runs.tasks.task_of import task_of


def evaluate(
    run: str | PathLike[str],
    data: str | PathLike[str],
    weights: str = "best",
    csv: Path | None = None,
    screen: Screen | None = None,
    *,
    top_k: int | None = None,
    tta: int | None = None,
    seed: int = 0,
    calibrated: bool = True,
    out: Path | None = None,
    labels: Path | None = None,
) -> Evaluation | LabelEvaluation:
    """Return how well a run does on labelled photos.

    Args:
        run: the run folder.
        data: a folder of class folders named as the run's classes; or one that holds `test`, or else
            `validation`, which is then taken.
        weights: "best" or "last".
        csv: a file for path, label, predicted and confidence of each photo.
        screen: where lines go.
        top_k: also the share of photos whose class is among the k likeliest; None tells it of 5 where there are more classes.
        tta: test-time augmentation: the mean of the probabilities over each photo and so many variations of it, as
            the training varied its photos.
        seed: of the variations and of the bootstrap.
        calibrated: False leaves the run's calibration aside.
        out: a folder for pictures, tables and a page; a name that is taken gets a suffix.
        labels: of a run whose photos have several labels: a CSV file (see `data.read_label_table`), `data` being a folder of
            photos; None takes class folders, in which equal files are one photo with several labels.

    Raises:
        MissingFileError: no such run or folder. DataError: classes the run does not know, no readable photo.
        ArgumentError, WriteError: a number out of range, or a table that cannot be written, before anything is read.
    """
    screen = screen or Screen()
    if csv is not None:
        check_table(csv, run, data, labels)
    seed = integer("evaluate", "seed", seed, minimum=0)
    folder = RunFolder.open(run)
    trained = model_file.load(folder, folder.weights(weights))
    task = task_of(trained)
    top_k = task.check_top(top_k, len(trained.class_names))
    augmentation = None
    if tta is not None:
        integer("evaluate", "tta", tta)
        augmentation = augmentation_of(folder)
    place = check_folder(data) if labels is not None else place_to_score(data)
    if out is not None:
        check_outside(out, place)
        check_writable(out)
    calibration = read_calibration(folder, weights, screen.warn) if calibrated else None
    images = task.list_labelled(place, labels, trained.class_names)
    screen.line(f"scoring {place} with {weights} weights of {folder.path}")
    part = read_photos(images, trained, screen)
    task.check_scored(part)
    warn_of_own_photos(folder, part.folder, screen, weights)
    with screen.progress("scoring photos") as advance:
        chances, unknown = answers_of(trained, part.pixels, calibration, advance)
    if tta is not None and augmentation is not None:
        with screen.progress("scoring variations") as advance:
            chances = varied_probabilities(trained, part.pixels, chances, tta, augmentation, seed, advance)
    names = trained.class_names
    found = task.evaluate(chances, part.labels, names, top_k, seed, calibration, unknown, tta)
    task.tell_evaluation(found, screen)
    if csv is not None:
        task.write_predictions(csv, part.folder.paths, part.labels, chances, names, calibration)
    if out is not None:
        made = make_new_folder(out)
        title = f"{folder.path.name} on {place}"
        task.write_evaluation(made, found, part, chances, names, title, calibration)
        screen.result(f"Page: {made / 'evaluation.html'}")
    return found
