"""diff: two runs compared photo by photo: what got fixed, what broke, and whether it is more than chance."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from convolens.analysis import contact_sheet
from convolens.analysis.measures import mcnemar
from convolens.data.decoding.decode import read_pixels
from convolens.data.folders.folder import check_folder
from convolens.data.folders.names import Spellings, composed
from convolens.errors import ArgumentError, ConvolensError, DataError
from convolens.files.plain_json import write_json
from convolens.runs.answers.answers import answers_of
from convolens.runs.answers.labelled import place_to_score, read_photos
from convolens.runs.answers.learnt_photos import warn_of_own_photos
from convolens.runs.folder import model_file
from convolens.runs.folder.calibration_file import read_calibration
from convolens.runs.folder.predictions_file import Answer, read_predictions
from convolens.runs.folder.record import read_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.places import check_outside, check_writable, make_new_folder
from convolens.runs.output.screen import Screen
from convolens.runs.output.tables import write_csv
from convolens.runs.report.class_tables import SHOWN_MISTAKES
from convolens.runs.tasks.task_of import task_of

LISTED = 20  # changed photos on the screen
CHANCE = 0.05  # p-values above it are called chance


@dataclass(frozen=True)
class Pair:
    """What two runs said of one photo."""

    first: Answer
    second: Answer

    @property
    def change(self) -> str:
        """ "fixed", "broken", "right" (by both) or "wrong" (by both)."""
        if self.first.right == self.second.right:
            return "right" if self.first.right else "wrong"
        return "fixed" if self.second.right else "broken"


@dataclass(frozen=True)
class Difference:
    """Two runs on the same photos.

    Attributes:
        first, second: names of the runs.
        pairs: one a photo.
    """

    first: str
    second: str
    pairs: tuple[Pair, ...]

    def of(self, change: str) -> list[Pair]:
        """Return the photos that are "fixed", "broken", "right" or "wrong"; the surest answers first."""
        found = [pair for pair in self.pairs if pair.change == change]
        wrong = (lambda pair: pair.first) if change == "fixed" else (lambda pair: pair.second)
        return sorted(found, key=lambda pair: -wrong(pair).confidence)

    @property
    def p_value(self) -> float:
        """Of McNemar's exact test: how probable so large a difference is between runs that are equally good."""
        return mcnemar(len(self.of("fixed")), len(self.of("broken")))

    def accuracy(self, which: str) -> float:
        """Return the share of right answers of the "first" or the "second" run."""
        return sum(getattr(pair, which).right for pair in self.pairs) / len(self.pairs)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "first": self.first,
            "second": self.second,
            "photos": len(self.pairs),
            "first_accuracy": self.accuracy("first"),
            "second_accuracy": self.accuracy("second"),
            **{change: len(self.of(change)) for change in ("fixed", "broken", "right", "wrong")},
            "p_value": self.p_value,
            "test": "McNemar, exact, two-sided",
            "changed": [
                dict(zip(_COLUMNS, _row(pair), strict=True))
                for pair in [*self.of("fixed"), *self.of("broken")]
            ],
        }


_COLUMNS = ("path", "label", "first", "first_confidence", "second", "second_confidence", "change")


def _row(pair: Pair) -> list[Any]:
    one, other = pair.first, pair.second
    return [
        str(one.path), one.label, one.predicted, round(one.confidence, 6), other.predicted, round(other.confidence, 6),
        pair.change,
    ]  # fmt: skip


