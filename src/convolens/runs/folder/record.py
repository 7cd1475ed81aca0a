"""run.toml: everything that a run was asked to do and what it saw, enough to go on with it or to do it again."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

import tomli_w

from convolens.augmentation import Augmentation
from convolens.data.prepared import Prepared
from convolens.errors import ArgumentError, CheckpointError, ConvolensError, MissingFileError
from convolens.files.atomic import atomic_path
from convolens.options.option import options_of
from convolens.options.training import TrainOptions, may_differ
from convolens.options.transfer import PLANNED
from convolens.runs.folder.environment import environment
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.folder.seen_photos import SeenPhotos
from convolens.runs.output.tables import write_csv
from convolens.runs.settings.options import Settings

KFOLD = "kfold"  # the kind of a k-fold training as a whole; a single training has none
PROBE = "probe"  # the kind of a probed run
_CHOICES = ("width_shift_range", "height_shift_range")  # a list there is a choice; elsewhere it is a pair


@dataclass(frozen=True)
class Record:
    """What run.toml holds.

    Attributes:
        path: of the file.
        tables: as TOML gives them.
    """

    path: Path
    tables: Mapping[str, Any]

    @property
    def fingerprint(self) -> str:
        """Of the photos that were seen."""
        return str(self.tables["data"]["fingerprint"])

    @property
    def photo_folders(self) -> list[Path]:
        """The folders that its photos came from: for training, and for validation where that is another."""
        validation = self.tables.get("settings", {}).get("validation")
        return [Path(self.tables["data"]["path"]), *([Path(validation)] if validation else [])]

    @property
    def epochs(self) -> int:
        """How many were asked for."""
        return int(self.tables["settings"]["epochs"])

    def check_single(self, folds: str) -> None:
        """Raise where this is of a k-fold training as a whole.

        Args:
            folds: what to do instead, with one of its folds.

        Raises:
            ArgumentError: it is.
        """
        if self.tables.get("kind") == KFOLD:
            raise ArgumentError(f"{self.path.parent}: was made by `convolens train --kfold`; {folds}.")

    def options(self) -> TrainOptions:
        """Return the settings as what a user would ask for to get them.

        Raises:
            CheckpointError: the file is incomplete or of another version.
        """
        settings = dict(self.tables["settings"])
        try:
            settings.pop("schedule")  # of the recipe
            settings["size"] = int(settings["size"][0])
            augmentation: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) and name not in _CHOICES else value
                for name, value in dict(settings.pop("augmentation")).items()
            }
            Augmentation(**augmentation)
            for item in options_of(TrainOptions):
                if item.name in settings:
                    settings[item.name] = _as_asked(settings[item.name], item.type)
            return TrainOptions(**settings, augment=False, augmentation=augmentation)
        except (LookupError, TypeError, ValueError) as error:
            reason = str(error) if isinstance(error, ConvolensError) else repr(error)
            raise CheckpointError(
                f"{self.path}: incomplete or of another version ({reason}); use the version that made the run, or train anew."
            ) from error

    def planned(self, settings: Settings) -> Settings:
        """Return the settings of a run with a first answer as it was planned when it began.

        Raises:
            CheckpointError: the file is incomplete.
        """
        then = self.options()
        return replace(
            settings,
            transfer=then.transfer,
            epochs=int(then.epochs or 0),
            batch_size=int(then.batch_size or settings.batch_size),
            balance=then.balance,
        )

    def differences(self, settings: Settings, asked: Mapping[str, int | None] | None = None) -> list[str]:
        """Return the names of settings that are others here; where the photos lie is none of them.

        Args:
            settings: to compare with.
            asked: epochs (of the trial) and batch size that were asked for, None where they were left to the run: of a run
                with a first answer only these are compared.
        """
        mine, theirs = plain(settings), dict(self.tables["settings"])
        # what was planned follows from the rest, and from the machine's speed
        if "transfer" in mine and "transfer" in theirs:
            then = {"epochs": theirs["epochs"], "batch_size": theirs["batch_size"]}
            then["epochs"] = theirs["transfer"].get("trial_epochs", then["epochs"])
            for table in (mine, theirs):
                table["transfer"] = {
                    name: value for name, value in table["transfer"].items() if name not in PLANNED
                }
                for name in ("epochs", "batch_size", "balance"):
                    table.pop(name, None)
            for name, value in (asked or {}).items():
                if value is not None:
                    mine[name], theirs[name] = value, then[name]
        names = sorted((mine.keys() | theirs.keys()) - may_differ())
        return [name for name in names if mine.get(name) != theirs.get(name)]


def _as_asked(value: Any, kind: Any) -> Any:
    """Return a value of TOML as an option of this type has it."""
    if isinstance(kind, UnionType):
        kind = next(one for one in get_args(kind) if one is not NoneType)
    if get_origin(kind) is tuple:
        return tuple(float(number) for number in value)
    if kind is Path:
        return Path(value)
    return kind(**value) if is_dataclass(kind) and isinstance(kind, type) else value


def plain(settings: Settings) -> dict[str, Any]:
    """Return settings as they come back from the file."""
    return tomllib.loads(tomli_w.dumps(settings.as_table()))


def write_record(
    folder: RunFolder,
    settings: Settings,
    prepared: Prepared,
    command: str | None,
    parent: Mapping[str, Any] | None = None,
    first: Mapping[str, Any] | None = None,
    stages: Sequence[Mapping[str, Any]] = (),
    before: Mapping[str, str] | None = None,
) -> None:
    """Write run.toml, seen_photos.csv, and skipped_images.csv where there were any.

    Args:
        parent: the run that it branches from. first: the weights that it begins with. stages: of a fine-tuning.
        before: see `SeenPhotos`.

    Raises:
        WriteError: a file cannot be written.
    """
    tables: dict[str, Any] = {
        "settings": settings.as_table(),
        "data": {
            "path": str(settings.data.resolve()),
            "classes": list(prepared.class_names),
            "training_images": len(prepared.training),
            "validation_images": len(prepared.validation),
            "skipped_images": len(prepared.skipped),
            "fingerprint": prepared.fingerprint,
            "decoded": prepared.decoded,
            "folders": list(prepared.lines),
        },
        "environment": environment(settings.device),
    }
    if command is not None:
        tables["command"] = command
    if parent is not None:
        tables["parent"] = dict(parent)
    if first is not None:
        tables["first_weights"] = dict(first)
    if stages:
        tables["stages"] = [dict(stage) for stage in stages]
    sides = (prepared.training.folder, prepared.validation.folder)
    SeenPhotos.of(*sides, before=before or {}).write(folder.seen_photos)
    write_tables(folder.settings, tables)
    if prepared.skipped:
        write_csv(folder.skipped, ["path", "reason"], prepared.skipped)


def extend_record(record: Record, settings: Settings, done: int) -> None:
    """Note that a run goes on to more epochs, or with its photos elsewhere.

    Args:
        record: of the run.
        settings: from now on.
        done: how many epochs are finished.

    Raises:
        WriteError: the file cannot be written.
    """
    tables = dict(record.tables)
    if settings.epochs != record.epochs:
        note = {"after_epoch": done, "epochs_before": record.epochs, "epochs": settings.epochs}
        tables["extended"] = [*tables.get("extended", []), note]
    tables["settings"] = settings.as_table()
    tables["data"] = {**tables["data"], "path": str(settings.data.resolve())}
    write_tables(record.path, tables)


def recorded_threads(folder: RunFolder) -> int | None:
    """Return the number of threads that a run was begun with; None where it has no run.toml, or that does not say."""
    if not folder.settings.is_file():
        return None
    threads = read_record(folder).tables["settings"].get("threads")
    return threads if isinstance(threads, int) and threads > 0 else None


def note_threads(folder: RunFolder, settings: Settings) -> None:
    """Note that a run goes on with another number of threads than it was begun with.

    Raises:
        WriteError: the file cannot be written.
    """
    record = read_record(folder)
    if settings.threads not in (None, recorded_threads(folder)):
        table = {**record.tables["settings"], "threads": settings.threads}
        write_tables(record.path, {**record.tables, "settings": table})


def write_tables(path: Path, tables: Mapping[str, Any]) -> None:
    """Write a run.toml.

    Raises:
        WriteError: the file cannot be written.
    """
    with atomic_path(path) as temporary:
        temporary.write_text(tomli_w.dumps(tables), encoding="utf-8", errors="replace")


def read_record(folder: RunFolder, probes: bool = False) -> Record:
    """Return what run.toml holds.

    Args:
        folder: of the run.
        probes: whether that of a probe, which has no training, is taken too.

    Raises:
        MissingFileError: there is none. CheckpointError: it is damaged. ArgumentError: it is of a probe, and none is taken.
    """
    path = folder.settings
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise MissingFileError(
            f"{path}: no such file, so this is no run, or its training never began; `convolens train` begins one."
        ) from error
    except (OSError, ValueError) as error:
        raise CheckpointError(
            f"{path}: not readable as TOML ({error}); restore it, or train anew."
        ) from error
    needed = [("data", "path")]
    if tables.get("kind") != PROBE:
        needed = [("settings", "epochs"), ("settings", "augmentation"), ("data", "fingerprint")]
    elif not probes:
        raise ArgumentError(
            f"{path.parent}: was made by `convolens probe`; it has no training to go on with. Probe again, or `convolens train`."
        )
    for table, name in needed:
        if not isinstance(tables.get(table), dict) or name not in tables[table]:
            raise CheckpointError(f"{path}: [{table}] {name} is missing; was it made by another version?")
    return Record(path, tables)
