"""Validation photos that the network has learnt from."""

from typing import Any

from convolens.runs.report.findings.evidence import Evidence
from convolens.runs.report.findings.finding import Finding


def on_both_sides(evidence: Evidence[Any]) -> Finding | None:
    """Return a problem where validation photos are training photos too, byte for byte."""
    if not evidence.on_both_sides:
        return None
    return Finding(
        "Validation photos that were learnt from",
        f"{evidence.on_both_sides:,} of {evidence.scores.photos:,} validation photos are training photos too, byte for byte; what is "
        "scored on them tells nothing of new photos",
        "give other photos with --val, or none: then a part of the training photos is kept for validation; `convolens check` finds "
        "photos that are nearly the same, too",
        "problem",
    )
