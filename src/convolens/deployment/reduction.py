"""Reduction: what a file of another precision gains over the float32 file, and what it loses, on photos."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from convolens.data.decoding.preprocessing import Preprocessing
from convolens.deployment.onnx_model import Answers, OnnxModel, as_rgb
from convolens.errors import ExportError

BATCH, BATCHES, TIMES = 64, (1, 32), 5


@dataclass(frozen=True)
class Reduction:
    """A float32 file before, and one of another precision after.

    Attributes:
        precision: of the second.
        photos: that both were shown.
        accuracy: before and after, in [0, 1]: the share of right answers; None where the photos' classes are not known.
        other_answers: photos that get another answer after.
        largest: difference of a probability, in [0, 1].
        bytes: of the files, before and after.
        rate: photos a second, (before, after) for each batch size of `BATCHES`; photos of the network's size, onnxruntime's own threads.
    """

    precision: str
    photos: int
    accuracy: tuple[float, float] | None
    other_answers: int
    largest: float
    bytes: tuple[int, int]
    rate: dict[int, tuple[float, float]]

    @property
    def loss(self) -> float:
        """Points of accuracy that are lost; where the classes are not known, the share of other answers stands for it."""
        if self.accuracy is None:
            return 100 * self.other_answers / self.photos
        return 100 * (self.accuracy[0] - self.accuracy[1])

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {**asdict(self), "rate": {str(batch): rates for batch, rates in self.rate.items()}}

    def describe(self) -> list[str]:
        """Return a table for people, a line each.

        Example:
            >>> made = Reduction("int8", 71, (0.99, 0.98), 1, 0.03, (13_500_000, 3_800_000), {1: (30.0, 90.0), 32: (40.0, 120.0)})
            >>> print(*made.describe(), sep="\\n")
                       accuracy      size  batch 1  batch 32
            float32      0.9900   13.5 MB     30/s      40/s
            int8         0.9800    3.8 MB     90/s     120/s
            int8: 1 of 71 photos get another answer; the largest difference of a probability is 3.0e-02
        """
        accuracy = ["-", "-"] if self.accuracy is None else [f"{value:.4f}" for value in self.accuracy]
        batches = "  ".join(f"{f'batch {batch}':>8}" for batch in self.rate)
        lines = [f"{'':<10} {'accuracy':>8}  {'size':>8} {batches}"]
        for i, title in enumerate(("float32", self.precision)):
            rates = "  ".join(f"{f'{rates[i]:.0f}/s':>8}" for rates in self.rate.values())
            lines.append(f"{title:<10} {accuracy[i]:>8}  {self.bytes[i] / 1e6:>5.1f} MB {rates}")
        return [
            *lines,
            f"{self.precision}: {self.other_answers:,} of {self.photos:,} photos get another answer; the largest difference of a probability "
            f"is {self.largest:.1e}",
        ]


def check_reduction(
    before: OnnxModel,
    after: OnnxModel,
    preprocessing: Preprocessing,
    photos: Sequence[Path],
    truths: Sequence[tuple[str, ...] | None],
    most: float,
) -> Reduction:
    """Return what a file of another precision gains and loses.

    Args:
        before: in float32.
        after: of the same run, in another precision.
        preprocessing: of the run.
        photos: to ask both on.
        truths: the class of each, or its labels; None where it is not known.
        most: points of accuracy that may be lost.

    Raises:
        ExportError: more are lost.
    """
    batches = [photos[start : start + BATCH] for start in range(0, len(photos), BATCH)]
    pixels = [as_rgb(np.stack([preprocessing.read(photo) for photo in some])) for some in batches]
    first, second = (Answers.joined([model(some) for some in pixels]) for model in (before, after))
    others = (first.answer != second.answer).reshape(len(photos), -1).any(axis=1)
    if first.unknown is not None and second.unknown is not None:
        others |= first.unknown != second.unknown
    names = before.description.class_names
    accuracy = None
    if all(truth is not None for truth in truths):
        right = np.array([_as_answer(names, truth or (), before.description.several) for truth in truths])
        accuracy = (float((first.answer == right).mean()), float((second.answer == right).mean()))
    found = Reduction(
        after.description.precision,
        len(photos),
        accuracy,
        int(others.sum()),
        float(np.abs(first.probabilities - second.probabilities).max()),
        (before.path.stat().st_size, after.path.stat().st_size),
        {batch: _rates(before, after, pixels[0], batch) for batch in BATCHES},
    )
    if not found.loss <= most:
        lost = f"{found.loss:.1f} points of accuracy" if accuracy else f"{found.loss:.1f} % of the answers"
        raise ExportError(
            f"{after.path.name}: {found.precision} loses {lost} on {len(photos):,} photos (--allow-loss {most:g} is let through); nothing was "
            "exported. --precision float16 loses less."
        )
    return found


def _as_answer(names: tuple[str, ...], truth: tuple[str, ...], several: bool) -> Any:
    return [name in truth for name in names] if several else names.index(truth[0])


def _rates(before: OnnxModel, after: OnnxModel, pixels: np.ndarray, batch: int) -> tuple[float, float]:
    """Return photos a second of both, asked in turn."""
    given = np.resize(pixels, (batch, *pixels.shape[1:]))
    seconds: dict[int, list[float]] = {0: [], 1: []}
    for _ in range(TIMES + 1):  # the first warms up
        for i, model in enumerate((before, after)):
            begun = time.perf_counter()
            model(given)
            seconds[i].append(time.perf_counter() - begun)
    return batch / float(np.median(seconds[0][1:])), batch / float(np.median(seconds[1][1:]))
