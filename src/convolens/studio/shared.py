"""Studio: what all pages share: the folders that are open, the news, the networks that are loaded."""

import copy
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from fastapi import Request

from convolens.studio.jobs.jobs import Jobs
from convolens.studio.records.feature_rows import FeatureRows
from convolens.studio.records.loaded_runs import Loaded, LoadedRuns
from convolens.studio.records.summaries import Summaries
from convolens.studio.workspace.dropped import Dropped
from convolens.studio.workspace.identity import path_of
from convolens.studio.workspace.kept import KeptOfPages
from convolens.studio.workspace.listing import Listing
from convolens.studio.workspace.news import News
from convolens.studio.workspace.workspace import Workspace

Room = TypeVar("Room")


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
        rows: features of photos, for the nearest ones and for suspect labels.

    Attributes:
        jobs: trainings and exports that were started here.
        listing: of the photos that are open.
    """

    workspace: Workspace
    news: News = field(default_factory=News)
    loaded: LoadedRuns = field(default_factory=LoadedRuns)
    summaries: Summaries = field(default_factory=Summaries)
    dropped: Dropped = field(default_factory=Dropped)
    kept: KeptOfPages = field(default_factory=KeptOfPages)
    rows: FeatureRows = field(default_factory=FeatureRows)
    listing: Listing = field(init=False)
    jobs: Jobs = field(init=False)
    _rooms: dict[Any, Any] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self.jobs = Jobs(self.workspace)
        self.listing = Listing(self.workspace)
        self.news.watches.append(self.listing.watch)

    def of_open_folder(self) -> "Studio":
        """Return this studio with the folder that is open now, which it keeps when another is opened: for work that lasts."""
        kept = copy.copy(self)
        kept.workspace = replace(self.workspace)
        kept.listing = self.listing.of(kept.workspace)
        return kept

    def room(self, kind: Callable[["Studio"], Room]) -> Room:
        """Return what a page keeps of the open folder between two questions: made by `kind(self.of_open_folder())` when it is asked for first.

        Example:
            >>> from pathlib import Path
            >>> class Queue:
            ...     def __init__(self, studio):
            ...         self.photos = []
            >>> studio = Studio(Workspace(None, Path("runs"), Path()))
            >>> studio.room(Queue) is studio.room(Queue)
            True
        """
        with self._lock:
            key = kind, self.workspace.photos
            if key not in self._rooms:
                self._rooms[key] = kind(self.of_open_folder())
            return cast(Room, self._rooms[key])

    def run(self, run: str) -> Loaded:
        """Return a run of the folder of runs by its id, with its network.

        Raises:
            ArgumentError, MissingFileError: no such run. CheckpointError: a damaged one.
        """
        return self.loaded.get(path_of(run, self.workspace.runs))

    def tell_work(self, page: str, title: str, done: int, total: int) -> None:
        """Tell pages how far a piece of work is that one of them waits for."""
        self.news.tell("work", page=page, title=title, done=done, total=total)


def studio_of(request: Request) -> Studio:
    """Return the studio that a request is for: `Annotated[Studio, Depends(studio_of)]` in a route."""
    return cast(Studio, request.app.state.studio)
