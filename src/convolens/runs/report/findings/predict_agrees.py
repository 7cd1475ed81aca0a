"""Whether `predict`, from the files on, gives the answers that the training's own scoring gave."""

from typing import Any

from convolens.runs.report.findings.evidence import Evidence
from convolens.runs.report.findings.finding import Finding

ROUNDING = 0.02  # of the photos may fall on the other side of a decision


def predict_agrees(evidence: Evidence[Any]) -> Finding | None:
    """Return a problem where `predict` answers otherwise; a note where it agrees."""
    found = evidence.rescored
    if found is None:
        return None
    numbers = (
        f"{found.photos} validation photos scored again from their files by `predict`: {found.same} answers the same, {found.measure} "
        f"{found.accuracy:.1%} (before: {found.accuracy_before:.1%})"
    )
    if found.photos - found.same > max(1, ROUNDING * found.photos):
        return Finding(
            "`predict` answers otherwise than the training",
            numbers,
            "do not rely on this run: photos are read in another way, or files changed during the training; train anew, and "
            "report it if it stays",
            "problem",
        )
    return Finding(
        "`predict` agrees with the training",
        numbers,
        f"new photos are read as the training read its own: `convolens predict {evidence.run} PHOTO...`",
        "note",
    )
