"""Findings of a training on photos with several labels that one class a photo does not have."""

from convolens.analysis.measures import LabelScores
from convolens.analysis.measures.multi_label import FEWEST
from convolens.runs.report.findings.evidence import Evidence
from convolens.runs.report.findings.finding import Finding

BETTER, APART = 1.2, 0.1  # times what guessing gives; average precision below the mean of all classes


def guessing_labels(evidence: Evidence[LabelScores]) -> Finding | None:
    """Return a problem where the network is hardly better than one that gives all photos the same probabilities."""
    scores = evidence.scores
    if scores.mean_average_precision >= min(BETTER * scores.baseline, (1 + scores.baseline) / 2):
        return None
    return Finding(
        "Little better than guessing",
        f"mean average precision {scores.mean_average_precision:.3f}, guessing by each class's share gives {scores.baseline:.3f}",
        f"learn longer (`convolens resume {evidence.run} --epochs N`), or try a larger --size or another --learning-rate; look at "
        "first_batch.png: are the labels right?",
        "problem",
    )


def never_said(evidence: Evidence[LabelScores]) -> Finding | None:
    """Return a problem where labels that photos have are said of none."""
    scores = evidence.scores
    names = [c.name for c in scores.classes if c.count and c.recall == 0 and c.precision == 0]
    if not names:
        return None
    return Finding(
        f"Never found: {', '.join(names)}",
        "of the validation photos that have the label not one reaches its threshold",
        "give more photos with it, or learn longer",
        "problem",
    )


def weakest_label(evidence: Evidence[LabelScores]) -> Finding | None:
    """Return advice where a label is found clearly worse than the mean of all."""
    scores = evidence.scores
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


def few_with_label(evidence: Evidence[LabelScores]) -> Finding | None:
    """Return advice where so few validation photos have a label that its measures say little."""
    scores = evidence.scores
    few = [f"{c.name} ({c.count})" for c in scores.classes if c.count < FEWEST]
    if not few:
        return None
    return Finding(
        "Few validation photos of some labels",
        f"fewer than {FEWEST} have {', '.join(few)}; their measures are rough, and their threshold stays 0.5",
        "give more photos with these labels, or keep more for validation (--val-split)",
        "advice",
    )
