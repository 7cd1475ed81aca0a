"""NIN: a network in the network, 1x1 convolutions behind each larger one; here with batch normalisation."""

from convolens.applications.parts.application import application
from convolens.applications.parts.architecture import Architecture
from convolens.applications.parts.top import Arguments
from convolens.layers import (
    BatchNormalization,
    Conv2D,
    GlobalAveragePooling2D,
    MaxPooling2D,
    ReLU,
    ZeroPadding2D,
)
from convolens.models import Model

MINIMUM_SIZE = 32  # halved five times

# Filters of a block's three convolutions, the first one's kernel and step; the others are 1x1.
BLOCKS = ((96, 11, 4), (256, 5, 1), (384, 3, 1), (1024, 3, 1))


@application(MINIMUM_SIZE)
def NIN(given: Arguments) -> Model:
    """Return Network in Network (Lin et al., 2013) for large photos, with batch normalisation: 8,655,336 parameters.

    What it introduced: 1x1 convolutions, a small dense network at every pixel, behind each larger convolution; and the mean over rows
    and columns in place of large dense layers, which made networks ten times smaller. GoogLeNet took up both.

    This is the form named BN-NIN in the figure of accuracy against operations of Canziani et al. (2016): Zagoruyko's, four blocks of three
    convolutions, each with a bias and then normalised, a mean, and one dense layer. The paper's own gives the 1000 maps of its last 1x1
    convolution to the mean, has no normalisation, and dropout before the last block.

    Args:
        include_top: end in the classifier; False ends in the last feature map.
        weights: None for fresh ones, or a file of weights.
        input_shape: (rows, columns, channels), at least 32 x 32; None is (224, 224, 3).
        pooling: with include_top=False, "avg" or "max" over rows and columns.
        classes: outputs of the classifier.
        classifier_activation: of the classifier; None gives logits.
        name: of the model.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, classes), or of the features.

    Raises:
        ShapeError: an input too small. ArgumentError: an argument out of range.

    Example:
        >>> NIN(include_top=False).output_shape
        (None, 7, 7, 1024)
    """
    x = given.inputs  # 224 x 224 x 3
    for block, (filters, kernel, step) in enumerate(BLOCKS, 1):
        if block > 1:  # 56 -> 28 -> 14 -> 7; zeros are below nothing that a ReLU gives
            x = ZeroPadding2D(1, name=f"block{block}.padding")(x)
            x = MaxPooling2D(3, strides=2, name=f"block{block}.pool")(x)
        else:
            x = ZeroPadding2D(kernel // 2, name=f"block{block}.padding")(x)
        for place, (size, strides) in enumerate(((kernel, step), (1, 1), (1, 1))):
            begin = f"block{block}.{place}"
            conv = Conv2D(
                filters, size, strides=strides, padding="same" if strides == 1 else "valid",
                kernel_initializer="he_normal", name=f"{begin}.conv",
            )  # fmt: skip
            x = BatchNormalization(momentum=0.9, epsilon=1e-3, name=f"{begin}.bn")(conv(x))
            x = ReLU(name=f"{begin}.relu")(x)
    if not given.include_top:
        return given.model(x)
    y = GlobalAveragePooling2D(name="avgpool")(x)  # 7 x 7 x 1024 -> 1024
    return given.model(x, given.classifier(y, "classifier"))


NIN_BN = Architecture(
    name="nin-bn",
    build=NIN,
    size=224,
    minimum_size=MINIMUM_SIZE,
    sigmoid=False,
    summary="1x1 convolutions behind each larger one, no large dense layer; 2013, with batch normalisation",
)
