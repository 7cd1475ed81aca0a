"""Parity: whether an exported file says of photos what the run says of them, asked of the file itself in its own runtime."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convolens.data.decoding.decode import read_pixels
from convolens.deployment.graph.precision import PRECISIONS
from convolens.deployment.onnx_model import Answers, OnnxModel, as_rgb
from convolens.deployment.source import Source
from convolens.errors import ExportError
from convolens.runs.answers.answers import answers_of
from convolens.runs.folder.calibration_file import Calibration, told
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.tasks.task_of import task_of

TOLERANCE = PRECISIONS["float32"]  # of a probability
BATCHES = (1, 3, 64)


@dataclass(frozen=True)
class Parity:
    """How near a file is to the run, whose answers it all gives.

    Attributes:
        photos: that both were shown.
        largest: difference of a probability, in [0, 1]: from the photos' files on, in batches of `BATCHES`, and on one thread.
        whole: the largest difference where photos are decoded whole, as other programs do, and not smaller at once, as the run does.
        other_whole_answers: of such photos, those for which the file then says something else.
    """

    photos: int
    largest: float
    whole: float
    other_whole_answers: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    def describe(self) -> list[str]:
        """Return lines for people."""
        lines = [
            f"the same answers as the run's for all {self.photos:,} photos, batches of {', '.join(map(str, BATCHES))}, one thread "
            f"and several; the largest difference of a probability is {self.largest:.1e} (at most {TOLERANCE:g} is let through)"
        ]
        if self.whole > TOLERANCE:
            lines.append(
                f"large photos that another program decodes whole, where Convolens decodes them smaller at once: {self.whole:.1e}, "
                f"another answer for {self.other_whole_answers:,}"
            )
        return lines


def check_parity(path: Path, source: Source) -> Parity:
    """Return how near an exported file is to the run it came from.

    Args:
        path: of the file, in float32.
        source: the run, with the calibration that the file was made with.

    Raises:
        ExportError: another answer for a photo, or a probability that is off by more than `TOLERANCE`; the photo is named.
        Others: those of `OnnxModel`.
    """
    file, trained, photos = OnnxModel(path), source.trained, source.photos
    found, whole = _Differences(photos), _Differences(photos)
    for start in range(0, len(photos), max(BATCHES)):
        some = photos[start : start + max(BATCHES)]
        run, pixels = _said(trained, source.calibration, some)
        found.compare(run, file.answers_of(map(file.pixels_of, some)), start)
        for batch in BATCHES:
            found.compare(run, _in_batches(file, as_rgb(pixels), batch), start)
        whole.compare(run, file.answers_of(_whole(trained, some)), start)
        if start == 0:
            found.compare(run, _alone(path, as_rgb(pixels)), start)
    if found.others or found.largest > TOLERANCE:
        raise ExportError(
            f"{path}: does not answer as the run does: {len(found.others):,} of {len(photos):,} photos get another answer, and a "
            f"probability is off by {found.largest:.1e} (at most {TOLERANCE:g}), {found.worst} first; nothing was exported. Other versions "
            "of torch, onnx, onnxscript and onnxruntime may do."
        )
    return Parity(len(photos), found.largest, whole.largest, len(whole.others))


def check_raw(path: Path, trained: TrainedModel, photos: Sequence[Path]) -> float:
    """Return the largest difference between what a bare network gives in its file and in the run.

    Raises:
        ExportError: more than `TOLERANCE`.
    """
    file, off = OnnxModel(path), 0.0
    for start in range(0, len(photos), max(BATCHES)):
        some = photos[start : start + max(BATCHES)]
        floats = trained.preprocessing(np.stack([trained.preprocessing.read(photo) for photo in some]))
        run = trained.model.predict(floats, verbose=0)
        for batch in BATCHES:
            parts = [file.outputs(floats[i : i + batch]) for i in range(0, len(floats), batch)]
            given = np.concatenate([next(iter(part.values())) for part in parts])
            off = max(off, float(np.abs(run - given).max(initial=0)))
    if not off <= TOLERANCE:
        raise ExportError(
            f"{path}: does not give what the run gives: off by {off:.1e} (at most {TOLERANCE:g})."
        )
    return off


def _said(
    trained: TrainedModel, calibration: Calibration | None, photos: Sequence[Path]
) -> tuple[Answers, np.ndarray]:
    """Return what the run says of photos, and their pixels, uint8 (n, h, w, c)."""
    pixels = np.stack([trained.preprocessing.read(photo) for photo in photos])
    chances, unknown = answers_of(trained, pixels, calibration)
    return Answers(told(chances, calibration), task_of(trained).decided(chances), unknown), pixels


def _in_batches(file: OnnxModel, pixels: np.ndarray, batch: int) -> Answers:
    return Answers.joined([file(pixels[start : start + batch]) for start in range(0, len(pixels), batch)])


def _alone(path: Path, pixels: np.ndarray) -> Answers:
    """Return what a copy of the file says from another folder, on one thread."""
    with tempfile.TemporaryDirectory() as folder:
        return OnnxModel(shutil.copy(path, Path(folder, path.name)), threads=1)(pixels)


def _whole(trained: TrainedModel, photos: Sequence[Path]) -> Iterator[np.ndarray]:
    """Yield photos decoded at their full size, as a program that knows nothing of the run would."""
    for photo in photos:
        yield as_rgb(read_pixels(photo, "rgb", samples=trained.preprocessing.samples))


class _Differences:
    """The differences between what a run and a file say."""

    def __init__(self, photos: Sequence[Path]) -> None:
        self.photos = photos
        self.largest, self.worst = 0.0, ""
        self.others: set[int] = set()

    def compare(self, run: Answers, file: Answers, start: int) -> None:
        """Take in what both say of photos, the first of which is the `start`-th."""
        off = np.abs(run.probabilities.astype(np.float64) - file.probabilities).max(axis=1)
        off = np.where(np.isfinite(off), off, np.inf)
        is_other = (run.answer != file.answer).reshape(len(off), -1).any(axis=1)
        if run.unknown is not None or file.unknown is not None:
            is_other |= run.unknown != file.unknown
        self.others |= {start + int(i) for i in np.flatnonzero(is_other)}
        if len(off) and off.max() >= self.largest:
            self.largest, self.worst = float(off.max()), str(self.photos[start + int(off.argmax())])
