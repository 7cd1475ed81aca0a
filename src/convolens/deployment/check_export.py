"""check_export: whether an exported file still says what it said, and what its run says."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

from convolens.deployment.export import CHECKED, MODEL, write_onnx
from convolens.deployment.golden import check_sample
from convolens.deployment.onnx_model import OnnxModel
from convolens.deployment.packages import EXPORTING, check_packages
from convolens.deployment.parity import Parity, check_parity
from convolens.deployment.reduction import Reduction, check_reduction
from convolens.deployment.source import Source, source_of_run
from convolens.errors import CheckpointError, ExportError
from convolens.files import plain_json
from convolens.files.atomic import digest_of
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen


@dataclass(frozen=True)
class ExportCheck:
    """What was found.

    Attributes:
        file: that was asked.
        parity: how near it is to its run; None where none was given, or the file is of another precision than float32.
        reduction: of such, what it gains and loses.
    """

    file: Path
    parity: Parity | None
    reduction: Reduction | None = None


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
    _check_bytes(path)
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
    source = source_of_run(folder, photos, select=select, warn=screen.warn)
    calibration = source.calibration
    told = 1.0 if calibration is None else calibration.temperature
    knows = None if calibration is None or calibration.unknown is None else calibration.unknown.error_rate
    if (described.temperature, described.error_rate) == (1.0, None):
        source = replace(source, calibration=None)  # exported with --no-calibration, or before there was one
    elif (described.temperature, described.error_rate) != (told, knows):
        raise CheckpointError(
            f"{path}: was made with another calibration than {folder.path} has now; export it anew."
        )
    if described.precision != "float32":
        return ExportCheck(path, None, _reduction(model, source, screen))
    parity = check_parity(path, source)
    for line in parity.describe():
        screen.result(line)
    return ExportCheck(path, parity)


def _reduction(model: OnnxModel, source: Source, screen: Screen) -> Reduction:
    """Compare a file of another precision with one in float32, made anew for it."""
    described = model.description
    check_packages("check-export", EXPORTING, screen.warn)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, MODEL)
        write_onnx(whole, source, replace(described, precision="float32"))
        preprocessing, most = source.trained.preprocessing, described.allowed_loss
        found = check_reduction(OnnxModel(whole), model, preprocessing, source.photos, source.truths, most)
    for line in found.describe():
        screen.result(line)
    return found


def _check_bytes(path: Path) -> None:
    """Raise where the file's bytes are not those that were written, which a sample of five photos may not show."""
    checked = path.parent / CHECKED
    if not checked.is_file():
        return
    told = plain_json.read(checked)
    written = told.get("sha256") if isinstance(told, dict) else None
    if written is not None and written != digest_of(path):
        raise CheckpointError(
            f"{path}: is damaged, or another file than {checked.name} beside it is of: its SHA-256 is not the one written there; "
            "export it anew."
        )


def _digest(path: Path) -> str | None:
    return digest_of(path) if path.is_file() else None
