"""Studio: what all pages share: the folders that are open, the news, the networks that are loaded."""

from dataclasses import dataclass, field
from typing import cast

from fastapi import Request

from convolens.studio.records.loaded_runs import LoadedRuns
from convolens.studio.records.summaries import Summaries
from convolens.studio.workspace.dropped import Dropped
from convolens.studio.workspace.kept import KeptOfPages
from convolens.studio.workspace.news import News
from convolens.studio.workspace.workspace import Workspace


@dataclass
class Studio:
    """One studio.

    Args:
        workspace: the folders that are open.
        news: what pages hear of while they are open.
        loaded: networks of runs, kept for a while.
        summaries: of the runs, for lists.
        dropped: photos that were dropped to be looked at.
        kept: what pages have made and may ask for again.
    """

    workspace: Workspace
    news: News = field(default_factory=News)
    loaded: LoadedRuns = field(default_factory=LoadedRuns)
    summaries: Summaries = field(default_factory=Summaries)
    dropped: Dropped = field(default_factory=Dropped)
    kept: KeptOfPages = field(default_factory=KeptOfPages)


def studio_of(request: Request) -> Studio:
    """Return the studio that a request is for: `Annotated[Studio, Depends(studio_of)]` in a route."""
    return cast(Studio, request.app.state.studio)
