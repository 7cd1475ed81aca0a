"""catalogue: every named architecture with what it costs, measured on networks without memory."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from convolens.analysis.cost.costs import cost
from convolens.applications import APPLICATIONS
from convolens.applications.weights.imagenet import IMAGENET
from convolens.applications.weights.installed_weights import is_installed


@dataclass(frozen=True)
class CatalogueEntry:
    """What one architecture is, as its function makes it by default.

    Attributes:
        name: what `--model` takes.
        size: rows and columns of the input, in pixels.
        classes: outputs.
        parameters: weights that training can change.
        multiply_accumulates: of one image.
        imagenet: whether there are ImageNet weights for it.
        installed: whether these are here already, in a package; None where no package carries them.
        install: the command that installs the package, where it is not here.
        summary: one line.
    """

    name: str
    size: int
    classes: int
    parameters: int
    multiply_accumulates: int
    imagenet: bool
    summary: str
    installed: bool | None = None
    install: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def catalogue(names: Iterable[str] | None = None) -> list[CatalogueEntry]:
    """Return an entry for each of the named architectures.

    Nothing is looked up: each network is built and run on torch's device "meta", where tensors have shapes and no values.

    Args:
        names: of the registry; None takes all of it in its order.

    Example:
        >>> [(entry.parameters, entry.multiply_accumulates) for entry in catalogue(["vgg16"])]
        [(138357544, 15470264320)]
    """
    import torch

    entries = []
    for name in APPLICATIONS if names is None else names:
        architecture = APPLICATIONS[name]
        with torch.device("meta"):
            model = architecture.build()
        found = cost(model, training=False)
        carried = IMAGENET[name].installed if name in IMAGENET else None
        here = None if carried is None else is_installed(carried)
        entries.append(
            CatalogueEntry(
                name=name,
                size=architecture.size,
                classes=model.output_shape[-1],
                parameters=found.parameters,
                multiply_accumulates=found.multiply_accumulates,
                imagenet=name in IMAGENET,
                summary=architecture.summary,
                installed=here,
                install=carried.install if carried is not None and not here else None,
            )
        )
    return entries
