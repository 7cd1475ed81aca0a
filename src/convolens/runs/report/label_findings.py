"""What a training on photos with several labels shows, in plain words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from convolens.analysis.measures.multi_label import FEWEST
from convolens.runs.report.findings import SEVERITIES, Finding
from convolens.runs.report.findings.overfitting import overfitting
from convolens.runs.report.findings.still_learning import still_learning
from convolens.runs.report.findings.waiting_for_data import waiting_for_data
from convolens.runs.tasks.label_scores import LabelScores

BETTER, APART = 1.2, 0.1  # times what guessing gives; average precision below the mean of all classes


@dataclass(frozen=True)
class _Course:
    """How a training went, for the findings that look at nothing else."""

    history: Sequence[Mapping[str, float]]
    best_epoch: int | None
    run: str
    waited: float | None


def label_findings(
    scores: LabelScores,
    history: Sequence[Mapping[str, float]],
    best_epoch: int | None,
    run: str = "RUN",
    waited: float | None = None,
) -> list[Finding]:
    """Return what a training shows, problems first.

    Args:
        scores: of the best epoch on the validation photos.
        history: one dict an epoch: epoch (from 1), loss, val_loss.
        best_epoch: from 1; None where not one was finished.
        run: the folder, quoted for a shell.
        waited: share of the training spent without a batch.
    """
    course = _Course(history, best_epoch, run, waited)
    found = [
        guessing(scores, run),
        never_said(scores),
        overfitting(course),
        still_learning(course),
        weakest_label(scores),
        few_with_label(scores),
        waiting_for_data(course),
    ]
    told = [finding for finding in found if finding is not None]
    return sorted(told, key=lambda finding: SEVERITIES.index(finding.severity))


def guessing(scores: LabelScores, run: str) -> Finding | None:
    """Return a problem where the network is hardly better than one that gives all photos the same probabilities."""
    if scores.mean_average_precision >= min(BETTER * scores.baseline, (1 + scores.baseline) / 2):
        return None
    return Finding(
        "Little better than guessing",
        f"mean average precision {scores.mean_average_precision:.3f}, guessing by each class's share gives {scores.baseline:.3f}",
        f"learn longer (`convolens resume {run} --epochs N`), or try a larger --size or another --learning-rate; look at "
        "first_batch.png: are the labels right?",
        "problem",
    )


def never_said(scores: LabelScores) -> Finding | None:
    """Return a problem where labels that photos have are said of none."""
    names = [c.name for c in scores.classes if c.count and c.recall == 0 and c.precision == 0]
    if not names:
        return None
    return Finding(
        f"Never found: {', '.join(names)}",
        "of the validation photos that have the label not one reaches its threshold",
        "give more photos with it, or learn longer",
        "problem",
    )


def weakest_label(scores: LabelScores) -> Finding | None:
    """Return advice where a label is found clearly worse than the mean of all."""
    known = [c for c in scores.classes if c.average_precision is not None]
    weakest = min(known, key=lambda c: c.average_precision or 0)
    if (weakest.average_precision or 0) > scores.mean_average_precision - APART:
        return None
    return Finding(
        f"Weakest label: {weakest.name}",
        f"average precision {weakest.average_precision:.3f} on {weakest.count} photos with it, {scores.mean_average_precision:.3f} "
        "on the mean of all labels",
        "look at its photos in mistakes.png, check their labels, and give more photos with it",
        "advice",
    )


def few_with_label(scores: LabelScores) -> Finding | None:
    """Return advice where so few validation photos have a label that its measures say little."""
    few = [f"{c.name} ({c.count})" for c in scores.classes if c.count < FEWEST]
    if not few:
        return None
    return Finding(
        "Few validation photos of some labels",
        f"fewer than {FEWEST} have {', '.join(few)}; their measures are rough, and their threshold stays 0.5",
        "give more photos with these labels, or keep more for validation (--val-split)",
        "advice",
    )
