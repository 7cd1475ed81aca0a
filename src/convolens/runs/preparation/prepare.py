"""From DATA to pixels: which folder is which, the split, the images decoded once."""

import hashlib
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np

from convolens.data.caching.content import content_hashes
from convolens.data.caching.fingerprint import fingerprint
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.data.decoding.sample_range import measure_samples
from convolens.data.decoding.samples import Samples
from convolens.data.folders.folder import ImageFolder, check_folder
from convolens.data.folders.layout import Layout, find_layout
from convolens.data.prepared import Part, Prepared, read_part
from convolens.data.splits.folds import folds_by_content
from convolens.data.splits.groups import read_groups, split_units
from convolens.data.splits.split import split_by_content
from convolens.errors import ArgumentError, DataError
from convolens.options.training import VALIDATION_SPLIT
from convolens.runs.output.screen import Screen
from convolens.runs.settings.options import Settings
from convolens.runs.tasks.task_of import task_of

Skipped = list[tuple[Path, str]]  # path and reason of what cannot be read
SAMPLE = 16  # photos of each side by whose pixels a change of the decoder is seen


def layout_of(settings: Settings) -> Layout:
    """Return which folder is which; with a table of labels there is but one.

    Raises:
        MissingFileError, DataError: those of `find_layout`.
    """
    if settings.labels is None:
        return find_layout(settings.data, validation_given=settings.validation is not None)
    root = check_folder(settings.data)
    return Layout(root, None, None, (f"photos: {root}",))


def photo_folders(settings: Settings) -> list[Path]:
    """Return the folder to learn from, and that to validate on where there is one.

    Raises:
        MissingFileError, DataError: those of `find_layout`.
    """
    layout = layout_of(settings)
    validation = settings.validation or layout.validation
    return [layout.train] if validation is None else [layout.train, validation]


def prepare(settings: Settings, screen: Screen, samples: Samples | None = None) -> Prepared:
    """Find the photos, split them, and read their pixels.

    Args:
        settings: of the run.
        screen: where bars go.
        samples: how values become bytes; None finds one rule for all photos of the folder to learn from.

    Raises:
        MissingFileError: a folder does not exist.
        DataError: no classes, one class only, an empty class, classes that do not match, no readable image,
            or an unreadable one where the settings are strict.
    """
    layout = layout_of(settings)
    check_folds(settings, layout)
    lines, task = list(layout.lines), task_of(settings)
    whole = task.list_photos(layout.train, settings.labels)
    check_classes(whole)
    lines.extend(whole.notes)
    ignored = dict(whole.ignored)
    samples = measure_samples(whole.paths) if samples is None else samples
    preprocessing = settings.shown(samples)
    validation_path = settings.validation or layout.validation
    if validation_path is not None:
        if settings.validation is not None:
            lines.append(f"validation: {validation_path}, as asked")
        if validation_path.resolve() == layout.train.resolve():
            raise DataError(
                f"{validation_path}: is the folder to learn from; photos that were learnt from tell nothing of new ones. "
                "Give other photos with --val, or none: then a part of these is kept for validation."
            )
        if settings.group_by is not None:
            lines.append("--group-by is not used: nothing is split where there is a folder for validation")
        if settings.validation_split != VALIDATION_SPLIT:
            lines.append("--val-split is not used: nothing is split where there is a folder for validation")
        others = task.list_labelled(validation_path, None, whole.class_names)
        lines.extend(f"validation: {note}" for note in others.notes)
        for ending, count in others.ignored.items():
            ignored[ending] = ignored.get(ending, 0) + count
        (training, validation), skipped = _read_sides(whole, others, preprocessing, screen)
    else:
        (training, validation), skipped, line = _split_and_read(whole, settings, preprocessing, screen)
        lines.append(line)
    if skipped and settings.strict:
        first = "; ".join(f"{path}: {reason.rstrip('.')}" for path, reason in skipped[:3])
        raise DataError(
            f"{len(skipped)} unreadable image{'s' * (len(skipped) != 1)} and --strict: {first}. "
            "Repair or remove them, or train without --strict."
        )
    _check_sides(training, validation)
    task.check_validation(validation)
    apart = validation_path is not None
    return Prepared(
        class_names=whole.class_names,
        training=training,
        validation=validation,
        lines=tuple(lines),
        skipped=tuple(skipped),
        ignored=ignored,
        samples=samples,
        fingerprint=fingerprint(training.folder, validation.folder),
        decoded=_decoded(training, validation),
        validation_apart=apart,
        on_both_sides=_on_both_sides(training, validation) if apart else 0,  # a split leaves none
    )


