"""Confidence that is far from the share of right answers."""

from typing import Any

from convolens.runs.report.findings.evidence import Evidence
from convolens.runs.report.findings.finding import Finding

FAR = 0.05  # expected calibration error of the network's own confidences


def wrong_confidence(evidence: Evidence[Any]) -> Finding | None:
    """Return a note where the network's own confidences are off by 0.05 or more on average, and are corrected."""
    if evidence.temperature is None or evidence.calibration_error is None:
        return None
    before, after = evidence.calibration_error
    if before < FAR:
        return None
    return Finding(
        f"The network is {'too sure' if evidence.temperature > 1 else 'less sure than it could be'} of its answers",
        f"its confidences are off by {before:.3f} on average, at temperature {evidence.temperature:.2f} by {after:.3f}",
        f'`predict` corrects them; `convolens calibrate {evidence.run}` also lets it answer "unknown"',
        "note",
    )
