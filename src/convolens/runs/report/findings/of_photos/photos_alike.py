"""Training photos that are all alike: blank, or the same."""

from typing import Any

from convolens.runs.report.findings.evidence import Evidence
from convolens.runs.report.findings.finding import Finding

LEVELS = 1.0  # of 255: a standard deviation below is noise


def photos_alike(evidence: Evidence[Any]) -> Finding | None:
    """Return a problem where the pixels, as the network sees them, are nearly the same in all photos."""
    seen = evidence.inputs
    if seen is None or seen.between >= LEVELS:
        return None
    return Finding(
        f"The photos are all {'blank' if seen.within < LEVELS else 'alike'} to the network",
        f"on {seen.photos:,} training photos the values of a pixel differ by {seen.between:.2g} of 255 levels from photo to photo, and by "
        f"{seen.within:.2g} within a photo (standard deviations, where they are largest)",
        "look at first_batch.png: photos whose values use few of the levels of their files, or whose drawing lies in their "
        "transparency, have to be saved as ordinary 8-bit photos",
        "problem",
    )
