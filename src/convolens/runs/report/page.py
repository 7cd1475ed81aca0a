"""report.html: the whole run on one self-contained page."""

import base64
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convolens.data.prepared import Prepared
from convolens.files.atomic import atomic_path
from convolens.runs.folder.environment import environment
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.settings.options import Settings

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


def picture_data(path: Path) -> str | None:
    """Return a PNG as a data URL, so that the page needs no other file."""
    if not path.is_file():
        return None
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode()


def with_code(text: str) -> "Markup":
    """Return a text as HTML: escaped, and what stands between back-ticks as code.

    Example:
        >>> print(with_code("`convolens resume <run>` learns longer"))
        <code>convolens resume &lt;run&gt;</code> learns longer
    """
    from markupsafe import Markup, escape

    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))


@cache
def templates() -> "Environment":
    """Return what compiles the pages of `templates/`, each once in a process."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("convolens.runs.report", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = with_code
    return environment


def page_of(template: str, **values: Any) -> str:
    """Return a page of `templates/`, filled."""
    return templates().get_template(template).render(**values)


def write_page(path: Path, template: str, **values: Any) -> None:
    """Write a page of `templates/`, filled, whole or not at all.

    Raises:
        WriteError: the file cannot be written.
    """
    page = page_of(template, **values)
    with atomic_path(path) as temporary:
        temporary.write_text(page, encoding="utf-8", errors="replace")  # a file's name may be no UTF-8


def write_report(
    folder: RunFolder,
    settings: Settings,
    prepared: Prepared,
    drawn: Mapping[str, str],
    history: list[dict[str, float]],
    outcome: dict[str, Any],
) -> None:
    """Write the page.

    Args:
        folder: of the run, its pictures drawn.
        settings, prepared: what was asked and what was there.
        drawn: title and file of pictures in the folder, beside curves and first batch; one may not be there.
        history: a dict an epoch.
        outcome: `Outcome.as_dict()`.

    Raises:
        WriteError: the file cannot be written.
    """
    pictures = {
        "Loss and accuracy": picture_data(folder.curves),
        **{title: picture_data(folder.path / file) for title, file in drawn.items()},
        "First batch": picture_data(folder.first_batch),
    }
    write_page(
        folder.report,
        "report.html",
        name=folder.path.name,
        settings=settings.as_table(),
        augmentation=settings.augmentation.describe() or ["none"],
        prepared=prepared,
        counts=list(
            zip(
                prepared.class_names,
                prepared.training.folder.counts().tolist(),
                prepared.validation.folder.counts().tolist(),
                strict=True,
            )
        ),
        history=history,
        outcome=outcome,
        pictures={title: data for title, data in pictures.items() if data},
        environment=environment(settings.device),
    )
