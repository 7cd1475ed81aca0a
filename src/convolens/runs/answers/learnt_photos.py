"""Which photos the weights of a run have learnt from, in it or in the runs that it began with: told by content, wherever they lie."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from convolens.data.caching.content import content_hashes
from convolens.data.folders.folder import ImageFolder
from convolens.errors import ConvolensError
from convolens.files import plain_json
from convolens.runs.answers.run_photos import photos_of
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.folder.seen_photos import SeenPhotos
from convolens.runs.output.screen import Screen

_ITSELF, _JUDGED = "it learnt from", "it was validated on"


def seen_photos(run: RunFolder, which: str = "best") -> SeenPhotos:
    """Return the photos that weights of a run have seen; those for validation as learnt from where they were in the end.

    Of a run whose version did not note them they are looked for where they lay, and what it began with is not known.

    Args:
        run: its folder.
        which: "best" or "last", the weights.
    """
    seen = SeenPhotos.read(run.seen_photos) or SeenPhotos.of(*photos_of(run), before={})
    first_answer = _results(run).get("first_answer") or {}
    in_the_end = first_answer.get("best_learnt_all") or (which != "best" and run.held_out.is_file())
    if not in_the_end:
        return seen
    return replace(seen, learnt=seen.learnt | seen.validated, validated=frozenset())


def learnt_from(weights: Path | None, head: bool) -> dict[str, str]:
    """Return the photos that first weights have learnt from, by content, and the folder of the run in which they did.

    Args:
        weights: the file; only one in the checkpoints of a run is known.
        head: whether the last layer is taken over: of a first answer and of a probe nothing else has learnt.
    """
    file = Path() if weights is None else weights.resolve()
    checkpoints = next((folder for folder in file.parents if folder.name == "checkpoints"), None)
    if checkpoints is None:
        return {}
    run, which = RunFolder(checkpoints.parent), "best" if file.stem == "best" else "last"
    seen, results = seen_photos(run, which), _results(run)
    only_head = which == "best" and (results.get("best_epoch") == 0 or "learner" in results)
    own = seen.learnt if head or not only_head else ()
    return {**seen.before, **dict.fromkeys(own, str(run.path))}


def _results(run: RunFolder) -> Mapping[str, Any]:
    try:
        found = plain_json.read(run.results)
    except ConvolensError:  # it is not finished
        return {}
    return found if isinstance(found, Mapping) else {}


def warn_of_own_photos(run: RunFolder, photos: ImageFolder, screen: Screen, which: str = "best") -> None:
    """Say how many of the photos that a run is scored on are, byte for byte, those that it was made with.

    Args:
        run: its folder.
        photos: that it is scored on.
        screen: is warned.
        which: "best" or "last", the weights.
    """
    seen = seen_photos(run, which)
    how = dict.fromkeys(seen.validated, _JUDGED)
    how |= {content: f"{folder} learnt from" for content, folder in seen.before.items()}
    how |= dict.fromkeys(seen.learnt, _ITSELF)
    counts = Counter(how[content] for content in content_hashes(photos) if content in how)
    if not counts:
        return
    words = [one for one in dict.fromkeys([_ITSELF, _JUDGED, *counts]) if counts[one]]
    begun = "" if {*words} <= {_ITSELF, _JUDGED} else " or of what it began with"
    screen.warn(
        f"{counts.total():,} of {len(photos):,} photos are those of {run.path} itself{begun} "
        f"({', '.join(f'{counts[one]:,} {one}' for one in words)}): scores on them tell little of new photos."
    )


def warn_of_learnt(
    before: Mapping[str, str], photos: ImageFolder, screen: Screen, what: str, advice: str
) -> None:
    """Say how many of the photos that a new run is judged by its first weights have learnt from.

    Args:
        before: see `learnt_from`.
        photos: that it is judged by.
        screen: is warned.
        what: the photos are called.
        advice: what to do instead.
    """
    known = [before[content] for content in content_hashes(photos) if content in before]
    if known:
        screen.warn(
            f"{len(known):,} of {len(photos):,} {what} were learnt from by {' and '.join(sorted({*known}))}, with whose weights this run "
            f"begins: scores on them tell little of new photos; {advice}."
        )
