"""Finding: one thing that a run shows, in plain words, with what it is seen by and what to do next."""

from dataclasses import asdict, dataclass

SEVERITIES = ("problem", "advice", "note")  # in the order in which they are told


@dataclass(frozen=True)
class Finding:
    """What a run shows.

    Attributes:
        title: in a few words.
        evidence: the numbers it is seen by.
        next_step: what to do.
        severity: "problem" (the result is not what it seems), "advice" (it could be better), or "note".
    """

    title: str
    evidence: str
    next_step: str
    severity: str

    def as_dict(self) -> dict[str, str]:
        """Return plain values for JSON."""
        return asdict(self)
