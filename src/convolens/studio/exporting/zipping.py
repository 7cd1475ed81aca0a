"""A folder as one zip, made while it is sent: nothing is written, and little is held in memory."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

_PIECE = 2**18  # bytes


def zipped(place: Path, files: Iterable[Path]) -> Iterator[bytes]:
    """Yield the bytes of a zip.

    Args:
        place: the folder, whose name all names in the zip begin with.
        files: in it.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "a.txt").write_text("hello")
        ...     packed = io.BytesIO(b"".join(zipped(Path(folder), [Path(folder, "a.txt")])))
        ...     zipfile.ZipFile(packed).read(f"{Path(folder).name}/a.txt")
        b'hello'
    """
    out = _Out()
    with zipfile.ZipFile(
        out, "w", zipfile.ZIP_STORED, allowZip64=True
    ) as packed:  # weights do not get smaller
        for path in files:
            name = f"{place.name}/{path.relative_to(place).as_posix()}"
            info = zipfile.ZipInfo.from_file(path, name)
            with path.open("rb") as file, packed.open(info, "w", force_zip64=True) as entry:
                while piece := file.read(_PIECE):
                    entry.write(piece)
                    yield out.taken()
    yield out.taken()


class _Out(io.RawIOBase):
    """A file that is only written to, whose content is taken away bit by bit."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: "memoryview | bytes") -> int:  # type: ignore[override]
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        held = bytes(self._held)
        self._held.clear()
        return held
