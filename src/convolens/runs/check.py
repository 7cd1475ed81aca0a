"""check: what is wrong with a folder of photos before anything is learnt from it."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from convolens.errors import DataError
from convolens.features import extract
from convolens.features.label_errors import LabelErrors, find_label_errors
from convolens.runs.check_data import Found, gather, look
from convolens.runs.check_files import write_check
from convolens.runs.features import layer_argument
from convolens.runs.folder import check_outside, check_writable, make_new_folder
from convolens.runs.screen import Screen
from convolens.runs.subject import Subject, find_subject

_SHOWN = 8  # rows of each kind on the screen
_SURE = 0.9  # features that confirm fewer labels than this name more of their own mistakes than wrong labels


@dataclass(frozen=True)
class CheckOptions:
    """What is asked for.

    Attributes:
        data: a folder of class folders, or one that holds train, validation, test.
        subject: a run folder, an architecture or timm:NAME that finds label errors; None finds none.
        layer: a name or a place; None for the last before the classifier.
        pool: "avg", "max" or "flatten".
        folds, seed: of the cross-validation that finds label errors.
        out: a new folder for tables and contact sheets; None writes nothing.
        batch_size: photos at once, while features are extracted.
        select, weights, size, device: see `find_subject`.
    """

    data: str | PathLike[str]
    subject: str | PathLike[str] | None = None
    layer: str | None = None
    pool: str = "avg"
    folds: int = 5
    seed: int = 0
    out: str | PathLike[str] | None = None
    batch_size: int = 64
    select: str = "best"
    weights: str | None = None
    size: int | None = None
    device: str = "cpu"


@dataclass(frozen=True)
class CheckResult:
    """What was found.

    Attributes:
        found: without a network.
        errors: of labels; None where no network was given. Their places are those of `found.photos`.
        folder: that was written, or None.
    """

    found: Found
    errors: LabelErrors | None = None
    folder: Path | None = None

    def suspects(self) -> list[dict[str, Any]]:
        """Return the photos that are probably mislabelled, the most suspicious first, as plain values."""
        if self.errors is None:
            return []
        photos = self.found.photos
        rows = []
        for place, suggested in zip(self.errors.places.tolist(), self.errors.suggested.tolist(), strict=True):
            chances = self.errors.probability[place]
            rows.append(
                photos.where(place)
                | {
                    "suggested": photos.images.class_names[suggested],
                    "probability_of_class": round(float(chances[photos.images.labels[place]]), 4),
                    "probability_of_suggested": round(float(chances[suggested]), 4),
                }
            )
        return rows

    def confirmed(self) -> float | None:
        """Return the share of labels, in [0, 1], that is the likeliest out of fold too; None where nobody was asked."""
        if self.errors is None:
            return None
        asked = ~np.isnan(self.errors.probability).any(axis=1)
        likeliest = self.errors.probability[asked].argmax(axis=1)
        return float((likeliest == self.found.photos.images.labels[asked]).mean())

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        found, counts = self.found, self.found.counts()
        names = found.photos.images.class_names
        told: dict[str, Any] = {
            "photos": len(found.photos.images),
            "classes": {
                name: dict(zip(found.photos.parts, row, strict=True))
                for name, row in zip(names, counts.tolist(), strict=True)
            },
            "balance": found.out_of_balance(),
            "broken": [{"path": path, "reason": reason} for path, reason in found.broken],
            "duplicates": found.pairs(range(len(found.duplicates.pairs))),
            "similarity_needed": round(found.duplicates.bar, 4),
            "too_smooth_to_compare": len(found.duplicates.smooth),
            "leaks": found.pairs(found.leaks),
            "conflicts": found.pairs(found.conflicts),
            "out": None if self.folder is None else str(self.folder),
        }
        if self.errors is not None:
            told["label_errors"] = self.suspects()
            told["label_errors_by"] = self.errors.method
            told["labels_confirmed"] = self.confirmed()
            told["classes_too_small_for_label_errors"] = [names[i] for i in self.errors.left_out]
        return told


def check(options: CheckOptions, screen: Screen | None = None) -> CheckResult:
    """Look at every photo, say what is wrong, write tables and contact sheets where asked, and return it.

    Raises:
        MissingFileError, DataError: the folder. ConvolensError: others of `find_subject` and `features.extract`.
        ArgumentError, WriteError: the place of `out`.
    """
    screen = screen or Screen()
    if options.out is not None:
        check_writable(options.out)
        check_outside(options.out, Path(options.data))
    photos = gather(options.data)
    subject = None
    if options.subject is not None:
        subject = find_subject(
            "check", options.subject, screen, options.select, options.weights, options.size, options.device
        )
    found = look(photos, screen)
    errors = None if subject is None else _label_errors(options, subject, found, screen)
    result = CheckResult(found, errors, None if options.out is None else make_new_folder(options.out))
    if result.folder is not None:
        write_check(result.folder, found, result.suspects(), None if errors is None else errors.places)
    _tell(result, options, screen)
    return result


def _label_errors(options: CheckOptions, subject: Subject, found: Found, screen: Screen) -> LabelErrors:
    images = found.photos.images
    with screen.progress("extracting features") as advance:
        features = extract(
            subject.model,
            images,
            layer_argument((options.layer,) if options.layer else ()),
            pool=options.pool,
            preprocessing=subject.preprocessing,
            batch_size=options.batch_size,
            advance=advance,
        )
    if features.skipped:
        path, reason = features.skipped[0]
        raise DataError(
            f"{path}: cannot be read at the network's size ({reason}); take it out, or check without --model."
        )
    values = features.by_layer[features.layers[0]]
    with screen.progress("cross-validating") as advance:
        return find_label_errors(
            np.asarray(values).reshape(len(values), -1), images.labels, found.duplicates.groups, options.folds,
            options.seed, advance,
        )  # fmt: skip


def _tell(result: CheckResult, options: CheckOptions, screen: Screen) -> None:
    found = result.found
    parts = found.photos.parts
    counts = found.counts()
    screen.heading("Photos that can be read")
    screen.table(
        ["class", *parts],
        [[name, *row] for name, row in zip(found.photos.images.class_names, counts.tolist(), strict=True)],
        right=range(1, len(parts) + 1),
        footer=["all", *counts.sum(0).tolist()],
    )
    for said in found.out_of_balance():
        screen.warn(said)
    _rows(screen, "Broken files", ["path", "why"], found.broken)
    pairs = found.pairs(range(len(found.duplicates.pairs)))
    _pairs(screen, "Duplicates within a part and a class", [
        row for row in pairs if row["part_1"] == row["part_2"] and row["class_1"] == row["class_2"]
    ])  # fmt: skip
    _pairs(screen, "Duplicates whose labels differ", found.pairs(found.conflicts))
    _pairs(screen, "Leaks: the same photo in two parts", found.pairs(found.leaks))
    for said in found.leaked():
        screen.warn(f"{said}: scores there are too good")
    suspects = result.suspects()
    if result.errors is not None:
        _rows(
            screen,
            f"Probably mislabelled ({result.errors.method})",
            ["path", "class", "rather", "probability"],
            [
                [row["path"], row["class"], row["suggested"], f"{row['probability_of_suggested']:.2f}"]
                for row in suspects
            ],
        )
        share = result.confirmed()
        if suspects and share is not None:
            screen.line(f"out of fold, {share:.1%} of the labels are confirmed")
            if share < _SURE:
                screen.warn(
                    "features that confirm so few labels make mistakes of their own, and most of these may be such; look at "
                    "each, or give --model a network that knows these classes better"
                )
        for label in result.errors.left_out:
            screen.warn(
                f"{found.photos.images.class_names[label]} has too few photos to be asked about its labels"
            )
    if len(found.duplicates.smooth):
        screen.line(
            f"{len(found.duplicates.smooth)} photos show too little (blank, plain sky) to be compared by more than their bytes"
        )
    screen.result(
        f"{len(found.photos.images):,} photos: {len(found.broken)} broken, {len(pairs)} pair{'s' * (len(pairs) != 1)} of duplicates, "
        f"{len(found.conflicts)} with labels that differ, {len(found.leaks)} leak{'s' * (len(found.leaks) != 1)}"
        + (f", {len(suspects)} probably mislabelled" if result.errors is not None else "")
    )
    if result.errors is None:
        screen.line("--model RUN|MODEL finds photos that are probably mislabelled, too")
    if result.folder is not None:
        screen.result(f"Tables and contact sheets: {result.folder}")
        if len(pairs) and parts == ("train",):
            screen.line(
                f"convolens train {shlex.quote(str(options.data))} --group-by {shlex.quote(str(result.folder / 'groups.csv'))} "
                "keeps duplicates on one side"
            )
    elif len(pairs) or found.broken or suspects:
        screen.line("--out DIR writes all of it as tables and contact sheets")


def _pairs(screen: Screen, title: str, rows: Sequence[dict[str, Any]]) -> None:
    _rows(
        screen,
        title,
        ["photo", "twin", "how", "similarity"],
        [[row["path_1"], row["path_2"], row["kind"], f"{row['similarity']:.3f}"] for row in rows],
    )


def _rows(screen: Screen, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    if not rows:
        return
    screen.heading(f"{title}: {len(rows):,}")
    screen.table(columns, rows[:_SHOWN])
    if len(rows) > _SHOWN:
        screen.line(f"and {len(rows) - _SHOWN:,} more")
