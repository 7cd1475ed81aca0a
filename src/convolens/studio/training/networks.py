"""The networks that the page offers, with what each is in a line and whether learnt weights are here."""

from functools import cache
from typing import Any

from convolens.applications import APPLICATIONS
from convolens.applications.weights.imagenet import IMAGENET
from convolens.applications.weights.installed_weights import is_installed


@cache
def networks() -> list[dict[str, Any]]:
    """Return the named networks: name, size of their input, a line, and whether they begin with learnt weights that are here.

    Example:
        >>> next(one["learnt"] for one in networks() if one["name"] == "shallow-vgg")
        False
    """
    return [
        {
            "name": name,
            "size": architecture.size,
            "summary": architecture.summary,
            "learnt": _is_here(name),
        }
        for name, architecture in APPLICATIONS.items()
    ]


def _is_here(name: str) -> bool:
    known = IMAGENET.get(name)
    return known is not None and known.installed is not None and is_installed(known.installed)