def diff(
    first: str | PathLike[str],
    second: str | PathLike[str],
    data: str | PathLike[str] | None = None,
    weights: str = "best",
    screen: Screen | None = None,
    out: Path | None = None,
    labels: Path | None = None,
) -> Difference:
    """Compare what two runs say of the same photos.

    Args:
        first, second: the run folders; fixed is what only the second gets right.
        data: labelled photos, as for `evaluate`; None takes the validation photos, where both runs had the same.
        weights: "best" or "last", of both; "last" needs `data`, for the table of the validation photos is of the best.
        screen: where lines go.
        out: a folder for diff.csv, diff.json, fixed.png and broken.png; a name that is taken gets a suffix.
        labels: of runs whose photos have several labels: their table, as for `evaluate`. A photo is right where each label is.

    Raises:
        MissingFileError: no such run or folder. DataError: runs of different classes, or of other validation photos.
        ArgumentError: the last weights without photos.
        CheckpointError: a damaged run.
    """
    screen = screen or Screen()
    folders = [RunFolder.open(run) for run in (first, second)]
    names = [model_file.class_names(folder) for folder in folders]
    _check_classes(folders, names)
    place = None
    if data is None and weights != "best":
        raise ArgumentError(
            f"diff: the runs keep answers of their best weights alone; to compare the {weights} ones give photos, "
            f"`convolens diff {folders[0].path} {folders[1].path} DATA`."
        )
    if data is not None:
        place = check_folder(data) if labels is not None else place_to_score(data)
    if out is not None:
        check_outside(out, place)
        check_writable(out)
    if place is None:
        pairs = _of_predictions(folders, Spellings(names[0]), screen)
    else:
        one, other = (
            _by_path(_answers(folder, place, labels, weights, screen), Spellings(names[0]))
            for folder in folders
        )
        pairs = _matched(one, other)
    found = Difference(str(folders[0].path), str(folders[1].path), tuple(pairs))
    _tell(found, names[0], screen)
    if out is not None:
        made = make_new_folder(out)
        _write(made, found, screen)
        screen.result(f"Written: {made}")
    return found


def _check_classes(folders: Sequence[RunFolder], names: Sequence[tuple[str, ...]]) -> None:
    kinds = [model_file.is_multi_label(folder) for folder in folders]
    if kinds[0] != kinds[1]:
        several, single = folders[kinds.index(True)], folders[kinds.index(False)]
        raise DataError(
            f"diff: {several.path} gives a photo any number of labels, {single.path} one class; compare runs of one kind."
        )
    one, other = (set(map(composed, given)) for given in names)
    if one == other:
        return
    only = [
        f"{folder.path} alone knows {', '.join(repr(name) for name in sorted(mine - theirs))}"
        for folder, mine, theirs in zip(folders, (one, other), (other, one), strict=True)
        if mine - theirs
    ]
    raise DataError(
        f"diff: the runs have different classes: {'; '.join(only)}. Compare runs of the same classes."
    )


def _of_predictions(folders: Sequence[RunFolder], spelt: Spellings, screen: Screen) -> list[Pair]:
    """Return the answers on the validation photos, where they are the same: the same bytes, wherever they lay."""
    tables = [read_predictions(folder.predictions) for folder in folders]
    if all(answer.sha256 for table in tables for answer in table):
        one, other = (_by_content(table, spelt) for table in tables)
    else:  # of an earlier version
        records = [read_record(folder, probes=True) for folder in folders]
        one, other = (_by_path(table, spelt) for table in tables)
        if records[0].fingerprint != records[1].fingerprint and one.keys() == other.keys():
            screen.warn(
                "It is not recorded whether the validation photos were the same; those of one name are compared. To be sure, give DATA."
            )
    if not one or one.keys() != other.keys():
        raise DataError(
            f"diff: the runs were validated on different photos: {len(one)} and {len(other)}, {len(one.keys() & other.keys())} "
            f"of them in both. Give photos to compare on, `convolens diff {folders[0].path} {folders[1].path} DATA`."
        )
    return _matched(one, other)


def _by_content(answers: Iterable[Answer], spelt: Spellings) -> dict[str, Answer]:
    """Return the answers by the photos' bytes; of equal photos each by its place among them."""
    seen: Counter[str | None] = Counter()
    found = {}
    for answer in answers:
        seen[answer.sha256] += 1
        found[f"{answer.sha256} {seen[answer.sha256]}"] = _spelt(answer, spelt)
    return found


def _by_path(answers: Iterable[Answer], spelt: Spellings) -> dict[str, Answer]:
    """Return the answers by the photos' paths."""
    return {composed(os.path.abspath(answer.path)): _spelt(answer, spelt) for answer in answers}


def _spelt(answer: Answer, spelt: Spellings) -> Answer:
    """Return an answer with its classes spelt as those of the first run."""

    def names(given: Iterable[str]) -> tuple[str, ...]:
        return tuple(spelt.find(name) or name for name in given)

    return replace(answer, labels=names(answer.labels), said=names(answer.said))


