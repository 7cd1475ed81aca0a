"""Source: what is exported, wherever it comes from, and the photos that its file is asked on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

import numpy as np

from convolens.applications.weights.imagenet import licence_of
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.data.folders.folder import files_below, is_image_file
from convolens.errors import ArgumentError, ConvolensError, DataError, MissingFileError
from convolens.files.atomic import digest_of
from convolens.models import Model
from convolens.runs.answers.predict import find_photos
from convolens.runs.folder import model_file
from convolens.runs.folder.calibration_file import Calibration, read_calibration
from convolens.runs.folder.kept_photos import kept_photos
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.predictions_file import read_predictions
from convolens.runs.folder.record import read_record
from convolens.runs.folder.run_folder import RunFolder

MOST = 1_000  # photos that a file is asked on
SEEN = 128  # photos that the ranges of int8 are taken from

Photos = Sequence[str | PathLike[str]]


@dataclass(frozen=True)
class Source:
    """What is exported.

    Attributes:
        trained: the network with its names and preprocessing, on the CPU.
        photos: readable ones, to ask the file on.
        calibration: of its weights; None has none.
        run: the name of the run's folder; "" of a model that is no run's.
        weights_sha256: of the run's weights; "" likewise.
        begun_with, licence: of the learnt weights that the run began with; "" where it began with none.
        truths: the class of each photo, or its labels; None where it is not known.
        others: photos that it learnt from, for the ranges of int8.
    """

    trained: TrainedModel
    photos: Sequence[Path]
    calibration: Calibration | None = None
    run: str = ""
    weights_sha256: str = ""
    begun_with: str = ""
    truths: Sequence[tuple[str, ...] | None] = ()
    others: Sequence[Path] = field(default=(), repr=False)
    licence: str = ""

    def samples(self) -> Iterator[np.ndarray]:
        """Yield what the network is shown of some photos that it learnt from, float32 (1, rows, columns, channels) each."""
        preprocessing = self.trained.preprocessing
        for path in readable(self.others or self.photos, preprocessing, SEEN):
            yield preprocessing(preprocessing.read(path)[np.newaxis])


def source_of_run(
    folder: RunFolder,
    photos: Photos | None,
    calibrated: bool = True,
    select: str = "best",
    warn: Callable[[str], None] = lambda line: None,
) -> Source:
    """Return a run to export.

    Args:
        folder: of the run.
        photos: photos or folders to ask on; None are the validation photos of the run.
        calibrated: whether its temperature and its "unknown" are taken.
        select: "best" or "last" weights.
        warn: told where the calibration is of other weights.

    Raises:
        MissingFileError: none of its photos is there. DataError: none of those given can be read. Others: those of `model_file.load`.
    """
    record = read_record(folder, probes=True)
    trained = model_file.load(folder, folder.weights(select))
    said = {answer.path: answer.labels for answer in read_predictions(folder.predictions)}
    if photos:
        found = find_photos(photos)
    else:
        found = [path for path in said if path.is_file()]
        if 0 < len(found) < len(said):
            warn(
                f"{folder.path}: {len(said) - len(found)} of its {len(said)} validation photos are no longer where they were; "
                "asked on the others"
            )
        if not found:
            found = kept_photos(folder)
            if found:
                warn(
                    f"{folder.path}: its validation photos are gone; asked on the {len(found)} that it keeps"
                )
        if not found:
            raise MissingFileError(
                f"{folder.path}: its validation photos are no longer where they were and it keeps none, and a file is written only where it "
                "was asked on photos; give some, --photos DIR."
            )
    asked = readable(found, trained.preprocessing)
    begun_with = str(
        record.tables.get("first_weights", {}).get("title", "")
        or record.tables.get("probe", {}).get("weights", "")
    )
    learnt_from = [path for place in record.photo_folders for path in files_below(place) if path not in said]
    return Source(
        trained,
        asked,
        read_calibration(folder, select, warn) if calibrated else None,
        folder.path.resolve().name,
        digest_of(folder.weights(select)),
        begun_with,
        [said.get(path) for path in asked],
        [path for path in learnt_from if is_image_file(path)],
        licence_of(begun_with),
    )


def source_of_model(
    model: Model, photos: Photos | None, class_names: Sequence[str], preprocessing: Preprocessing
) -> Source:
    """Return a model that is no run's to export.

    Args:
        model: with one input of images and one output of classes.
        photos: to ask on.
        class_names: in the order of its outputs; two for one sigmoid.
        preprocessing: how its photos become its input.

    Raises:
        ArgumentError: names or preprocessing that do not fit it, or no photos.
    """
    if not photos:
        raise ArgumentError("export: a file is written only where it was asked on photos; give `photos`.")
    units, names = model.output_shape[-1], tuple(map(str, class_names))
    if len(names) != (2 if units == 1 else units):
        raise ArgumentError(
            f"export: {model.name!r} has an output of shape {model.output_shape}; received {len(names)} class names."
        )
    if tuple(model.input_shape[1:]) != preprocessing.input_shape:
        raise ArgumentError(
            f"export: {model.name!r} takes {tuple(model.input_shape[1:])}; the preprocessing gives {preprocessing.input_shape}."
        )
    asked = readable(find_photos(photos), preprocessing)
    return Source(
        TrainedModel(model, model.name, names, preprocessing), asked, truths=[None] * len(asked), others=asked
    )


def readable(found: Sequence[Path], preprocessing: Preprocessing, most: int = MOST) -> list[Path]:
    """Return up to so many of the photos, evenly taken, that can be read.

    Raises:
        DataError: none can be.
    """
    kept = []
    for path in found[:: max(1, -(-len(found) // most))]:
        try:
            preprocessing.read(path)
        except ConvolensError:
            continue
        kept.append(path)
    if not kept:
        raise DataError(
            "export: none of the photos can be read; a file is written only where it was asked on photos."
        )
    return kept
