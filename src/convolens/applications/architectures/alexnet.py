"""AlexNet in one tower: five convolutions and three dense layers."""

from convolens.applications.parts.application import application
from convolens.applications.parts.architecture import Architecture
from convolens.applications.parts.top import Arguments
from convolens.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D, Permute, ZeroPadding2D
from convolens.models import Model

MINIMUM_SIZE = 63  # 63 -> 15 -> 7 -> 3 -> 1

# The place in torchvision's `features`, filters and kernel; a pooling follows the first, the second and the last.
CONVOLUTIONS = ((0, 64, 11), (3, 192, 5), (6, 384, 3), (8, 256, 3), (10, 256, 3))
POOLED_AFTER = (0, 3, 10)


@application(MINIMUM_SIZE)
def AlexNet(given: Arguments, dropout: float = 0.5) -> Model:
    """Return AlexNet (Krizhevsky et al., 2012) in one tower, as Krizhevsky (2014) and torchvision have it: 61,100,840 parameters.

    What it introduced: a deep convolutional network that learns from a million photos on graphics processors, with
    ReLU in place of tanh and dropout in the dense layers. The network of 2012 had two towers, one for each of two processors, and local
    response normalisation; this one has neither.

    Args:
        include_top: end in the classifier; False ends in the last feature map.
        weights: None for fresh ones, or a file of weights; torchvision's fit by their names.
        input_shape: (rows, columns, channels), at least 63 x 63; None is (224, 224, 3). At 224 x 224 the last feature map is 6 x 6,
            at other sizes the first dense layer takes what is there.
        pooling: with include_top=False, "avg" or "max" over rows and columns.
        classes: outputs of the classifier.
        classifier_activation: of the classifier; None gives logits.
        name: of the model.
        dropout: rate before the two hidden dense layers.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, classes), or of the features.

    Raises:
        ShapeError: an input too small. ArgumentError: an argument out of range.

    Example:
        >>> AlexNet(include_top=False).output_shape
        (None, 6, 6, 256)
    """
    x = ZeroPadding2D(2, name="padding")(given.inputs)
    for place, filters, kernel in CONVOLUTIONS:
        first = place == 0
        conv = Conv2D(
            filters, kernel, strides=4 if first else 1, padding="valid" if first else "same", activation="relu",
            kernel_initializer="he_normal", name=f"features.{place}",
        )  # fmt: skip
        x = conv(x)
        if place in POOLED_AFTER:  # 55 -> 27 -> 13 -> 6
            x = MaxPooling2D(3, strides=2, name=f"features.{place + 2}")(x)
    if not given.include_top:
        return given.model(x)
    y = Permute((3, 1, 2), name="channels_first")(x)  # 6 x 6 x 256 -> 256 x 6 x 6, torchvision's order
    y = Flatten(name="flatten")(y)
    for place in (1, 4):
        y = Dropout(dropout, name=f"classifier.{place - 1}")(y)
        y = Dense(4096, activation="relu", kernel_initializer="he_normal", name=f"classifier.{place}")(y)
    return given.model(x, given.classifier(y, "classifier.6"))


ALEXNET = Architecture(
    name="alexnet",
    build=AlexNet,
    size=224,
    minimum_size=MINIMUM_SIZE,
    sigmoid=False,
    summary="five convolutions, three dense layers, dropout; 2012, here in one tower",
)
