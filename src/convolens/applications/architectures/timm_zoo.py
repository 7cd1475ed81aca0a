"""Networks of the package timm under the names "timm:NAME"."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from convolens.applications.parts.architecture import Architecture, check_input_shape
from convolens.applications.parts.matching import load_pretrained
from convolens.applications.parts.top import normalizing, warn_of
from convolens.applications.weights.pretrained import find_weights
from convolens.arguments import integer
from convolens.errors import UnknownNameError
from convolens.layers import Activation, Input, SymbolicTensor, TimmNetwork
from convolens.layers.foreign.timm_network import check_timm_name, require_timm
from convolens.models import Model

PREFIX = "timm:"
LAYER = "timm"  # the name of the layer that holds the network
USUAL_SIZE = 224  # pixels, where timm does not tell


def to_layer(name: str) -> str:
    """Return where a weight of timm's name lies in our network.

    Example:
        >>> to_layer("conv1.weight")
        'timm.network.conv1.weight'
    """
    return f"{LAYER}.network.{name}"


def timm_architecture(name: str) -> Architecture:
    """Return the entry for a network of timm.

    Args:
        name: "timm:" and timm's name.

    Raises:
        ExtraMissingError: timm is not installed. UnknownNameError: it has no such network; the nearest is offered.
    """
    model = check_timm_name(name, name.removeprefix(PREFIX))
    told = require_timm(name).get_pretrained_cfg(model)
    given = getattr(told, "input_size", None) or (3, USUAL_SIZE, USUAL_SIZE)  # channels, rows, columns
    return Architecture(
        name=name,
        build=partial(timm_model, model),
        size=int(given[1]),
        minimum_size=1,  # the network is tried when it is built
        sigmoid=False,
        summary="a network of timm",
        renamed=to_layer,
    )


def timm_model(
    model: str,
    input_shape: Sequence[int] | None = None,
    classes: int = 1000,
    weights: Any = None,
    classifier_activation: str = "softmax",
) -> Model:
    """Return a network of timm as a `Model` that ends in class probabilities.

    Args:
        model: timm's name.
        input_shape: (rows, columns, channels); None is 224 x 224 x 3.
        classes: outputs.
        classifier_activation: "softmax", or "sigmoid" for any number of labels an image.
        weights: None, a file (.safetensors; timm's fit by their names), or a run folder.

    Raises:
        ExtraMissingError: timm is not installed. UnknownNameError: no such network, or weights="imagenet".
        ShapeError: the network cannot take images of that shape.
    """
    where = PREFIX + model
    if weights == "imagenet":
        raise UnknownNameError(
            f"{where}: weights of timm's networks are not fetched; download model.safetensors of timm/{model} from its "
            "publisher, and give that file."
        )
    shape = check_input_shape(where, input_shape or (USUAL_SIZE, USUAL_SIZE, 3), 1)
    found = find_weights(where, weights)
    source: SymbolicTensor = Input(shape=shape, name="input_layer")
    x = source
    for layer in normalizing(where, shape, found):
        x = layer(x)
    logits = TimmNetwork(model, integer(where, "classes", classes), name=LAYER)(x)
    network = Model(source, Activation(classifier_activation, name=classifier_activation)(logits), name=where)
    if found is not None:
        warn_of(load_pretrained(network, found, to_layer))
    return network
