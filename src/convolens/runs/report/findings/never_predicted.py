"""Classes that the network never names."""

from convolens.analysis.measures import Scores
from convolens.runs.report.findings.evidence import Evidence
from convolens.runs.report.findings.finding import Finding

_NAMED = 5


def never_predicted(evidence: Evidence[Scores]) -> Finding | None:
    """Return a problem where a class with validation photos is never the answer."""
    scores = evidence.scores
    silent = [
        number
        for number, item in enumerate(scores.classes)
        if item.count and not scores.confusion[:, number].any()
    ]
    if not silent:
        return None
    names = [repr(scores.classes[number].name) for number in silent]
    named = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    photos = sum(scores.classes[number].count for number in silent)
    few = ""
    if evidence.training_counts:
        learnt = sum(evidence.training_counts[number] for number in silent)
        few = f"; {learnt} of {sum(evidence.training_counts)} training photos are of {'it' if len(silent) == 1 else 'them'}"
    return Finding(
        f"Never predicted: {named}",
        f"{photos} validation photos, and not one answer{few}",
        "train longer; give these classes more photos, or --balance, which takes each class equally often",
        "problem",
    )
