"""How far the accuracy may be off because the validation photos are few."""

from convolens.analysis.measures import Scores
from convolens.runs.report.findings.evidence import Evidence
from convolens.runs.report.findings.finding import Finding

WIDE = 0.03  # half of the interval, above which it is advice


def few_photos(evidence: Evidence[Scores]) -> Finding | None:
    """Return how many points of accuracy are noise: half of the 95 % interval (Wilson 1927)."""
    from scipy.stats import binomtest

    n = evidence.scores.photos
    ends = binomtest(evidence.scores.right, n).proportion_ci(0.95, method="wilson")
    half = (ends.high - ends.low) / 2
    wide = half > WIDE
    return Finding(
        f"Differences of {100 * half:.1f} points are noise"
        if not wide
        else f"Few validation photos, so {100 * half:.0f} points are noise",
        f"with {n} validation photos an accuracy of {evidence.scores.accuracy:.1%} stands for {ends.low:.1%} to {ends.high:.1%} (95 %)",
        "compare runs by `convolens diff`, photo by photo"
        + (
            "; keep more photos for validation (--val-split), score each photo once (--kfold 5), or gather more"
            if wide
            else ""
        ),
        "advice" if wide else "note",
    )
