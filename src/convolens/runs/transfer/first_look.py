"""first_look: the network that a first answer is made with, before it has a head: what it makes of photos is kept from then on."""

from pathlib import Path

from convolens.data.decoding.samples import Samples
from convolens.errors import DataError
from convolens.initializers import undrawn
from convolens.options.training import TrainOptions
from convolens.options.transfer import LEARNT
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.settings.options import resolve
from convolens.runs.training.first_weights import begin_with, find_first
from convolens.runs.training.learnt_network import freeze_normalization, learnt_network
from convolens.runs.transfer.choice import choose_model

_CLASSES = 2  # of a head of zeros, which nobody asks


def first_look(data: Path, samples: Samples) -> TrainedModel:
    """Return the network that `train DATA` would look at photos with.

    Args:
        data: a folder of class folders.
        samples: how values of its photos become bytes.

    Raises:
        DataError: they are too small for a learnt network, or its weights are not installed; the reason is said.
    """
    chosen = choose_model(TrainOptions(data))
    if chosen.options.transfer is None:
        why = (*chosen.warnings, *chosen.lines)
        raise DataError(
            f"{data}: no learnt network looks at these photos; {why[0] if why else 'none was chosen'}."
        )
    settings, first = find_first(resolve(chosen.options))
    if first is None:
        raise DataError(f"{data}: the weights of {LEARNT} are not there.")
    with undrawn():
        model = learnt_network(settings, _CLASSES, first)
    begin_with(model, settings, first)
    freeze_normalization(model)
    names = tuple(str(number) for number in range(_CLASSES))
    return TrainedModel(model, settings.model, names, settings.shown(samples))
