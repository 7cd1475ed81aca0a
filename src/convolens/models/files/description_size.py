"""How much a description asks for, measured before anything of it is made."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from convolens.errors import CheckpointError
from convolens.models.files.old_keras import NETWORKS

# Calls of layers in one pass. The deepest published networks have some 4,000 layers.
MOST_CALLS = 10_000


def count_calls(description: Any) -> int:
    """Return how many calls of layers one pass through a described network takes.

    A network inside that is called twice by one that is called twice and so on: few lines, endless work.

    Example:
        >>> dense = {"class_name": "Dense", "config": {}, "inbound_nodes": [[], []]}
        >>> inner = {"class_name": "Model", "config": {"layers": [dense]}, "inbound_nodes": [[], [], []]}
        >>> count_calls({"class_name": "Model", "config": {"layers": [inner]}})
        6
    """
    if not isinstance(description, Mapping):
        return 1
    config = description.get("config")
    layers = config.get("layers") if isinstance(config, Mapping) else config
    if description.get("class_name") not in NETWORKS or not isinstance(layers, list):
        return 1
    total = 0
    for layer in layers:
        calls = layer.get("inbound_nodes") if isinstance(layer, Mapping) else None
        total += max(1, len(calls) if isinstance(calls, list) else 1) * count_calls(layer)
    return total


def check_calls(path: Path, description: Any) -> None:
    """Raise a `CheckpointError` where a description asks for more calls than any honest network."""
    calls = count_calls(description)
    if calls > MOST_CALLS:
        raise CheckpointError(
            f"{path}: describes a network of {calls} calls of layers; expected at most {MOST_CALLS}."
        )
