"""ComparisonFolder: what a comparison keeps, so that it can be gone on with: its settings, and a row for each network."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import tomli_w

from convolens.data.caching.fingerprint import fingerprint
from convolens.data.folders.folder import ImageFolder
from convolens.errors import ArgumentError, CheckpointError
from convolens.files.atomic import atomic_path, write_error
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.several.members import are_photos_of, read_rows, write_rows


@dataclass(frozen=True)
class Row:
    """What became of a network; None where it is not known.

    Attributes:
        name: of the architecture, and of its run folder.
        size: rows and columns of its input.
        accuracy, loss: of its best epoch, on the validation photos.
        epochs: finished or begun; where the budget ended one, it counts.
        seconds: of training steps.
        operations: multiply-accumulates of the training.
        parameters, multiply_accumulates: of the network; of one image.
        latency_ms: of one image in inference, the median.
        images_per_second: in inference, in batches.
        training_images_per_second: of the training steps.
        reason: why it was not trained; "" where it was.

    Example:
        >>> Row("conv-model", reason="too small").trained
        False
    """

    name: str
    size: int | None = None
    accuracy: float | None = None
    loss: float | None = None
    epochs: int | None = None
    seconds: float | None = None
    operations: float | None = None
    parameters: int | None = None
    multiply_accumulates: int | None = None
    latency_ms: float | None = None
    images_per_second: float | None = None
    training_images_per_second: float | None = None
    reason: str = ""

    @property
    def trained(self) -> bool:
        """Whether it was trained to the end."""
        return not self.reason

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class ComparisonFolder:
    """The paths of a comparison.

    Args:
        path: the folder.

    Example:
        >>> ComparisonFolder(Path("runs/photos-compare")).run("conv-model").path.as_posix()
        'runs/photos-compare/conv-model'
    """

    path: Path

    @property
    def settings(self) -> Path:
        return self.path / "compare.toml"

    @property
    def results(self) -> Path:
        return self.path / "compare.json"

    @property
    def table(self) -> Path:
        return self.path / "compare.csv"

    @property
    def picture(self) -> Path:
        return self.path / "compare.png"

    @property
    def page(self) -> Path:
        return self.path / "compare.html"

    def run(self, name: str) -> RunFolder:
        """Return the run of a network."""
        return RunFolder(self.path / name)

    def read_rows(self) -> dict[str, Row]:
        """Return the rows that are there.

        Raises:
            CheckpointError: the file is damaged.
        """
        return {row.name: row for row in read_rows(self.results, "models", Row)}

    def write_rows(self, rows: Mapping[str, Row]) -> None:
        """Write compare.json.

        Raises:
            WriteError: it cannot be written.
        """
        write_rows(self.results, "models", rows.values())


def begin(
    out: Path, settings: Mapping[str, Any], photos: Sequence[ImageFolder], command: str | None, resume: bool
) -> ComparisonFolder:
    """Make the folder of a comparison, or open the one that is gone on with.

    Args:
        out: where.
        settings: all that must be the same when it is gone on with.
        photos: of both sides, as far as they are parted already.
        command: for the record.
        resume: True takes a folder of the same settings and photos; where there is none, a new one is made.

    Raises:
        ArgumentError: the folder is taken; it is no comparison, or one of other settings or photos.
        CheckpointError: compare.toml is damaged. WriteError: the place cannot be written.
    """
    folder = ComparisonFolder(out)
    try:
        taken = out.exists() and (
            not out.is_dir() or any(not path.name.startswith(".") for path in out.iterdir())
        )
        if taken and not resume:
            again = " or give --resume to go on with it" if folder.settings.is_file() else ""
            raise ArgumentError(f"compare: {out} is taken; name another folder by --out{again}.")
        if taken:
            _check_same(folder, settings, photos)
            return folder
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(error, out) from error
    tables = {"settings": dict(settings), "data": {"photos": fingerprint(*photos)}}
    with atomic_path(folder.settings) as temporary:
        named = {"command": command} if command is not None else {}
        temporary.write_text(tomli_w.dumps({**named, **tables}), encoding="utf-8", errors="replace")
    return folder


def _check_same(folder: ComparisonFolder, settings: Mapping[str, Any], photos: Sequence[ImageFolder]) -> None:
    path = folder.settings
    if not path.is_file():
        raise ArgumentError(
            f"compare: {folder.path} holds no compare.toml, so it is no comparison to go on with; name another folder by --out."
        )
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        before, photos_before = dict(tables["settings"]), str(tables["data"]["photos"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise CheckpointError(f"{path}: not readable ({error}); restore it, or compare anew.") from error
    now = tomllib.loads(tomli_w.dumps(dict(settings)))
    others = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    others += [] if are_photos_of(photos_before, photos) else ["the photos"]
    if others:
        raise ArgumentError(
            f"compare: {folder.path} was begun with other settings: {', '.join(others)} differ; type the same command as "
            f"then (it is in {path}), or name another folder by --out."
        )
