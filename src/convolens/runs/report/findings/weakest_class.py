"""The class that is found least often."""

from convolens.analysis.measures import Scores
from convolens.runs.report.findings.evidence import Evidence
from convolens.runs.report.findings.finding import Finding

ENOUGH, LOW, BEHIND = 5, 0.8, 0.1  # photos of the class; its recall; how far that is behind the accuracy


def weakest_class(evidence: Evidence[Scores]) -> Finding | None:
    """Return advice where a class that is predicted at all has a recall below 0.8, far behind the accuracy."""
    scores = evidence.scores
    known = [
        (item.recall, number)
        for number, item in enumerate(scores.classes)
        if item.count >= ENOUGH and scores.confusion[:, number].any()
    ]
    if not known:
        return None
    recall, number = min(known)
    if recall >= LOW or recall > scores.accuracy - BEHIND:
        return None
    row = scores.confusion[number].copy()
    row[number] = 0
    other = int(row.argmax())
    name = scores.classes[number].name
    return Finding(
        f"Found least often: {name!r}",
        f"{recall:.0%} of its {scores.classes[number].count} validation photos; {row[other]} of them are taken for "
        f"{scores.classes[other].name!r}",
        f"look at mistakes.png; add photos of {name!r} like those, or train with --balance",
        "advice",
    )
