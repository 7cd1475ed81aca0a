"""register: layers become children of a module under their names."""

from collections.abc import Iterable

import torch

from convolens.layers.layer import Layer


def register(parent: torch.nn.Module, layers: Iterable[Layer]) -> None:
    """Make `layers` children of `parent` under their names, also where a method has that name.

    A dot leads into a group, so that a layer named "layer1.0.conv1" has its weights under torchvision's
    "layer1.0.conv1.weight".
    """
    parent._modules.clear()
    layers = list(layers)
    taken = {str(layer.name) for layer in layers}
    for layer in layers:
        *groups, last = str(layer.name).split(".")
        paths = {".".join(groups[: i + 1]) for i in range(len(groups))}
        place = parent
        if "" in (*groups, last) or paths & taken:  # no group can have the name of a layer
            last = str(layer.name).replace(".", "_")
            groups = []
        for group in groups:
            place = place._modules.setdefault(group, torch.nn.Module())  # type: ignore[assignment]
        place._modules[last] = layer