def _answers(
    folder: RunFolder, place: Path, labels: Path | None, weights: str, screen: Screen
) -> list[Answer]:
    """Return what a run says of labelled photos."""
    trained = model_file.load(folder, folder.weights(weights))
    calibration = read_calibration(folder, weights, screen.warn)
    task = task_of(trained)
    images = task.list_labelled(place, labels, trained.class_names)
    part = read_photos(images, trained, screen)
    warn_of_own_photos(folder, part.folder, screen, weights)
    with screen.progress(f"scoring photos with {folder.path.name}") as advance:
        chances, _ = answers_of(trained, part.pixels, None, advance)
    return task.answers(part.folder.paths, part.labels, chances, trained.class_names, calibration)


def _matched(one: Mapping[str, Answer], other: Mapping[str, Answer]) -> list[Pair]:
    """Return the answers photo by photo; those that only one of the runs could read are left out."""
    pairs = [Pair(answer, other[path]) for path, answer in one.items() if path in other]
    for pair in pairs:
        if pair.first.label != pair.second.label:
            raise DataError(
                f"diff: {pair.first.path} is {pair.first.label!r} for the first run and {pair.second.label!r} for the "
                "second: the photos were sorted anew between them. Give photos to compare on, DATA."
            )
    return pairs


def _tell(found: Difference, class_names: tuple[str, ...], screen: Screen) -> None:
    counts = {change: len(found.of(change)) for change in ("fixed", "broken", "right", "wrong")}
    screen.result(
        f"{len(found.pairs):,} photos: {found.first} is right on {found.accuracy('first'):.2%}, {found.second} on "
        f"{found.accuracy('second'):.2%}"
    )
    screen.result(
        f"Fixed {counts['fixed']}, broken {counts['broken']}; right in both {counts['right']}, wrong in both {counts['wrong']}"
    )
    p = found.p_value
    verdict = (
        "the difference may well be chance"
        if p > CHANCE
        else f"{found.second if counts['fixed'] > counts['broken'] else found.first} is better, by more than chance"
    )
    screen.result(f"McNemar's exact test: p = {p:.3g}; {verdict}")
    rows = []
    for name in class_names:
        mine = [pair for pair in found.pairs if name in pair.first.labels]
        found_by = [[name in getattr(pair, which).said for pair in mine] for which in ("first", "second")]
        recall = [f"{np.mean(there):.3f}" if mine else "-" for there in found_by]
        changes = list(zip(*found_by, strict=True))
        fixed, broken = changes.count((False, True)), changes.count((True, False))
        rows.append([name, len(mine), *recall, fixed, broken])
    screen.table(
        ["class", "photos", "first recall", "second recall", "fixed", "broken"], rows, right=(1, 2, 3, 4, 5)
    )
    changed = [*found.of("broken"), *found.of("fixed")]
    if changed:
        screen.table(
            ["photo", "class", "first said", "second said", ""],
            [
                [p.first.path, p.first.label, _said(p.first), _said(p.second), p.change]
                for p in changed[:LISTED]
            ],
        )
    if len(changed) > LISTED:
        screen.line(f"and {len(changed) - LISTED} more; --out DIR writes all")


def _said(answer: Answer) -> str:
    return f"{answer.predicted or 'no label'} {answer.confidence:.0%}"


def _write(folder: Path, found: Difference, screen: Screen) -> None:
    write_csv(folder / "diff.csv", _COLUMNS, [_row(pair) for pair in found.pairs])
    write_json(folder / "diff.json", found.as_dict())
    for change in ("fixed", "broken"):
        _draw(folder / f"{change}.png", found.of(change), change, screen)


def _draw(path: Path, pairs: Sequence[Pair], change: str, screen: Screen) -> None:
    """Draw the photos that changed, those first of whose wrong answer a run was surest; nothing where there are none."""
    images, captions = [], []
    for pair in pairs[:SHOWN_MISTAKES]:
        try:
            images.append(read_pixels(pair.first.path, "rgb", None))
        except ConvolensError as error:
            screen.warn(f"not drawn: {error}")
            continue
        captions.append(f"{pair.first.label or 'no label'}: {_said(pair.first)}, then {_said(pair.second)}")
    if images:
        more = f": the first {len(images)}" if len(images) < len(pairs) else ""
        contact_sheet(images, captions, path, title=f"{len(pairs)} {change}{more}")
