"""What the commands ask that take a network and its features: which one, which layer, how much at once."""

from dataclasses import dataclass
from typing import Annotated

from convolens.options.option import Option, documented


@dataclass(frozen=True, kw_only=True)
class PooledLayer:
    """Which layer the features are of, a row a photo."""

    layer: Annotated[str | None, Option("Name or number; the last before the classifier by default.")] = None
    pool: Annotated[str, Option("Of what has rows and columns: avg, max or flatten.")] = "avg"


@documented
@dataclass(frozen=True, kw_only=True)
class NetworkOptions:
    """Which weights a network has, and where it is; see `runs.answers.subject.find_subject`.

    Args:
        (options)
    """

    batch_size: Annotated[int, Option("Photos at once.")] = 64
    select: Annotated[str, Option("Of a run: the best or the last weights.")] = "best"
    weights: Annotated[str | None, Option("Of an architecture: imagenet, a file or a run folder.")] = None
    size: Annotated[int | None, Option("Rows and columns for an architecture.")] = None
    device: Annotated[str, Option("cpu, cuda or mps.")] = "cpu"


@documented
@dataclass(frozen=True, kw_only=True)
class LayerOptions(NetworkOptions, PooledLayer):
    """The features of one layer of a network.

    Args:
        (options)
    """
