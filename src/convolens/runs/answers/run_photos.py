"""The photos of a run, found and split again as they were, and checked to be the same ones."""

import csv
from dataclasses import replace
from pathlib import Path

from convolens.data.caching.fingerprint import is_fingerprint_of
from convolens.data.decoding.samples import Samples
from convolens.data.folders.folder import ImageFolder
from convolens.data.prepared import Prepared
from convolens.errors import ConvolensError, DataError, MissingFileError
from convolens.options.training import TrainOptions
from convolens.runs.folder import model_file
from convolens.runs.folder.record import Record, read_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.runs.preparation.prepare import list_sides, prepare
from convolens.runs.settings.options import Settings, resolve


def check_there(asked: TrainOptions, data_option: str = "--data DIR") -> None:
    """Raise `MissingFileError` where the photos of a run are no longer where they were.

    Args:
        asked: the run's options.
        data_option: how the command is told where they are now.
    """
    if not asked.data.is_dir():
        raise MissingFileError(
            f"{asked.data}: the photos of the run are no longer there; say where they are by {data_option}."
        )
    if asked.labels is not None and not asked.labels.is_file():
        raise MissingFileError(
            f"{asked.labels}: the labels of the run are no longer there; say where they are by --labels FILE."
        )
    if asked.validation is not None and not asked.validation.is_dir():
        raise MissingFileError(
            f"{asked.validation}: the validation photos of the run are no longer there; say where they are by --val DIR."
        )


def prepare_again(
    record: Record, settings: Settings, samples: Samples | None, screen: Screen, otherwise: str
) -> Prepared:
    """Return the photos of a run, on the sides where they were.

    Args:
        record: of the run.
        settings: its own, the photos perhaps elsewhere.
        samples: how values of its photos become bytes; None measures them anew.
        screen: where bars go.
        otherwise: what to do, beside bringing them back, where they are not the same.

    Raises:
        DataError: other photos. MissingFileError: no such folder.
    """
    prepared = prepare(settings, screen, samples)
    if not prepared.are_those_of(record.fingerprint):
        before = record.tables["data"]
        raise DataError(
            f"{settings.data}: these are not the photos of the run ({before.get('training_images')} to learn from and "
            f"{before.get('validation_images')} to validate on then, {len(prepared.training)} and {len(prepared.validation)} now, "
            f"or others): bring them back, or {otherwise}."
        )
    return prepared


def prepared_as(run: RunFolder, settings: Settings, prepared: Prepared, screen: Screen) -> Prepared:
    """Return photos that were prepared anew with their values made bytes by the rule of the run that goes on."""
    samples = model_file.samples_of(run)
    return prepared if samples in (None, prepared.samples) else prepare(settings, screen, samples)


def photos_of(run: RunFolder) -> list[ImageFolder]:
    """Return the photos that a run learnt from, and those that it was validated on, where they lie and are the same still.

    Returns:
        Of a k-fold training the first alone; nothing where they cannot be told.
    """
    try:
        record = read_record(run)
        data = Path(str(record.tables["data"]["path"]))
        broken = set()
        if run.skipped.is_file():
            with run.skipped.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
                broken = {Path(row["path"]).resolve() for row in csv.DictReader(file)}
        sides = list_sides(resolve(replace(record.options(), data=data)), broken)
    except (ConvolensError, OSError, LookupError, TypeError, csv.Error):
        return []
    return sides if is_fingerprint_of(record.fingerprint, *sides) else []
