"""The packages that exporting needs: whether they are there, and whether this set of versions was tested."""

import importlib.metadata
import importlib.util
from collections.abc import Callable, Sequence

from convolens.errors import ExtraMissingError

EXPORTING = ("torch", "onnx", "onnxscript", "onnxruntime")
ANSWERING = ("onnxruntime",)

# Sets of versions with which an export of every architecture was checked; torch's exporter has been wrong between them.
TESTED = (("2.13", "1.23", "0.7", "1.32"),)


def check_packages(
    where: str, needed: Sequence[str], warn: Callable[[str], None] = lambda line: None
) -> dict[str, str]:
    """Return the versions of packages by name.

    Args:
        where: names the command in errors.
        needed: `EXPORTING` or `ANSWERING`.
        warn: told where this set of versions was not tested.

    Raises:
        ExtraMissingError: one is not installed.

    Example:
        >>> sorted(check_packages("export", ["torch"]))
        ['torch']
    """
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise ExtraMissingError(
            f"{where}: needs {', '.join(missing)}, not installed here: pip install 'convolens[export]'."
        )
    versions = {name: importlib.metadata.version(name).partition("+")[0] for name in needed}
    short = tuple(".".join(version.split(".")[:2]) for version in versions.values())
    if tuple(needed) == EXPORTING and short not in TESTED:
        tested = "; ".join(
            ", ".join(f"{name} {version}" for name, version in zip(EXPORTING, known, strict=True))
            for known in TESTED
        )
        have = ", ".join(f"{name} {version}" for name, version in versions.items())
        warn(
            f"{where}: {have} were not tested together (tested: {tested}); what is written is checked all the same."
        )
    return versions
