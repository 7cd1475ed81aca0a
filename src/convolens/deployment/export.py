"""export: a run or a model as a file for other programs, asked on real photos before it is there."""

import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

import convolens
from convolens.arguments import number_in, one_of
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.deployment.description import Description
from convolens.deployment.golden import CALLERS, write_sample
from convolens.deployment.graph.precision import PRECISIONS
from convolens.deployment.network_files import NETWORK_FILES, write_network
from convolens.deployment.onnx_model import OnnxModel
from convolens.deployment.packages import EXPORTING, check_packages
from convolens.deployment.parity import Parity, check_parity, check_raw
from convolens.deployment.reduction import Reduction, check_reduction
from convolens.deployment.source import Source, source_of_model, source_of_run
from convolens.deployment.web import fetch_runtime, write_page
from convolens.errors import ArgumentError, ConvolensError, ExportError, WriteError
from convolens.files.atomic import digest_of, write_error
from convolens.files.plain_json import write_json
from convolens.models import Model
from convolens.runs.folder.record import read_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.places import check_outside, check_writable
from convolens.runs.output.screen import Screen

MODEL, CHECKED = "model.onnx", "check.json"
FORMATS = {"onnx": MODEL, "web": MODEL, **NETWORK_FILES}


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
        precision: of the network in ONNX: "float32", "float16" or "int8".
        allowed_loss: points of accuracy that a smaller precision may lose.
    """

    format: str = "onnx"
    out: Path | None = None
    photos: Sequence[str | PathLike[str]] | None = None
    raw: bool = False
    calibrated: bool = True
    select: str = "best"
    precision: str = "float32"
    allowed_loss: float = 0.5


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        folder: all of it.
        file: the model.
        parity: how near it is to the run in float32; None where only the network's own output was compared.
        reduction: what another precision gains and loses; None in float32.
    """

    folder: Path
    file: Path
    parity: Parity | None
    reduction: Reduction | None = None


def export(
    subject: str | PathLike[str] | Model,
    options: ExportOptions | None = None,
    screen: Screen | None = None,
    *,
    class_names: Sequence[str] | None = None,
    preprocessing: Preprocessing | None = None,
) -> Exported:
    """Write a run or a model as a file for other programs: whole and checked, or not at all.

    ONNX holds everything: photos of any size go in, resized as the run does to the byte; probabilities at the run's temperature, the
    answer and "unknown" come out. The file is asked, in its own runtime, on the validation photos, and refused where it says anything
    else than the run. The other formats hold the network and its weights.

    Args:
        subject: a run's folder, or a model that is no run's.
        options: the format, and where it goes.
        screen: where lines go.
        class_names, preprocessing: of a model that is no run's, which is asked on `options.photos`.

    Returns:
        The folder: the model; for ONNX also `labels.txt`, a sample of photos with what must be said of them, and callers (`answer.py`
        ...), which say what is on photos without Convolens; for "web" a page in their place.

    Raises:
        ExportError: the network cannot be exported, the file does not answer as the run does, or loses more than is allowed.
        ExtraMissingError: onnx, onnxscript or onnxruntime are not installed, or npm for a page; others of `fetch_runtime`.
        MissingFileError: no such run, or none of its photos is there. ArgumentError: options that do not go together, a folder that is
            there. WriteError: the folder cannot be written; nothing is left of it.
    """
    options, screen = options or ExportOptions(), screen or Screen()
    _check_options(options)
    is_graph = FORMATS[options.format] == MODEL
    versions = check_packages("export", EXPORTING, screen.warn) if is_graph else {}
    if isinstance(subject, Model):
        if options.out is None or class_names is None or preprocessing is None:
            raise ArgumentError(
                "export: a model that is no run's needs `out`, `class_names` and `preprocessing`."
            )
        out = _new_place(options.out, options.photos)
        source = source_of_model(subject, options.photos, class_names, preprocessing)
    else:
        if class_names is not None or preprocessing is not None:
            raise ArgumentError("export: a run has its own class names and preprocessing; give none.")
        folder = RunFolder.open(subject)
        photos = [*read_record(folder, probes=True).photo_folders, *(options.photos or ())]
        out = _new_place(options.out or folder.path / f"export-{options.format}", photos)
        source = source_of_run(folder, options.photos, options.calibrated, options.select, screen.warn)
    if source.trained.preprocessing.color_mode == "rgba" and not options.raw and is_graph:
        raise ArgumentError(
            "export: photos with transparency as a fourth channel can be exported with --raw alone."
        )
    described = _description(source, options, versions)
    runtime = fetch_runtime() if options.format == "web" else None
    screen.line(f"asked on {len(source.photos):,} photos")
    with _new_folder(out) as temporary:
        file = temporary / FORMATS[options.format]
        parity = reduction = None
        if is_graph:
            parity, reduction = _write_checked(file, source, described, options, screen)
            if not options.raw:
                write_sample(temporary, OnnxModel(file), source.photos, () if runtime else CALLERS)
        else:
            for line in write_network(file, source.trained, described, source.photos):
                screen.line(line)
        if runtime:
            write_page(temporary, described, runtime)
        size = file.stat().st_size
    screen.result(f"Written: {out / file.name}, {size / 1e6:.1f} MB")
    if runtime:
        screen.result(
            f"The page beside it is seen with `python -m http.server -d {shlex.quote(str(out))}`, or on any web server."
        )
    return Exported(out, out / file.name, parity, reduction)


