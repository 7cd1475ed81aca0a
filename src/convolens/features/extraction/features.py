"""Features: what `extract` gives, and its file: safetensors (or .npz) beside a CSV of names and labels."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from convolens.checkpoints import tensors
from convolens.errors import ArgumentError, CheckpointError, MissingFileError
from convolens.features.extraction.key import Key
from convolens.files.atomic import atomic_path
from convolens.files.table import write_csv

ENDINGS = (".safetensors", ".npz")
ONE = "features"  # the name of the tensor where there is one layer; else it is ONE.LAYER
LABELS = "labels"


@dataclass(frozen=True)
class Features:
    """Features of samples, row by row.

    Attributes:
        by_layer: float32 (n, d) by the name of the layer, or (n, ...) with pool="none"; mapped from disk where they lie there.
        labels: class numbers (n,), or what was given as labels; None where there are none.
        paths: of the files, from the data's folder; None where there are none.
        class_names: in the order of the numbers; None where they are not known.
        skipped: (path, reason) of files that could not be read.
        key: what they follow from.
        path: the file they lie in; None where they lie in memory.
        from_cache: whether nothing had to be computed.

    Example:
        >>> Features({"conv": np.zeros((2, 8), np.float32)}).values.shape
        (2, 8)
    """

    by_layer: Mapping[str, np.ndarray]
    labels: np.ndarray | None = None
    paths: tuple[str, ...] | None = None
    class_names: tuple[str, ...] | None = None
    skipped: tuple[tuple[str, str], ...] = ()
    key: Key | None = field(default=None, repr=False)
    path: Path | None = None
    from_cache: bool = False

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers."""
        return tuple(self.by_layer)

    @property
    def values(self) -> Any:
        """The features: an array where there is one layer, else a dict of arrays by layer."""
        return next(iter(self.by_layer.values())) if len(self.by_layer) == 1 else dict(self.by_layer)

    def __len__(self) -> int:
        return len(next(iter(self.by_layer.values())))


def tensor_names(layers: tuple[str, ...]) -> dict[str, str]:
    """Return the layer of each tensor of a file.

    Example:
        >>> tensor_names(("a",)), tensor_names(("a", "b"))
        ({'features': 'a'}, {'features.a': 'a', 'features.b': 'b'})
    """
    return {ONE if len(layers) == 1 else f"{ONE}.{layer}": layer for layer in layers}


def check_name(out: str | PathLike[str]) -> Path:
    """Return where features are to be written.

    Raises:
        ArgumentError: another ending.
    """
    path = Path(out)
    if path.suffix not in ENDINGS:
        raise ArgumentError(
            f"extract: out must end in {' or '.join(ENDINGS)}; received {str(out)!r}; name it features.safetensors, say."
        )
    return path


def table_of(path: Path) -> Path:
    """Return the CSV beside a file of features."""
    return path.with_suffix(".csv")


def description(
    key: Key, layers: tuple[str, ...], class_names: Any, skipped: Mapping[int, str]
) -> dict[str, str]:
    """Return the texts of a file of features."""
    return {
        "convolens": "features",
        "key": json.dumps(key.as_dict()),
        "layers": json.dumps(list(layers)),
        "class_names": json.dumps(None if class_names is None else list(class_names)),
        "skipped": json.dumps({str(place): reason for place, reason in skipped.items()}),
    }


def write_table(
    path: Path, names: tuple[str, ...] | None, labels: np.ndarray | None, class_names: Any, count: int
) -> None:
    """Write the CSV of files (or row numbers) and labels."""
    shown = [""] * count if labels is None else [class_names[i] if class_names else i for i in labels]
    rows = zip(names if names is not None else range(count), shown, strict=True)
    write_csv(table_of(path), ["row" if names is None else "path", "label"], rows)


def write_npz(path: Path, source: Path) -> None:
    """Write a file of features as .npz, from one of safetensors, without holding it in memory."""
    arrays, texts = tensors.map_arrays(source)
    with atomic_path(path) as temporary:
        np.savez(
            temporary, allow_pickle=False, **arrays, **{name: np.array(text) for name, text in texts.items()}
        )


@dataclass(frozen=True)
class Stored:
    """What a file of features says of itself."""

    arrays: Mapping[str, np.ndarray]
    texts: Mapping[str, Any]

    @property
    def key(self) -> Key:
        return Key.read(self.texts["key"])

    @property
    def by_layer(self) -> dict[str, np.ndarray]:
        return {layer: self.arrays[name] for name, layer in tensor_names(tuple(self.texts["layers"])).items()}

    @property
    def skipped(self) -> dict[int, str]:
        return {int(place): str(reason) for place, reason in self.texts["skipped"].items()}


def read_file(path: Path) -> Stored:
    """Return what lies in a file of features.

    Raises:
        MissingFileError: no such file. CheckpointError: damaged, or something else.
    """
    if path.suffix == ".npz":
        if not path.is_file():
            raise MissingFileError(f"{path}: no such file.")
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
        except Exception as error:  # zipfile's, zlib's and NumPy's own
            raise CheckpointError(
                f"{path}: not a whole .npz file ({error}); remove it, then it is made anew."
            ) from error
        texts = {name: str(arrays.pop(name)) for name in ("convolens", *_JSON) if name in arrays}
    else:
        arrays, texts = tensors.map_arrays(path)
    try:
        if texts["convolens"] != "features":
            raise KeyError("features")
        stored = Stored(arrays, {name: json.loads(texts[name]) for name in _JSON})
        _ = stored.by_layer, stored.key, stored.skipped
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"{path}: holds no features of convolens ({error!r}); name another file, or remove it."
        ) from error
    return stored


_JSON = ("key", "layers", "class_names", "skipped")


def read_features(path: str | PathLike[str]) -> Features:
    """Return the features of a file that `extract` wrote.

    Args:
        path: the .safetensors or .npz file; its CSV lies beside it.

    Raises:
        MissingFileError: no such file, or no CSV beside it. CheckpointError: one of them is damaged or something else.
    """
    path = check_name(path)
    stored = read_file(path)
    table = table_of(path)
    try:
        with table.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
            columns, *rows = csv.reader(file)
    except FileNotFoundError as error:
        raise MissingFileError(f"{table}: no such file; it holds the names to {path}.") from error
    except (OSError, ValueError, csv.Error) as error:
        raise CheckpointError(f"{table}: not readable as CSV ({error}).") from error
    count = len(next(iter(stored.by_layer.values())))
    if len(rows) != count:
        raise CheckpointError(f"{table}: has {len(rows)} rows, {path} {count}; extract the features anew.")
    names = stored.texts["class_names"]
    return Features(
        stored.by_layer,
        stored.arrays.get(LABELS),
        tuple(row[0] for row in rows) if columns[0] == "path" else None,
        None if names is None else tuple(names),
        tuple((str(place), reason) for place, reason in stored.skipped.items()),
        stored.key,
        path,
        from_cache=True,
    )
