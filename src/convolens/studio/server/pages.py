"""The pages: a template and a module of JavaScript each; what they show they ask for."""

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader

from convolens import __version__
from convolens.studio.photos.routes import first_photos
from convolens.studio.server.opened import folder_id
from convolens.studio.server.site import site
from convolens.studio.shared import Studio, studio_of
from convolens.studio.workspace.identity import shown


class Page(NamedTuple):
    """A page: its address, its name in the navigation, and what it is for in one line."""

    path: str
    title: str
    purpose: str


PAGES = (
    Page("photos", "Photos", "Your classes and photos, and what is wrong with them."),
    Page("train", "Train", "Train a network, and watch it learn."),
    Page("mistakes", "Mistakes", "What a run gets wrong, why, and what to do about it."),
    Page("try", "Try", "Show a run photos that it has never seen."),
    Page("label", "Label next", "The photos without a label that a run would learn most from."),
    Page("inside", "Inside", "What each layer of a network makes of a photo."),
    Page("convolve", "Convolve", "A convolution, step by step, on your own photo."),
    Page("augment", "Augment", "Variations of a photo, as a training sees them."),
    Page("compare", "Compare", "Runs beside each other: what they cost, and where they differ."),
    Page("export", "Take away", "A run as a file for other programs, checked before it is there."),
    Page("lecture", "Lecture", "How a convolutional network works, in ten pages."),
)
# What a page asks for first, sent with it; None where it has to ask.
FIRST: dict[str, Callable[[Studio], dict[str, Any] | None]] = {"photos": first_photos}
router = APIRouter(include_in_schema=False)
_templates = Environment(
    loader=PackageLoader("convolens.studio", "site/templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@router.get("/")
def first(studio: Annotated[Studio, Depends(studio_of)], other: str | None = None) -> HTMLResponse:
    """Show the first page: Photos; with `?other`, what else can be opened."""
    return shown_page(PAGES[0], studio, beginning=other is not None)


@router.get("/favicon.ico")
def icon() -> HTMLResponse:
    """Return the icon."""
    return HTMLResponse(
        site().contents["icon.svg"],
        media_type="image/svg+xml",
        headers={"cache-control": "private, max-age=86400"},
    )


@router.get("/{name}")
def page(name: str, studio: Annotated[Studio, Depends(studio_of)]) -> HTMLResponse:
    """Show a page by its name."""
    for one in PAGES:
        if one.path == name:
            return shown_page(one, studio)
    raise HTTPException(
        404, f"there is no page {name!r}; the pages are {', '.join(one.path for one in PAGES)}."
    )


def shown_page(page: Page, studio: Studio, beginning: bool = False, **values: Any) -> HTMLResponse:
    """Return a page as its template draws it.

    Args:
        page: which.
        studio: whose folder it names.
        beginning: as where no folder is open.
        values: of the template.
    """
    folder = None if beginning else studio.workspace.photos
    own = f"pages/{page.path}.js"
    scripts = ["shell.js", *([own] if own in site().contents else [])]
    text = _templates.get_template(f"{page.path}.html").render(
        page=page,
        pages=PAGES,
        version=__version__,
        folder=None if folder is None else shown(folder),
        folder_id=None if folder is None else folder_id(studio),
        first=FIRST[page.path](studio) if folder is not None and page.path in FIRST else None,
        static=site().base,
        scripts=scripts,
        modules=site().modules(*scripts),
        **values,
    )
    return HTMLResponse(text)
