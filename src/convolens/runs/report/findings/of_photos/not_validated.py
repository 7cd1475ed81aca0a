"""Classes that no validation photo is of."""

from typing import Any

from convolens.runs.report.findings.evidence import Evidence
from convolens.runs.report.findings.finding import Finding


def not_validated(evidence: Evidence[Any]) -> Finding | None:
    """Return a problem where a class has no validation photo: no measure says anything of it."""
    missing = [repr(item.name) for item in evidence.scores.classes if item.count == 0]
    if not missing:
        return None
    return Finding(
        f"No validation photo of {', '.join(missing)}",
        f"none of the {evidence.scores.photos:,} validation photos that can be read is of {'it' if len(missing) == 1 else 'them'}, so the "
        "scores are of the other classes only",
        "add photos that can be read (skipped_images.csv names those that cannot), or score each photo once (--kfold)",
        "problem",
    )
