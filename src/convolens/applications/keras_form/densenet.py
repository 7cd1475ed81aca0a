"""Keras' DenseNet121, 169 and 201."""

from collections.abc import Sequence

from convolens.applications.keras_form.application import Given, keras_application
from convolens.applications.keras_form.naming import Numbered
from convolens.applications.keras_form.weights import KerasFiles
from convolens.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    MaxPooling2D,
    SymbolicTensor,
    ZeroPadding2D,
)
from convolens.models import Model

GROWTH = 32  # channels that each block adds


def _activated(x: SymbolicTensor, name: str) -> SymbolicTensor:
    separator = "_" if name else ""
    x = BatchNormalization(epsilon=1.001e-5, name=f"{name}{separator}bn")(x)
    return Activation("relu", name=f"{name}{separator}relu")(x)


def _convolved(x: SymbolicTensor, filters: int, kernel: int, name: str) -> SymbolicTensor:
    return Conv2D(filters, kernel, padding="same", use_bias=False, name=f"{name}_conv")(x)


def _densenet(given: Given, blocks: Sequence[int], name: str, hashes: tuple[str, str]) -> Model:
    numbered = Numbered()
    x = ZeroPadding2D(3, name=numbered("zero_padding2d"))(given.images)
    x = _activated(Conv2D(64, 7, strides=2, use_bias=False, name="conv1_conv")(x), "conv1")
    x = ZeroPadding2D(1, name=numbered("zero_padding2d"))(x)
    x = MaxPooling2D(3, strides=2, name="pool1")(x)
    for stage, count in enumerate(blocks, 2):
        for place in range(1, count + 1):
            block = f"conv{stage}_block{place}"
            y = _convolved(_activated(x, f"{block}_0"), 4 * GROWTH, 1, f"{block}_1")
            y = _convolved(_activated(y, f"{block}_1"), GROWTH, 3, f"{block}_2")
            x = Concatenate(name=f"{block}_concat")([x, y])
        if stage < 5:
            x = _activated(x, f"pool{stage}")
            x = _convolved(x, (x.shape[3] or 0) // 2, 1, f"pool{stage}")
            x = AveragePooling2D(2, strides=2, name=f"pool{stage}_pool")(x)
    x = _activated(x, "")
    return given.model(given.mean_and_predictions(x), KerasFiles.usual("densenet/", name, hashes))


@keras_application(32)
def DenseNet121(given: Given) -> Model:
    """Return Keras' DenseNet121 (Huang et al., 2017): 8,062,504 parameters.

    What it introduced: each block sees what all blocks before it made. Images as `applications.densenet.preprocess_input` gives them.

    Args, Raises: as of `VGG16`.

    Example:
        >>> DenseNet121(include_top=False, weights=None, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1024)
    """
    hashes = "9d60b8095a5708f2dcce2bca79d332c7", "30ee3e1110167f948a6b9946edeeb738"
    return _densenet(given, (6, 12, 24, 16), "densenet121", hashes)


@keras_application(32)
def DenseNet169(given: Given) -> Model:
    """Return Keras' DenseNet169: 14,307,880 parameters.

    Args, Raises: as of `DenseNet121`.

    Example:
        >>> DenseNet169(include_top=False, weights=None, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1664)
    """
    hashes = "d699b8f76981ab1b30698df4c175e90b", "b8c4d4c20dd625c148057b9ff1c1176b"
    return _densenet(given, (6, 12, 32, 32), "densenet169", hashes)


@keras_application(32)
def DenseNet201(given: Given) -> Model:
    """Return Keras' DenseNet201: 20,242,984 parameters.

    Args, Raises: as of `DenseNet121`.

    Example:
        >>> DenseNet201(include_top=False, weights=None, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1920)
    """
    hashes = "1ceb130c1ea1b78c3bf6114dbdfd8807", "c13680b51ded0fb44dff2d8f86ac8bb1"
    return _densenet(given, (6, 12, 48, 32), "densenet201", hashes)
