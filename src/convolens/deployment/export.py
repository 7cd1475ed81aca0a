"""export: a run as a file for other programs, asked on real photos before it is there."""

import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

import convolens
from convolens.arguments import one_of
from convolens.deployment.description import Description
from convolens.deployment.golden import CALLERS, write_sample
from convolens.deployment.onnx_model import OnnxModel
from convolens.deployment.packages import EXPORTING, check_packages
from convolens.deployment.parity import Parity, check_parity, check_raw
from convolens.deployment.web import fetch_runtime, write_page
from convolens.errors import ArgumentError, ConvolensError, DataError, ExportError, MissingFileError
from convolens.files.atomic import digest_of, write_error
from convolens.files.plain_json import write_json
from convolens.models import load_model
from convolens.runs.answers.predict import find_photos
from convolens.runs.folder import model_file
from convolens.runs.folder.calibration_file import Calibration, read_calibration
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.predictions_file import read_predictions
from convolens.runs.folder.record import read_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.places import check_outside, check_writable
from convolens.runs.output.screen import Screen

MODEL, CHECKED = "model.onnx", "check.json"
FORMATS = {
    "onnx": MODEL,
    "web": MODEL,
    "keras": "model.keras",
    "hdf5": "model.h5",
    "safetensors": "model.safetensors",
}
MOST = 1_000  # photos that a file is asked on
_READ_AGAIN = 1e-5  # of a network's output, after a file of another format was read again


