"""Reading ahead: photos read on all cores, a batch while the one before it is computed."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from convolens.data.decoding.preprocessing import Preprocessing
from convolens.errors import ConvolensError

BATCH = 64


def read_ahead(
    photos: Sequence[Path], preprocessing: Preprocessing
) -> Iterator[tuple[Sequence[Path], list[np.ndarray | str]]]:
    """Yield photos batch by batch, and what was read of each: uint8 (rows, columns, channels), or why it cannot be read.

    Args:
        photos: their files.
        preprocessing: how they are read.
    """
    batches = [photos[start : start + BATCH] for start in range(0, len(photos), BATCH)]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:

        def begin(paths: Sequence[Path]) -> list[Future[np.ndarray | str]]:
            return [pool.submit(_read, path, preprocessing) for path in paths]

        reading = begin(batches[0]) if batches else []
        for number, paths in enumerate(batches):
            read = [future.result() for future in reading]
            if number + 1 < len(batches):  # while the network computes
                reading = begin(batches[number + 1])
            yield paths, read


def _read(path: Path, preprocessing: Preprocessing) -> np.ndarray | str:
    try:
        return preprocessing.read(path)
    except ConvolensError as error:
        return str(error).removeprefix(f"{path}: ")
