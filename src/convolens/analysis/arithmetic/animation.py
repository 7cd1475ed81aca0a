"""save_gif: frames as one small GIF."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from convolens.analysis.arithmetic.panels import GRID, INK, MARK, PALE, WINDOW
from convolens.files.atomic import atomic_path

_COLOURS = 120
_KEPT = (MARK, GRID, PALE, INK, WINDOW, (255, 255, 255))  # few pixels, that must not be lost


def save_gif(frames: Sequence[Image.Image], path: Path, milliseconds: int, last: int = 3000) -> None:
    """Write frames as a GIF that repeats; frames of different sizes lie on white, at the top left.

    All frames share one palette and are not dithered, so what does not change from frame to frame takes no room.

    Args:
        frames: RGB, at least one.
        path: the file.
        milliseconds: of each frame.
        last: milliseconds of the last one.

    Raises:
        WriteError: it cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_gif([Image.new("RGB", (8, 8), c) for c in ("red", "blue")], Path(folder) / "a.gif", 100)
        ...     with Image.open(Path(folder) / "a.gif") as read:
        ...         read.n_frames
        2
    """
    size = (max(frame.width for frame in frames), max(frame.height for frame in frames))
    pages = [_on_white(frame, size) for frame in frames]
    chosen = sorted({round(place) for place in np.linspace(0, len(pages) - 1, 5)})
    sample = Image.new("RGB", (size[0], size[1] * len(chosen)))
    for row, place in enumerate(chosen):
        sample.paste(pages[place], (0, row * size[1]))
    palette = _palette(sample)
    indexed = [_nearest(page, palette) for page in pages]
    durations = [milliseconds] * (len(indexed) - 1) + [last]
    with atomic_path(path) as temporary:
        indexed[0].save(
            temporary,
            "gif",
            save_all=True,
            append_images=indexed[1:],
            duration=durations,
            loop=0,
            optimize=True,  # what did not change becomes transparent
            disposal=1,
        )


def _palette(sample: Image.Image) -> np.ndarray:
    """Return the colours (n, 3) of a sample, and those that must not be lost."""
    found = sample.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).getpalette()
    return np.concatenate([np.array(_KEPT), np.array(found or []).reshape(-1, 3)[:_COLOURS]])


def _nearest(page: Image.Image, palette: np.ndarray) -> Image.Image:
    """Return a page in the nearest colours; Pillow's own search is not exact, and makes white a pale grey."""
    pixels = np.asarray(page).astype(np.int64)  # (rows, columns, 3)
    packed = (pixels << np.array([16, 8, 0])).sum(axis=2)
    found, places = np.unique(packed, return_inverse=True)
    colours = (found[:, np.newaxis] >> np.array([16, 8, 0])) & 255  # (found, 3)
    distances = ((colours[:, np.newaxis] - palette[np.newaxis]) ** 2).sum(axis=2)  # (found, palette)
    image = Image.fromarray(distances.argmin(axis=1).astype(np.uint8)[places].reshape(packed.shape))
    image.putpalette(palette.astype(np.uint8).tobytes())
    return image


def _on_white(frame: Image.Image, size: tuple[int, int]) -> Image.Image:
    page = Image.new("RGB", size, "white")
    page.paste(frame, (0, 0))
    return page
