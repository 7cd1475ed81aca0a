"""check_export: whether an exported file still says what it said, and what its run says."""

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from convolens.deployment.export import MODEL, photos_to_ask
from convolens.deployment.golden import check_sample
from convolens.deployment.onnx_model import OnnxModel
from convolens.deployment.parity import Parity, check_parity
from convolens.errors import CheckpointError, ExportError
from convolens.files.atomic import digest_of
from convolens.runs.folder import model_file
from convolens.runs.folder.calibration_file import read_calibration
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen


@dataclass(frozen=True)
class ExportCheck:
    """What was found.

    Attributes:
        file: that was asked.
        parity: how near it is to its run; None where none was given.
    """

    file: Path
    parity: Parity | None


def check_export(
    file: str | PathLike[str],
    run: str | PathLike[str] | None = None,
    photos: Sequence[str | PathLike[str]] | None = None,
    screen: Screen | None = None,
) -> ExportCheck:
    """Ask an exported file of its golden sample again, and of photos that its run answers.

    Args:
        file: of `export`, or its folder.
        run: the run that it came from; None asks the sample alone.
        photos: photos or folders to ask both on; None are the validation photos of the run.
        screen: where lines go.

    Raises:
        ExportError: another answer than when it was exported, or than the run's. CheckpointError: a damaged file or sample, or
            another run than it was made of. Others: those of `OnnxModel` and `export`.
    """
    screen = screen or Screen()
    path = Path(file) / MODEL if Path(file).is_dir() else Path(file)
    model = OnnxModel(path)
    described = model.description
    wrong = check_sample(path.parent, model)
    if wrong:
        raise ExportError(
            f"{len(wrong)} photos of the sample get another answer than when it was exported: {wrong[0]}."
        )
    screen.result(f"{path}: says of its sample what it said when it was exported")
    if run is None:
        return ExportCheck(path, None)
    folder = RunFolder.open(run)
    select = next(
        (name for name in ("best", "last") if _digest(folder.weights(name)) == described.weights_sha256), None
    )
    if select is None:
        raise CheckpointError(
            f"{path}: was made of other weights than {folder.path} has now; export it anew."
        )
    trained = model_file.load(folder, folder.weights(select))
    calibration = read_calibration(folder, select, screen.warn)
    told = 1.0 if calibration is None else calibration.temperature
    knows = None if calibration is None or calibration.unknown is None else calibration.unknown.error_rate
    if (described.temperature, described.error_rate) == (1.0, None):
        calibration = None  # exported with --no-calibration, or before there was one
    elif (described.temperature, described.error_rate) != (told, knows):
        raise CheckpointError(
            f"{path}: was made with another calibration than {folder.path} has now; export it anew."
        )
    parity = check_parity(path, trained, calibration, photos_to_ask(folder, trained, photos), screen)
    for line in parity.describe():
        screen.result(line)
    return ExportCheck(path, parity)


def _digest(path: Path) -> str | None:
    return digest_of(path) if path.is_file() else None
