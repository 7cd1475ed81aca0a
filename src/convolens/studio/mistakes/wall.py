"""The wall: what a run said of the photos that it was scored on, as rows for a page, and which class was taken for which."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from convolens.runs.folder.predictions_file import Answer
from convolens.studio.records.run_photos import photo_id, shown_name

KINDS = ("mistakes", "unsure", "all")
MOST_PAIRS = 200  # of classes; more are told by their number


@dataclass(frozen=True)
class Row:
    """A photo and what was said of it.

    Attributes:
        photo: its id; None where it lies outside of the open folder.
        name: of its file, from the folder that is open where it lies there.
        label, said: its class, and what the run says; of several labels all of them.
        confidence: of that answer, in [0, 1].
        right: whether it is the label.
    """

    photo: str | None
    name: str
    label: str
    said: str
    confidence: float
    right: bool

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def rows_of(answers: Sequence[Answer], opened: Path | None) -> list[Row]:
    """Return a row for each photo.

    Args:
        answers: of the run, on photos that lie where they lay.
        opened: the open folder.
    """
    return [
        Row(
            photo_id(one.path, opened),
            shown_name(one.path, opened),
            one.label,
            one.predicted,
            round(one.confidence, 6),
            one.right,
        )
        for one in answers
    ]


def chosen(rows: Sequence[Row], kind: str, label: str | None = None, said: str | None = None) -> list[Row]:
    """Return some rows in the order in which they are to be looked at.

    Args:
        rows: all.
        kind: "mistakes", the surest first; "unsure", right answers, the least sure first; "all", mistakes first.
        label, said: only photos of this class, or of which this was said.

    Example:
        >>> rows = [Row("a", "a", "cat", "dog", 0.6, False), Row("b", "b", "cat", "dog", 0.9, False), Row("c", "c", "cat", "cat", 0.5, True)]
        >>> [row.photo for row in chosen(rows, "mistakes")], [row.photo for row in chosen(rows, "unsure")]
        (['b', 'a'], ['c'])
    """
    found = [
        row
        for row in rows
        if (label is None or row.label == label)
        and (said is None or row.said == said)
        and (kind == "all" or row.right == (kind == "unsure"))
    ]
    return sorted(
        found, key=lambda row: (row.right, row.confidence if row.right else -row.confidence, row.name)
    )


def pairs_of(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return how often each class was taken for which other, the commonest pair first.

    Example:
        >>> pairs_of([Row("a", "a", "cat", "dog", 0.6, False), Row("b", "b", "cat", "cat", 0.9, True)])
        [{'label': 'cat', 'said': 'dog', 'photos': 1}]
    """
    counts = Counter((row.label, row.said) for row in rows if not row.right)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"label": label, "said": said, "photos": count} for (label, said), count in ordered[:MOST_PAIRS]]
