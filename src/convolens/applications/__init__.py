"""The named architectures: the registry that `build` and the command line read, and a function each.

A function whose name Keras has is Keras' network, with Keras' weights and preprocessing (`keras_form`): `VGG16`, `ResNet50`. The registry's network
of that name is torchvision's, takes images in 0..1 and is made by `build("vgg16", ...)`, as commands do.
"""

import importlib
import inspect
from collections.abc import Sequence
from typing import Any

from convolens.applications.architectures.alexnet import ALEXNET, AlexNet
from convolens.applications.architectures.conv_model import CONV_MODEL, ConvModel
from convolens.applications.architectures.convnext import CONVNEXTS, ConvNeXtTiny
from convolens.applications.architectures.efficientnet_lite import (
    EFFICIENTNETS_LITE,
    EfficientNetLite0,
    EfficientNetLite1,
    EfficientNetLite2,
)
from convolens.applications.architectures.enet import ENET, ENet
from convolens.applications.architectures.googlenet import GOOGLENETS, GoogLeNet
from convolens.applications.architectures.inception_v3 import INCEPTION_V3
from convolens.applications.architectures.inception_v4 import INCEPTION_V4, InceptionV4
from convolens.applications.architectures.mobilenet_v3 import MOBILENETS_V3
from convolens.applications.architectures.nin import NIN, NIN_BN
from convolens.applications.architectures.resnet import RESNETS, ResNet18, ResNet34
from convolens.applications.architectures.shallow_vgg import SHALLOW_VGG, ShallowVGGNet
from convolens.applications.architectures.timm_zoo import PREFIX, timm_architecture
from convolens.applications.architectures.vgg import VGG11, VGG13, VGGS
from convolens.applications.keras_form.densenet import DenseNet121, DenseNet169, DenseNet201
from convolens.applications.keras_form.efficientnet import (
    EfficientNetB0,
    EfficientNetB1,
    EfficientNetB2,
    EfficientNetB3,
    EfficientNetB4,
    EfficientNetB5,
    EfficientNetB6,
    EfficientNetB7,
)
from convolens.applications.keras_form.inception_v3 import InceptionV3
from convolens.applications.keras_form.mobilenet import MobileNet
from convolens.applications.keras_form.mobilenet_v2 import MobileNetV2
from convolens.applications.keras_form.mobilenet_v3 import MobileNetV3Large, MobileNetV3Small
from convolens.applications.keras_form.resnet import (
    ResNet50,
    ResNet50V2,
    ResNet101,
    ResNet101V2,
    ResNet152,
    ResNet152V2,
)
from convolens.applications.keras_form.vgg import VGG16, VGG19
from convolens.applications.keras_form.xception import Xception
from convolens.applications.parts.architecture import Architecture, check_input_shape
from convolens.applications.weights.imagenet import preprocessing
from convolens.applications.weights.names import spelt_as
from convolens.applications.weights.normalization import Normalization
from convolens.applications.weights.pretrained import Pretrained, find_weights
from convolens.arguments import integer, look_up
from convolens.missing import answer_for
from convolens.models import Model

APPLICATIONS: dict[str, Architecture] = {
    item.name: item
    for item in (
        SHALLOW_VGG,
        CONV_MODEL,
        ALEXNET,
        NIN_BN,
        *VGGS,
        *GOOGLENETS,
        INCEPTION_V3,
        INCEPTION_V4,
        *RESNETS,
        ENET,
        *MOBILENETS_V3,
        *CONVNEXTS,
        *EFFICIENTNETS_LITE,
    )
}

# Keras' modules, imported on first use.
_MODULES = (
    "densenet",
    "efficientnet",
    "imagenet_utils",
    "inception_v3",
    "mobilenet",
    "mobilenet_v2",
    "mobilenet_v3",
    "resnet",
    "resnet50",
    "resnet_v2",
    "vgg16",
    "vgg19",
    "xception",
)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    return answer_for(__name__)(name)  # what Keras has and is not here


