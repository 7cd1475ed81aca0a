"""What the pictures share: a figure without pyplot's global state, short names, and PNG files that are whole."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from convolens.errors import ArgumentError
from convolens.files.atomic import atomic_path, write_error

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def new_figure(width: float, height: float, dots_per_inch: int = 100) -> "Figure":
    """Return an empty figure of a size in inches, with a canvas that draws pixels.

    Example:
        >>> new_figure(4, 3).get_size_inches().tolist()
        [4.0, 3.0]
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=dots_per_inch, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: "Figure", path: str | PathLike[str] | None) -> None:
    """Write a figure of `new_figure` as PNG; None writes nothing."""
    write_picture(path, lambda temporary: paint(figure, temporary))


def paint(figure: "Figure", path: Path) -> None:
    """Paint a figure of `new_figure` into a PNG file, once; `Figure.savefig` does so twice, for the same bytes."""
    with boxes_for_unknown_letters():
        figure.canvas.print_png(path, metadata={"Software": None})  # type: ignore[attr-defined]


@contextmanager
def boxes_for_unknown_letters() -> Iterator[None]:
    """Let matplotlib draw letters of a script that its font lacks as boxes, without a warning for each."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def check_picture(path: str | PathLike[str], ending: str = ".png") -> Path:
    """Return the path of a picture, before the work that draws it.

    Raises:
        ArgumentError: a file name that does not end in `ending`.

    Example:
        >>> check_picture("sheet.png").name
        'sheet.png'
    """
    path = Path(path)
    if path.suffix.casefold() != ending:
        form = ending[1:].upper()
        raise ArgumentError(
            f"{path}: pictures are written as {form}; give a file name that ends in {ending}."
        )
    return path


def write_picture(
    path: str | PathLike[str] | None, write: Callable[[Path], None], ending: str = ".png"
) -> None:
    """Have `write` fill a temporary file that then becomes `path`; parent folders are made, None does nothing.

    Raises:
        ArgumentError: a file name that does not end in `ending`. WriteError: it cannot be written.
    """
    if path is None:
        return
    path = check_picture(path, ending)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(error, path) from error
    with atomic_path(path) as temporary:
        write(temporary)


def shorten(name: str, longest: int) -> str:
    """Return a name of at most `longest` characters, what is left out in the middle shown as an ellipsis.

    Example:
        >>> shorten("airplane", 8), shorten("n02123045_tabby_cat", 9)
        ('airplane', 'n021…_cat')
    """
    if len(name) <= longest:
        return name
    head = longest // 2
    return name[:head] + "…" + name[len(name) - (longest - head - 1) :]
