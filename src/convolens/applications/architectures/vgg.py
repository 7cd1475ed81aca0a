"""VGG11, 13, 16 and 19: stacks of 3x3 convolutions between poolings, then three dense layers."""

from collections.abc import Callable, Sequence
from functools import partial

from convolens.applications.parts.application import application
from convolens.applications.parts.architecture import Architecture
from convolens.applications.parts.top import Arguments
from convolens.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    Permute,
    ReLU,
)
from convolens.models import Model

MINIMUM_SIZE = 32  # halved five times

# How many convolutions before each of the five poolings; they have 64, 128, 256, 512 and 512 filters.
BLOCKS = {
    "VGG11": (1, 1, 2, 2, 2),
    "VGG13": (2, 2, 2, 2, 2),
    "VGG16": (2, 2, 3, 3, 3),
    "VGG19": (2, 2, 4, 4, 4),
}
FILTERS = (64, 128, 256, 512, 512)


def _vgg(given: Arguments, block: Sequence[int], batch_norm: bool, dropout: float) -> Model:
    x, place = given.inputs, 0  # the place in torchvision's `features`
    for count, filters in zip(block, FILTERS, strict=True):
        for _ in range(count):
            conv = Conv2D(
                filters, 3, padding="same", activation=None if batch_norm else "relu",
                kernel_initializer="he_normal", name=f"features.{place}",
            )  # fmt: skip
            x = conv(x)
            if batch_norm:
                x = BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"features.{place + 1}")(x)
                x = ReLU(name=f"features.{place + 2}")(x)
            place += 3 if batch_norm else 2
        x = MaxPooling2D(2, name=f"features.{place}")(x)  # halves rows and columns
        place += 1
    if not given.include_top:
        return given.model(x)
    y = Permute((3, 1, 2), name="channels_first")(x)  # 7 x 7 x 512 -> 512 x 7 x 7, torchvision's order
    y = Flatten(name="flatten")(y)
    for place in (0, 3):
        dense = Dense(4096, activation="relu", kernel_initializer="he_normal", name=f"classifier.{place}")
        y = Dropout(dropout, name=f"classifier.{place + 2}")(dense(y))
    return given.model(x, given.classifier(y, "classifier.6"))


@application(MINIMUM_SIZE)
def VGG11(given: Arguments, batch_norm: bool = False, dropout: float = 0.5) -> Model:
    """Return VGG11, "A" of the paper: 8 convolutions. 132,863,336 parameters.

    Args, Raises: as of `VGG16`.

    Example:
        >>> VGG11(input_shape=(32, 32, 3), classes=10).output_shape
        (None, 10)
    """
    return _vgg(given, BLOCKS["VGG11"], batch_norm, dropout)


@application(MINIMUM_SIZE)
def VGG13(given: Arguments, batch_norm: bool = False, dropout: float = 0.5) -> Model:
    """Return VGG13, "B" of the paper: 10 convolutions. 133,047,848 parameters.

    Args, Raises: as of `VGG16`.

    Example:
        >>> VGG13(include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 512)
    """
    return _vgg(given, BLOCKS["VGG13"], batch_norm, dropout)


@application(MINIMUM_SIZE)
def VGG16(given: Arguments, batch_norm: bool = False, dropout: float = 0.5) -> Model:
    """Return VGG16 (Simonyan & Zisserman, 2014), "D" of the paper: 13 convolutions. 138,357,544 parameters.

    What it introduced: only 3x3 kernels; two or three in a row see as far as a 5x5 or 7x7 one, with fewer weights and
    more steps between them. Pooling is 2x2 with a step of 2.

    Args:
        include_top: end in the classifier; False ends in the last feature map.
        weights: None for fresh ones, "imagenet", a file (torchvision's fit by their names), or a run folder.
        input_shape: (rows, columns, channels), at least 32 x 32; None is (224, 224, 3).
        pooling: with include_top=False, "avg" or "max" over rows and columns.
        classes: outputs of the classifier.
        classifier_activation: of the classifier; None gives logits.
        name: of the model.
        batch_norm: normalise behind each convolution (138,365,992 parameters that are trained).
        dropout: rate behind the two hidden dense layers.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, classes), or of the features.

    Raises:
        ShapeError: an input too small. ArgumentError: an argument out of range. Others: those of `find_weights`.

    Example:
        >>> VGG16(include_top=False, input_shape=(64, 64, 3), pooling="avg").output_shape
        (None, 512)
    """
    return _vgg(given, BLOCKS["VGG16"], batch_norm, dropout)


@application(MINIMUM_SIZE)
def VGG19(given: Arguments, batch_norm: bool = False, dropout: float = 0.5) -> Model:
    """Return VGG19, "E" of the paper: 16 convolutions. 143,667,240 parameters.

    Args, Raises: as of `VGG16`.

    Example:
        >>> VGG19(include_top=False, input_shape=(64, 64, 3)).output_shape
        (None, 2, 2, 512)
    """
    return _vgg(given, BLOCKS["VGG19"], batch_norm, dropout)


def _entry(build: Callable[..., Model], batch_norm: bool) -> Architecture:
    layers = build.__name__.removeprefix("VGG")
    return Architecture(
        name=f"vgg{layers}" + "-bn" * batch_norm,
        build=partial(build, batch_norm=True) if batch_norm else build,
        size=224,
        minimum_size=MINIMUM_SIZE,
        sigmoid=False,
        summary=f"{layers} layers with weights, 3x3 kernels only"
        + (", with batch normalisation" if batch_norm else "; 2014"),
    )


VGGS = tuple(
    _entry(build, batch_norm) for build in (VGG11, VGG13, VGG16, VGG19) for batch_norm in (False, True)
)
