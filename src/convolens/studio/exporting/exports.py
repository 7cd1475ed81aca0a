"""The exports of a run: folders in it that an export made, whole; where the next goes, and what was found out about each."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from convolens.deployment import FORMATS
from convolens.deployment.export import CHECKED, MODEL
from convolens.errors import ConvolensError, MissingFileError
from convolens.files import plain_json
from convolens.runs.folder.run_folder import RunFolder

_NAME = re.compile(r"export-(\w+?)(?:-(float16|int8))?(?:-(\d+))?")


def new_place(run: Path, format: str, precision: str) -> Path:
    """Return where a new export of a run goes; a name that is taken gets a suffix.

    Example:
        >>> new_place(Path("runs/photos"), "onnx", "int8").name
        'export-onnx-int8'
    """
    name = f"export-{format}" + ("" if precision == "float32" else f"-{precision}")
    number, place = 1, run / name
    while place.exists():
        number += 1
        place = run / f"{name}-{number}"
    return place


def exports_of(run: Path) -> list[dict[str, Any]]:
    """Return the exports that lie in a run, the newest first: name, format, precision, bytes, checks, changed.

    `outdated` are those that were made before the run's weights, or, of whole models, its calibration, became what they are.
    """
    found, folder = [], RunFolder(run)
    for place in run.glob("export-*"):
        parts = _NAME.fullmatch(place.name)
        if parts is None or parts[1] not in FORMATS or not (place / FORMATS[parts[1]]).is_file():
            continue
        asked = [folder.best, *([folder.calibration] if FORMATS[parts[1]] == MODEL else [])]
        changed = place.stat().st_mtime
        try:
            checks = plain_json.read(place / CHECKED)
        except ConvolensError:  # the bare networks have none: they were read again and compared
            checks = {}
        found.append(
            {
                "name": place.name,
                "format": parts[1],
                "precision": parts[2] or "float32",
                "bytes": sum(path.stat().st_size for path in files_in(place)),
                "model_bytes": (place / FORMATS[parts[1]]).stat().st_size,
                "checks": checks if isinstance(checks, dict) else {},
                "changed": changed,
                "outdated": any(path.is_file() and path.stat().st_mtime > changed for path in asked),
            }
        )
    return sorted(found, key=lambda one: -float(one["changed"]))


def find_export(run: Path, name: str) -> Path:
    """Return the folder of an export.

    Raises:
        MissingFileError: the run has none of that name.
    """
    if any(one["name"] == name for one in exports_of(run)):
        return run / name
    raise MissingFileError(
        f"{run.name}: has no export {name!r}; it was removed, or never finished. Export anew."
    )


def files_in(place: Path) -> Iterator[Path]:
    """Yield the files of an export in order; links are not followed."""
    for path in sorted(place.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path
