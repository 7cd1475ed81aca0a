"""How much of the training was spent waiting for photos."""

from typing import Any

from convolens.runs.report.findings.evidence import Evidence
from convolens.runs.report.findings.finding import Finding

MUCH = 0.2


def waiting_for_data(evidence: Evidence[Any]) -> Finding | None:
    """Return advice where a fifth of the time or more went by without a batch."""
    if evidence.waited is None or evidence.waited < MUCH:
        return None
    return Finding(
        f"{evidence.waited:.0%} of the time waiting for data",
        "so long the network stood still until the next batch was there",
        "variations cost most of it: try fewer (--augment none shows what they cost), more cores (--threads), or a faster disk "
        "for the cache (`convolens cache`)",
        "advice",
    )
