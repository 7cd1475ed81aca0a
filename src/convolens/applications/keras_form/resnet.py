"""Keras' ResNet50, 101 and 152, and their second versions, which normalise before each convolution."""

import re
from collections.abc import Sequence

from convolens.applications.keras_form.application import Given, keras_application
from convolens.applications.keras_form.naming import Numbered
from convolens.applications.keras_form.weights import KerasFiles
from convolens.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    MaxPooling2D,
    SymbolicTensor,
    ZeroPadding2D,
)
from convolens.models import Model

EPSILON = 1.001e-5
OLD_EPSILON = 1e-3  # of Keras 2's ResNet50, before it had today's names
FILTERS = (64, 128, 256, 512)  # of the four stages
BLOCKS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}

# MD5 of Keras' files, with a classifier and without.
HASHES = {
    "resnet50": ("2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"),
    "resnet101": ("f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21"),
    "resnet152": ("100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c"),
    "resnet50v2": ("3ef43a0b657b3be2300d5770ece849e0", "fac2f116257151a9d068a22e544a4917"),
    "resnet101v2": ("6343647c601c52e1368623803854d971", "c0ed64b8031c3730f411d2eb4eea35b5"),
    "resnet152v2": ("a49b44d1979771252814e80f8ec446f9", "ed17cf2e0169df9d443503ef94b23b33"),
}


def _normalised(x: SymbolicTensor, name: str) -> SymbolicTensor:
    return BatchNormalization(epsilon=EPSILON, name=f"{name}_bn")(x)


def _activated(x: SymbolicTensor, name: str) -> SymbolicTensor:
    return Activation("relu", name=f"{name}_relu")(_normalised(x, name))


def _stem(given: Given, activated: bool) -> SymbolicTensor:
    """Return the features before the first block: a quarter of the rows and columns."""
    x = ZeroPadding2D(3, name="conv1_pad")(given.images)
    x = Conv2D(64, 7, strides=2, name="conv1_conv")(x)
    if activated:
        x = _activated(x, "conv1")
    x = ZeroPadding2D(1, name="pool1_pad")(x)
    return MaxPooling2D(3, strides=2, name="pool1_pool")(x)


def _resnet(given: Given, blocks: Sequence[int], name: str) -> Model:
    x = _stem(given, activated=True)
    for stage, (count, filters) in enumerate(zip(blocks, FILTERS, strict=True), 2):
        for place in range(1, count + 1):
            strides = 2 if place == 1 and stage > 2 else 1
            x = _block(x, filters, strides, place == 1, f"conv{stage}_block{place}")
    old: list[str] = []

    def renamed(told: str) -> str:
        if (today := today_name(told)) != told:
            old.append(told)
        return today

    files = KerasFiles.usual("resnet/", name, HASHES[name])
    model = given.model(given.mean_and_predictions(x), files, renamed)
    if old:
        for layer in model.layers:
            if isinstance(layer, BatchNormalization):
                layer.epsilon = OLD_EPSILON
    return model


def today_name(name: str) -> str:
    """Return what a layer of Keras 2's ResNet50 is called today; files of that time are what Kaggle's course hands out.

    Example:
        >>> today_name("res2a_branch2a"), today_name("bn5c_branch2c"), today_name("res3a_branch1"), today_name("conv1_bn")
        ('conv2_block1_1_conv', 'conv5_block3_3_bn', 'conv3_block1_0_conv', 'conv1_bn')
    """
    found = re.fullmatch(r"(res|bn)(\d)([a-f])_branch(1|2[abc])", name)
    if found is None:
        return {"conv1": "conv1_conv", "bn_conv1": "conv1_bn", "fc1000": "predictions"}.get(name, name)
    kind, stage, block, part = found.groups()
    place = 0 if part == "1" else "abc".index(part[1]) + 1
    return f"conv{stage}_block{ord(block) - ord('a') + 1}_{place}_{'conv' if kind == 'res' else 'bn'}"


def _block(x: SymbolicTensor, filters: int, strides: int, convolved: bool, name: str) -> SymbolicTensor:
    """Return x plus what three convolutions make of it; in a stage's first block x goes through a convolution too."""
    shortcut = x
    if convolved:
        shortcut = _normalised(Conv2D(4 * filters, 1, strides=strides, name=f"{name}_0_conv")(x), f"{name}_0")
    x = _activated(Conv2D(filters, 1, strides=strides, name=f"{name}_1_conv")(x), f"{name}_1")
    x = _activated(Conv2D(filters, 3, padding="same", name=f"{name}_2_conv")(x), f"{name}_2")
    x = _normalised(Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x), f"{name}_3")
    return Activation("relu", name=f"{name}_out")(Add(name=f"{name}_add")([shortcut, x]))


