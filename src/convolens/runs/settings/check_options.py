"""What `check` is asked for."""

from dataclasses import dataclass
from os import PathLike


@dataclass(frozen=True)
class CheckOptions:
    """What is asked for.

    Attributes:
        data: a folder of class folders, or one that holds train, validation, test.
        subject: a run folder, an architecture or timm:NAME that finds label errors; None for `LEARNT`, where it fits.
        layer: a name or a place; None for the last before the classifier.
        pool: "avg", "max" or "flatten".
        folds, seed: of the cross-validation that finds label errors.
        out: a new folder for tables and contact sheets; None writes nothing.
        batch_size: photos at once, while features are extracted.
        select, weights, size, device: see `find_subject`.
        learnt: False asks no network where none is named.
    """

    data: str | PathLike[str]
    subject: str | PathLike[str] | None = None
    layer: str | None = None
    pool: str = "avg"
    folds: int = 5
    seed: int = 0
    out: str | PathLike[str] | None = None
    batch_size: int = 64
    select: str = "best"
    weights: str | None = None
    size: int | None = None
    device: str = "cpu"
    learnt: bool = True
