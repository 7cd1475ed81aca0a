"""Queue: the photos of a source, scored by a run in a thread, the most useful first."""

import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from convolens.data.folders.folder import ImageFolder
from convolens.errors import ConvolensError
from convolens.runs.answers.penultimate import penultimate
from convolens.runs.answers.reading import read_ahead
from convolens.runs.features.photo_rows import as_penultimate
from convolens.runs.folder.calibration_file import told
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.tasks.probabilities import probabilities
from convolens.studio.labelling.sources import Source
from convolens.studio.labelling.usefulness import entropy, margin, order
from convolens.studio.records.feature_rows import FeatureRows, rows_of_run
from convolens.studio.records.loaded_runs import Loaded
from convolens.studio.records.progress import Tell
from convolens.studio.shared import Studio
from convolens.studio.workspace.identity import identity, shown
from convolens.studio.workspace.photos import Photos

KNOWN = 2000  # labelled photos whose features are compared with, spread evenly
_MOST = 20_000  # photos that are scored
_LOOKING = "The run looks at the photos"
_PERIOD = 0.2  # seconds between two pieces of news


@dataclass(frozen=True)
class Scored:
    """A photo in the queue.

    Attributes:
        id: its identity from the source's place.
        name: of the file.
        proposal: the class that the run says; None without a run, or where the photo cannot be read.
        confidence: of it, in [0, 1], calibrated where the run is.
        next_best: the class after it.
        uncertainty, novelty: in [0, 1].
        why: in a few words, why it comes where it comes.
        problem: why it cannot be read.
    """

    id: str
    name: str
    proposal: str | None = None
    confidence: float = 0.0
    next_best: str | None = None
    uncertainty: float = 0.0
    novelty: float = 0.0
    why: str = ""
    problem: str | None = None


@dataclass
class Queues:
    """The queue of a studio: that which was asked for last.

    Args:
        studio: whose photos are labelled.
    """

    studio: Studio
    key: tuple[Any, ...] = ()
    asked: frozenset[tuple[str, str]] = frozenset()  # photos, and what changes with their files
    photos: list[Scored] = field(default_factory=list)
    progress: dict[str, Any] | None = None
    problem: str | None = None
    _thread: threading.Thread | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def ask(self, source: Source, run: Path | None, again: bool = False) -> None:
        """Have a source scored, unless it is already, or just now.

        Args:
            source: whose photos.
            run: its folder; None keeps the order of the names.
            again: score anew, because labels were given since.
        """
        with self._lock:
            key = source.id, run, None if run is None else _state(RunFolder(run).settings)
            fresh = {(identity(photo), _state(source.root / photo)) for photo in source.photos}
            same = key == self.key and not again
            if same and (self.progress is not None or fresh <= self.asked):
                return
            self.key, self.asked, self.problem, self.photos = key, frozenset(fresh), None, []
            self.progress = {"title": _LOOKING, "done": 0, "total": min(len(source.photos), _MOST)}
            self._thread = threading.Thread(
                target=self._work, args=[key, source, run], name="label", daemon=True
            )
            self._thread.start()

    def left(self, source: Source) -> list[Scored]:
        """Return the photos of the queue that are still there, in order."""
        there = {identity(photo) for photo in source.photos}
        return [photo for photo in self.photos if photo.id in there]

    def _work(self, key: tuple[Any, ...], source: Source, run: Path | None) -> None:
        scored: list[Scored] = []
        problem = None
        try:
            if run is None:
                scored = [Scored(identity(photo), shown(os.path.basename(photo))) for photo in source.photos]
            else:
                told_at = 0.0

                def tell(title: str, done: int, total: int) -> None:
                    nonlocal told_at
                    if self.key != key:
                        raise _OtherQueueError
                    self.progress = {"title": title, "done": done, "total": total}
                    if time.monotonic() - told_at > _PERIOD:
                        told_at = time.monotonic()
                        self.studio.news.tell("label", running=True, **self.progress)

                loaded = self.studio.loaded.get(run)
                scored = score(loaded, source, self.studio.listing.photos(), self.studio.rows, tell)
        except _OtherQueueError:
            return
        except (ConvolensError, OSError, MemoryError) as error:
            problem = " ".join(str(error).split())
        finally:
            with self._lock:
                if self.key == key:
                    self.photos, self.problem, self.progress = scored, problem, None
            self.studio.news.tell("label", running=False)


