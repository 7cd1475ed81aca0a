"""extract: the activations of named layers, for a folder, an array or an iterator; computed once, then read."""

import math
import shutil
import warnings
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any

from convolens.arguments import integer, number_in, one_of
from convolens.data.caching.place import mark_used, prune_cache
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.errors import ArgumentError, BusyError, CheckpointError, WriteError
from convolens.features.extraction.choice import choose, module_of
from convolens.features.extraction.entries import entry_of, write_index
from convolens.features.extraction.features import (
    Features,
    Stored,
    check_name,
    read_file,
    table_of,
    write_table,
)
from convolens.features.extraction.key import Key
from convolens.features.extraction.parts import parts_in
from convolens.features.extraction.pooling import POOLS
from convolens.features.extraction.sources import BatchSamples, samples_of
from convolens.features.extraction.tapped_network import Tapped, TappedNetwork
from convolens.features.extraction.work import Work
from convolens.files.atomic import atomic_path


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
    engine: Callable[[TappedNetwork], Tapped] = lambda network: network,
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
        engine: makes what computes in the network's place, within rounding (see `deployment.feature_engine`); features that are kept
            know nothing of it.

    Raises:
        UnknownNameError: no such layer; the nearest is named. ArgumentError: a layer that gives no tensor.
        ShapeError: the data do not fit the network. DataError, MissingFileError: the folder.
        CheckpointError: `out` holds features of something else; the message says what differs.
        BusyError: another process writes the same file. WriteError: it cannot be written; the parts are kept.

    Example:
        >>> import numpy as np, torch
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
    network = TappedNetwork(module, taps, pool)
    kept = path is not None or (cache and not isinstance(samples, BatchSamples))
    key = Key.of(module, taps, pool, samples.preprocessing, samples.digest) if kept else None
    work = Work(engine(network), samples, batch_size, save_every, advance)
    if key is None:
        return work.in_memory()
    return _into_cache(work, key) if path is None else _into_file(work, key, path)


def _into_file(work: Work, key: Key, path: Path) -> Features:
    folder = path.with_name(f"{path.name}.partial")
    if path.exists() and not path.is_file():
        raise ArgumentError(f"{path}: is no regular file, and features are read from where they are written.")
    if path.exists():
        stored = read_file(path)
        if not key.data:
            key = work.iterated(key)
        differs = key.differences(stored.key) or ("labels" if work.labels_differ(stored) else "")
        if differs:
            raise CheckpointError(
                f"{path}: holds features of something else: {differs}. Give another out, or remove that file."
            )
        return work.read(stored, key, path)
    if table_of(path).exists() and not folder.exists():
        raise ArgumentError(
            f"{table_of(path)}: is there already, and would be written over; give another out."
        )
    if not path.parent.is_dir():
        raise WriteError(f"cannot write {path}: there is no folder {path.parent}; make it first.")
    found = None if folder.exists() else _in_cache(work, key)
    if found is not None and path.suffix == ".safetensors" and not work.labels_differ(found[0]):
        features = work.read(*found)
        write_table(path, features.paths, features.labels, features.class_names, len(features))
        with atomic_path(path) as temporary:
            shutil.copyfile(found[2], temporary)
        return work.read(read_file(path), key, path)
    with parts_in(folder, key) as parts:
        key = work.into(parts, key)
        work.finish(parts, key, path)
    return work.read(read_file(path), key, path, from_cache=False)


def _in_cache(work: Work, key: Key) -> tuple[Stored, Key, Path] | None:
    """Return what the cache holds of a key; what is damaged is removed."""
    entry = entry_of(key)
    if not key.data or not entry.file.is_file():
        return None
    try:
        stored = read_file(entry.file)
    except CheckpointError:
        shutil.rmtree(entry.folder, ignore_errors=True)
        return None
    mark_used(entry.folder)
    return stored, key, entry.file


def _into_cache(work: Work, key: Key) -> Features:
    found = _in_cache(work, key)
    if found is not None:
        return work.read(*found)
    entry = entry_of(key)
    try:
        with parts_in(entry.partial, key) as parts:
            work.into(parts, key)
            entry.folder.mkdir(exist_ok=True)
            write_index(entry, work.samples, tuple(work.names), parts.count)
            work.finish(parts, key, entry.file)
    except BusyError:  # the same, in another process: what it writes is its own
        return work.in_memory()
    except OSError as error:
        reason = str(error) if isinstance(error, WriteError) else f"{error.filename}: {error.strerror}"
        warnings.warn(f"The features are not kept: {reason}", stacklevel=3)
        return work.in_memory()
    prune_cache(keep=entry.folder)
    return work.read(read_file(entry.file), key, entry.file, from_cache=False)
