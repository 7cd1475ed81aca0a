"""Where the samples come from: a folder of photos, arrays, or anything that gives batches."""

import hashlib
from collections.abc import Callable, Iterator
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import torch

from convolens.data.caching.cache import Pixels
from convolens.data.caching.content import content_hashes
from convolens.data.decoding.decode import CHANNELS
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.data.folders.folder import (
    ImageFolder,
    check_folder,
    files_below,
    is_image_file,
    list_images,
    subfolders,
)
from convolens.data.folders.layout import find_layout
from convolens.data.prepared import read_part
from convolens.errors import ArgumentError, DataError, ShapeError
from convolens.layers import Layer
from convolens.models.feeding import batch_for, feed
from convolens.training import make_source
from convolens.training.batches import samples as as_samples
from convolens.training.inputs.arrays import as_array

Advance = Callable[[int, int], None]
_PIECE = 2**26  # bytes that are hashed at once


class Samples:
    """Batches with what is known of them beforehand.

    Attributes:
        count: how many samples; None where only the end tells.
        labels: class numbers (n,), or None; names of classes become numbers.
        names: of the files, from the data's folder; None where there are none.
        class_names: or None.
        digest: SHA-256 over the samples' content; None where only the end tells.
    """

    count: int | None = None
    labels: np.ndarray | None = None
    names: tuple[str, ...] | None = None
    class_names: tuple[str, ...] | None = None
    digest: str | None = None
    preprocessing: Preprocessing | None = None

    @property
    def skipped(self) -> dict[int, str]:
        """Place -> reason of files that cannot be read; they have no row."""
        return {}

    def skipped_paths(self) -> tuple[tuple[str, str], ...]:
        """Return (path, reason) of files that cannot be read."""
        return ()

    def known_skipped(self, skipped: dict[int, str]) -> None:
        """Take from an earlier extraction which files cannot be read, so that none is opened."""

    def batches(self, start: int, batch_size: int) -> Iterator[tuple[Any, np.ndarray | None]]:
        """Yield the network's input and labels, from sample `start` on."""
        raise NotImplementedError


