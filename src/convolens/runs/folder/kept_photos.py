"""Some validation photos that a run keeps, as small as its network sees them: an export is asked on them where the others are gone."""

from pathlib import Path

import numpy as np
from PIL import Image

from convolens.files.atomic import atomic_path, write_error
from convolens.pixel_rows import PixelRows
from convolens.runs.folder.run_folder import RunFolder

KEPT = 16
_NAMES = "[0-9][0-9].png"  # not what a writer that was killed has left, which begins with a dot


def keep_photos(folder: RunFolder, pixels: PixelRows) -> None:
    """Write some photos, evenly taken, as PNG; those of an earlier end are written over.

    Args:
        folder: of the run.
        pixels: of its validation photos, uint8 (n, rows, columns, channels).

    Raises:
        WriteError: the folder cannot be written.
    """
    chosen = np.unique(np.linspace(0, len(pixels) - 1, KEPT).round().astype(int))
    try:
        folder.kept_photos.mkdir(exist_ok=True)
    except OSError as error:
        raise write_error(error, folder.kept_photos) from error
    for number, photo in enumerate(pixels[chosen], start=1):
        with atomic_path(folder.kept_photos / f"{number:02d}.png") as temporary:
            Image.fromarray(photo[..., 0] if photo.shape[-1] == 1 else photo).save(temporary, "png")


def kept_photos(folder: RunFolder) -> list[Path]:
    """Return the photos that a run keeps, of a k-fold training those of its folds; none where an earlier version made it."""
    return sorted(folder.kept_photos.glob(_NAMES)) or sorted(folder.folds.glob(f"*/kept_photos/{_NAMES}"))
