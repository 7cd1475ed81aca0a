"""ImageFolder: the images of a folder with a subfolder for each class, found by name and not yet opened."""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path, PurePosixPath

import numpy as np

from convolens.arguments import did_you_mean
from convolens.data.decoding.formats import is_picture
from convolens.data.decoding.heic import ADVICE, can_read_heic, is_heic
from convolens.data.folders.names import Spellings, composed
from convolens.errors import DataError, MissingFileError

EXTENSIONS = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".ppm", ".pgm", ".pbm", ".pnm",
    ".tif", ".tiff", ".webp", ".gif", ".avif", ".jp2", ".mpo",
)  # fmt: skip
NOT_CLASSES = ("__MACOSX", "__pycache__", "lost+found")


@dataclass(frozen=True)
class ImageFolder:
    """Files and labels, in the order of class names and then of paths.

    Args:
        root: the folder that holds the class folders.
        relative_paths: of the files, from `root`.
        labels: class numbers, int64 (n,).
        class_names: in the order of the numbers.
        ignored: file name ending -> how many files are there that are no images.
        notes: lines for people on how the labels were found.

    Example:
        >>> folder = ImageFolder(Path("photos"), (Path("cat/1.jpg"),), np.array([0]), ("cat",))
        >>> folder.paths[0].as_posix(), folder.counts().tolist()
        ('photos/cat/1.jpg', [1])
    """

    root: Path
    relative_paths: tuple[Path, ...]
    labels: np.ndarray
    class_names: tuple[str, ...]
    ignored: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.relative_paths)

    @property
    def paths(self) -> list[Path]:
        """The files' paths."""
        return [self.root / path for path in self.relative_paths]

    def counts(self) -> np.ndarray:
        """Return how many files each class has, int64 (classes,)."""
        return np.bincount(self.labels, minlength=len(self.class_names))

    def subset(self, indices: Sequence[int] | np.ndarray) -> "ImageFolder":
        """Return the files at some places, with the same classes."""
        chosen = np.asarray(indices, dtype=np.int64)
        return replace(
            self,
            relative_paths=tuple(self.relative_paths[i] for i in chosen),
            labels=self.labels[chosen],
        )


def is_hidden(name: str) -> bool:
    """Return whether a folder or file is not the user's data: `.ipynb_checkpoints`, `__MACOSX` ...

    Example:
        >>> is_hidden(".ipynb_checkpoints"), is_hidden("cat")
        (True, False)
    """
    return name.startswith(".") or name in NOT_CLASSES


def check_folder(path: str | PathLike[str]) -> Path:
    """Return `path` if it is a folder.

    Raises:
        MissingFileError: nothing is there. DataError: it is a file.
    """
    folder = Path(path)
    try:
        there = folder.exists()
    except OSError as error:  # a locked folder above it, a name that is too long
        raise DataError(f"{path}: cannot be looked into ({error.strerror}); give another folder.") from error
    if not there:
        near = (
            did_you_mean(folder.name, [item.name for item in folder.parent.iterdir() if item.is_dir()])
            if folder.parent.is_dir()
            else ""
        )
        raise MissingFileError(f"{path}: no such folder; give the folder that holds the class folders.{near}")
    if not folder.is_dir():
        raise DataError(f"{path}: is a file; give a folder that holds a subfolder for each class.")
    return folder


def subfolders(folder: Path) -> list[str]:
    """Return the names of the folders inside that may be classes, sorted.

    Raises:
        DataError: the folder may not be looked into.
    """
    return [entry.name for entry in _entries(folder) if _is_folder(entry)]


