"""Engine: a run's exported file, kept in the run, by which `predict` answers in onnxruntime instead of torch."""

import hashlib
import shutil
from os import PathLike
from pathlib import Path

from convolens.deployment.export import MODEL, ExportOptions, export
from convolens.errors import ArgumentError
from convolens.files.atomic import digest_of
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen


def engine_of(
    run: str | PathLike[str], select: str = "best", calibrated: bool = True, screen: Screen | None = None
) -> Path:
    """Return a run's exported file, made and checked now where there is none of its weights and calibration as they are.

    Args:
        run: its folder.
        select: "best" or "last" weights.
        calibrated: whether the file has the run's temperature and its "unknown".
        screen: where lines go.

    Raises:
        ConvolensError: those of `export`.
    """
    screen = screen or Screen()
    folder = RunFolder.open(run)
    made_of = [folder.weights(select), folder.model, *([folder.calibration] if calibrated else [])]
    digests = "".join(digest_of(path) if path.is_file() else "-" for path in made_of)
    place = folder.path / f"engine-{hashlib.sha256(digests.encode()).hexdigest()[:16]}"
    if not (place / MODEL).is_file():
        screen.line("the first time: exporting the run for onnxruntime, and asking it on the run's photos")
        for old in folder.path.glob("engine-*"):  # of other weights
            shutil.rmtree(old, ignore_errors=True)
        try:
            export(
                folder.path,
                ExportOptions(out=place, calibrated=calibrated, select=select),
                Screen(quiet=True),
            )
        except ArgumentError:
            if not (place / MODEL).is_file():  # else another process was quicker
                raise
    return place / MODEL
