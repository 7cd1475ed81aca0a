"""Keras' VGG16 and VGG19."""

from collections.abc import Sequence

from convolens.applications.keras_form.application import Given, keras_application
from convolens.applications.keras_form.weights import KerasFiles
from convolens.layers import Conv2D, Dense, Flatten, MaxPooling2D
from convolens.models import Model

FILTERS = (64, 128, 256, 512, 512)  # of the five blocks


def _vgg(given: Given, convolutions: Sequence[int], files: KerasFiles) -> Model:
    x = given.images
    for block, (count, filters) in enumerate(zip(convolutions, FILTERS, strict=True), 1):
        for place in range(1, count + 1):
            x = Conv2D(filters, 3, padding="same", activation="relu", name=f"block{block}_conv{place}")(x)
        x = MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
    if not given.include_top:
        return given.model(given.pooled(x, named=False), files)
    x = Flatten(name="flatten")(x)
    for name in ("fc1", "fc2"):
        x = Dense(4096, activation="relu", name=name)(x)
    return given.model(given.predictions(x), files)


@keras_application(32)
def VGG16(given: Given) -> Model:
    """Return Keras' VGG16 (Simonyan & Zisserman, 2014): 138,357,544 parameters.

    It is Keras' network in all: images as `applications.vgg16.preprocess_input` gives them, the names `block1_conv1` to
    `predictions`, and Keras' weights. torchvision's, with images in 0..1, is `applications.build("vgg16", ...)`.

    Args:
        include_top: end in the classifier; False ends in the last feature map.
        weights: "imagenet" for Keras' own file (looked for in `~/.keras/models` first, else downloaded), None for fresh ones,
            or a file whose layers have the network's names.
        input_tensor: what `Input(shape=...)` gave, or a symbolic tensor made of it.
        input_shape: (rows, columns, channels), at least 32 x 32; None is (224, 224, 3), and without a classifier free sides.
        pooling: without a classifier, "avg" or "max" over rows and columns.
        classes: outputs of the classifier.
        classifier_activation: of the classifier; None gives logits.
        name: of the model.

    Input shape: (batch, rows, columns, channels). Output shape: (batch, classes), or of the features.

    Raises:
        ShapeError: an input too small, or not what the weights want. ArgumentError: an argument out of range.
        CheckpointError: a file of another network. MissingFileError: no such file, or no network to download it.

    Example:
        >>> VGG16(include_top=False, weights=None, pooling="avg").output_shape
        (None, 512)
    """
    hashes = "64373286793e3c8b2b4e3219cbf3544b", "6d6bbae143d832006294945121d1f1fc"
    return _vgg(given, (2, 2, 3, 3, 3), KerasFiles.usual("vgg16/", "vgg16", hashes))


@keras_application(32)
def VGG19(given: Given) -> Model:
    """Return Keras' VGG19: 143,667,240 parameters.

    Args, Raises: as of `VGG16`.

    Example:
        >>> VGG19(include_top=False, weights=None).layers[-2].name
        'block5_conv4'
    """
    hashes = "cbe5617147190e668d6c5d5026f83318", "253f8cb515780f3b799900260a226db6"
    return _vgg(given, (2, 2, 4, 4, 4), KerasFiles.usual("vgg19/", "vgg19", hashes))
