"""Layout: which folder is training, validation and test, under any of the names people use."""

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from convolens.data.folders.folder import check_folder, subfolders
from convolens.errors import DataError

NAMES = {
    "train": ("train", "training"),
    "validation": ("val", "valid", "validation"),
    "test": ("test", "testing"),
}
SIDES = frozenset(name for spellings in NAMES.values() for name in spellings)


@dataclass(frozen=True)
class Layout:
    """Where the photos of each part lie.

    Attributes:
        train: holds the class folders to learn from.
        validation: the same for validation, or None.
        test: the same for a last test, or None.
        lines: for people, which folder is which and why.
    """

    train: Path
    validation: Path | None
    test: Path | None
    lines: tuple[str, ...]


def find_layout(
    data: str | PathLike[str], *, to_train: bool = True, validation_given: bool = False
) -> Layout:
    """Return which folder of a data set is which.

    Args:
        data: a folder of class folders, or one that holds `train` with `val`, `valid` or `validation`, and
            perhaps `test`. A `train` folder without subfolders is a class (of trains).
        to_train: False lets `train` be missing; it is then the folder itself.
        validation_given: True leaves the folders for validation alone, since another was named.

    Raises:
        MissingFileError: no such folder.
        DataError: two folders for one part, or validation without training.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as data:
        ...     for part in ("train", "valid"):
        ...         Path(data, part, "cat").mkdir(parents=True)
        ...     find_layout(data).validation.name
        'valid'
    """
    root = check_folder(data)
    parts: dict[str, Path] = {}
    names = subfolders(root)
    for part, spellings in NAMES.items():
        found = [name for name in names if name.casefold() in spellings and subfolders(root / name)]
        if part == "validation" and validation_given:
            continue
        if len(found) > 1:
            raise DataError(
                f"{data}: holds {' and '.join(found)}, which both mean {part}; keep one, or name one with --val."
            )
        if found:
            parts[part] = root / found[0]
    if "train" not in parts:
        if parts and len(parts) == len(names) and not to_train:
            return Layout(root, parts.get("validation"), parts.get("test"), ())
        if parts and len(parts) == len(names):
            raise DataError(
                f"{data}: holds {', '.join(path.name for path in parts.values())} but no train folder; "
                "name the folder to learn from `train`, or give it as DATA."
            )
        return Layout(root, None, None, (f"training: {root} (its subfolders are the classes)",))
    rest = [name for name in names if root / name not in parts.values()]
    lines = [f"training: {parts['train']} (named {parts['train'].name!r})"]
    if "validation" in parts:
        lines.append(f"validation: {parts['validation']} (named {parts['validation'].name!r})")
    if "test" in parts:
        lines.append(
            f"test: {parts['test']} (left alone; score it with `convolens evaluate RUN {parts['test']}`)"
        )
    if rest:
        lines.append(f"not used: {', '.join(rest)}")
    return Layout(parts["train"], parts.get("validation"), parts.get("test"), tuple(lines))
