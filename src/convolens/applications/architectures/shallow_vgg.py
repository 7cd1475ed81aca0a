"""ShallowVGGNet: the lecture's network for CIFAR-10, two blocks of VGG's form and two dense layers."""

from collections.abc import Sequence
from typing import Any

from convolens.applications.parts.architecture import Architecture, check_input_shape
from convolens.applications.parts.top import begin_with, normalizing
from convolens.applications.weights.pretrained import find_weights
from convolens.arguments import integer
from convolens.layers import Conv2D, Dense, Flatten, Input, MaxPooling2D
from convolens.models import Sequential

MINIMUM_SIZE = 4  # halved twice


def ShallowVGGNet(
    input_shape: Sequence[int] = (32, 32, 3),
    classes: int = 10,
    name: str = "shallow_vgg",
    weights: Any = None,
    classifier_activation: Any = "softmax",
) -> Sequential:
    """Return the lecture's network: (conv 32, conv 32, pool), (conv 64, conv 64, pool), dense 512, softmax.

    The lecture trains it on CIFAR-10 to show overfitting and checkpoints; its blocks of two 3x3 convolutions
    and a pooling are those of VGG (Simonyan & Zisserman, 2014). 2,168,362 parameters by default.

    Args:
        input_shape: (rows, columns, channels) of the images, at least 4 x 4 pixels.
        classes: number of outputs, at least 2.
        name: the model's name.
        weights: None for fresh ones, a file, or a run folder.
        classifier_activation: of the last layer; None gives logits.

    Input shape: (batch, rows, columns, channels), best float32 in 0..1. Output shape: (batch, classes).

    Raises:
        ShapeError: an input too small, or not of that form. ArgumentError: classes below 2.

    Example:
        >>> ShallowVGGNet().count_params()
        2168362
    """
    shape = check_input_shape("ShallowVGGNet", input_shape, MINIMUM_SIZE)
    classes = integer("ShallowVGGNet", "classes", classes, minimum=2)
    found = find_weights("ShallowVGGNet", weights, "shallow-vgg")
    model = Sequential(
        [
            Input(shape=shape),
            *normalizing("ShallowVGGNet", shape, found),
            Conv2D(32, 3, padding="same", activation="relu"),
            Conv2D(32, 3, padding="same", activation="relu"),
            MaxPooling2D(2),  # 32 x 32 -> 16 x 16
            Conv2D(64, 3, padding="same", activation="relu"),
            Conv2D(64, 3, padding="same", activation="relu"),
            MaxPooling2D(2),  # 16 x 16 -> 8 x 8
            Flatten(),  # 8 x 8 x 64 -> 4096
            Dense(512, activation="relu"),
            Dense(classes, activation=classifier_activation),
        ],
        name=name,
    )
    begin_with(model, found)
    return model


SHALLOW_VGG = Architecture(
    name="shallow-vgg",
    build=ShallowVGGNet,
    size=32,
    minimum_size=MINIMUM_SIZE,
    sigmoid=False,
    summary="the lecture's small VGG: 4 convolutions, 2 dense layers; quick on 32 x 32 pixels",
)
