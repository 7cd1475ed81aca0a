"""Which photos a run is about, with their labels: one class each by folder, or several labels by a table or by equal files."""

from pathlib import Path

from convolens.data.folder import ImageFolder, check_folder, list_images
from convolens.data.label_table import read_label_table
from convolens.data.layout import Layout, find_layout
from convolens.data.multi_label import check_classes, in_several_classes, merge_identical
from convolens.runs.settings.options import Settings


def layout_of(settings: Settings) -> Layout:
    """Return which folder is which; with a table of labels there is but one.

    Raises:
        MissingFileError, DataError: those of `find_layout`.
    """
    if settings.labels is None:
        return find_layout(settings.data, validation_given=settings.validation is not None)
    root = check_folder(settings.data)
    return Layout(root, None, None, (f"photos: {root}",))


def list_photos(place: Path, settings: Settings, lines: list[str]) -> ImageFolder:
    """Return the photos to learn from.

    Args:
        place: the folder.
        settings: of the run.
        lines: takes what there is to say of the labels.

    Raises:
        MissingFileError, DataError: those of `list_images`, or of `read_label_table`; labels that nothing can be learnt from.
    """
    if settings.labels is not None:
        found = read_label_table(settings.labels, place)
        check_classes(found, str(settings.labels))
    else:
        listed = list_images(place)
        if not settings.multi_label:
            return listed
        found = merge_identical(listed)
        check_classes(found, str(place))
    lines.extend(found.notes)
    return found


def list_validation(place: Path, settings: Settings, class_names: tuple[str, ...]) -> ImageFolder:
    """Return the photos of a folder for validation, of the same classes."""
    found = list_images(place, class_names=class_names, allow_missing_classes=True)
    return merge_identical(found) if settings.multi_label else found


def tell_shared(folder: ImageFolder, lines: list[str]) -> None:
    """Say where photos lie in several class folders, of a run that takes one class a photo."""
    shared = in_several_classes(folder) if folder.labels.ndim == 1 else []
    if shared:
        lines.append(
            f"{len(shared):,} photos lie in several class folders ({' = '.join(shared[0][:3])}), and are learnt once as each; "
            "--multi-label makes each one photo with several labels"
        )
