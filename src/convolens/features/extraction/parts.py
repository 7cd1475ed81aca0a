"""Parts: features on their way to disk, each part a whole file, so that a killed extraction goes on where it stopped."""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from convolens.checkpoints import tensors
from convolens.errors import CheckpointError, DataError
from convolens.features.extraction.features import LABELS
from convolens.features.extraction.key import Key
from convolens.files.atomic import atomic_path, remove_leftovers, write_error
from convolens.files.lock import locked
from convolens.files.plain_json import write_json

PART_BYTES = 2**26  # a part is written at the latest when it has so many
_KEY = "key.json"


class InputDigest:
    """The SHA-256 over batches, one after another: what an iterator gave."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def update(self, x: Any) -> None:
        """Add a batch: a tensor, or a list of tensors."""
        for tensor in x if isinstance(x, list) else [x]:
            self._digest.update(f"{tuple(tensor.shape[1:])}".encode())
            self._digest.update(np.ascontiguousarray(tensor.detach().cpu().numpy()).view(np.uint8).data)

    def value(self) -> str:
        """Return the digest so far."""
        return self._digest.hexdigest()


class Parts:
    """The parts in a folder, without a gap from the first sample on.

    Args:
        folder: holds them; made where it is not there.
        key: of the extraction.

    Raises:
        CheckpointError: the folder holds parts of another extraction; what differs is said.
    """

    def __init__(self, folder: Path, key: Key) -> None:
        self.folder = folder
        self._check(key)
        remove_leftovers(folder)
        self.files: list[Path] = []
        self.count = 0  # samples that are there
        for path in sorted(folder.glob("*.safetensors")):
            if self._is_next(path):
                self.files.append(path)
                self.count = _range(path)[1]
            else:  # damaged, or behind a gap
                path.unlink()
        self._waiting: list[dict[str, np.ndarray]] = []
        self._bytes, self._since = 0, time.monotonic()

    def _check(self, key: Key) -> None:
        path = self.folder / _KEY
        if path.is_file():
            try:
                other = Key.read(json.loads(path.read_text(encoding="utf-8")))
            except (OSError, ValueError, AttributeError) as error:
                raise CheckpointError(f"{path}: not readable ({error}); remove {self.folder}.") from error
            if differs := key.differences(other):
                raise CheckpointError(
                    f"{self.folder}: holds the beginning of another extraction: {differs}. Remove that folder, or "
                    "give another out."
                )
        else:
            write_json(path, key.as_dict())

    def _is_next(self, path: Path) -> bool:
        try:
            begin, end = _range(path)
            arrays, _ = tensors.map_arrays(path)
        except (CheckpointError, ValueError):
            return False
        return begin == self.count and all(len(array) == end - begin for array in arrays.values())

    def check_input(self, number: int, digest: str) -> None:
        """Check that an iterator gave the samples again that a part was made from.

        Raises:
            DataError: it gave others.
        """
        _, texts = tensors.map_arrays(self.files[number])
        if texts.get("input") != digest:
            raise DataError(
                f"{self.folder}: the iterator does not give the samples again that this beginning of an extraction was made "
                "from; give it as it was, or remove that folder."
            )

    def add(self, features: Mapping[str, torch.Tensor], labels: np.ndarray | None) -> None:
        """Add the features of a batch, by the names of their tensors."""
        arrays = {name: value.cpu().numpy() for name, value in features.items()}
        self._waiting.append(arrays if labels is None else {**arrays, LABELS: labels})
        self._bytes += sum(array.nbytes for array in arrays.values())

    def is_due(self, save_every: float) -> bool:
        """Return whether what waits is enough for a part."""
        return self._bytes >= PART_BYTES or time.monotonic() - self._since >= save_every

    def save(self, digest: str = "") -> None:
        """Write what waits as a part.

        Raises:
            WriteError: it cannot be written; the parts before are kept.
        """
        if self._waiting:
            whole = joined(self._waiting)
            end = self.count + len(next(iter(whole.values())))
            path = self.folder / f"{self.count:012d}-{end:012d}.safetensors"
            tensors.write(
                path, {name: torch.from_numpy(array) for name, array in whole.items()}, {"input": digest}
            )
            self.files.append(path)
            self.count, self._waiting, self._bytes = end, [], 0
        self._since = time.monotonic()

    def assemble(self, path: Path, texts: Mapping[str, str], labels: np.ndarray | None) -> None:
        """Write all parts as one file, piece by piece."""
        first, _ = tensors.map_arrays(self.files[0])
        forms = {
            name: (torch.from_numpy(np.empty(0, array.dtype)).dtype, (self.count, *array.shape[1:]))
            for name, array in first.items()
        }
        if labels is not None:
            forms[LABELS] = (torch.from_numpy(np.empty(0, labels.dtype)).dtype, labels.shape)
        order, head = tensors.header(forms, texts)
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            file.write(head)
            for name in order:
                if name == LABELS and labels is not None:
                    file.write(np.ascontiguousarray(labels).data)
                    continue
                for part in self.files:
                    file.write(np.ascontiguousarray(tensors.map_arrays(part)[0][name]).data)


def joined(batches: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Return the arrays of batches, one after another, by name."""
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}


def _range(path: Path) -> tuple[int, int]:
    begin, end = path.stem.split("-")
    return int(begin), int(end)


@contextmanager
def parts_in(folder: Path, key: Key) -> Iterator[Parts]:
    """Give the parts in a folder, which is this process' alone meanwhile; it stays where the work ends with an error.

    Raises:
        BusyError: another process is at work in it. CheckpointError: it holds another extraction. WriteError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(error, folder) from error
    with locked(folder):
        yield Parts(folder, key)
        shutil.rmtree(folder, ignore_errors=True)
