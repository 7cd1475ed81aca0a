"""Figures by matplotlib's objects: no pyplot, no window, no global state."""

from pathlib import Path
from typing import Any

from convolens.checkpoints.atomic import atomic_path, explain


def new_figure(width: float, height: float) -> Any:
    """Return an empty matplotlib figure of a size in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save(figure: Any, path: str | Path | None, dots_per_inch: int = 120) -> None:
    """Write a figure as PNG, whole or not at all; its folder is made. None writes nothing.

    Raises:
        WriteError: the file cannot be written.
    """
    if path is None:
        return
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain(error, path) from error
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format="png", dpi=dots_per_inch, facecolor="white")
