"""Answers that do not depend on the photo: the same for all, or no numbers at all."""

from typing import Any

from convolens.runs.report.findings.evidence import Evidence
from convolens.runs.report.findings.finding import Finding

ENOUGH = 5  # photos: fewer may well get the same answer
CONSTANT = 1e-3  # by which each probability differs between photos, at most


def degenerate_answers(evidence: Evidence[Any]) -> Finding | None:
    """Return a problem where probabilities are NaN, do not change from photo to photo, or always give the same answer."""
    answers = evidence.answers
    if answers is None:
        return None
    slower = "train anew with a smaller --learning-rate"
    if answers.not_finite:
        return Finding(
            "The network's answers are no numbers",
            f"of {answers.not_finite:,} of {answers.photos:,} validation photos a probability is NaN: the weights are NaN or infinite",
            f"{slower}, or with --clip-norm 1, in --precision float32",
            "problem",
        )
    if answers.photos < ENOUGH or answers.different > 1:
        return None
    range_ = f"no probability differs by more than {answers.range:.2g} between them"
    if answers.range < CONSTANT:
        return Finding(
            "The network does not look at the photos",
            f"{answers.photos:,} validation photos get the same probabilities: {range_}",
            f"see in first_batch.png what reaches the network; {slower} (`convolens lr-find {evidence.data}` finds one)",
            "problem",
        )
    return Finding(
        "Always the same answer",
        f"{answers.photos:,} validation photos, and one answer; {range_}",
        f"learn longer (`convolens resume {evidence.run} --epochs N`), or find a learning rate by `convolens lr-find {evidence.data}`",
        "problem",
    )
