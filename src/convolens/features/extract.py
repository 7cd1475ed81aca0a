"""extract: the activations of named layers, for a folder, an array or an iterator; computed once, then read."""

import math
import shutil
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import torch

from convolens.arguments import integer, number_in, one_of
from convolens.checkpoints.atomic import link_or_copy
from convolens.checkpoints.tensors import map_arrays
from convolens.data.place import mark_used, prune_cache
from convolens.data.preprocessing import Preprocessing
from convolens.errors import ArgumentError, BusyError, CheckpointError, ShapeError, WriteError
from convolens.features.choice import choose, module_of
from convolens.features.cut import Cut
from convolens.features.entries import entry_of, write_index
from convolens.features.features import (
    LABELS,
    Features,
    Stored,
    check_name,
    description,
    read_file,
    table_of,
    tensor_names,
    write_npz,
    write_table,
)
from convolens.features.key import Key
from convolens.features.parts import InputDigest, Parts, joined, parts_in
from convolens.features.pooling import POOLS
from convolens.features.sources import BatchSamples, Samples, samples_of


def extract(
    model: Any,
    data: Any,
    layer: Any = None,
    *,
    pool: str = "avg",
    preprocessing: Preprocessing | None = None,
    batch_size: int = 64,
    out: str | PathLike[str] | None = None,
    labels: Any = None,
    steps: int | None = None,
    cache: bool = True,
    save_every: float = 5.0,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Features:
    """Return the activations of layers for every sample, computed in inference mode.

    What was computed lies in a file, keyed by weights, layers, pooling, preprocessing and the content of the data: a second
    call reads it. A call that was killed goes on where it stopped; at most the last part is lost.

    Args:
        model: a `Model`, or any torch module that takes images as NCHW.
        data: a folder (a folder for each class, or loose photos), an `ImageFolder`, an array (n, rows, columns, channels)
            as the network sees it, or whatever `fit` takes that gives batches: generators, Keras' Sequences, DataLoaders.
        layer: a name (with dots for what lies inside a layer), a place, several of them, or None for the last before the
            classifier (see `features.choose`).
        pool: of what has rows and columns: "avg" or "max" over them, "flatten" in Keras' order, "none".
        preprocessing: from photos, or from the array's bytes, to the network's input; None: photos are squashed to the network's
            size and divided by 255, arrays are taken as they are.
        batch_size: samples at once; iterators have their own.
        out: a new .safetensors or .npz file; a CSV of names and labels is written beside it. None: the user's cache.
        labels: class numbers (n,) of an array.
        steps: how many batches of an endless iterator.
        cache: False computes in memory where there is no `out`.
        save_every: seconds after which what was computed is written as a part; so much may a kill lose.
        advance: told how many samples of how many are done (0 where that is not known).

    Raises:
        UnknownNameError: no such layer; the nearest is named. ArgumentError: a layer that gives no tensor.
        ShapeError: the data do not fit the network. DataError, MissingFileError: the folder.
        CheckpointError: `out` holds features of something else; the message says what differs.
        BusyError: another process writes the same file. WriteError: it cannot be written; the parts are kept.

    Example:
        >>> network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Flatten(), torch.nn.Linear(144, 2))
        >>> extract(network, np.zeros((5, 8, 8, 3), np.float32), "0", cache=False).values.shape
        (5, 4)
    """
    one_of("extract", "pool", pool, POOLS)
    batch_size = integer("extract", "batch_size", batch_size)
    number_in("extract", "save_every", save_every, 0.0, math.inf)
    path = None if out is None else check_name(out)
    module = module_of("extract", model)
    samples = samples_of(module, data, labels, preprocessing, steps, advance)
    taps = choose(module, layer)
    cut = Cut(module, taps, pool)
    key = Key.of(module, taps, pool, samples.preprocessing, samples.digest)
    names = {layer: name for name, layer in tensor_names(tuple(tap.name for tap in taps)).items()}
    work = _Work(cut, samples, key, names, batch_size, save_every, advance)
    if path is not None:
        return _into_file(work, path)
    if cache and samples.digest is not None:
        return _into_cache(work)
    return work.in_memory()


class _Work:
    """One extraction: what is computed from what, and where it may already lie."""

    def __init__(
        self, cut: Cut, samples: Samples, key: Key, names: dict[str, str], batch_size: int, save_every: float,
        advance: Callable[[int, int], None],
    ) -> None:  # fmt: skip
        self.cut, self.samples, self.key, self.names = cut, samples, key, names
        self.batch_size, self.save_every, self.advance = batch_size, save_every, advance

    def in_memory(self) -> Features:
        """Compute all and keep it in memory."""
        found: list[dict[str, np.ndarray]] = []
        for _, features, labels in self._computed(0):
            found.append({name: value.cpu().numpy() for name, value in features.items()})
            if labels is not None:
                found[-1][LABELS] = labels
        self._check_some(len(found))
        return self._features(joined(found), None, False)

    def into(self, parts: Parts) -> Key:
        """Compute what is missing of the parts, and return the key with the digest of the data."""
        if not isinstance(self.samples, BatchSamples):
            for _, features, labels in self._computed(parts.count):
                parts.add(features, labels)
                if parts.is_due(self.save_every):
                    parts.save()
            parts.save()
            return self.key
        digest = InputDigest()
        for x, features, labels in self._computed(0, parts, digest):
            digest.update(x)
            parts.add(features, labels)
            if parts.is_due(self.save_every):
                parts.save(digest.value())
        parts.save(digest.value())
        self._check_some(parts.count)
        return replace(self.key, data=digest.value())

    def iterated_key(self) -> Key:
        """Go through an iterator without computing, and return the key with the digest of what it gave."""
        digest = InputDigest()
        for x, _ in self.samples.batches(0, self.batch_size):
            digest.update(x)
        return replace(self.key, data=digest.value())

    def _check_some(self, count: int) -> None:
        if not count:
            raise ArgumentError("extract: the data held no batch; was the iterator used up before?")

    def _computed(
        self, start: int, parts: Parts | None = None, digest: InputDigest | None = None
    ) -> Iterator[tuple[Any, dict[str, torch.Tensor], np.ndarray | None]]:
        """Yield input, features and labels of each batch; of an iterator, those that the parts hold are only checked."""
        total = self.samples.count or 0
        weight = next((item for item in self.cut.module.parameters()), torch.zeros(0))
        done, checked, held = start, 0, list(parts.files) if parts is not None else []
        with self.cut.ready():
            for x, labels in self.samples.batches(start, self.batch_size):
                size = len(x[0] if isinstance(x, list) else x)
                if parts is not None and digest is not None and checked < len(held):
                    digest.update(x)
                    done += size
                    if done >= int(held[checked].stem.split("-")[1]):
                        parts.check_input(checked, digest.value())
                        checked += 1
                    continue
                placed = (
                    [item.to(weight.device) for item in x] if isinstance(x, list) else x.to(weight.device)
                )
                yield x, self._run(placed, size), labels
                done += size
                self.advance(done, total)
        if parts is not None and checked < len(held):
            raise ArgumentError(
                f"extract: the iterator ended before the {parts.count} samples that {parts.folder} holds; give it as it was."
            )

    def _run(self, x: Any, size: int) -> dict[str, torch.Tensor]:
        try:
            found = self.cut(x)
        except (RuntimeError, IndexError) as error:
            said = str(error).casefold()
            if "memory" in said or isinstance(error, NotImplementedError):
                raise
            shape = [tuple(item.shape) for item in x] if isinstance(x, list) else tuple(x.shape)
            raise ShapeError(
                f"extract: the network cannot take a batch of shape {shape} (images as NCHW): "
                f"{' '.join(str(error).split())[:200]}"
            ) from error
        for name, value in found.items():
            if len(value) != size:
                raise ArgumentError(
                    f"extract: layer {name!r} gives {len(value)} rows for {size} samples; name another layer."
                )
        return {self.names[name]: value for name, value in found.items()}

    def read(self, stored: Stored, path: Path) -> Features:
        """Return what a file of this key holds."""
        self.samples.known_skipped(stored.skipped)
        arrays = {self.names[layer]: array for layer, array in stored.by_layer.items()}
        if LABELS in stored.arrays:
            arrays[LABELS] = stored.arrays[LABELS]
        return self._features(arrays, path, True)

    def _features(self, arrays: dict[str, np.ndarray], path: Path | None, from_cache: bool) -> Features:
        samples = self.samples
        folder = getattr(samples, "folder", None)
        skipped = (
            tuple((str(folder.paths[i]), reason) for i, reason in sorted(samples.skipped.items()))
            if folder
            else ()
        )
        return Features(
            {layer: arrays[name] for layer, name in self.names.items()},
            samples.labels if samples.labels is not None else arrays.get(LABELS),
            samples.names,
            samples.class_names,
            skipped,
            self.key,
            path,
            from_cache,
        )

    def finish(self, parts: Parts, key: Key, path: Path) -> None:
        """Write the file and its table from the parts; with the file the extraction is whole."""
        samples = self.samples
        texts = description(key, tuple(self.names), samples.class_names, samples.skipped)
        whole = parts.folder / "whole.tmp" if path.suffix == ".npz" else path
        labels = samples.labels
        known = labels if labels is not None else _labels_in(parts)
        write_table(path, samples.names, known, samples.class_names, parts.count)
        parts.assemble(whole, texts, None if labels is None else np.asarray(labels))
        if whole != path:
            write_npz(path, whole)


def _labels_in(parts: Parts) -> np.ndarray | None:
    found = [map_arrays(path)[0].get(LABELS) for path in parts.files]
    return (
        None
        if any(item is None for item in found)
        else np.concatenate([item for item in found if item is not None])
    )


def _into_file(work: _Work, path: Path) -> Features:
    folder = path.with_name(f"{path.name}.partial")
    if path.exists():
        stored = read_file(path)
        if work.key.data == "":
            work.key = work.iterated_key()
        if differs := work.key.differences(stored.key):
            raise CheckpointError(
                f"{path}: holds features of something else: {differs}. Give another out, or remove that file."
            )
        return work.read(stored, path)
    if table_of(path).exists() and not folder.exists():
        raise ArgumentError(
            f"{table_of(path)}: is there already, and would be written over; give another out."
        )
    if not path.parent.is_dir():
        raise WriteError(f"cannot write {path}: there is no folder {path.parent}; make it first.")
    entry = entry_of(work.key)
    if path.suffix == ".safetensors" and work.key.data and entry.file.is_file() and not folder.exists():
        try:
            features = work.read(read_file(entry.file), path)
        except CheckpointError:
            pass
        else:
            write_table(path, work.samples.names, features.labels, features.class_names, len(features))
            link_or_copy(entry.file, path)
            return features
    with parts_in(folder, work.key) as parts:
        key = work.into(parts)
        work.finish(parts, key, path)
    work.key = key
    return replace(work.read(read_file(path), path), from_cache=False)


def _into_cache(work: _Work) -> Features:
    entry = entry_of(work.key)
    if entry.file.is_file():
        try:
            features = work.read(read_file(entry.file), entry.file)
        except CheckpointError:  # half removed, or damaged: compute again
            shutil.rmtree(entry.folder, ignore_errors=True)
        else:
            mark_used(entry.folder)
            return features
    try:
        with parts_in(entry.partial, work.key) as parts:
            key = work.into(parts)
            entry.folder.mkdir(exist_ok=True)
            write_index(entry, work.samples, tuple(work.names), parts.count)
            work.finish(parts, key, entry.file)
    except BusyError:  # the same, in another process: what it writes is its own
        return work.in_memory()
    except WriteError as error:
        warnings.warn(f"The features are not kept: {error}", stacklevel=3)
        return work.in_memory()
    prune_cache(keep=entry.folder)
    return replace(work.read(read_file(entry.file), entry.file), from_cache=False)