def _on_both_sides(training: Part, validation: Part) -> int:
    learnt = set(content_hashes(training.folder))
    return sum(content in learnt for content in content_hashes(validation.folder))


def list_sides(settings: Settings, broken: Collection[Path] = ()) -> list[ImageFolder]:
    """Return the photos to learn from and those to validate on, not decoded; of all folds together the first alone.

    Args:
        settings: of a run.
        broken: photos that cannot be read, resolved.

    Raises:
        ConvolensError: those of `prepare`.
    """
    layout, task = layout_of(settings), task_of(settings)
    validation = settings.validation or layout.validation

    def without_broken(folder: ImageFolder) -> ImageFolder:
        return folder.subset([i for i, path in enumerate(folder.paths) if path.resolve() not in broken])

    whole = without_broken(task.list_photos(layout.train, settings.labels))
    if validation is not None:
        return [whole, without_broken(task.list_labelled(validation, None, whole.class_names))]
    if settings.kfold is not None and settings.fold is None:
        return [whole]
    return list(_split(whole, settings)[0])


def resized(prepared: Prepared, settings: Settings, size: tuple[int, int], screen: Screen) -> Prepared:
    """Return the same photos at another size, (rows, columns) in pixels."""
    if prepared.training.pixels.shape[1:3] == size:
        return prepared
    smaller = replace(settings, size=size).shown(prepared.samples)
    title = f"reading photos at {size[0]} pixels"
    training, validation = (
        _read(part.folder, smaller, screen, title)[0] for part in (prepared.training, prepared.validation)
    )
    return replace(prepared, training=training, validation=validation)


def check_folds(settings: Settings, layout: Layout) -> None:
    """Raise where photos are to be parted into folds, and others are there to validate on.

    Raises:
        ArgumentError: `validation` is given. DataError: the data holds a folder for validation.
    """
    if settings.kfold is None:
        return
    if settings.validation is not None:
        raise ArgumentError(
            f"train: --kfold parts the photos of {settings.data} itself, so those of --val {settings.validation} would not be "
            "used; leave one of the two out, and score the result on others by `convolens evaluate`."
        )
    if layout.validation is not None:
        raise DataError(
            f"{settings.data}: holds {layout.validation.name} for validation, whose photos --kfold would not use; give the folder to "
            f"learn from alone, {layout.train} say, or leave --kfold out."
        )


def check_classes(folder: ImageFolder) -> None:
    """Raise `DataError` where there is one class only, or class names that no other machine can keep as they are."""
    if len(folder.class_names) < 2:
        raise DataError(
            f"{folder.root}: only one class, {folder.class_names[0]!r}; a classifier needs at least two class folders."
        )
    for name in folder.class_names:
        try:
            name.encode()
            foreign = "\\" in name
        except UnicodeEncodeError:
            foreign = True
        if foreign:
            raise DataError(
                f"{folder.root}: {name!r} cannot be the name of a class: it holds a backslash, or bytes that are not UTF-8; "
                "rename the folder."
            )


def _split_and_read(
    whole: ImageFolder, settings: Settings, preprocessing: Preprocessing, screen: Screen
) -> tuple[tuple[Part, Part], Skipped, str]:
    """Part photos and read both sides; return these, what cannot be read, and a line on how they were parted.

    What a split promises holds for photos that can be read, and which these are is known once they were decoded: where some
    cannot be, the others are parted anew.
    """
    if settings.kfold is not None:  # all were decoded before, by `several.kfold`
        readable, skipped = read_all(whole, preprocessing, screen)
        sides, line = _split(readable.folder, settings)
        return _read_sides(*sides, preprocessing, screen)[0], skipped, line
    sides, line = _split(whole, settings)
    parts = None
    try:
        parts, skipped = _read_sides(*sides, preprocessing, screen)
    except DataError:  # one side has no photo that can be read
        skipped = read_all(whole, preprocessing, screen)[1]
    if parts is not None and not skipped:
        return parts, skipped, line
    broken = {path for path, _ in skipped}
    kept = [place for place, path in enumerate(whole.paths) if path not in broken]
    sides, line = _split(whole.subset(kept), settings)
    if parts is None or parts[1].folder.relative_paths != sides[1].relative_paths:
        parts, _ = _read_sides(*sides, preprocessing, screen)
    return parts, skipped, line


