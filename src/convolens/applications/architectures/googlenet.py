"""GoogLeNet: nine Inception modules, as published, or with batch normalisation in torchvision's form."""

from functools import partial

from convolens.applications.parts.application import application
from convolens.applications.parts.architecture import Architecture
from convolens.applications.parts.top import Arguments
from convolens.layers import (
    AveragePooling2D,
    Concatenate,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    LocalResponseNormalization,
    MaxPooling2D,
    Permute,
    SymbolicTensor,
    ZeroPadding2D,
)
from convolens.layers.chains.inception_module import convolution, inception_branches
from convolens.models import Model

MINIMUM_SIZE = 32  # halved five times
AUXILIARY_WEIGHT = 0.3  # of the loss of each auxiliary classifier

# Filters: 1x1, (reduction, 3x3), (reduction, 5x5), behind the pooling; table 1 of the paper.
MODULES = {
    "3a": (64, (96, 128), (16, 32), 32),
    "3b": (128, (128, 192), (32, 96), 64),
    "4a": (192, (96, 208), (16, 48), 64),
    "4b": (160, (112, 224), (24, 64), 64),
    "4c": (128, (128, 256), (24, 64), 64),
    "4d": (112, (144, 288), (32, 64), 64),
    "4e": (256, (160, 320), (32, 128), 128),
    "5a": (256, (160, 320), (32, 128), 128),
    "5b": (384, (192, 384), (48, 128), 128),
}
POOLED_AFTER = ("3b", "4e")
AUXILIARY_AFTER = {"4a": "aux1", "4d": "aux2"}


@application(MINIMUM_SIZE)
def GoogLeNet(given: Arguments, batch_norm: bool = False, auxiliary_heads: bool = False) -> Model:
    """Return GoogLeNet (Szegedy et al., 2014): 22 layers deep with 6,998,552 parameters.

    What it introduced: modules that look at several sizes at once (`layers.InceptionModule`), 1x1 convolutions that make the
    large kernels cheap, and a mean over rows and columns in place of large dense layers.

    As published it has a 5x5 branch and local response normalisation. With `batch_norm` it has torchvision's form, so that
    torchvision's weights fit: a 3x3 kernel in that branch, no local response normalisation, 6,624,904 parameters.

    Args:
        include_top: end in the classifier; False ends in the last feature map.
        weights: None for fresh ones, a file, or a run folder; with `batch_norm` also "imagenet", and torchvision's files fit.
        input_shape: (rows, columns, channels), at least 32 x 32; None is (224, 224, 3).
        pooling: with include_top=False, "avg" or "max" over rows and columns.
        classes: outputs of the classifier.
        classifier_activation: of the classifier; None gives logits.
        name: of the model.
        batch_norm: torchvision's form.
        auxiliary_heads: two further classifiers on the way, whose losses enter training with a weight of 0.3 and which
            predict nothing: 13,378,280 parameters, or 13,004,888 with `batch_norm`.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, classes), or of the features.

    Raises:
        ShapeError: an input too small. ArgumentError: an argument out of range. Others: those of `find_weights`.

    Example:
        >>> GoogLeNet().count_params()
        6998552
    """
    x = _stem(given.inputs, batch_norm)
    auxiliary = []
    for label, filters in MODULES.items():
        branches = inception_branches(*filters, batch_norm, 3 if batch_norm else 5, f"inception{label}.")
        x = Concatenate(name=f"inception{label}.concatenate")([_chain(x, branch) for branch in branches])
        if label in POOLED_AFTER:
            window = 2 if batch_norm and label == "4e" else 3
            x = MaxPooling2D(window, strides=2, padding="same", name=f"maxpool{label[0]}")(x)
        if label in AUXILIARY_AFTER and auxiliary_heads and given.include_top:
            auxiliary.append((_head(x, given, AUXILIARY_AFTER[label], batch_norm), AUXILIARY_WEIGHT))
    if not given.include_top:
        return given.model(x)
    y = GlobalAveragePooling2D(name="avgpool")(x)  # 7 x 7 x 1024 -> 1024
    y = Dropout(0.2 if batch_norm else 0.4, name="dropout")(y)
    return given.model(x, given.classifier(y, "fc"), auxiliary=auxiliary)


def _chain(x: SymbolicTensor, layers: list[Layer]) -> SymbolicTensor:
    for layer in layers:
        x = layer(x)
    return x


def _stem(x: SymbolicTensor, batch_norm: bool) -> SymbolicTensor:
    """Return the features before the first module: 224 x 224 x 3 -> 28 x 28 x 192."""
    x = ZeroPadding2D(3, name="padding")(x)
    x = _chain(x, convolution("conv1", 64, 7, batch_norm, strides=2, padding="valid"))  # -> 112 x 112
    x = MaxPooling2D(3, strides=2, padding="same", name="maxpool1")(x)  # -> 56 x 56
    if not batch_norm:
        x = LocalResponseNormalization(name="norm1")(x)
    x = _chain(x, convolution("conv2", 64, 1, batch_norm))
    x = _chain(x, convolution("conv3", 192, 3, batch_norm))
    if not batch_norm:
        x = LocalResponseNormalization(name="norm2")(x)
    return MaxPooling2D(3, strides=2, padding="same", name="maxpool2")(x)  # -> 28 x 28


def _head(x: SymbolicTensor, given: Arguments, name: str, batch_norm: bool) -> SymbolicTensor:
    """Return an auxiliary classifier's output: 14 x 14 -> 4 x 4 -> 2048 -> 1024 -> classes."""
    window = tuple(min(5, size or 5) for size in x.shape[1:3])
    x = AveragePooling2D(window, strides=3, name=f"{name}.pool")(x)
    x = _chain(x, convolution(f"{name}.conv", 128, 1, batch_norm))
    x = Permute((3, 1, 2), name=f"{name}.channels_first")(x)  # torchvision's order
    x = Dense(1024, activation="relu", name=f"{name}.fc1")(Flatten(name=f"{name}.flatten")(x))
    return given.classifier(Dropout(0.7, name=f"{name}.dropout")(x), f"{name}.fc2")


GOOGLENETS = (
    Architecture(
        name="googlenet",
        build=GoogLeNet,
        size=224,
        minimum_size=MINIMUM_SIZE,
        sigmoid=False,
        summary="nine Inception modules as published: several kernel sizes side by side; 2014",
        training={"auxiliary_heads": True},
    ),
    Architecture(
        name="googlenet-bn",
        build=partial(GoogLeNet, batch_norm=True),
        size=224,
        minimum_size=MINIMUM_SIZE,
        sigmoid=False,
        summary="GoogLeNet with batch normalisation, as torchvision has it",
    ),
)
