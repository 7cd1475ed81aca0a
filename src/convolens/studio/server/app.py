"""The app: the pages and what they ask for, put together."""

from fastapi import Depends, FastAPI

from convolens import __version__
from convolens.studio.answers.routes import router as answers
from convolens.studio.augmenting.routes import router as augmenting
from convolens.studio.comparing.routes import router as comparing
from convolens.studio.convolving.routes import router as convolving
from convolens.studio.exporting.routes import router as exporting
from convolens.studio.inside.routes import router as inside
from convolens.studio.jobs.watching import JobWatch
from convolens.studio.labelling.routes import router as labelling
from convolens.studio.lecture.routes import router as lecture
from convolens.studio.mistakes.routes import router as mistakes
from convolens.studio.photos.adding_routes import router as adding
from convolens.studio.photos.beginning_routes import router as beginning
from convolens.studio.photos.checking_routes import router as checking
from convolens.studio.photos.routes import router as photos
from convolens.studio.pictures.chosen_routes import router as chosen
from convolens.studio.pictures.routes import router as pictures
from convolens.studio.server.errors import answer_errors
from convolens.studio.server.guard import Guard
from convolens.studio.server.live import router as live
from convolens.studio.server.opened import check_opened
from convolens.studio.server.pages import router as pages
from convolens.studio.server.reference import router as reference
from convolens.studio.server.site import site
from convolens.studio.shared import Studio
from convolens.studio.training.routes import router as runs
from convolens.studio.training.trainings import router as trainings
from convolens.studio.training.watching import RunWatch

# fmt: off
ROUTERS = (
    reference, pages, live, pictures, chosen, photos, adding, checking, beginning, labelling, runs, trainings, comparing, exporting, answers,
    mistakes, inside, convolving, augmenting, lecture,
)
# fmt: on


def make_app(studio: Studio, token: str, port: int, any_host: bool = False) -> FastAPI:
    """Return the app of a studio.

    Args:
        studio: whose folders it shows.
        token: that whoever asks has to know.
        port: of the server.
        any_host: see `Guard`.

    Example:
        >>> from pathlib import Path
        >>> from convolens.studio.workspace.workspace import Workspace
        >>> make_app(Studio(Workspace(None, Path("runs"), Path())), "secret", 8200).title
        'Convolens'
    """
    app = FastAPI(
        title="Convolens",
        version=__version__,
        description="What the pages of the studio ask; a program may ask it too, with `Authorization: Bearer TOKEN`.",
        docs_url=None,  # FastAPI's own page brings its scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/openapi.json",
        dependencies=[Depends(check_opened)],
    )
    app.state.studio = studio
    studio.news.watches += [JobWatch(studio.jobs), RunWatch(studio)]
    for router in ROUTERS:
        app.include_router(router)
    app.add_route("/static/{version}/{name:path}", site().answer)
    answer_errors(app)
    app.add_middleware(Guard, token=token, port=port, any_host=any_host)
    return app