def _check_options(options: ExportOptions) -> None:
    one_of("export", "format", options.format, list(FORMATS))
    one_of("export", "precision", options.precision, list(PRECISIONS))
    number_in("export", "allow_loss", options.allowed_loss, 0.0, 100.0)
    is_graph = FORMATS[options.format] == MODEL
    if options.raw and options.format != "onnx":
        why = "a page asks the whole graph" if is_graph else f"{options.format} is the bare network anyway"
        raise ArgumentError(f"export: --raw goes with --format onnx; {why}.")
    if options.precision != "float32" and (options.raw or not is_graph):
        raise ArgumentError(
            f"export: --precision {options.precision} goes with --format onnx or web, and without --raw."
        )


def _new_place(out: Path, photos: Sequence[str | PathLike[str]] | None) -> Path:
    """Return where the new folder goes.

    Raises:
        ArgumentError: something is there, or it would lie among photos. WriteError: nothing can be written there.
    """
    if os.path.lexists(out) and not (out.is_dir() and not any(out.iterdir())):
        raise ArgumentError(f"{out} is there already; give --out another folder, or remove it.")
    check_outside(out, *(photos or ()))
    check_writable(out)
    return out


def _description(source: Source, options: ExportOptions, versions: dict[str, str]) -> Description:
    trained, calibration = source.trained, source.calibration
    unknown = None if calibration is None else calibration.unknown
    half = (0.5,) * len(trained.class_names)
    return Description(
        name=trained.name,
        class_names=trained.class_names,
        preprocessing=trained.preprocessing,
        several=trained.multi_label,
        thresholds=(trained.tuned or half) if trained.multi_label else None,
        temperature=1.0 if calibration is None else calibration.temperature,
        error_rate=None if unknown is None else unknown.error_rate,
        run=source.run,
        weights_sha256=source.weights_sha256,
        begun_with=source.begun_with,
        licence=source.licence,
        raw=options.raw,
        made_with={"convolens": convolens.__version__, **versions},
    )


def _write_checked(
    file: Path, source: Source, described: Description, options: ExportOptions, screen: Screen
) -> tuple[Parity | None, Reduction | None]:
    """Write a graph, and raise where it does not answer as the run does."""
    write_onnx(file, source, described)
    if options.raw:
        off = check_raw(file, source.trained, source.photos)
        screen.line(f"the network's output is the run's: off by at most {off:.1e}")
        return None, None
    parity, reduction = check_parity(file, source), None
    for line in parity.describe():
        screen.line(line)
    if options.precision != "float32":
        reduction = _reduce(file, source, described, options)
        for line in reduction.describe():
            screen.result(line)
    checks = {"sha256": digest_of(file), "parity": parity.as_dict()} | (
        {} if reduction is None else {"reduction": reduction.as_dict()}
    )
    write_json(file.parent / CHECKED, checks)
    return parity, reduction


def _reduce(file: Path, source: Source, described: Description, options: ExportOptions) -> Reduction:
    """Put a file of another precision in the place of a checked one in float32."""
    small = file.with_name("reduced.onnx")
    write_onnx(
        small, source, replace(described, precision=options.precision, allowed_loss=options.allowed_loss)
    )
    preprocessing = source.trained.preprocessing
    reduction = check_reduction(
        OnnxModel(file), OnnxModel(small), preprocessing, source.photos, source.truths, options.allowed_loss
    )
    os.replace(small, file)
    return reduction


def write_onnx(file: Path, source: Source, description: Description) -> None:
    """Write a graph, unchecked.

    Raises:
        ExportError: torch cannot follow the network, or the graph is too large. WriteError: the file cannot be written.
    """
    import onnx_ir

    from convolens.deployment.graph.whole_graph import whole_graph

    graph = whole_graph(source.trained, source.calibration, description, source.samples())
    try:
        onnx_ir.save(graph, file)
    except OSError as error:
        raise write_error(error, file) from error
    except ValueError as error:  # protobuf's limit of 2 GB
        raise ExportError(
            f"export: {source.trained.name} is too large for one file of ONNX ({error})."
        ) from error


@contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """Yield a new folder beside `out`, which becomes it at the end; nothing is left of it where something fails."""
    temporary = out
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
        if isinstance(error, WriteError):  # of a file in the temporary folder, of which nothing is left
            raise WriteError(str(error).replace(str(temporary), str(out))) from error
        if isinstance(error, ConvolensError):
            raise
        raise write_error(error, out) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