def _state(path: Path) -> str:
    """Return what changes with a file, and stays when it is moved away and back; "" where it is not there."""
    try:
        state = path.stat()
    except OSError:
        return ""
    return f"{state.st_size} {state.st_mtime_ns} {state.st_ino}"


class _OtherQueueError(Exception):
    """Another queue was asked for meanwhile."""


def score(
    loaded: Loaded,
    source: Source,
    labelled: Photos,
    kept: FeatureRows,
    tell: Tell = lambda title, done, total: None,
) -> list[Scored]:
    """Return the photos of a source in the order in which they are labelled best.

    Args:
        loaded: the run that is asked.
        source: whose photos.
        labelled: photos that have a label, whose features are compared with where the run keeps none of its own.
        kept: features that were computed before.
        tell: told what is done, and how much of it.

    Raises:
        ConvolensError: of the run.
    """
    trained, calibration = loaded.trained, loaded.calibration
    photos = source.photos[:_MOST]
    paths = [source.root / photo for photo in photos]
    places, broken = list[int](), dict[int, str]()
    chances, features = list[np.ndarray](), list[np.ndarray]()
    done = 0
    for batch, read in read_ahead(paths, trained.preprocessing):
        for number, pixels in enumerate(read, done):
            if isinstance(pixels, str):
                broken[number] = pixels
            else:
                places.append(number)
        good = [pixels for pixels in read if isinstance(pixels, np.ndarray)]
        if good:
            with loaded.at_work, penultimate(trained.model) as collected:
                chances.append(probabilities(trained.model, np.stack(good), trained.preprocessing))
                features.append(collected.array())
        done += len(batch)
        tell(_LOOKING, done, len(paths))
    names = [shown(name) for name in trained.class_names]
    scored: list[Scored] = []
    if places:
        said = told(np.concatenate(chances), calibration)
        uncertain = entropy(said, trained.multi_label)
        ranks, new = order(uncertain, np.concatenate(features), _known(loaded, labelled, kept, tell))
        gap = margin(said)
        for rank in ranks.tolist():
            best = np.argsort(-said[rank], kind="stable")[:2].tolist()
            photo = photos[places[rank]]
            scored.append(
                Scored(
                    identity(photo),
                    shown(os.path.basename(photo)),
                    proposal=names[best[0]],
                    confidence=float(said[rank, best[0]]),
                    next_best=names[best[1]] if len(best) > 1 else None,
                    uncertainty=float(uncertain[rank]),
                    novelty=float(new[rank]),
                    why=_why(float(uncertain[rank]), float(new[rank]), float(gap[rank]), names, best),
                )
            )
    scored += [
        Scored(
            identity(photos[number]),
            shown(os.path.basename(photos[number])),
            why="it cannot be read",
            problem=why,
        )
        for number, why in broken.items()
    ]
    return scored


def _known(loaded: Loaded, labelled: Photos, kept: FeatureRows, tell: Tell) -> np.ndarray:
    """Return features of photos that have a label: those that the run keeps for "unknown", else of some of the open folder."""
    calibration = loaded.calibration
    if calibration is not None and calibration.unknown is not None:
        return calibration.unknown.distance.features
    every = [photo for folder in labelled.folders for photo in folder.photos]
    places = np.unique(np.linspace(0, len(every) - 1, min(len(every), KNOWN)).astype(int))
    if not every:
        return np.zeros((0, 1), np.float32)
    chosen = ImageFolder(
        labelled.root,
        tuple(Path(every[place]) for place in places),
        np.zeros(len(places), np.int64),
        ("any",),
    )
    return as_penultimate(loaded.trained, rows_of_run(loaded, chosen, kept, tell).values)


def _why(uncertainty: float, novelty: float, gap: float, names: list[str], best: list[int]) -> str:
    if novelty > 0.6 and novelty > uncertainty:
        return "less like the labelled ones than the others are"
    if gap < 0.3 and len(best) > 1:
        return f"in doubt between {names[best[0]]} and {names[best[1]]}"
    if uncertainty > 0.5:
        return "in doubt"
    return "the run is rather sure"
