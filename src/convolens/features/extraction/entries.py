"""An entry of the cache of features: a folder named after the key, with the file, its table and an index."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from convolens.data.caching.place import features_folder
from convolens.features.extraction.key import Key
from convolens.features.extraction.sources import Samples
from convolens.files.atomic import atomic_path


@dataclass(frozen=True)
class Entry:
    """The paths of an entry.

    Attributes:
        folder: of the whole entry.
        partial: of its parts while it is made.
    """

    folder: Path
    partial: Path

    @property
    def file(self) -> Path:
        return self.folder / "features.safetensors"


def entry_of(key: Key) -> Entry:
    """Return where features of a key lie, or would lie."""
    name = key.digest[:32]
    return Entry(features_folder() / name, features_folder() / f".{name}.partial")


def write_index(entry: Entry, samples: Samples, layers: tuple[str, ...], count: int) -> None:
    """Write what `convolens cache` lists."""
    folder = getattr(samples, "folder", None)
    index = {
        "root": "an array" if folder is None else os.path.realpath(folder.root),
        "images": count,
        "layers": list(layers),
    }
    with atomic_path(entry.folder / "index.json") as temporary:
        temporary.write_text(json.dumps(index), encoding="utf-8", errors="surrogateescape")
