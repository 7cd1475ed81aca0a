"""The pictures of `convolve`: result.png, steps.gif, and for small maps one PNG a step."""

from functools import partial
from pathlib import Path

from convolens.analysis.arithmetic import Convolution, Pooling
from convolens.analysis.arithmetic.animation import save_gif
from convolens.analysis.arithmetic.frames import (
    convolution_frames,
    is_small,
    limit_of,
    pooling_frames,
)
from convolens.analysis.arithmetic.result_picture import plot_convolution
from convolens.analysis.charts.pictures import write_picture
from convolens.runs.output.screen import Advance

RESULT, STEPS = "result.png", "steps.gif"
_MOST_FRAMES, _OF_POOLING = 40, 12  # windows that are shown; of them the pooling's, where maps are large


def draw(
    folder: Path,
    convolution: Convolution,
    pooling: Pooling | None,
    is_image: bool,
    kernel_name: str,
    advance: Advance,
) -> list[str]:
    """Write the pictures into a folder and return what they are called, in few words.

    Args:
        folder: where; it exists.
        convolution, pooling: what to draw.
        is_image: True where the input is a photo's values, 0 to 255.
        kernel_name: a word for the kernel's title, left out where it is numbers.
        advance: is told how many pictures are drawn.

    Raises:
        WriteError: a file cannot be written.
    """
    small = is_small(convolution.padded, convolution.result)
    most = _MOST_FRAMES if small or pooling is None else _MOST_FRAMES - _OF_POOLING
    total = min(most, convolution.result[..., 0].size) + 1
    name = kernel_name if kernel_name[:1].isalpha() and len(kernel_name) <= 20 else ""
    plot_convolution(convolution, pooling, folder / RESULT, is_image, name)
    advance(1, total)
    frames = []
    for frame in convolution_frames(convolution, is_image, most):
        frames.append(frame)
        advance(len(frames) + 1, total)
    if pooling is not None:
        shown_as_image = is_image and not small
        frames += pooling_frames(
            pooling,
            limit_of(convolution, shown_as_image),
            _MOST_FRAMES if small else _OF_POOLING,
        )
    save_gif(frames, folder / STEPS, 1100 if len(frames) <= 24 else 650)
    names = [RESULT, STEPS]
    if small and len(frames) <= _MOST_FRAMES:
        digits = max(2, len(str(len(frames))))
        files = [f"steps-{place + 1:0{digits}d}.png" for place in range(len(frames))]
        for file, frame in zip(files, frames, strict=True):
            write_picture(folder / file, partial(frame.save, format="png", optimize=True))
        names.append(f"{files[0]} to {files[-1]}" if len(files) > 1 else files[0])
    return names
