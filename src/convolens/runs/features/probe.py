"""probe: classical learners on a network's features, cross-validated; the best becomes a run like any other."""

import shlex
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from convolens.analysis.measures import Scores, score
from convolens.data.caching.content import content_hashes
from convolens.data.folders.folder import ImageFolder, list_images
from convolens.data.folders.layout import find_layout
from convolens.data.prepared import read_part
from convolens.data.splits.groups import read_groups, split_units
from convolens.errors import ArgumentError
from convolens.features import Features, choose
from convolens.features.extraction.attach import attach
from convolens.features.learners.classical import LEARNERS, Fitted, choose_learners
from convolens.features.learners.cross_validation import (
    Result,
    check_counts,
    cross_validate,
    fit_quietly,
)
from convolens.features.learners.heads import head_of
from convolens.models import Model
from convolens.options.features import LayerOptions
from convolens.runs.answers.learnt_photos import learnt_from, warn_of_learnt
from convolens.runs.features.features import features_at, layer_of, subject_of, tell_skipped
from convolens.runs.features.probe_files import Probed, write_run
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.places import check_outside, check_writable
from convolens.runs.output.screen import Screen, seconds_text
from convolens.runs.report.class_tables import show_classes

_ROWS = ("avg", "max", "flatten")


@dataclass(frozen=True)
class ProbeOptions(LayerOptions):
    """What is asked for, beside `LayerOptions`.

    Attributes:
        subject: a run folder, an architecture or timm:NAME; None for `LEARNT` with its installed weights.
        data: a folder of class folders, or one that holds `train`, which is then taken.
        learners: names of `LEARNERS`; empty for all.
        folds: of the cross-validation.
        seed: of folds and learners.
        group_by: photos of a group are never on both sides, see `read_groups`; identical photos never are.
        out: a new folder; None is runs/DATA-probe.
        command: as it was typed, for the record.
    """

    subject: str | PathLike[str] | None
    data: str | PathLike[str]
    _: KW_ONLY
    learners: tuple[str, ...] = ()
    folds: int = 5
    seed: int = 0
    group_by: str | None = None
    out: str | PathLike[str] | None = None
    command: str | None = None


@dataclass(frozen=True)
class ProbeResult:
    """What came out.

    Attributes:
        folder: the run.
        results: of each learner, the best first.
        fitted: the best, fitted to all photos.
        scores: of the best, cross-validated.
        features: that were learnt from.
        model: the network with the best as its head.
    """

    folder: RunFolder
    results: tuple[Result, ...]
    fitted: Fitted
    scores: Scores
    features: Features
    model: Model


def probe(options: ProbeOptions, screen: Screen | None = None) -> ProbeResult:
    """Extract features, cross-validate the learners, fit the best to all photos, and write the run folder.

    Args:
        options: see `ProbeOptions`.
        screen: where lines go; None prints them.

    Raises:
        DataError: too few photos of a class. UnknownNameError: no such layer or learner.
        ConvolensError: others of `find_subject` and `features.extract`; nothing was written.
    """
    screen = screen or Screen()
    learners = choose_learners(options.learners)
    if options.pool not in _ROWS:
        raise ArgumentError(f"probe: --pool must be one of {', '.join(_ROWS)}; received {options.pool!r}.")
    layout = find_layout(options.data)
    out = Path(options.out or Path("runs") / f"{Path(options.data).resolve().name or 'run'}-probe")
    check_writable(out)
    check_outside(out, layout.train, layout.validation, layout.test)
    images = list_images(layout.train)
    check_counts(images.labels, images.class_names, options.folds)  # before the photos are read
    subject = subject_of("probe", options.subject, options, screen, options.data)
    if layout.train != Path(options.data):
        screen.line(f"photos: {layout.train}; the other folders are left alone")
    (tap,) = choose(subject.model, layer_of(options))
    attach(
        subject.model.module, tap, options.pool, [], "cut"
    )  # refuses a place where the network cannot be cut
    found = features_at(options, subject, images, screen)
    tell_skipped(found, screen)
    kept = _kept(images, found)
    check_counts(kept.labels, kept.class_names, options.folds)
    before = learnt_from(subject.file, head=False)
    warn_of_learnt(before, kept, screen, "photos", "probe others, or another network")
    layer = found.layers[0]
    values = np.ascontiguousarray(found.by_layer[layer])
    screen.line(f"{layer} of {subject.name}: {len(values):,} photos, {values.shape[1]:,} numbers each")
    named = None if options.group_by is None else read_groups(options.group_by, kept)
    groups = np.array(split_units(content_hashes(kept), named))
    with screen.progress("cross-validating") as advance:
        results = cross_validate(
            learners, values, kept.labels, kept.class_names, groups, options.folds, options.seed, advance
        )
    best = results[0]
    fitted = fit_quietly(best.learner, values, kept.labels, groups, options.seed)
    name = f"{subject.architecture} + {best.learner}"
    model = attach(subject.model.module, tap, options.pool, head_of(fitted, values), name).to("cpu")
    part, _ = read_part(kept, subject.preprocessing)
    scores = score(best.probability, kept.labels, kept.class_names)
    folder = RunFolder.create(out)
    result = ProbeResult(folder, tuple(results), fitted, scores, found, model)
    said = {
        "network": subject.name, "weights": subject.weights, "layer": layer, "pool": options.pool,
        "learners": list(learners), "folds": options.folds, "seed": options.seed,
        "group_by": options.group_by or "", "learner": best.learner, "chosen": dict(fitted.chosen),
    }  # fmt: skip
    write_run(
        Probed(folder, said, subject.preprocessing, name, model, part, best, tuple(results), scores, before),
        Path(options.data), found, options.command,
    )  # fmt: skip
    _tell(result, screen)
    return result


def _kept(images: ImageFolder, found: Features) -> ImageFolder:
    """Return the photos that could be read."""
    if not found.skipped:
        return images
    names = {path.as_posix(): i for i, path in enumerate(images.relative_paths)}
    return images.subset([names[name] for name in found.paths or ()])


def _tell(result: ProbeResult, screen: Screen) -> None:
    screen.heading("Learners, cross-validated")
    screen.table(
        ["learner", "accuracy", "spread", "loss", "time", "tuned to (folds)"],
        [
            [
                row.learner, f"{row.mean:.4f}", f"{row.spread:.4f}", f"{row.loss:.4f}",
                seconds_text(row.seconds), _commonest(row.chosen),
            ]
            for row in result.results
        ],
        right=(1, 2, 3, 4),
    )  # fmt: skip
    best, scores = result.results[0], result.scores
    chosen = ", ".join(f"{key} {value}" for key, value in result.fitted.chosen.items())
    screen.result(
        f"Best: {LEARNERS[best.learner].title}, cross-validated accuracy {best.mean:.4f} (spread {best.spread:.4f}); "
        f"always saying {scores.commonest!r} would give {scores.baseline:.4f}"
    )
    if scores.accuracy <= scores.baseline:
        screen.warn(
            "No learner is better than always saying the commonest class: try another --layer or network."
        )
    show_classes(scores, screen)
    screen.result(
        f"Fitted to all {scores.confusion.sum():,} photos ({chosen}) and saved as {result.folder.path}"
    )
    screen.result(f"Report: {result.folder.report}")
    screen.result(f"Next: convolens predict {shlex.quote(str(result.folder.path))} PHOTO...")


def _commonest(chosen: Sequence[dict[str, object]]) -> str:
    texts = [", ".join(f"{key} {value}" for key, value in item.items()) for item in chosen]
    first = max(texts, key=texts.count)
    return f"{first} ({texts.count(first)} of {len(texts)})"