@dataclass(frozen=True)
class ExportOptions:
    """What is asked for.

    Args:
        format: one of `FORMATS`.
        out: a new folder; None is RUN/export-FORMAT.
        photos: photos or folders that the file is asked on; None are the validation photos of the run.
        raw: of ONNX the bare network, floats in and its own output out.
        calibrated: False leaves the run's temperature and its "unknown" out.
        select: "best" or "last" weights.
    """

    format: str = "onnx"
    out: Path | None = None
    photos: Sequence[str | PathLike[str]] | None = None
    raw: bool = False
    calibrated: bool = True
    select: str = "best"


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        folder: all of it.
        file: the model.
        parity: how near it is to the run; None where only the network's own output was compared.
    """

    folder: Path
    file: Path
    parity: Parity | None


def export(
    run: str | PathLike[str], options: ExportOptions | None = None, screen: Screen | None = None
) -> Exported:
    """Write a run as a file for other programs: whole and checked, or not at all.

    ONNX holds everything: photos of any size go in, resized as the run does to the byte; probabilities at the run's temperature, the
    answer and "unknown" come out. The file is asked, in its own runtime, on the validation photos, and refused where it says anything
    else than the run. The other formats hold the network and its weights.

    Args:
        run: its folder.
        options: the format, and where it goes.
        screen: where lines go.

    Returns:
        The folder: the model; for ONNX also `labels.txt`, a sample of photos with what must be said of them, and callers (`answer.py`
        ...), which say what is on photos without Convolens; for "web" a page in their place.

    Raises:
        ExportError: the network cannot be exported, or the file does not answer as the run does.
        ExtraMissingError: onnx, onnxscript or onnxruntime are not installed, or npm for a page; others of `fetch_runtime`.
        MissingFileError: no such run, or none of its photos is there. ArgumentError: options that do not go together, a folder that is
            there. WriteError: the folder cannot be written; nothing is left of it.
    """
    options, screen = options or ExportOptions(), screen or Screen()
    one_of("export", "format", options.format, list(FORMATS))
    is_graph = FORMATS[options.format] == MODEL
    if options.raw and options.format != "onnx":
        why = "a page asks the whole graph" if is_graph else f"{options.format} is the bare network anyway"
        raise ArgumentError(f"export: --raw goes with --format onnx; {why}.")
    versions = check_packages("export", EXPORTING, screen.warn) if is_graph else {}
    folder = RunFolder.open(run)
    out = options.out or folder.path / f"export-{options.format}"
    if os.path.lexists(out) and not (out.is_dir() and not any(out.iterdir())):
        raise ArgumentError(f"{out} is there already; give --out another folder, or remove it.")
    check_outside(out, *read_record(folder, probes=True).photo_folders, *(options.photos or ()))
    check_writable(out)
    trained = model_file.load(folder, folder.weights(options.select))
    if trained.preprocessing.color_mode == "rgba" and not options.raw and is_graph:
        raise ArgumentError(
            "export: photos with transparency as a fourth channel can be exported with --raw alone."
        )
    calibration = read_calibration(folder, options.select, screen.warn) if options.calibrated else None
    photos = photos_to_ask(folder, trained, options.photos)
    runtime = fetch_runtime() if options.format == "web" else None
    screen.line(f"asked on {len(photos):,} photos")
    with _new_folder(out) as temporary:
        file = temporary / FORMATS[options.format]
        parity = None
        if is_graph:
            described = _description(folder, trained, calibration, options, versions)
            _write_onnx(file, trained, calibration, described)
            if options.raw:
                off = check_raw(file, trained, photos)
                screen.line(f"the network's output is the run's: off by at most {off:.1e}")
            else:
                parity = check_parity(file, trained, calibration, photos, screen)
                write_sample(temporary, OnnxModel(file), photos, () if runtime else CALLERS)
                write_json(temporary / CHECKED, parity.as_dict())
                for line in parity.describe():
                    screen.line(line)
            if runtime:
                write_page(temporary, described, runtime)
        else:
            _write_network(file, folder, trained, photos, screen)
        size = file.stat().st_size
    screen.result(f"Written: {out / file.name}, {size / 1e6:.1f} MB")
    if runtime:
        screen.result(
            f"The page beside it is seen with `python -m http.server -d {shlex.quote(str(out))}`, or on any web server."
        )
    return Exported(out, out / file.name, parity)


def photos_to_ask(
    folder: RunFolder, trained: TrainedModel, given: Sequence[str | PathLike[str]] | None
) -> list[Path]:
    """Return readable photos that a file is asked on."""
    if given:
        found = find_photos(given)
    else:
        found = [answer.path for answer in read_predictions(folder.predictions) if answer.path.is_file()]
    step = max(1, -(-len(found) // MOST))
    readable = []
    for path in found[::step]:
        try:
            trained.preprocessing.read(path)
        except ConvolensError:
            continue
        readable.append(path)
    if not readable:
        if given:
            raise DataError(
                "export: none of the photos can be read; a file is written only where it was asked on photos."
            )
        raise MissingFileError(
            f"{folder.path}: its validation photos are no longer where they were, and a file is written only where it was asked on "
            "photos; give some, --photos DIR."
        )
    return readable


def _description(
    folder: RunFolder,
    trained: TrainedModel,
    calibration: Calibration | None,
    options: ExportOptions,
    versions: dict[str, str],
) -> Description:
    unknown = None if calibration is None else calibration.unknown
    half = (0.5,) * len(trained.class_names)
    first = read_record(folder, probes=True).tables.get("first_weights", {})
    return Description(
        name=trained.name,
        class_names=trained.class_names,
        preprocessing=trained.preprocessing,
        several=trained.multi_label,
        thresholds=(trained.tuned or half) if trained.multi_label else None,
        temperature=1.0 if calibration is None else calibration.temperature,
        error_rate=None if unknown is None else unknown.error_rate,
        run=folder.path.resolve().name,
        weights_sha256=digest_of(folder.weights(options.select)),
        begun_with=str(first.get("title", "")),
        raw=options.raw,
        made_with={"convolens": convolens.__version__, **versions},
    )


def _write_onnx(
    file: Path, trained: TrainedModel, calibration: Calibration | None, description: Description
) -> None:
    import onnx_ir

    from convolens.deployment.whole_graph import whole_graph

    graph = whole_graph(trained, calibration, description)
    try:
        onnx_ir.save(graph, file)
    except OSError as error:
        raise write_error(error, file) from error
    except ValueError as error:  # protobuf's limit of 2 GB
        raise ExportError(f"export: {trained.name} is too large for one file of ONNX ({error}).") from error


def _write_network(
    file: Path, folder: RunFolder, trained: TrainedModel, photos: Sequence[Path], screen: Screen
) -> None:
    """Write a network in a form of Keras or of torch, read it again, and compare what both say."""
    some = photos[:64]
    floats = trained.preprocessing(np.stack([trained.preprocessing.read(photo) for photo in some]))
    if file.suffix == ".safetensors":
        trained.model.save_weights(file)
        again = model_file.load(folder, file).model
    else:
        trained.model.save(file)
        again = load_model(file)
    off = float(np.abs(again.predict(floats, verbose=0) - trained.model.predict(floats, verbose=0)).max())
    if not off <= _READ_AGAIN:
        raise ExportError(f"{file}: read again, it does not answer as the run does (off by {off:.1e}).")
    screen.line(f"read again, its answers for {len(some)} photos are the run's: off by at most {off:.1e}")


@contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """Yield a new folder beside `out`, which becomes it at the end; nothing is left of it where something fails."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{out.name[:40]}.", dir=out.parent))
        try:
            yield temporary
            temporary.chmod(0o777 & ~_umask())
            os.replace(temporary, out)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        if isinstance(error, ConvolensError):
            raise
        raise write_error(error, out) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