class ArraySamples(Samples):
    """An array (n, ...), images NHWC."""

    def __init__(self, x: Any, labels: Any, preprocessing: Preprocessing | None) -> None:
        self.x, self.preprocessing = x, preprocessing
        self.count = len(x)
        if self.count == 0:
            raise ArgumentError("extract: the array is empty; give at least one sample.")
        if labels is not None:
            self.labels = np.asarray(labels)
            if self.labels.dtype.kind not in "biuf":  # names of classes
                names, self.labels = np.unique(self.labels.astype(str), return_inverse=True)
                self.class_names = tuple(str(name) for name in names)
            if len(self.labels) != self.count:
                raise ShapeError(
                    f"extract: {self.count} samples and {len(self.labels)} labels; give one label a sample."
                )

    @cached_property
    def digest(self) -> str:  # type: ignore[override]
        array = self.x.detach().cpu().numpy() if isinstance(self.x, torch.Tensor) else self.x
        found = hashlib.sha256(f"{array.dtype} {array.shape}".encode())
        rows = max(1, _PIECE // max(1, array[:1].nbytes))
        for start in range(0, len(array), rows):
            found.update(np.ascontiguousarray(array[start : start + rows]).view(np.uint8).data)
        return found.hexdigest()

    def batches(self, start: int, batch_size: int) -> Iterator[tuple[Any, np.ndarray | None]]:
        for begin in range(start, len(self.x), batch_size):
            x = self.x[begin : begin + batch_size]
            yield as_samples(x if self.preprocessing is None else self.preprocessing(x)), None


class FolderSamples(Samples):
    """The photos of a folder, decoded once into the cache of pixels."""

    def __init__(
        self, folder: ImageFolder, preprocessing: Preprocessing, labelled: bool, advance: Advance
    ) -> None:
        self.folder, self.preprocessing, self._advance = folder, preprocessing, advance
        self._given = preprocessing
        self._told: dict[int, str] | None = None
        self._labelled = labelled
        if labelled:
            self.class_names = folder.class_names

    @cached_property
    def digest(self) -> str:  # type: ignore[override]
        # of contents alone, unlike `data.caching.fingerprint`: names and labels change no features
        return hashlib.sha256("".join(content_hashes(self.folder)).encode()).hexdigest()

    @cached_property
    def _pixels(self) -> Pixels:
        return read_part(self.folder, self._given, self._advance)[1]

    @property
    def skipped(self) -> dict[int, str]:
        if self._told is not None:
            return self._told
        places = {path: i for i, path in enumerate(self.folder.paths)}
        return {places[path]: reason for path, reason in self._pixels.skipped}

    def skipped_paths(self) -> tuple[tuple[str, str], ...]:
        return tuple((str(self.folder.paths[i]), reason) for i, reason in sorted(self.skipped.items()))

    def known_skipped(self, skipped: dict[int, str]) -> None:
        self._told = skipped

    @cached_property
    def _kept(self) -> ImageFolder:
        left = self.skipped
        return (
            self.folder.subset([i for i in range(len(self.folder)) if i not in left]) if left else self.folder
        )

    @property
    def count(self) -> int:  # type: ignore[override]
        return len(self.folder) - len(self.skipped)

    @property
    def names(self) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(path.as_posix() for path in self._kept.relative_paths)

    @property
    def labels(self) -> np.ndarray | None:  # type: ignore[override]
        return self._kept.labels if self._labelled else None

    def batches(self, start: int, batch_size: int) -> Iterator[tuple[Any, np.ndarray | None]]:
        array = self._pixels.array
        for begin in range(start, len(array), batch_size):
            yield as_samples(self._given(array[begin : begin + batch_size])), None


class BatchSamples(Samples):
    """Whatever gives batches: iterators, generators, Keras' Sequences, DataLoaders; one pass is taken."""

    def __init__(self, source: Any) -> None:
        self.source = source

    def batches(self, start: int, batch_size: int) -> Iterator[tuple[Any, np.ndarray | None]]:
        for batch in self.source.epoch(0):
            yield batch.x, None if batch.y is None else batch.y.numpy()


def list_photos(path: str | PathLike[str]) -> tuple[ImageFolder, bool]:
    """Return the photos of a folder, and whether their folders are classes.

    Args:
        path: holds a folder for each class, or photos without any.

    Raises:
        MissingFileError: no such folder. DataError: no photo, or it holds train, validation or test.
    """
    root = check_folder(path)
    if subfolders(root):
        layout = find_layout(root, to_train=False)
        parts = [part for part in (layout.train, layout.validation, layout.test) if part not in (None, root)]
        if parts:
            raise DataError(
                f"{path}: holds {', '.join(part.name for part in parts if part)}; give one of them, {parts[0]} say."
            )
        return list_images(root), True
    found = tuple(file.relative_to(root) for file in files_below(root) if is_image_file(file))
    if not found:
        raise DataError(
            f"{path}: holds no photo; give a folder of photos, or of a folder of photos for each class."
        )
    return ImageFolder(root, found, np.zeros(len(found), np.int64), ("",)), False


def samples_of(
    module: torch.nn.Module,
    data: Any,
    labels: Any,
    preprocessing: Preprocessing | None,
    steps: int | None,
    advance: Advance,
) -> Samples:
    """Return the samples that `data` means; the network is built for them where it was not yet.

    Raises:
        ArgumentError: what cannot be told: labels beside a folder, the size of photos for a torch module.
        ShapeError: they do not fit the network. DataError, MissingFileError: the folder.
    """
    if isinstance(data, (str, PathLike, ImageFolder)):
        folder, labelled = (data, True) if isinstance(data, ImageFolder) else list_photos(Path(data))
        if labels is not None:
            raise ArgumentError("extract: labels come from the folder's names; leave labels out.")
        preprocessing = preprocessing or _own_preprocessing(module)
        seen = np.broadcast_to(np.uint8(0), (1, *preprocessing.input_shape))
        feed("extract: the photos", module, seen)
        return FolderSamples(folder, preprocessing, labelled, advance)
    data = feed("extract", module, data)
    if as_array(data) is not None:
        return ArraySamples(data, labels, preprocessing)
    if preprocessing is not None:
        raise ArgumentError(
            "extract: preprocessing is for folders and arrays; let the iterator give what the network sees."
        )
    if labels is not None:
        raise ArgumentError(
            "extract: labels come from the iterator itself, which gives (x, y); leave labels out."
        )
    shape = module.input_shape if isinstance(module, Layer) else None
    image = shape[1:] if isinstance(shape, tuple) and len(shape) == 4 else None

    def fed(x: Any, y: Any, weight: Any) -> tuple[Any, Any, Any]:
        return batch_for("extract", module, x), y, weight

    return BatchSamples(make_source("extract", data, steps=steps, image_shape=image, feed=fed))


def _own_preprocessing(module: torch.nn.Module) -> Preprocessing:
    """Return that of a network whose input has a known size: squashed to it, times 1/255."""
    shape = module.input_shape if isinstance(module, Layer) and module.built else None
    modes = {channels: mode for mode, channels in CHANNELS.items()}
    if not isinstance(shape, tuple) or len(shape) != 4 or None in shape[1:] or shape[3] not in modes:
        raise ArgumentError(
            "extract: how large the network's photos must be is not known; give "
            "preprocessing=convolens.data.Preprocessing(size=(224, 224)), say."
        )
    return Preprocessing(size=(shape[1], shape[2]), color_mode=modes[shape[3]])
