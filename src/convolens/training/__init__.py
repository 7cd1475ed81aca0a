"""The training loop: sources of batches, one step, and the loops over them."""

from convolens.training.batches import Batch, Source, make_batch
from convolens.training.frozen import set_frozen
from convolens.training.inputs.array_source import ArraySource
from convolens.training.inputs.indexed_source import IndexedSource
from convolens.training.inputs.iterator_source import IteratorSource
from convolens.training.inputs.loader_source import LoaderSource
from convolens.training.inputs.prefetch import may_prefetch, prefetch
from convolens.training.inputs.sources import make_source
from convolens.training.loop import evaluate, fit, predict
from convolens.training.mode import mode, set_mode
from convolens.training.precision import PRECISIONS, Precision
from convolens.training.state import Progress, RandomStates, Stateful, TrainingState
from convolens.training.step import LazyLogs, Step

__all__ = [
    "PRECISIONS",
    "ArraySource",
    "Batch",
    "IndexedSource",
    "IteratorSource",
    "LazyLogs",
    "LoaderSource",
    "Precision",
    "Progress",
    "RandomStates",
    "Source",
    "Stateful",
    "Step",
    "TrainingState",
    "evaluate",
    "fit",
    "make_batch",
    "make_source",
    "may_prefetch",
    "mode",
    "predict",
    "prefetch",
    "set_frozen",
    "set_mode",
]
