"""Key: what features follow from; two extractions with the same key have the same features."""

import hashlib
import inspect
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch

from convolens.data.decoding.preprocessing import Preprocessing
from convolens.errors import ArgumentError
from convolens.features.extraction.choice import Tap
from convolens.layers import Layer
from convolens.models.graph.serialization import serialize

FORMAT = "1"

_reading = threading.Lock()  # Python 3.11 cannot parse sources in two threads at once


@dataclass(frozen=True)
class Key:
    """The parts of a key, as texts.

    Attributes:
        weights: SHA-256 over the names, types, shapes and bytes of the network's state.
        network: SHA-256 of its description; of a torch module, of its `repr` and its classes' source text.
        layers: of the taps, in order.
        pool: see `pooled`.
        preprocessing: or "none".
        data: SHA-256 over the files' content, the array, or what an iterator gave; "" before that is known.
        format: of the file.
    """

    weights: str
    network: str
    layers: str
    pool: str
    preprocessing: str
    data: str
    format: str = FORMAT

    @classmethod
    def of(
        cls,
        module: torch.nn.Module,
        taps: Sequence[Tap],
        pool: str,
        preprocessing: Preprocessing | None,
        data: str | None,
    ) -> "Key":
        """Return the key of an extraction."""
        return cls(
            weights_digest(module),
            network_digest(module),
            ", ".join(tap.name for tap in taps),
            pool,
            "none" if preprocessing is None else json.dumps(preprocessing.as_table(), sort_keys=True),
            data or "",
        )

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Key":
        """Return a key from what `as_dict` gave; parts that are missing are empty."""
        return cls(**{name: str(told.get(name, "")) for name in cls.__annotations__})

    def as_dict(self) -> dict[str, str]:
        """Return the parts by name."""
        return asdict(self)

    @property
    def digest(self) -> str:
        """SHA-256 over all parts, in hexadecimal."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()

    def differences(self, other: "Key") -> str:
        """Return in words what differs from another key; "" where nothing does.

        Example:
            >>> Key("a", "n", "conv1", "avg", "none", "d").differences(Key("b", "n", "conv2", "avg", "none", "d"))
            "weights; layers ('conv2' there, 'conv1' here)"
        """
        mine, theirs = self.as_dict(), other.as_dict()
        said = []
        for name in mine:
            if mine[name] != theirs[name]:
                told = name in ("layers", "pool", "preprocessing", "format")
                said.append(f"{name} ({theirs[name]!r} there, {mine[name]!r} here)" if told else name)
        return "; ".join(said)


def weights_digest(module: torch.nn.Module) -> str:
    """Return the SHA-256 over a module's state: names, types, shapes and bytes.

    Example:
        >>> weights_digest(torch.nn.ReLU()) == hashlib.sha256().hexdigest()
        True
    """
    found = hashlib.sha256()
    for name, tensor in module.state_dict().items():
        found.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        if tensor.numel():
            found.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return found.hexdigest()


def network_digest(module: torch.nn.Module) -> str:
    """Return the SHA-256 of what a module does with its weights, as far as that can be told."""
    if isinstance(module, Layer):
        try:
            return hashlib.sha256(
                json.dumps(serialize(module), sort_keys=True, default=repr).encode()
            ).hexdigest()
        except ArgumentError:  # it has a layer of the user's own
            pass
    found = hashlib.sha256(repr(module).encode())
    for kind in sorted({type(child) for child in module.modules()}, key=lambda kind: kind.__qualname__):
        if kind.__module__.startswith("torch."):
            told = f"{kind.__module__}.{kind.__qualname__}"
        else:  # whatever the module is called: a program's own is `__main__`
            try:
                with _reading:
                    told = inspect.getsource(kind)
            except (OSError, TypeError):  # typed into a prompt
                told = kind.__qualname__
        found.update(f"{told}\n".encode())
    return found.hexdigest()