def _split(whole: ImageFolder, settings: Settings) -> tuple[tuple[ImageFolder, ImageFolder], str]:
    """Return the photos of both sides, and a line on how they were parted."""
    groups = _groups(whole, settings)
    whole_groups = "" if groups is None else f"; {len(np.unique(groups))} groups stay whole"
    if settings.kfold is not None:
        if settings.fold is None:
            raise ArgumentError(
                f"train: kfold {settings.kfold} and no fold; `runs.kfold` trains all of them."
            )
        share, stays = f"fold {settings.fold} of {settings.kfold}", ""
        in_fold = fold_of_each(whole, settings) == settings.fold
        train, validation = np.flatnonzero(~in_fold), np.flatnonzero(in_fold)
    else:
        share, stays = f"{settings.validation_split:.0%} of the photos", "a photo never changes sides, "
        train, validation = split_by_content(whole, settings.validation_split, groups)
    line = (
        f"validation: {share} by content, class by class{whole_groups}; {stays}identical ones stay together"
    )
    return (whole.subset(train), whole.subset(validation)), line


def _groups(whole: ImageFolder, settings: Settings) -> np.ndarray | None:
    return None if settings.group_by is None else read_groups(settings.group_by, whole)


def units_of_sides(settings: Settings, prepared: Prepared) -> list[str]:
    """Return what the photos that stay together have in common, those of the training first; see `data.splits.groups.split_units`."""
    one, other = prepared.training.folder, prepared.validation.folder
    if settings.group_by is None or prepared.validation_apart:
        return [*content_hashes(one), *content_hashes(other)]
    whole = replace(
        one,
        relative_paths=(*one.relative_paths, *other.relative_paths),
        labels=np.concatenate([one.labels, other.labels]),
    )
    return split_units(content_hashes(whole), _groups(whole, settings))


def fold_of_each(whole: ImageFolder, settings: Settings) -> np.ndarray:
    """Return the fold of each photo, from 1, int64 (n,); see `data.folds_by_content`.

    Raises:
        ArgumentError: no kfold. ConvolensError: those of `folds_by_content` and `read_groups`.
    """
    if settings.kfold is None:
        raise ArgumentError("train: kfold is not given; into how many folds are the photos to be parted?")
    return folds_by_content(whole, settings.kfold, _groups(whole, settings)) + 1


def read_all(whole: ImageFolder, preprocessing: Preprocessing, screen: Screen) -> tuple[Part, Skipped]:
    """Return the photos of both sides that can be read, and path and reason of the others.

    Raises:
        DataError: not one can be read.
    """
    return _read(whole, preprocessing, screen, "reading photos")


def _read_sides(
    training: ImageFolder, validation: ImageFolder, preprocessing: Preprocessing, screen: Screen
) -> tuple[tuple[Part, Part], Skipped]:
    one, skipped = _read(training, preprocessing, screen, "reading training photos")
    other, more = _read(validation, preprocessing, screen, "reading validation photos")
    return (one, other), skipped + more


def _read(
    folder: ImageFolder, preprocessing: Preprocessing, screen: Screen, title: str
) -> tuple[Part, Skipped]:
    with screen.progress(title) as advance:
        part, pixels = read_part(folder, preprocessing, advance)
    return part, list(pixels.skipped)


def _check_sides(training: Part, validation: Part) -> None:
    names, counts = training.folder.class_names, training.folder.counts()
    empty = [name for name, count in zip(names, counts, strict=True) if count == 0]
    if empty:
        raise DataError(
            f"no readable training photo of class {', '.join(repr(name) for name in empty)}; "
            "add photos, or remove the folder."
        )
    if len(validation) == 0:
        raise DataError("no validation photo; raise --val-split, or give --val DIR with photos.")


def _decoded(*parts: Part) -> str:
    digest = hashlib.sha256()
    for part in parts:
        places = np.linspace(0, len(part) - 1, min(SAMPLE, len(part))).astype(np.int64)
        digest.update(part.pixels[places].tobytes())
    return digest.hexdigest()
