"""Subject: the trained network that RUN or MODEL on the command line means, or the learnt one where none is named."""

import os
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from convolens.applications import APPLICATIONS, canonical_name, find_architecture, find_weights
from convolens.applications.architectures.timm_zoo import PREFIX as TIMM
from convolens.applications.weights.imagenet import IMAGENET
from convolens.applications.weights.installed_weights import WITHOUT
from convolens.applications.weights.pretrained import Pretrained
from convolens.arguments import did_you_mean, integer
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.errors import ArgumentError, DataError, ExtraMissingError, MissingFileError
from convolens.initializers import undrawn
from convolens.models import Model
from convolens.options.transfer import LEARNT
from convolens.runs.folder import model_file
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen

CARRIED = tuple(name for name, entry in IMAGENET.items() if entry.installed is not None)  # by packages
RANDOM = "random"
_OTHERS = "or name a RUN, or a MODEL with --weights"


@dataclass(frozen=True)
class Subject:
    """A network and what it must be shown.

    Attributes:
        model: with its weights.
        name: for people.
        architecture: its name.
        preprocessing: what its input must look like.
        weights: where they are from.
        file: that holds them; None where they are random.
    """

    model: Model
    name: str
    architecture: str
    preprocessing: Preprocessing
    weights: str
    file: Path | None = None


def named_architecture(subject: str) -> str | None:
    """Return the architecture that a RUN or MODEL names, as the registry spells it; None where it names none.

    A word that is spelt in another way than the registry does names an architecture only where no file or folder is called so.

    Args:
        subject: a run folder, a name in any spelling, or timm:NAME.

    Example:
        >>> named_architecture("ResNet18"), named_architecture("timm:resnet18"), named_architecture("runs/photos")
        ('resnet-18', 'timm:resnet18', None)
    """
    if subject.startswith(TIMM) or subject in APPLICATIONS:
        return subject
    known = canonical_name(subject)
    return known if known in APPLICATIONS and not Path(subject).exists() else None


def find_subject(
    where: str,
    subject: str | os.PathLike[str] | None,
    screen: Screen,
    select: str = "best",
    weights: str | None = None,
    size: int | None = None,
    device: str = "cpu",
) -> Subject:
    """Return the network of a run folder, of an application by its name, of timm (timm:NAME), or `LEARNT`.

    An architecture whose ImageNet weights a package carries has these where `weights` says nothing.

    Args:
        where: names the command in errors.
        subject: RUN or MODEL; None takes `LEARNT`, and the screen is told.
        screen: is warned of random weights.
        select: of a run: "best" or "last".
        weights: of a MODEL: "imagenet", a file or a run folder.
        size: rows and columns for a MODEL; None takes those of its weights, or its own.
        device: where the network is to be.

    Raises:
        MissingFileError: no such run and no such name; the nearest is offered. ArgumentError: options that do not fit.
        ExtraMissingError: the package of the weights is not installed. DataError: its file is another one.
        Others: those of `applications.find_weights` and of `model_file.load`.
    """
    unnamed = subject is None
    subject = LEARNT if subject is None else os.fspath(subject)
    named = LEARNT if unnamed else named_architecture(subject)
    if named is not None:
        network = subject_of_architecture(where, named, weights, size, device)
        if unnamed:
            learnt = "imagenet" if weights is None else weights
            screen.line(f"features: {named}, learnt from {learnt}; name a RUN or MODEL for others")
        if network.weights == RANDOM:
            screen.warn(
                f"{named}: without --weights its weights are random; give --weights imagenet, a file or a run."
            )
        return network
    if not Path(subject).exists() and "/" not in subject and "\\" not in subject:
        near = did_you_mean(subject, APPLICATIONS)
        raise MissingFileError(
            f"{where}: {subject!r} is no run folder and no architecture.{near} Give a run folder, timm:NAME, or one of "
            f"{', '.join(APPLICATIONS)}."
        )
    if weights is not None or size is not None:
        raise ArgumentError(f"{where}: --weights and --size are for an architecture; a run has its own.")
    folder = RunFolder.open(subject)
    trained = model_file.load(folder, folder.weights(select), device)
    return Subject(
        trained.model, str(folder.path), trained.name, trained.preprocessing, f"{select} of {folder.path}",
        folder.weights(select),
    )  # fmt: skip


def subject_of_architecture(
    where: str, name: str, weights: str | None = None, size: int | None = None, device: str = "cpu"
) -> Subject:
    """Return the network of a named architecture; with weights that a package carries where none are given.

    Args:
        where: names the command in errors.
        name: of the architecture, in any spelling.
        weights, size, device: as of `find_subject`, which says what is raised.
    """
    entry = find_architecture(where, name)
    found = _weights(where, weights, entry.name)
    side = integer(where, "--size", size or (found.size if found is not None and found.size else entry.size))
    with undrawn() if weights == "imagenet" else nullcontext():
        model = entry.build(input_shape=(side, side, 3), weights=found).to(device)
    resized = found.interpolation if found is not None else None
    preprocessing = Preprocessing((side, side), interpolation=resized or "bilinear")
    if found is None:
        return Subject(model, entry.name, entry.name, preprocessing, RANDOM)
    return Subject(model, entry.name, entry.name, preprocessing, found.title, found.path)


def _weights(where: str, weights: str | None, name: str) -> Pretrained | None:
    if weights is None and name in CARRIED:
        weights = "imagenet"
    try:
        return find_weights(where, weights, name)
    except (ExtraMissingError, DataError) as error:  # which tell of a training's flag
        if WITHOUT not in str(error):
            raise
        raise type(error)(f"{where}: {str(error).replace(WITHOUT, _OTHERS)}") from error
