"""save_gif: frames as one small GIF."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from convolens.analysis.arithmetic.panels import GRID, INK, MARK, PALE, WINDOW
from convolens.checkpoints.atomic import atomic_path

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
    indexed = [page.quantize(palette=palette, dither=Image.Dither.NONE) for page in pages]
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


def _palette(sample: Image.Image) -> Image.Image:
    """Return an image with the palette of a sample, and the colours that must not be lost exactly."""
    found = (
        sample.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).getpalette()
        or []
    )
    colours = [tuple(found[start : start + 3]) for start in range(0, 3 * _COLOURS, 3)]
    boxes = {_box(colour) for colour in _KEPT}
    chosen = [*_KEPT, *(colour for colour in colours if len(colour) == 3 and _box(colour) not in boxes)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in chosen for part in colour])
    return palette


def _box(colour: tuple[int, ...]) -> tuple[int, ...]:
    """Return what Pillow looks a colour up by: colours of one box of 4 x 4 x 4 become the same."""
    return tuple(part >> 2 for part in colour)


def _on_white(frame: Image.Image, size: tuple[int, int]) -> Image.Image:
    page = Image.new("RGB", size, "white")
    page.paste(frame, (0, 0))
    return page
