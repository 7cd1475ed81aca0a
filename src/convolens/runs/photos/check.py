"""check: what is wrong with a folder of photos before anything is learnt from it."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convolens.data.folders.folder import ignored_lines
from convolens.errors import ArgumentError
from convolens.features.learners.label_errors import LabelErrors
from convolens.options.check import CheckOptions
from convolens.runs.output.places import check_outside, check_writable, make_new_folder
from convolens.runs.output.screen import Screen
from convolens.runs.photos.check_data import CheckedPhotos, gather, look
from convolens.runs.photos.check_features import ask, network_of
from convolens.runs.photos.check_files import write_check

_SHOWN = 8  # rows of each kind on the screen
_SURE = 0.9  # features that confirm fewer labels than this name more of their own mistakes than wrong labels


@dataclass(frozen=True)
class CheckResult:
    """What was found.

    Attributes:
        found: photos, broken ones, duplicates.
        errors: of labels; None where no network was asked. Their places are those of `found.photos`.
        folder: that was written, or None.
        features: name of the network that was asked, or None.
    """

    found: CheckedPhotos
    errors: LabelErrors | None = None
    folder: Path | None = None
    features: str | None = None

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
        asked = ~np.isnan(self.errors.probability).all(axis=1)  # classes that are left out have none
        if not asked.any():
            return None
        likeliest = np.nanargmax(self.errors.probability[asked], axis=1)
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
            "ignored": found.photos.images.ignored,
            "values": found.samples.as_table(),
            "blank": found.missing,
            "duplicates": found.pairs(range(len(found.duplicates.pairs))),
            "similarity_needed": round(found.duplicates.bar, 4),
            "too_smooth_to_compare": len(found.duplicates.smooth),
            "leaks": found.pairs(found.leaks),
            "conflicts": found.pairs(found.conflicts),
            "features": self.features,
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

    Args:
        options: see `CheckOptions`.
        screen: where lines go; None prints them.

    Raises:
        MissingFileError, DataError: the folder. ConvolensError: others of `find_subject` and `features.extract`.
        ArgumentError, WriteError: the place of `out`.
    """
    screen = screen or Screen()
    if options.out is not None:
        check_writable(options.out)
        check_outside(options.out, options.data, options.validation)
    if options.subject is not None and not options.learnt:
        raise ArgumentError(
            f"check: --no-model and --model {options.subject} contradict each other; give one."
        )
    photos = gather(options.data, options.validation)
    subject = network_of(options, photos.images, screen)
    found, errors = look(photos, screen), None
    if subject is not None:
        found, errors = ask(options, subject, found, screen)
    folder = None if options.out is None else make_new_folder(options.out)
    result = CheckResult(found, errors, folder, None if subject is None else subject.name)
    if result.folder is not None:
        write_check(result.folder, found, result.suspects(), None if errors is None else errors.places)
    _tell(result, options, screen)
    return result


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
    if found.missing is not None:
        screen.warn(found.missing)
    if found.samples.integers or found.samples.floats:
        for said in found.samples.describe():
            screen.line(said)
    for said in ignored_lines(found.photos.images.ignored):
        screen.line(said)
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
    if result.features is None:
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