def files_below(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder, hidden ones left out, sorted by path; a folder's files before its subfolders'.

    Links are followed, but not back up to a folder that `folder` lies in (the photos of all classes are not those of
    this one), and each folder is entered once, so that they end. Links to nothing are yielded, pipes and devices not.

    Raises:
        DataError: a folder may not be looked into.
    """
    return map(Path, names_below(os.fspath(folder)))


def names_below(folder: str, entering: Callable[[str], None] = lambda place: None) -> Iterator[str]:
    """Yield the paths of `files_below` as texts, which takes a third of the time.

    Args:
        folder: where to begin.
        entering: told each folder before it is looked into, `folder` first.

    Raises:
        DataError: a folder may not be looked into.
    """
    entered: set[tuple[int, int]] = set()
    for above in Path(os.path.realpath(folder)).parents:
        with suppress(OSError):  # nothing is there
            state = os.stat(above)
            entered.add((state.st_dev, state.st_ino))
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        try:
            state = os.stat(place)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise _locked(place, error) from error
        if not stat.S_ISDIR(state.st_mode) or (state.st_dev, state.st_ino) in entered:
            continue
        entered.add((state.st_dev, state.st_ino))
        entering(place)
        folders = []
        for entry in _entries(place):
            if _is_folder(entry):
                folders.append(os.path.join(place, entry.name))
            elif _is_file(entry):
                yield os.path.join(place, entry.name)
        waiting.extend(reversed(folders))


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    """Return what lies in a folder, hidden things left out, sorted by name, however its accents are spelt."""
    try:
        with os.scandir(folder) as found:
            return sorted(
                (e for e in found if not is_hidden(e.name)), key=lambda e: (composed(e.name), e.name)
            )
    except OSError as error:
        raise _locked(folder, error) from error


def _locked(folder: str | Path, error: OSError) -> DataError:
    return DataError(f"{folder}: cannot be looked into ({error.strerror}); allow reading it, or take it out.")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Return whether it is a file, or a link to nothing: reading that says so, where a pipe would wait for ever."""
    try:
        return entry.is_file() or (entry.is_symlink() and not os.path.exists(entry.path))
    except OSError:
        return True


def is_image_name(path: str | PathLike[str]) -> bool:
    """Return whether a file's ending is that of a kind of image that can be read.

    Example:
        >>> is_image_name("a.JPG"), is_image_name("a.txt")
        (True, False)
    """
    ending = os.path.splitext(os.fspath(path))[
        1
    ]  # Path(path).suffix takes seconds where a folder has 60,000 files
    return ending.casefold() in EXTENSIONS or (is_heic(path) and can_read_heic())


def is_image_file(path: str | PathLike[str]) -> bool:
    """Return whether a file is a kind of image that can be read: by its ending, or by its first bytes where it has none.

    Example:
        >>> is_image_file("a.JPG"), is_image_file("no-such-file")
        (True, False)
    """
    return is_image_name(path) or (not Path(path).suffix and is_picture(path))


def ignored_lines(ignored: Mapping[str, int]) -> list[str]:
    """Return lines on files that are no images, by their endings.

    Example:
        >>> ignored_lines({".txt": 2})
        ['ignored: 2 .txt files (no images that can be read)']
    """
    return [
        f"ignored: {count} {ending} files ({ADVICE if is_heic(f'x{ending}') else 'no images that can be read'})"
        for ending, count in ignored.items()
    ]


def list_images(
    path: str | PathLike[str],
    class_names: Sequence[str] | None = None,
    allow_missing_classes: bool = False,
) -> ImageFolder:
    """Return the images of a folder that holds a subfolder for each class; nested folders are searched.

    Folders whose names differ only in how accents are spelt (`names.Spellings`) are one class, and a note says so.

    Args:
        path: the folder.
        class_names: the classes there have to be, in this order; None takes the sorted names of the subfolders.
        allow_missing_classes: True lets a class be without a folder or without an image.

    Raises:
        MissingFileError: no such folder.
        DataError: no class folders, a class without an image, a class that is not among `class_names`.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as data:
        ...     Path(data, "cat").mkdir()
        ...     _ = Path(data, "cat", "1.jpg").write_bytes(b"not looked into")
        ...     list_images(data).class_names
        ('cat',)
    """
    root = check_folder(path)
    found = subfolders(root)
    if not found:
        loose = sum(is_image_file(entry.path) for entry in _entries(root) if _is_file(entry))
        lies = f"{loose} images lie in it directly" if loose else "it has no subfolders"
        raise DataError(
            f"{path}: no class folders, {lies}; put the images of each class into a subfolder named after it"
            f"{'' if not loose else ', or name their labels in a table (--labels FILE)'}."
        )
    spelt = Spellings(found)
    if class_names is None:
        class_names = spelt.names()
    known, folders_of = Spellings(class_names), {name: list[str]() for name in class_names}
    for name in found:
        of_class = known.find(name)
        if of_class is None:
            raise DataError(
                f"{path}: folder {name!r} is not one of the classes {', '.join(class_names)}; rename or remove it."
                + did_you_mean(name, class_names)
            )
        folders_of[of_class].append(name)
    ignored: Counter[str] = Counter()
    paths: list[Path] = []
    labels: list[int] = []
    empty = []
    for number, name in enumerate(class_names):
        before = len(paths)
        for file in (file for folder in folders_of[name] for file in files_below(root / folder)):
            if is_image_file(file):
                paths.append(file.relative_to(root))
                labels.append(number)
            else:
                ignored[file.suffix.casefold() or "(no ending)"] += 1
        if len(paths) == before:
            empty.append(name)
    if not paths or (empty and not allow_missing_classes):
        listed = ", ".join(repr(name) for name in empty)
        others = f" (there are {_ignored_text(ignored)} files, which cannot be read)" if ignored else ""
        raise DataError(
            f"{path}: no image in class {listed}{others}; add JPEG, PNG, BMP, PPM, TIFF, WebP, GIF, AVIF or JPEG 2000 files, "
            "rename such whose endings are others, or remove the folder."
        )
    return ImageFolder(
        root, tuple(paths), np.asarray(labels, np.int64), tuple(class_names), dict(sorted(ignored.items())),
        spelt.told("folders"),
    )  # fmt: skip


def from_root(name: str, root: Path) -> str:
    """Return a path as it reads from the data folder: with slashes, and without that folder's own path.

    Example:
        >>> from_root("photos\\\\cat\\\\1.jpg", Path("photos")), from_root("./cat/1.jpg", Path("photos"))
        ('cat/1.jpg', 'cat/1.jpg')
    """
    path = PurePosixPath(name.replace("\\", "/"))
    for start in (root, root.resolve()):
        if path.is_relative_to(start.as_posix()):
            return path.relative_to(start.as_posix()).as_posix()
    return path.as_posix()


def _ignored_text(ignored: Counter[str]) -> str:
    return ", ".join(f"{count} {ending}" for ending, count in sorted(ignored.items()))
