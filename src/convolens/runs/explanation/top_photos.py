"""The photos on which a filter answers most: looked for in folders, and drawn."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from convolens.analysis import cost
from convolens.analysis.explain import LayerCall, plot_top_photos, top_photos
from convolens.errors import ConvolensError
from convolens.runs.answers.reading import BATCH
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.output.screen import Screen

_MOST = 10


def find_top(
    trained: TrainedModel, photos: Sequence[Path], layer: LayerCall, number: int | None, screen: Screen
) -> list[tuple[Path, Any]]:
    """Return the paths and answers of the photos on which a filter answers most."""
    kept: list[Path] = []
    failed = 0

    def read(path: Path) -> np.ndarray | None:
        try:
            return trained.preprocessing.read(path)
        except ConvolensError:
            return None

    with screen.progress("looking for photos") as advance, ThreadPoolExecutor(os.cpu_count() or 1) as pool:

        def batches() -> Iterator[np.ndarray]:
            nonlocal failed
            for start in range(0, len(photos), BATCH):
                paths = photos[start : start + BATCH]
                good = [
                    (path, pixels)
                    for path, pixels in zip(paths, pool.map(read, paths), strict=True)
                    if pixels is not None
                ]
                failed += len(paths) - len(good)
                kept.extend(path for path, _ in good)
                if good:
                    yield trained.preprocessing(np.stack([pixels for _, pixels in good]))
                advance(start + len(paths), len(photos))

        found = top_photos(trained.model, batches(), layer.name, number or 0, _MOST)
    if failed:
        screen.warn(f"{failed} of {len(photos)} photos of --top-photos could not be read, and are left out")
    return [(kept[answer.number], answer) for answer in found]


def draw_top(
    trained: TrainedModel, top: Sequence[tuple[Path, Any]], layer: LayerCall, number: int | None, path: Path
) -> tuple[str, str]:
    """Draw the photos of a filter; return a title, and words."""
    shape = tuple(trained.model.input_shape[1:])
    shape = (*trained.preprocessing.size, shape[-1])
    costs = cost(trained.model, shape, training=False, computed=True).layers
    fields = [row.receptive_field for row in costs if (row.name, row.call) == (layer.name, layer.call)]
    seen = (fields[0].rows, fields[0].columns) if fields and fields[0] is not None else None
    title = f"The photos on which filter {number} of {layer.name} answers most"
    photos = [trained.preprocessing.read(photo) for photo, _ in top]
    plot_top_photos(
        photos, [answer for _, answer in top], [photo.name for photo, _ in top], title, seen, path
    )
    around = f", the frame what it sees there ({seen[0]} x {seen[1]} pixels)" if seen else ""
    return title, f"The number is the largest answer, the cross its place{around}."
