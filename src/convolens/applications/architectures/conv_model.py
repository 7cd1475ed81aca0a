"""ConvModel: the lecture's network for cats and dogs, after Chollet: three convolutions and two dense layers."""

from collections.abc import Sequence
from typing import Any

from convolens.applications.parts.architecture import Architecture, check_input_shape
from convolens.applications.parts.top import begin_with, normalizing
from convolens.applications.weights.pretrained import find_weights
from convolens.arguments import integer
from convolens.layers import Conv2D, Dense, Dropout, Flatten, Input, MaxPooling2D
from convolens.models import Sequential

MINIMUM_SIZE = 22  # 22 -> 10 -> 4 -> 1


def ConvModel(
    input_shape: Sequence[int] = (150, 150, 3),
    classes: int = 1,
    name: str = "conv_model",
    weights: Any = None,
    classifier_activation: Any = None,
) -> Sequential:
    """Return the lecture's network for few photos: three convolutions with pooling, dense 64, dropout, sigmoid.

    The lecture takes it from F. Chollet's cats-and-dogs example ("Deep Learning with Python", chapter 5; this
    smaller form is that of his "Building powerful image classification models using very little data", 2016),
    and trains it with and without augmentation. 1,212,513 parameters by default.

    Args:
        input_shape: (rows, columns, channels) of the images, at least 22 x 22 pixels.
        classes: 1 gives one sigmoid unit (for two classes, with "binary_crossentropy"); more give a softmax.
        name: the model's name.
        weights: None for fresh ones, a file, or a run folder.
        classifier_activation: of the last layer; None is "sigmoid" for one class and "softmax" for more.

    Input shape: (batch, rows, columns, channels), best float32 in 0..1. Output shape: (batch, classes).

    Raises:
        ShapeError: an input too small, or not of that form. ArgumentError: classes below 1.

    Example:
        >>> ConvModel().count_params()
        1212513
    """
    shape = check_input_shape("ConvModel", input_shape, MINIMUM_SIZE)
    classes = integer("ConvModel", "classes", classes)
    found = find_weights("ConvModel", weights, "conv-model")
    model = Sequential(
        [
            Input(shape=shape),
            *normalizing("ConvModel", shape, found),
            Conv2D(32, 3, activation="relu"),  # 150 x 150 -> 148 x 148
            MaxPooling2D(2),  # -> 74 x 74
            Conv2D(32, 3, activation="relu"),  # -> 72 x 72
            MaxPooling2D(2),  # -> 36 x 36
            Conv2D(64, 3, activation="relu"),  # -> 34 x 34
            MaxPooling2D(2),  # -> 17 x 17
            Flatten(),  # 17 x 17 x 64 -> 18496
            Dense(64, activation="relu"),
            Dropout(0.5),
            Dense(classes, activation=classifier_activation or ("sigmoid" if classes == 1 else "softmax")),
        ],
        name=name,
    )
    begin_with(model, found)
    return model


CONV_MODEL = Architecture(
    name="conv-model",
    build=ConvModel,
    size=150,
    minimum_size=MINIMUM_SIZE,
    sigmoid=True,
    summary="the lecture's cats-and-dogs network after Chollet: 3 convolutions, dropout; for few photos",
)
