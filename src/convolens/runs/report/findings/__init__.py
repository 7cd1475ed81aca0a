"""Findings: a run explained in plain words, one file a finding, each a pure function of the same evidence.

Example:
    >>> sorted(FINDINGS)[:3]
    ['all_right', 'degenerate_answers', 'few_photos']
"""

from collections.abc import Callable, Mapping
from typing import Any

from convolens.runs.report.findings.all_right import all_right
from convolens.runs.report.findings.degenerate_answers import degenerate_answers
from convolens.runs.report.findings.evidence import Answers, Evidence, Inputs, Rescored
from convolens.runs.report.findings.finding import SEVERITIES, Finding
from convolens.runs.report.findings.guessing import guessing
from convolens.runs.report.findings.never_predicted import never_predicted
from convolens.runs.report.findings.of_labels import (
    few_with_label,
    guessing_labels,
    never_said,
    weakest_label,
)
from convolens.runs.report.findings.of_photos.few_photos import few_photos
from convolens.runs.report.findings.of_photos.not_validated import not_validated
from convolens.runs.report.findings.of_photos.on_both_sides import on_both_sides
from convolens.runs.report.findings.of_photos.photos_alike import photos_alike
from convolens.runs.report.findings.overfitting import overfitting
from convolens.runs.report.findings.predict_agrees import predict_agrees
from convolens.runs.report.findings.still_learning import still_learning
from convolens.runs.report.findings.waiting_for_data import waiting_for_data
from convolens.runs.report.findings.weakest_class import weakest_class
from convolens.runs.report.findings.wrong_confidence import wrong_confidence

MOST = 6

# In the order in which findings of the same severity are told.
Findings = Mapping[str, Callable[[Any], Finding | None]]
FINDINGS: Findings = {
    "on_both_sides": on_both_sides,
    "photos_alike": photos_alike,
    "degenerate_answers": degenerate_answers,
    "not_validated": not_validated,
    "guessing": guessing,
    "predict_agrees": predict_agrees,
    "never_predicted": never_predicted,
    "all_right": all_right,
    "overfitting": overfitting,
    "still_learning": still_learning,
    "weakest_class": weakest_class,
    "few_photos": few_photos,
    "waiting_for_data": waiting_for_data,
    "wrong_confidence": wrong_confidence,
}
# Of several labels a photo.
LABEL_FINDINGS: Findings = {
    "on_both_sides": on_both_sides,
    "photos_alike": photos_alike,
    "degenerate_answers": degenerate_answers,
    "guessing_labels": guessing_labels,
    "predict_agrees": predict_agrees,
    "never_said": never_said,
    "overfitting": overfitting,
    "still_learning": still_learning,
    "weakest_label": weakest_label,
    "few_with_label": few_with_label,
    "waiting_for_data": waiting_for_data,
    "wrong_confidence": wrong_confidence,
}


def findings_of(evidence: Evidence[Any], findings: Findings = FINDINGS, most: int = MOST) -> list[Finding]:
    """Return what a run shows, problems first, at most so many.

    Args:
        evidence: of the run.
        findings: that are looked for: `FINDINGS`, or `LABEL_FINDINGS`.
        most: that are told.
    """
    found = [finding for look in findings.values() if (finding := look(evidence)) is not None]
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))[:most]


__all__ = [
    "FINDINGS",
    "LABEL_FINDINGS",
    "SEVERITIES",
    "Answers",
    "Evidence",
    "Finding",
    "Inputs",
    "Rescored",
    "findings_of",
]
