"""The network of a run that begins with learnt features: they are brought to length 1, and one dense layer reads the classes off."""

import inspect
from collections.abc import Sequence

import numpy as np
import torch

from convolens.applications import Pretrained, find_architecture
from convolens.applications.parts.architecture import Architecture
from convolens.features import choose
from convolens.features.extraction.attach import attach
from convolens.features.extraction.choice import Tap
from convolens.layers import BatchNormalization, Dense, SymbolicTensor, UnitNormalization
from convolens.models import Model
from convolens.runs.settings.options import Settings
from convolens.runs.tasks.task_of import task_of

UNIT, HEAD = "unit_normalization", "classifier"


def learnt_network(settings: Settings, classes: int, like: Pretrained | None) -> Model:
    """Return the network with fresh weights, for the settings' architecture, size and kind of labels.

    Args:
        settings: of the run.
        classes: how many there are.
        like: says which normalisation the network begins with.
    """
    architecture = find_architecture("train", settings.model)
    head = [
        UnitNormalization(name=UNIT),
        Dense(classes, activation=task_of(settings).activation, name=HEAD),
    ]
    if not _has_top(architecture):  # the lecture's networks: cut before their last layer
        whole = architecture.build(input_shape=settings.input_shape, classes=classes, weights=like)
        return attach(whole.module, choose(whole)[0], "avg", head, settings.model)
    base = architecture.build(
        input_shape=settings.input_shape, include_top=False, pooling="avg", weights=like
    )
    features: SymbolicTensor = base.module.outputs[0]
    return Model(base.module.inputs[0], head[1](head[0](features)), name=settings.model)


def _has_top(architecture: Architecture) -> bool:
    """Return whether an architecture can be built without its last layers, as those of Keras can."""
    taken = inspect.signature(architecture.build).parameters.values()
    return any(item.name == "include_top" or item.kind is item.VAR_KEYWORD for item in taken)


def features_tap(model: Model) -> Tap:
    """Return the place of the features, before they are brought to length 1."""
    return Tap(f"before {UNIT}", model.get_layer(UNIT), before=True)


def put_head(model: Model, kernel: np.ndarray, bias: np.ndarray) -> None:
    """Give the dense layer its weights: kernel (features, classes) and bias (classes,)."""
    model.get_layer(HEAD).set_weights([np.asarray(kernel, np.float32), np.asarray(bias, np.float32)])


def learnt_weights(model: Model) -> dict[str, torch.Tensor]:
    """Return copies of all weights but the head's, by name."""
    head = f"{HEAD}."
    return {
        name: tensor.detach().clone()
        for name, tensor in model.module.state_dict().items()
        if not name.startswith(head)
    }


def freeze_normalization(model: Model) -> list[str]:
    """Freeze batch normalisation: few photos would shift its statistics; return the names of the layers."""
    layers: Sequence[BatchNormalization] = [
        layer for layer in model.layers if isinstance(layer, BatchNormalization)
    ]
    for layer in layers:
        layer.trainable = False
    return [str(layer.name) for layer in layers]
