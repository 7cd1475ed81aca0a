"""Overfitting: the validation loss rises while the training loss goes on falling."""

import math
from typing import Any

from convolens.runs.report.findings.evidence import Evidence
from convolens.runs.report.findings.finding import Finding

AFTER, RISE = 2, 1.05  # epochs behind the best one, and how much their loss is above its


def overfitting(evidence: Evidence[Any]) -> Finding | None:
    """Return advice where the loss on the validation photos rose by 5 % or more behind its best epoch, that of the training fell."""
    history = [
        row for row in evidence.history if "loss" in row and math.isfinite(row.get("val_loss", math.nan))
    ]
    if len(history) <= AFTER:
        return None
    best = min(range(len(history)), key=lambda i: history[i]["val_loss"])
    after = history[best + 1 :]
    if len(after) < AFTER:
        return None
    first, last = history[best], history[-1]
    mean = sum(row["val_loss"] for row in after) / len(after)
    if min(mean, last["val_loss"]) < RISE * first["val_loss"] or last["loss"] >= first["loss"]:
        return None
    epoch = int(first["epoch"])
    return Finding(
        f"Overfitting since epoch {epoch}",
        f"validation loss {first['val_loss']:.3f} in epoch {epoch}, {last['val_loss']:.3f} in epoch {int(last['epoch'])}, while the "
        f"training loss fell from {first['loss']:.3f} to {last['loss']:.3f}",
        f"the best weights are kept, so nothing is lost; more photos or more variation (--rotation-range, --zoom-range, "
        f"--mixup) help, and --patience {max(2, len(after) // 2)} ends earlier",
        "advice",
    )
