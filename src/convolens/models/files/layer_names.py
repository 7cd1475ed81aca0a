"""Layers' names as what their weights mean: so that a file is refused that fits a network by its shapes alone."""

import re
from collections.abc import Iterable
from pathlib import Path

from convolens.errors import CheckpointError
from convolens.layers import LAYERS
from convolens.naming import snake_case

Meaning = str | tuple[str, int]  # a name, or which of the layers that Keras itself named so

_AUTOMATIC = {snake_case(name) for name in LAYERS}

# How Keras 1 named layers of classes that have other names today.
_OLD_STEMS = {
    "convolution2d": "conv2d",
    "batchnormalization": "batch_normalization",
    "separableconvolution2d": "separable_conv2d",
    "separableconv2d": "separable_conv2d",
}


def stem_of(name: str) -> str:
    """Return what is left of a layer's name where nobody chose it: without its number, in today's words. A name that was chosen stays.

    Example:
        >>> stem_of("convolution2d_95"), stem_of("block1_conv1"), stem_of("features.0")
        ('conv2d', 'block1_conv1', 'features_0')
    """
    stem = re.sub(r"_\d+$", "", name)
    stem = _OLD_STEMS.get(stem, stem)
    return stem if stem in _AUTOMATIC else name.replace(".", "_")  # as Keras' files have it


def meanings(names: Iterable[str]) -> list[Meaning]:
    """Return names of layers so that equal ones mean the same layer of a network, whatever Keras numbered them from.

    Args:
        names: in the order of the network's layers.

    Example:
        >>> meanings(["conv2d_95", "block1_conv1", "conv2d_96"])
        [('conv2d', 0), 'block1_conv1', ('conv2d', 1)]
    """
    found: list[Meaning] = []
    counts: dict[str, int] = {}
    for name in names:
        stem = stem_of(name)
        if stem not in _AUTOMATIC:
            found.append(stem)
            continue
        found.append((stem, counts.get(stem, 0)))
        counts[stem] = counts.get(stem, 0) + 1
    return found


def check_same_form(path: Path, given: Iterable[str], wanted: Iterable[str]) -> None:
    """Refuse weights that one of torchvision's networks and another network would exchange by their order.

    The two have layers of the same shapes, and differ in what is between them: the order of values that a dense layer takes,
    where a step of two pixels is. torchvision's names, which have dots, must be on both sides.

    Args:
        path: names the file in errors.
        given: the names of the layers in the file.
        wanted: those of the network.

    Raises:
        CheckpointError: layers named by torchvision on one side alone.
    """
    sides = list(given), list(wanted)
    plain = [{name.replace(".", "_") for name in side} for side in sides]
    alone = [
        [name for name in side if "." in name and name.replace(".", "_") not in others]
        for side, others in zip(sides, reversed(plain), strict=True)
    ]
    if alone[0] or alone[1]:
        theirs, ours = ("torchvision's", "others") if alone[0] else ("others", "torchvision's")
        raise CheckpointError(
            f"{path}: its layers have {theirs} names ({', '.join(sides[0][:3])}, ...), those of the network {ours} "
            f"({', '.join(sides[1][:3])}, ...): the shapes may fit, what the weights mean does not. "
            "convolens.applications.VGG16 and its kin are Keras' networks, convolens.applications.build('vgg16', ...) is "
            "torchvision's; load_weights(..., by_name=True) takes layers of the same names."
        )
