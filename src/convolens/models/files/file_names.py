"""Names of model files: the ending chooses the form; checks of what is there before anything is read or written."""

from pathlib import Path

from convolens.arguments import did_you_mean
from convolens.checkpoints.old_names import is_old_name
from convolens.errors import ArgumentError, MissingFileError, WriteError

LEGACY = (".h5", ".hdf5")
ARCHIVE = ".keras"
ARCHIVE_WEIGHTS = ".weights.h5"
TENSORS = ".safetensors"

WEIGHTS = (ARCHIVE_WEIGHTS, *LEGACY, TENSORS)
MODELS = (ARCHIVE, *LEGACY)

_HDF5 = b"\x89HDF\r\n\x1a\n"  # how every HDF5 file begins

# A pickle is a program: to open one is to run it.
PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin")

# What to do with an ending that is known, and not to this call.
_ELSEWHERE = {
    ("save_weights", ARCHIVE): "holds a whole model; call model.save, or end the name in .weights.h5",
    ("save", ARCHIVE_WEIGHTS): "holds weights only; call model.save_weights, or end the name in .keras",
    ("save", TENSORS): "holds weights only; call model.save_weights, or end the name in .keras",
    ("load_model", ARCHIVE_WEIGHTS): "holds weights only; build the model and call model.load_weights",
    ("load_model", TENSORS): "holds weights only; build the model and call model.load_weights",
}


def ending(where: str, path: Path, known: tuple[str, ...]) -> str:
    """Return the ending of a file's name, in small letters, if it is among `known`.

    A name without one (`vgg.model`, `weights-01-0.93`, `cp.ckpt`) is of Keras' HDF5 form, as it was for Keras 1 and 2; what is read must begin so.

    Raises:
        ArgumentError: it is not; the nearest is offered, or the call that takes it.

    Example:
        >>> ending("save_weights", Path("best.weights.h5"), WEIGHTS)
        '.weights.h5'
        >>> ending("save_weights", Path("weights-01-0.93"), WEIGHTS)
        '.h5'
    """
    found = ARCHIVE_WEIGHTS if path.name.lower().endswith(ARCHIVE_WEIGHTS) else path.suffix.lower()
    if found in known:
        return found
    if is_old_name(path.name) and (where.startswith("save") or not path.is_file() or _is_hdf5(path)):
        return LEGACY[0]
    if (where, found) in _ELSEWHERE:
        raise ArgumentError(f"{where}: {path.name}: a file ending in {found} {_ELSEWHERE[where, found]}.")
    if found in PICKLES and where.startswith("load"):
        raise ArgumentError(
            f"{where}: {path.name}: a pickle can run any program, so it is not opened; make safetensors of it: "
            f"convolens import-weights {path.name} --out {path.stem}.safetensors"
        )
    raise ArgumentError(
        f"{where}: the file must end in {', '.join(known)}; received {path.name!r}.{did_you_mean(found, known)}"
    )


def is_old_form(path: Path) -> bool:
    """Return whether a file is of Keras' HDF5 form under a name without an ending of one, such as `cp-0001.ckpt`.

    Args:
        path: a file, or something else.
    """
    return is_old_name(path.name) and path.is_file() and _is_hdf5(path)


def _is_hdf5(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_HDF5)) == _HDF5


def prepare(path: Path, overwrite: bool) -> None:
    """Make the folder of a file that is going to be written.

    Raises:
        WriteError: the file is there and may not be replaced, or the folder cannot be made.
    """
    if path.exists() and not overwrite:
        raise WriteError(f"{path} exists already; give overwrite=True or another name.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(
            f"cannot make folder {path.parent}: {error.strerror}; choose another place."
        ) from error


def check_there(path: Path) -> None:
    """Raise a `MissingFileError` that lists the weights beside a file that is not there."""
    if path.is_file():
        return
    beside = sorted(file.name for file in path.parent.glob("*") if file.suffix in (*LEGACY, TENSORS, ARCHIVE))
    listed = f" Weights there: {', '.join(beside[:8])}." if beside else ""
    raise MissingFileError(f"{path}: no such weights file.{listed}")
