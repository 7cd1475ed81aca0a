"""Whether the training ended while it still made progress."""

from typing import Any

from convolens.runs.report.findings.evidence import Evidence
from convolens.runs.report.findings.finding import Finding

PROGRESS = 0.02  # of the validation loss, in the last epoch


def still_learning(evidence: Evidence[Any]) -> Finding | None:
    """Return advice where the last epoch is the best, and better than the one before by 2 % of its loss or more."""
    history = [row for row in evidence.history if "val_loss" in row]
    if len(history) < 2 or evidence.best_epoch != int(history[-1]["epoch"]):
        return None
    before, last = history[-2]["val_loss"], history[-1]["val_loss"]
    if not last <= (1 - PROGRESS) * before:
        return None
    epochs = len(history)
    return Finding(
        "Still learning at the end",
        f"validation loss {before:.3f} in epoch {epochs - 1}, {last:.3f} in epoch {epochs}, the last and best",
        f"learn longer: `convolens resume {evidence.run} --epochs {2 * epochs}`",
        "advice",
    )
