"""Names as people read them: an accent in one code point (NFC) and in two (NFD, as Macs write it) is the same accent."""

import os
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import PurePosixPath


def composed(name: str) -> str:
    """Return a name in the one spelling by which names are compared, Unicode's NFC.

    Example:
        >>> composed("cafe\u0301") == "caf\u00e9"
        True
    """
    return unicodedata.normalize("NFC", name)


class Spellings:
    """Known names, found by any spelling of their accents.

    Args:
        names: as they are spelt; of those that differ only so, each is found by its own spelling, the first by any other.

    Example:
        >>> known = Spellings(["cafe\u0301", "dog"])
        >>> known.find("caf\u00e9") == "cafe\u0301", known.find("cow")
        (True, None)
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._spelt = dict.fromkeys(names)
        self._first: dict[str, str] = {}
        for name in self._spelt:
            self._first.setdefault(composed(name), name)

    def find(self, name: str) -> str | None:
        """Return the known spelling of a name; None where it is not known."""
        return name if name in self._spelt else self._first.get(composed(name))

    def names(self) -> tuple[str, ...]:
        """Return each name once, in its first spelling."""
        return tuple(self._first.values())

    def told(self, what: str) -> tuple[str, ...]:
        """Return a line for each name that is there in several spellings, which are taken for one.

        Args:
            what: these are names of, in the plural.
        """
        spelt: dict[str, list[str]] = {}
        for name in self._spelt:
            spelt.setdefault(composed(name), []).append(ascii(name))
        return tuple(
            f"{what} {' and '.join(several)} are one, {name!r}: they differ only in the code points of their accents (Unicode NFC and NFD)"
            for name, several in spelt.items()
            if len(several) > 1
        )


class FileNames:
    """The files of a folder, found by any spelling of the accents in their paths; each folder is listed once at most.

    Args:
        root: the folder.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self._root = os.fspath(root)
        self._listed: dict[str, Spellings] = {}

    def find(self, name: str) -> str | None:
        """Return the path of a file from the folder, as it is spelt there; None where there is none.

        Args:
            name: its path from the folder, with "/" between folders.
        """
        if os.path.exists(os.path.join(self._root, name)):
            return name
        place = ""
        for part in PurePosixPath(name).parts:
            spelt = self._in(place).find(part)
            if spelt is None:
                return None
            place = f"{place}/{spelt}" if place else spelt
        return place

    def _in(self, place: str) -> Spellings:
        if place not in self._listed:
            names: list[str] = []
            with suppress(OSError):
                names = os.listdir(os.path.join(self._root, place))
            self._listed[place] = Spellings(names)
        return self._listed[place]


def names_that_differ_by_case(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return pairs of class names that are the same but for upper and lower case.

    Example:
        >>> names_that_differ_by_case(["Cat", "cat", "dog"])
        [('Cat', 'cat')]
    """
    seen: dict[str, str] = {}
    pairs = []
    for name in names:
        folded = name.casefold()
        if folded in seen:
            pairs.append((seen[folded], name))
        seen.setdefault(folded, name)
    return pairs
