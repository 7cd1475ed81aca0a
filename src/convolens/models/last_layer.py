"""What a loss takes and what the last layer gives, where the two together learn nothing, or something else than was meant."""

from collections.abc import Sequence
from typing import Any

import torch

from convolens import activations, losses
from convolens.layers import Activation, Dense, Softmax
from convolens.layers.convolutional.convolution import Convolution
from convolens.models.graph.container import Container

_SOFTMAX, _SIGMOID, _ANY = "softmax", "sigmoid", "no activation"
_GIVES: dict[activations.Activation, str] = {
    activations.get("softmax"): _SOFTMAX,
    activations.get("sigmoid"): _SIGMOID,
    activations.linear: _ANY,
}

_OVER_CLASSES = (
    losses.SparseCategoricalCrossentropy,
    losses.CategoricalCrossentropy,
    losses.CategoricalFocalCrossentropy,
)
_OF_EACH = (losses.BinaryCrossentropy, losses.BinaryFocalCrossentropy)


def unfit(module: torch.nn.Module, loss: losses.Loss) -> str | None:
    """Return what is wrong with a loss behind the last layer of a network, and what to do; None where nothing is, or it is not known.

    Args:
        module: a network that is built.
        loss: of the training.

    Example:
        >>> from convolens.models import Sequential
        >>> model = Sequential([Dense(1, activation="softmax", input_shape=(4,))])
        >>> unfit(model.module, losses.get("mse"))
        "the last layer, Dense 'dense', has softmax over one unit, which is always 1: nothing is learnt. Use activation='sigmoid'."
    """
    layers = _last(module)
    if not layers:
        return None
    given = next((gives for layer in layers if (gives := _gives(layer)) != _ANY), _ANY)
    units, where = layers[-1].output_shape[-1], f"the last layer, {layers[-1].title},"
    logits = getattr(loss, "from_logits", False)
    probabilities = (
        "activation='sigmoid'" if isinstance(loss, _OF_EACH) or units == 1 else "activation='softmax'"
    )
    if given == _SOFTMAX and units == 1:
        return f"{where} has softmax over one unit, which is always 1: nothing is learnt. Use activation='sigmoid'."
    if isinstance(loss, _OVER_CLASSES) and units == 1:
        return (
            f"{loss.name} behind {where} of one unit is always 0: nothing is learnt. Use one unit per class and "
            "activation='softmax', or activation='sigmoid' and loss='binary_crossentropy'."
        )
    if not isinstance(loss, (*_OVER_CLASSES, *_OF_EACH, losses.Crossentropy)):
        return None
    if logits and given in (_SOFTMAX, _SIGMOID):
        return f"{loss.name} with from_logits=True takes the numbers before {given}, which {where} gives: leave from_logits out."
    if given == _ANY and not logits:
        return f"{loss.name} takes probabilities, and {where} gives any number: use {probabilities}, or a loss with from_logits=True."
    if given == _SIGMOID and isinstance(loss, _OVER_CLASSES):
        return (
            f"{loss.name} is of probabilities that share one whole, and {where} has sigmoid: use activation='softmax', or "
            "loss='binary_crossentropy' where a photo can be of several classes."
        )
    if given == _SOFTMAX and isinstance(loss, _OF_EACH):
        return (
            f"{loss.name} asks of each class alone, and {where} has softmax, which shares one whole among them: use "
            "loss='categorical_crossentropy', or activation='sigmoid' where a photo can be of several classes."
        )
    return None


def _last(module: Any) -> Sequence[Any]:
    """Return the layers that decide what a network of one output gives, from the end on; none where they are not known."""
    outputs: Any = module.outputs if isinstance(module, Container) else []
    if len(outputs) != 1:
        return []
    layer = outputs[0].layer
    if isinstance(layer, Container):
        return _last(layer)
    if isinstance(layer, Activation) and _gives(layer) == _ANY:
        before = layer.inbound_nodes[0].inputs[0].layer
        return [layer, before] if _gives(before) is not None else []
    return [layer] if _gives(layer) is not None else []


def _gives(layer: Any) -> str | None:
    """Return what a layer ends in, None where that is not known."""
    if isinstance(layer, Softmax):
        return _SOFTMAX
    if not isinstance(layer, (Activation, Dense, Convolution)):
        return None
    return _GIVES.get(activations.get(layer.activation))
