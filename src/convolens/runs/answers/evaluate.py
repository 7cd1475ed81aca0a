"""evaluate: score a run on a folder of labelled photos."""

from os import PathLike
from pathlib import Path

from convolens.analysis.measures import Interval
from convolens.arguments import integer
from convolens.errors import ArgumentError
from convolens.runs.answers.answers import answers_of
from convolens.runs.answers.evaluate_labels import LabelEvaluation, LabelEvaluator
from convolens.runs.answers.labelled import place_to_score, read_labelled
from convolens.runs.answers.variations import augmentation_of, varied_probabilities
from convolens.runs.folder import model_file
from convolens.runs.folder.calibration_file import read_calibration
from convolens.runs.folder.model_file import refuse_multi_label
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.places import check_outside, check_writable, make_new_folder
from convolens.runs.output.screen import Screen
from convolens.runs.output.tables import check_table
from convolens.runs.report.answered import show_classes, write_predictions
from convolens.runs.report.evaluation import Evaluation, check_top, evaluation_of, write_evaluation


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
        check_table(csv)
    seed = integer("evaluate", "seed", seed, minimum=0)
    folder = RunFolder.open(run)
    trained = model_file.load(folder, folder.weights(weights))
    if trained.multi_label and top_k is not None:
        refuse_multi_label("evaluate --top-k", folder, "leave it out")
    if labels is not None and not trained.multi_label:
        raise ArgumentError(
            f"evaluate: {folder.path} gives a photo one class, so --labels says nothing; give class folders."
        )
    top_k = check_top(top_k, len(trained.class_names))
    augmentation = None
    if tta is not None:
        integer("evaluate", "tta", tta)
        augmentation = augmentation_of(folder)
    several = LabelEvaluator(trained, Path(data), labels, screen) if trained.multi_label else None
    place = place_to_score(data) if several is None else several.place
    if out is not None:
        check_outside(out, place)
        check_writable(out)
    calibration = (
        read_calibration(folder, weights, screen.warn) if calibrated and not trained.multi_label else None
    )
    screen.line(f"scoring {place} with {weights} weights of {folder.path}")
    part = read_labelled(place, trained, screen) if several is None else several.read()
    with screen.progress("scoring photos") as advance:
        chances, unknown = answers_of(trained, part.pixels, calibration, advance)
    if tta is not None and augmentation is not None:
        with screen.progress("scoring variations") as advance:
            chances = varied_probabilities(trained, part.pixels, chances, tta, augmentation, seed, advance)
    if several is not None:
        scores = several.score(part, chances, tta)
        if csv is not None:
            several.write_table(csv, part, chances)
        if out is not None:
            several.write_folder(
                make_new_folder(out), scores, part, chances, f"{folder.path.name} on {place}"
            )
        return scores
    found = evaluation_of(chances, part.labels, trained.class_names, top_k, seed, calibration, unknown, tta)
    told = chances if calibration is None else calibration(chances)
    _tell(found, len(part), screen)
    if csv is not None:
        write_predictions(csv, part, told, trained.class_names)
    if out is not None:
        made = make_new_folder(out)
        write_evaluation(made, found, part, told, trained.class_names, f"{folder.path.name} on {place}")
        screen.result(f"Page: {made / 'evaluation.html'}")
    return found


def _tell(found: Evaluation, photos: int, screen: Screen) -> None:
    averaged = (
        ""
        if found.variations is None
        else f", the mean over itself and {found.variations} variations of each"
    )
    screen.result(
        f"Accuracy {found.accuracy:.4f}, loss {found.loss:.4f} on {photos:,} photos{averaged}; "
        f"always saying {found.commonest!r} would give {found.baseline:.4f}"
    )
    screen.result(
        f"Macro F1 {found.macro_f1:.4f}; 95 % intervals: accuracy {_ends(found.accuracy_interval)}, "
        f"macro F1 {_ends(found.macro_f1_interval)} (bootstrap of the photos)"
    )
    if found.top is not None:
        screen.result(f"Top-{found.top[0]} accuracy {found.top[1]:.4f}")
    if found.roc_area is not None:
        of = (
            f"of {found.curves[0].name!r}"
            if len(found.classes) == 2
            else "mean of each class against the rest"
        )
        screen.result(f"Area below the ROC curve {found.roc_area:.4f} ({of})")
    line = f"Expected calibration error {found.reliability.error:.4f}"
    if found.calibration is not None and found.calibrated_reliability is not None:
        line += (
            f", calibrated {found.calibrated_reliability.error:.4f} (temperature {found.calibration.temperature:.3g}; "
            "--no-calibration leaves it aside)"
        )
    screen.result(line)
    if found.unknown is not None:
        screen.result(f"Called unknown: {found.unknown:.1%} of the photos")
    show_classes(found, screen)


def _ends(interval: Interval | None) -> str:
    return "unknown" if interval is None else f"{interval.low:.4f} to {interval.high:.4f}"
