"""Networks: what Inside looks into: a run, or a named architecture with weights of a package or fresh ones."""

import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from convolens.applications import APPLICATIONS
from convolens.applications.weights.imagenet import IMAGENET
from convolens.applications.weights.installed_weights import is_installed
from convolens.arguments import look_up
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.errors import ArgumentError
from convolens.initializers import undrawn
from convolens.models import Model
from convolens.runs.answers.subject import CARRIED, subject_of_architecture
from convolens.studio.records.feature_rows import network_key
from convolens.studio.records.loaded_runs import Loaded
from convolens.studio.shared import Studio

KEPT = 2  # networks; VGG16 takes half a gigabyte
FRESH = "fresh"


@dataclass(frozen=True)
class Network:
    """A network that is looked into.

    Attributes:
        key: another one where its weights have changed.
        name: for people.
        model: with its weights.
        preprocessing: what its input must look like.
        weights: where they are from, in words.
        class_names: of a run; none of an architecture.
        lock: held by who computes: what a layer gives is heard by hooks, which hear everybody.
    """

    key: tuple[object, ...]
    name: str
    model: Model
    preprocessing: Preprocessing
    weights: str
    class_names: tuple[str, ...] = ()
    lock: AbstractContextManager[object] = field(default_factory=threading.Lock, repr=False, compare=False)


def list_architectures() -> list[dict[str, object]]:
    """Return the named architectures: {"name", "summary", "learnt": whether a package here has weights for it}."""
    return [
        {"name": name, "summary": entry.summary, "learnt": _is_learnt(name)}
        for name, entry in APPLICATIONS.items()
    ]


def find_network(studio: Studio, run: str | None, model: str | None, shapes_only: bool = False) -> Network:
    """Return a network, loaded once as long as it is looked into.

    Args:
        studio: whose runs are open.
        run: its id.
        model: a name of `APPLICATIONS`, where no run is given.
        shapes_only: leave fresh weights zero; drawing the 138 million of VGG16 takes seconds, and its shapes need none.

    Raises:
        MissingFileError, CheckpointError: no such run, or a damaged one. UnknownNameError: no such architecture.
        ArgumentError: neither.
    """
    kept = studio.kept.of("networks looked into", KEPT)
    if run:
        loaded = studio.run(run)
        key: tuple[object, ...] = network_key(loaded)
        return kept.get(key, lambda: _of_run(key, loaded))
    if not model:
        raise ArgumentError(f"inside: name a run, or an architecture: {', '.join(APPLICATIONS)}.")
    look_up("inside", "architecture", model, APPLICATIONS)
    key = ("architecture", model)
    if shapes_only and not _is_learnt(model):
        return studio.kept.of("networks without weights", 1).get(key, lambda: _undrawn(key, model))
    return kept.get(key, lambda: _of_architecture(key, model))


def _of_run(key: tuple[object, ...], loaded: Loaded) -> Network:
    trained = loaded.trained
    said = f"the best weights of {loaded.folder.path.name}"
    return Network(
        key, trained.name, trained.model, trained.preprocessing, said, trained.class_names, loaded.at_work
    )


def _of_architecture(key: tuple[object, ...], name: str) -> Network:
    if _is_learnt(name):
        found = subject_of_architecture("inside", name, "imagenet")
        return Network(key, name, found.model, found.preprocessing, "weights learnt from ImageNet")
    side = APPLICATIONS[name].size
    said = "fresh weights, drawn at random: it has learnt nothing yet"
    return Network(
        key, name, APPLICATIONS[name].build(input_shape=(side, side, 3)), Preprocessing((side, side)), said
    )


def _undrawn(key: tuple[object, ...], name: str) -> Network:
    with undrawn():
        return _of_architecture(key, name)


def _is_learnt(name: str) -> bool:
    carried = IMAGENET[name].installed if name in CARRIED else None
    return carried is not None and is_installed(carried)
