"""How far the accuracy may be off because the validation photos are few."""

from convolens.analysis.measures import Scores
from convolens.analysis.measures.binomial import wilson_interval
from convolens.runs.report.findings.evidence import Evidence
from convolens.runs.report.findings.finding import Finding

WIDE = 0.03  # half of the interval, above which it is advice


def few_photos(evidence: Evidence[Scores]) -> Finding | None:
    """Return how many points of accuracy are noise: half of the 95 % interval (Wilson 1927)."""
    n = evidence.scores.photos
    low, high = wilson_interval(evidence.scores.right, n)
    half = (high - low) / 2
    wide = half > WIDE
    return Finding(
        f"Differences of {100 * half:.1f} points are noise"
        if not wide
        else f"Few validation photos, so {100 * half:.0f} points are noise",
        f"with {n} validation photos an accuracy of {evidence.scores.accuracy:.1%} stands for {low:.1%} to {high:.1%} (95 %)",
        "compare runs by `convolens diff`, photo by photo"
        + (
            "; keep more photos for validation (--val-split), score each photo once (--kfold 5), or gather more"
            if wide
            else ""
        ),
        "advice" if wide else "note",
    )
