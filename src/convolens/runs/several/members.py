"""Several runs in one folder: each trained, or gone on with where it was begun; their photos known again; a row for each."""

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from convolens.data.caching import old_fingerprints
from convolens.data.caching.fingerprint import FORM, is_fingerprint_of
from convolens.data.decoding.samples import Samples
from convolens.data.folders.folder import ImageFolder
from convolens.errors import CheckpointError
from convolens.files.plain_json import write_json
from convolens.options.training import TrainOptions
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.runs.training.outcome import TrainResult
from convolens.runs.whole_runs.resume import ResumeOptions, resume
from convolens.runs.whole_runs.train import train

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Row = TypeVar("Row", bound=DataclassInstance)
else:
    Row = TypeVar("Row")


def train_or_go_on(
    run: RunFolder, asked: TrainOptions, screen: Screen, samples: Samples | None = None
) -> TrainResult:
    """Train into exactly this folder; where a training was begun in it, go on with that.

    Args:
        run: where.
        asked: what a new training is asked to do; its `out` and `resume` are not used.
        screen: where lines go.
        samples: of a new training, see `train`.

    Raises:
        ConvolensError: those of `train` and `resume`.
    """
    if run.settings.is_file():
        where = ResumeOptions(data=asked.data, validation=asked.validation, threads=asked.threads)
        return resume(run.path, where, screen)
    if run.path.exists():  # begun, and killed before anything was written down
        shutil.rmtree(run.path)
    return train(replace(asked, out=run.path, resume=False), screen, samples=samples)


def are_photos_of(recorded: str, folders: Sequence[ImageFolder]) -> bool:
    """Return whether these are the photos of a record; earlier versions took its fingerprint without labels."""
    if recorded.startswith(FORM):
        return is_fingerprint_of(recorded, *folders)
    return recorded == old_fingerprints.of_contents(folders)


def read_rows(path: Path, title: str, kind: type[Row]) -> list[Row]:
    """Return the rows of a JSON file, none where there is no such file; what this version does not know is left out.

    Args:
        path: of the file.
        title: of the list in it.
        kind: a dataclass.

    Raises:
        CheckpointError: the file is damaged.
    """
    if not path.is_file():
        return []
    known = {item.name for item in fields(kind)}
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))[title]
        return [kind(**{key: value for key, value in row.items() if key in known}) for row in rows]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"{path}: not the results of several trainings ({error}); remove it, then the networks are scored again."
        ) from error


def write_rows(path: Path, title: str, rows: Iterable[Row]) -> None:
    """Write rows for `read_rows`.

    Raises:
        WriteError: the file cannot be written.
    """
    write_json(path, {title: [asdict(row) for row in rows]})
