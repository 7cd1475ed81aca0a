"""KnownContents: whether a file's bytes are among photos already; a photo is read only where another has as many bytes."""

import os
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from convolens.files.atomic import digest_of


@dataclass
class KnownContents:
    """Photos by their bytes.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as place:
        ...     for name in ("a.png", "b.png"):
        ...         _ = Path(place, name).write_bytes(b"the same")
        ...     known = KnownContents()
        ...     known.renew([(("a.png",), Path(place))])
        ...     [path.name for path in known.find(Path(place, "b.png"))]
        ['a.png']
    """

    _names: dict[Path, set[str]] = field(default_factory=lambda: defaultdict(set), repr=False)  # by folder
    _sizes: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set), repr=False)  # not read yet
    _digests: dict[int, dict[str, set[Path]]] = field(default_factory=lambda: defaultdict(dict), repr=False)

    def renew(self, groups: Sequence[tuple[Sequence[str], Path]]) -> None:
        """Take note of photos that are new; those that are gone are noticed when they are asked for.

        Args:
            groups: photos, and the folder that their paths begin at.
        """
        for photos, root in groups:
            new = set(photos) - self._names[root]
            self._names[root] |= new
            base = os.path.join(root, "")
            for photo in new:  # texts: a Path for each of 60,000 takes a second
                with suppress(OSError):
                    self._sizes[os.stat(base + photo).st_size].add(base + photo)

    def add(self, path: Path) -> None:
        """Take note of one photo."""
        self._sizes[path.stat().st_size].add(os.fspath(path))

    def find(self, file: Path) -> list[Path]:
        """Return the photos of the same bytes."""
        size = file.stat().st_size
        if size not in self._sizes and size not in self._digests:
            return []
        digests = self._digests[size]
        for path in map(Path, self._sizes.pop(size, ())):
            with suppress(OSError):  # gone meanwhile
                digests.setdefault(digest_of(path), set()).add(path)
        digest, same = digest_of(file), set[Path]()
        for path in digests.get(digest, ()):
            with suppress(OSError):
                if digest_of(path) == digest:  # neither moved nor changed
                    same.add(path)
        digests[digest] = same
        return sorted(same)
