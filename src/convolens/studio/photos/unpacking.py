"""Unpacking: a zip of photos, looked at before it is trusted: no path out of it, no link, no bomb."""

import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from convolens.data.folders.folder import is_hidden, is_image_name
from convolens.errors import ConvolensError, DataError, TooLargeError, WriteError
from convolens.files.atomic import write_error
from convolens.studio.photos.adding import LARGEST, Adding, too_large
from convolens.studio.photos.arrangement import arranged
from convolens.studio.workspace.identity import shown

LARGEST_ZIP = 2 * 2**30  # bytes
MOST = 100_000  # files in it
MOST_UNPACKED = 16 * 2**30  # bytes of all together
_PIECE = 2**20  # bytes that are unpacked at once
_TOLD = 50  # refusals that are told one by one


@dataclass
class Unpacked:
    """What became of the photos of a zip.

    Attributes:
        added: how many were, by class; those without a class by "".
        same: how many were there already.
        elsewhere: how many of those lie in another class than in the zip, or in none.
        refused: a line for each that was refused, of the first few.
        more_refused: how many more were.
        ignored: how many files are no images.
    """

    added: Counter[str] = field(default_factory=Counter)
    same: int = 0
    elsewhere: int = 0
    refused: list[str] = field(default_factory=list)
    more_refused: int = 0
    ignored: int = 0

    def refuse(self, line: str) -> None:
        """Note why a file was not added."""
        if len(self.refused) < _TOLD:
            self.refused.append(shown(line))
        else:
            self.more_refused += 1


def unpack(
    adding: Adding,
    file: Path,
    name: str,
    of_class: str | None,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Unpacked:
    """Add the photos of a zip.

    Args:
        adding: gives them their places.
        file: the zip.
        name: as it was sent, for messages.
        of_class: of photos that lie in no folder; None for none.
        advance: told how many of how many files are done.

    Raises:
        DataError: it is no zip, or damaged. TooLargeError: it holds too many files or bytes. WriteError: the disk is full, say.
    """
    result = Unpacked()
    try:
        with zipfile.ZipFile(file) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            _check_bounds(entries, name)
            chosen = [entry for entry in entries if _is_wanted(entry, name, result)]
            places = arranged([entry.filename for entry in chosen])
            for number, (entry, (side, found)) in enumerate(zip(chosen, places, strict=True)):
                advance(number, len(chosen))
                try:
                    with adding.temporary() as temporary:
                        _extract(opened, entry, temporary)
                        safe = adding.check(temporary, entry.filename)
                        added = adding.place(temporary, safe, found or of_class, side)
                except WriteError:
                    raise
                except ConvolensError as error:
                    result.refuse(str(error))
                    continue
                if added.new:
                    result.added[added.name_of_class or ""] += 1
                else:
                    result.same += 1
                    result.elsewhere += added.elsewhere
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError) as error:
        if isinstance(error, ConvolensError):
            raise
        raise DataError(f"{shown(name)}: not a zip that can be read ({error}).") from error
    return result


def _check_bounds(entries: list[zipfile.ZipInfo], name: str) -> None:
    if len(entries) > MOST:
        raise TooLargeError(
            f"{shown(name)}: holds {len(entries):,} files, more than {MOST:,}; unpack it, and open the folder."
        )
    total = sum(entry.file_size for entry in entries)
    if total > MOST_UNPACKED:
        raise TooLargeError(
            f"{shown(name)}: claims {total / 2**30:,.0f} GiB when unpacked, more than {MOST_UNPACKED // 2**30}; "
            "it may be a bomb. Unpack it yourself if it is not."
        )


def _is_wanted(entry: zipfile.ZipInfo, name: str, result: Unpacked) -> bool:
    """Return whether an entry is to be added; what is refused is noted."""
    said = f"{shown(name)}: {shown(entry.filename)!r}"
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        result.refuse(f"{said} leads out of the zip; it was left out.")
        return False
    if any(is_hidden(part) for part in path.parts):
        return False  # what systems leave there
    if stat.S_ISLNK(entry.external_attr >> 16):
        result.refuse(f"{said} is a link; it was left out.")
        return False
    if not is_image_name(entry.filename):
        result.ignored += 1
        return False
    if entry.flag_bits & 1:
        result.refuse(f"{said} is encrypted; unpack the zip yourself.")
        return False
    return True


def _extract(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    """Write an entry, of which no more is unpacked than a photo may have, whatever it claims."""
    try:
        with opened.open(entry) as source, target.open("wb") as file:
            left = LARGEST + 1
            while left > 0 and (piece := source.read(min(left, _PIECE))):
                try:
                    file.write(piece)
                except OSError as error:
                    raise write_error(error, target) from error
                left -= len(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise DataError(f"{shown(entry.filename)}: damaged in the zip ({error}).") from error
    if left <= 0:
        raise too_large(entry.filename)
