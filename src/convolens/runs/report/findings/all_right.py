"""A validation set without one wrong answer."""

from convolens.analysis.measures import Scores
from convolens.runs.report.findings.evidence import Evidence
from convolens.runs.report.findings.finding import Finding


def all_right(evidence: Evidence[Scores]) -> Finding | None:
    """Return advice where every answer is right, on photos that are new: that is an easy task, or photos that are nearly the same on both sides."""
    if evidence.scores.right < evidence.scores.photos or evidence.on_both_sides:
        return None
    return Finding(
        "Every validation photo is right",
        f"{evidence.scores.photos} of {evidence.scores.photos}; that is an easy task, or nearly the same photos lie on both sides",
        "keep photos of one object, place or day together (--group-by), and score it on photos from elsewhere "
        f"(`convolens evaluate {evidence.run} DATA`)",
        "advice",
    )
