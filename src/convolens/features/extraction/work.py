"""Work: computes features batch by batch, into memory or into parts, and makes the file of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from convolens.checkpoints.tensors import map_arrays
from convolens.errors import ArgumentError, ConvolensError, ShapeError
from convolens.features.extraction.features import (
    LABELS,
    Features,
    Stored,
    description,
    tensor_names,
    write_npz,
    write_table,
)
from convolens.features.extraction.key import Key
from convolens.features.extraction.parts import InputDigest, Parts, joined
from convolens.features.extraction.sources import BatchSamples, Samples
from convolens.features.extraction.tapped_network import Tapped


class Work:
    """One extraction: what is computed from what.

    Attributes:
        names: of the tensors, by the names of the layers.
    """

    def __init__(
        self,
        network: Tapped,
        samples: Samples,
        batch_size: int,
        save_every: float,
        advance: Callable[[int, int], None],
    ) -> None:
        self.network, self.samples = network, samples
        self.names = {
            layer: name for name, layer in tensor_names(tuple(tap.name for tap in network.taps)).items()
        }
        self.batch_size, self.save_every, self.advance = batch_size, save_every, advance

    def in_memory(self) -> Features:
        """Compute all and keep it in memory."""
        found: list[dict[str, np.ndarray]] = []
        for _, features, labels in self._computed(0):
            found.append({name: value.cpu().numpy() for name, value in features.items()})
            if labels is not None:
                found[-1][LABELS] = labels
        self._check_some(len(found))
        return self._features(joined(found))

    def into(self, parts: Parts, key: Key) -> Key:
        """Compute what is missing of the parts, and return the key with the digest of the data."""
        if not isinstance(self.samples, BatchSamples):
            for _, features, labels in self._computed(parts.count):
                parts.add(features, labels)
                if parts.is_due(self.save_every):
                    parts.save()
            parts.save()
            return key
        digest = InputDigest()
        for x, features, labels in self._computed(0, parts, digest):
            digest.update(x)
            parts.add(features, labels)
            if parts.is_due(self.save_every):
                parts.save(digest.value())
        parts.save(digest.value())
        self._check_some(parts.count)
        return replace(key, data=digest.value())

    def iterated(self, key: Key) -> Key:
        """Go through an iterator without computing, and return the key with the digest of what it gave."""
        digest = InputDigest()
        for x, _ in self.samples.batches(0, self.batch_size):
            digest.update(x)
        return replace(key, data=digest.value())

    def _check_some(self, count: int) -> None:
        if not count:
            raise ArgumentError("extract: the data held no batch; was the iterator used up before?")

    def _computed(
        self, start: int, parts: Parts | None = None, digest: InputDigest | None = None
    ) -> Iterator[tuple[Any, dict[str, torch.Tensor], np.ndarray | None]]:
        """Yield input, features and labels of each batch; of an iterator, those that the parts hold are only checked."""
        total = self.samples.count or 0
        weight = next((item for item in self.network.module.parameters()), torch.zeros(0))
        done, checked, held = start, 0, list(parts.files) if parts is not None else []
        with self.network.ready():
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
            found = self.network(x)
        except ConvolensError:
            raise
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

    def read(self, stored: Stored, key: Key, path: Path, from_cache: bool = True) -> Features:
        """Return what a file of this key holds; names and labels are those of the samples here."""
        self.samples.known_skipped(stored.skipped)
        arrays = {self.names[layer]: array for layer, array in stored.by_layer.items()}
        if LABELS in stored.arrays:
            arrays[LABELS] = stored.arrays[LABELS]
        return self._features(arrays, key, path, from_cache)

    def labels_differ(self, stored: Stored) -> bool:
        """Return whether a file of this key has other labels, or other names of the classes, than the samples here."""
        self.samples.known_skipped(stored.skipped)
        if isinstance(self.samples, BatchSamples):
            return False  # they are part of what it gives
        here, there = self.samples.labels, stored.arrays.get(LABELS)
        names = self.samples.class_names
        same = np.array_equal(here, there) if here is not None and there is not None else here is there
        return not same or stored.texts["class_names"] != (None if names is None else list(names))

    def _features(
        self, arrays: dict[str, np.ndarray], key: Key | None = None, path: Path | None = None, from_cache: bool = False
    ) -> Features:  # fmt: skip
        samples = self.samples
        return Features(
            {layer: arrays[name] for layer, name in self.names.items()},
            arrays.get(LABELS) if isinstance(samples, BatchSamples) else samples.labels,
            samples.names,
            samples.class_names,
            samples.skipped_paths(),
            key,
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
