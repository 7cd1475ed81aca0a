"""seen_photos.csv of a run: the photos that its weights have seen, by content, in its own training and in those before it."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from convolens.data.caching.content import content_hashes
from convolens.data.folders.folder import ImageFolder
from convolens.runs.output.tables import write_csv

_LEARNT, _VALIDATED = "learnt", "validated"


@dataclass(frozen=True)
class SeenPhotos:
    """Contents of photos, each a SHA-256 in hexadecimal.

    Attributes:
        learnt: that a run learnt from. validated: that it was validated on.
        before: that the weights it began with had learnt from, and the folder of the run in which they did.
    """

    learnt: frozenset[str] = frozenset()
    validated: frozenset[str] = frozenset()
    before: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, *sides: ImageFolder, before: Mapping[str, str]) -> "SeenPhotos":
        """Return those of a run by its sides: the photos to learn from and, where there are any, those to validate on.

        Args:
            sides: of the run.
            before: see the attribute.
        """
        nothing: frozenset[str] = frozenset()
        learnt, validated = [*(frozenset(content_hashes(side)) for side in sides), nothing, nothing][:2]
        return cls(learnt, validated, before)

    def write(self, path: Path) -> None:
        """Write the file.

        Raises:
            WriteError: it cannot be written.
        """
        rows = [(content, _LEARNT, "") for content in sorted(self.learnt)]
        rows += [(content, _VALIDATED, "") for content in sorted(self.validated)]
        write_csv(
            path,
            ["sha256", "seen", "run"],
            [*rows, *((one, _LEARNT, run) for one, run in self.before.items())],
        )

    @classmethod
    def read(cls, path: Path) -> "SeenPhotos | None":
        """Return what a file holds; None where an earlier version made the run, or it cannot be read."""
        own: dict[str, set[str]] = {_LEARNT: set(), _VALIDATED: set()}
        before = {}
        try:
            with path.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
                for row in csv.DictReader(file):
                    if row["run"]:
                        before[row["sha256"]] = row["run"]
                    else:
                        own[row["seen"]].add(row["sha256"])
        except (OSError, LookupError, csv.Error):
            return None
        return cls(frozenset(own[_LEARNT]), frozenset(own[_VALIDATED]), before)