def _resnet_v2(given: Given, blocks: Sequence[int], name: str) -> Model:
    x, numbered = _stem(given, activated=False), Numbered()
    for stage, (count, filters) in enumerate(zip(blocks, FILTERS, strict=True), 2):
        for place in range(1, count + 1):
            strides = 2 if place == count and stage < 5 else 1  # a stage's last block halves
            x = _block_v2(x, filters, strides, place == 1, f"conv{stage}_block{place}", numbered)
    x = _activated(x, "post")
    return given.model(given.mean_and_predictions(x), KerasFiles.usual("resnet/", name, HASHES[name]))


def _block_v2(
    x: SymbolicTensor, filters: int, strides: int, convolved: bool, name: str, numbered: Numbered
) -> SymbolicTensor:
    """Return x plus what three convolutions make of its normalised form."""
    before = _activated(x, f"{name}_preact")
    if convolved:
        shortcut = Conv2D(4 * filters, 1, strides=strides, name=f"{name}_0_conv")(before)
    elif strides > 1:
        shortcut = MaxPooling2D(1, strides=strides, name=numbered("max_pooling2d"))(x)
    else:
        shortcut = x
    y = _activated(Conv2D(filters, 1, use_bias=False, name=f"{name}_1_conv")(before), f"{name}_1")
    y = ZeroPadding2D(1, name=f"{name}_2_pad")(y)
    y = _activated(Conv2D(filters, 3, strides=strides, use_bias=False, name=f"{name}_2_conv")(y), f"{name}_2")
    y = Conv2D(4 * filters, 1, name=f"{name}_3_conv")(y)
    return Add(name=f"{name}_out")([shortcut, y])


@keras_application(32)
def ResNet50(given: Given) -> Model:
    """Return Keras' ResNet50 (He et al., 2015): the paper's form, whose first 1x1 convolution halves. 25,636,712 parameters.

    Images as `applications.resnet.preprocess_input` gives them. torchvision's form is `applications.build("resnet-50", ...)`.

    Args, Raises: as of `VGG16`.

    Example:
        >>> ResNet50(include_top=False, weights=None, input_shape=(32, 32, 3)).layers[-1].name
        'conv5_block3_out'
    """
    return _resnet(given, BLOCKS[50], "resnet50")


@keras_application(32)
def ResNet101(given: Given) -> Model:
    """Return Keras' ResNet101: 44,707,176 parameters.

    Args, Raises: as of `ResNet50`.

    Example:
        >>> ResNet101(include_top=False, weights=None, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 2048)
    """
    return _resnet(given, BLOCKS[101], "resnet101")


@keras_application(32)
def ResNet152(given: Given) -> Model:
    """Return Keras' ResNet152: 60,419,944 parameters.

    Args, Raises: as of `ResNet50`.

    Example:
        >>> ResNet152(include_top=False, weights=None, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 2048)
    """
    return _resnet(given, BLOCKS[152], "resnet152")


@keras_application(32)
def ResNet50V2(given: Given) -> Model:
    """Return Keras' ResNet50V2 (He et al., 2016): 25,613,800 parameters.

    Images as `applications.resnet_v2.preprocess_input` gives them, in -1..1.

    Args, Raises: as of `VGG16`.

    Example:
        >>> ResNet50V2(include_top=False, weights=None, input_shape=(32, 32, 3)).layers[-1].name
        'post_relu'
    """
    return _resnet_v2(given, BLOCKS[50], "resnet50v2")


@keras_application(32)
def ResNet101V2(given: Given) -> Model:
    """Return Keras' ResNet101V2: 44,675,560 parameters.

    Args, Raises: as of `ResNet50V2`.

    Example:
        >>> ResNet101V2(include_top=False, weights=None, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 2048)
    """
    return _resnet_v2(given, BLOCKS[101], "resnet101v2")


@keras_application(32)
def ResNet152V2(given: Given) -> Model:
    """Return Keras' ResNet152V2: 60,380,648 parameters.

    Args, Raises: as of `ResNet50V2`.

    Example:
        >>> ResNet152V2(include_top=False, weights=None, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 2048)
    """
    return _resnet_v2(given, BLOCKS[152], "resnet152v2")