def canonical_name(name: str) -> str:
    """Return the registry's name of an architecture however it is spelt; a name that is in no spelling known comes back as it is.

    Args:
        name: a key of `APPLICATIONS` or the name of its function, whatever its capitals, hyphens, underscores, dots and
            spaces; or "timm:NAME", which stays.

    Example:
        >>> canonical_name("ResNet18"), canonical_name("VGG-16"), canonical_name("efficientnet_lite0"), canonical_name("x")
        ('resnet-18', 'vgg16', 'efficientnet-lite0', 'x')
    """
    if name.startswith(PREFIX):
        return name
    # ShallowVGGNet, whose name in the registry is another one; a function with arguments of ours has no name of its own
    functions = {
        entry.build.__name__: key for key, entry in APPLICATIONS.items() if inspect.isfunction(entry.build)
    }
    return spelt_as(name, APPLICATIONS, functions) or name


def find_architecture(where: str, name: str) -> Architecture:
    """Return the entry of a named architecture: one of `APPLICATIONS`, or any of timm's as "timm:NAME".

    Args:
        where: names the caller in errors.
        name: what `--model` takes, in any spelling (`canonical_name`).

    Raises:
        UnknownNameError: no such architecture; the nearest is offered. ExtraMissingError: timm is not installed.

    Example:
        >>> find_architecture("train", "VGG-16").name
        'vgg16'
    """
    if name.startswith(PREFIX):
        return timm_architecture(name)
    known = canonical_name(name)
    return look_up(where, "model", known, APPLICATIONS)


def build(
    name: str,
    input_shape: Sequence[int],
    classes: int,
    training: bool = False,
    weights: Any = None,
    multi_label: bool = False,
) -> Model:
    """Return a new model of a named architecture for a number of classes.

    Args:
        name: a key of `APPLICATIONS` in any spelling, or "timm:NAME" for a network of timm (extra `zoo`).
        input_shape: (rows, columns, channels) of the images, without the batch.
        classes: how many classes there are, at least 2; where the architecture ends in a sigmoid, two classes
            become one unit, the probability of the second.
        training: give it what helps in training only, GoogLeNet's auxiliary classifiers for example.
        weights: as `find_weights` takes them: None, "imagenet", a file, or a run folder.
        multi_label: end in one sigmoid a class, for images with any number of labels.

    Raises:
        UnknownNameError: no such architecture; the nearest is offered. Or no ImageNet weights for it.
        ShapeError: the input is too small for it; the message says the smallest.
        ArgumentError: fewer than 2 classes.

    Example:
        >>> build("conv-model", (64, 64, 3), classes=2).output_shape
        (None, 1)
    """
    architecture = find_architecture("build", name)
    shape = check_input_shape(name, input_shape, architecture.minimum_size)
    classes = integer("build", "classes", classes, minimum=2)
    units = 1 if architecture.sigmoid and classes == 2 and not multi_label else classes
    further = dict(architecture.training) if training else {}
    if multi_label:
        further["classifier_activation"] = "sigmoid"
    return architecture.build(input_shape=shape, classes=units, weights=weights, **further)


__all__ = [
    "APPLICATIONS",
    "NIN",
    "VGG11",
    "VGG13",
    "VGG16",
    "VGG19",
    "AlexNet",
    "Architecture",
    "ConvModel",
    "ConvNeXtTiny",
    "DenseNet121",
    "DenseNet169",
    "DenseNet201",
    "ENet",
    "EfficientNetB0",
    "EfficientNetB1",
    "EfficientNetB2",
    "EfficientNetB3",
    "EfficientNetB4",
    "EfficientNetB5",
    "EfficientNetB6",
    "EfficientNetB7",
    "EfficientNetLite0",
    "EfficientNetLite1",
    "EfficientNetLite2",
    "GoogLeNet",
    "InceptionV3",
    "InceptionV4",
    "MobileNet",
    "MobileNetV2",
    "MobileNetV3Large",
    "MobileNetV3Small",
    "Normalization",
    "Pretrained",
    "ResNet18",
    "ResNet34",
    "ResNet50",
    "ResNet50V2",
    "ResNet101",
    "ResNet101V2",
    "ResNet152",
    "ResNet152V2",
    "ShallowVGGNet",
    "Xception",
    "build",
    "canonical_name",
    "find_architecture",
    "find_weights",
    "preprocessing",
]
