"""What `check` is asked for."""

from dataclasses import KW_ONLY, dataclass
from os import PathLike

from convolens.options.features import LayerOptions


@dataclass(frozen=True)
class CheckOptions(LayerOptions):
    """What is asked for, beside `LayerOptions`: they are of the network that finds label errors.

    Attributes:
        data: a folder of class folders, or one that holds train, validation, test.
        validation: another folder of class folders, to compare with; None takes what `data` holds.
        subject: a run folder, an architecture or timm:NAME that finds label errors; None for `LEARNT`, where it fits.
        folds, seed: of the cross-validation that finds label errors.
        out: a new folder for tables and contact sheets; None writes nothing.
        learnt: False asks no network where none is named.
    """

    data: str | PathLike[str]
    _: KW_ONLY
    validation: str | PathLike[str] | None = None
    subject: str | PathLike[str] | None = None
    folds: int = 5
    seed: int = 0
    out: str | PathLike[str] | None = None
    learnt: bool = True
