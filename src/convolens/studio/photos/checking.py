"""Checking: `check` at work on the open folder in a thread, its progress told, its findings kept in a file."""

import hashlib
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from convolens.errors import BusyError, CancelledError, ConvolensError, DataError
from convolens.files import plain_json
from convolens.files.atomic import digest_of
from convolens.options.check import CheckOptions
from convolens.runs.photos.check import CheckResult, check
from convolens.studio.editing.edits import state_of
from convolens.studio.records.progress import telling
from convolens.studio.shared import Studio
from convolens.studio.workspace.identity import identity, shown
from convolens.studio.workspace.photos import Photos

NAME = "findings.json"
FORMAT = 3
MOST = 2000  # rows of each kind that are kept


@dataclass
class Checking:
    """The check of a studio: one at a time.

    Args:
        studio: whose photos are checked.
    """

    studio: Studio
    progress: dict[str, Any] | None = None
    problem: str | None = None
    _cancel: threading.Event = field(default_factory=threading.Event, repr=False)
    _thread: threading.Thread | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def running(self) -> bool:
        """Whether a check is at work."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin a check.

        Raises:
            BusyError: one is at work. MissingFileError, DataError: the folder.
        """
        with self._lock:
            if self.running:
                raise BusyError("the photos are being checked already; wait, or cancel that.")
            photos = self.studio.listing.photos()
            self.studio.workspace.make_state()
            self._cancel.clear()
            self.problem, self.progress = None, {"title": "looking", "done": 0, "total": 0}
            self._thread = threading.Thread(target=self._work, args=[photos], name="check", daemon=True)
            self._thread.start()

    def cancel(self) -> None:
        """Have the check end soon, where one is at work."""
        self._cancel.set()

    def _work(self, photos: Photos) -> None:
        screen = telling(self._tell, self._cancel)
        place = self.studio.workspace.state / NAME
        try:
            result = check(CheckOptions(data=photos.root), screen)
            plain_json.write_json(place, as_kept(result, photos))
        except CancelledError:
            self.problem = "The check was cancelled."
        except (ConvolensError, OSError, MemoryError) as error:
            self.problem = " ".join(str(error).split())
        except BaseException as error:
            self.problem = f"The check failed: {error!r}."
            raise
        finally:
            self.progress = None
            self.studio.news.tell("findings", running=False)

    def _tell(self, title: str, done: int, total: int) -> None:
        self.progress = {"title": title, "done": done, "total": total}
        self.studio.news.tell("findings", running=True, **self.progress)


def as_kept(result: CheckResult, photos: Photos) -> dict[str, Any]:
    """Return what is kept of a check: paths from the open folder, the first `MOST` rows of each kind.

    Args:
        result: of the check.
        photos: that were there when it began.
    """
    found = result.found
    values = result.as_dict()
    before = os.path.relpath(found.photos.images.root, photos.root)  # "train", where that is all there is

    def photo(name: str) -> dict[str, Any]:
        path = os.path.normpath(os.path.join(before, name))
        return {"photo": identity(path), "path": shown(path), "state": state(photos.root, path)}

    def one(row: dict[str, Any]) -> dict[str, Any]:
        return {key: shown(value) if isinstance(value, str) else value for key, value in row.items()} | photo(
            row["path"]
        )

    def pair(row: dict[str, Any]) -> dict[str, Any]:
        both = [
            photo(row[f"path_{n}"]) | {key: shown(row[f"{key}_{n}"]) for key in ("part", "class")}
            for n in (1, 2)
        ]
        return {"photos": both, "kind": row["kind"], "similarity": row["similarity"]}

    smooth = [found.photos.where(int(place)) for place in found.duplicates.smooth[:MOST]]
    pairs = values["duplicates"]
    plain = [row for row in pairs if row["part_1"] == row["part_2"] and row["class_1"] == row["class_2"]]
    suspects = values.get("label_errors")
    kept: dict[str, list[dict[str, Any]]] = {
        "broken": [one(row) for row in values["broken"][:MOST]],
        "conflicts": [pair(row) for row in values["conflicts"][:MOST]],
        "leaks": [pair(row) for row in values["leaks"][:MOST]],
        "duplicates": [pair(row) for row in plain[:MOST]],
        "label_errors": [
            one(row) | {"sha256": _content(photos.root, before, row["path"])}
            for row in (suspects or [])[:MOST]
        ],
        "blank": [one(row) for row in smooth],
    }
    counts = {
        "broken": len(values["broken"]), "conflicts": len(values["conflicts"]), "leaks": len(values["leaks"]),
        "duplicates": len(plain), "label_errors": len(suspects or ()), "blank": len(found.duplicates.smooth),
    }  # fmt: skip
    share = values.get("labels_confirmed")
    lines = [*values["balance"], *([values["blank"]] if values["blank"] else []), *found.leaked()]
    if suspects is None:
        lines.append(
            "Photos that are probably mislabelled were not looked for: there are too few or too small photos, or no learnt network for them."
        )
    elif suspects and share is not None and share < 0.9:
        lines.append(
            f"The learnt network confirms {share:.0%} of the labels: it knows these classes badly, and many of the suspects are right."
        )
    return {
        "format": FORMAT,
        "time": time.strftime("%Y-%m-%d %H:%M"),
        "photos": values["photos"],
        "of": signature(photos),
        "features": values["features"],
        "lines": list(map(shown, lines)),
        "counts": counts,
        **kept,
    }


def _content(root: Path, before: str, name: str) -> str | None:
    """Return the SHA-256 of a photo, by which labels are kept; None where it is gone meanwhile."""
    try:
        return digest_of(root / before / name)
    except OSError:
        return None


def state(root: Path, path: str) -> list[Any] | None:
    """Return what tells whether a photo was changed since; None where it is gone.

    Args:
        root: of the folder.
        path: from there.
    """
    try:
        return list(state_of(root / path))
    except DataError:
        return None


def signature(photos: Photos) -> str:
    """Return what is another text where other photos are there, or in other classes."""
    digest = hashlib.sha256()
    for folder in photos.folders:
        digest.update("\0".join(folder.photos).encode("utf-8", "surrogateescape") + b"\1")
    return digest.hexdigest()[:32]


def read_kept(place: Path) -> dict[str, Any] | None:
    """Return what was kept; None where nothing was, or it is damaged: checking again mends that."""
    try:
        kept = plain_json.read(place)
    except ConvolensError:
        return None
    return kept if isinstance(kept, dict) and kept.get("format") == FORMAT else None
