"""The publisher's files of ImageNet weights: names, digests, and what images they were learnt from; one plain table."""

import re
from dataclasses import dataclass

from convolens.applications.normalization import Normalization
from convolens.arguments import did_you_mean
from convolens.checkpoints.download import RemoteFile
from convolens.errors import UnknownNameError

ADDRESS = "https://download.pytorch.org/models/"

USUAL = Normalization((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
# torchvision turns its usual values into these within GoogLeNet and InceptionV3 (`transform_input`).
HALVES = Normalization((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


@dataclass(frozen=True)
class ImagenetWeights:
    """One file of weights, and how photos became the network's input when they were learnt.

    Attributes:
        name: of the architecture in the registry.
        file: the publisher's name; its last digits are the first of its SHA-256.
        accuracy: top-1 on ImageNet's validation photos, in percent, as the publisher says.
        size: rows and columns of the input, in pixels.
        resized: the shorter side before the middle was cut out, in pixels.
        normalization: of values in 0..1, red, green, blue; `weights="imagenet"` puts it into the network.
        interpolation: of the resize.
        address: where the file is.
    """

    name: str
    file: str
    accuracy: float
    size: int = 224
    resized: int = 256
    normalization: Normalization = USUAL
    interpolation: str = "bilinear"
    address: str = ADDRESS

    @property
    def remote(self) -> RemoteFile:
        """The file on the network."""
        digits = re.search(r"-([0-9a-f]{8,64})\.pth$", self.file)
        return RemoteFile(self.address + self.file, digits[1] if digits else "", self.file)


# torchvision's IMAGENET1K_V1 of each architecture (as torchvision 0.29 lists them).
IMAGENET = {
    item.name: item
    for item in (
        ImagenetWeights("alexnet", "alexnet-owt-7be5be79.pth", 56.522),
        ImagenetWeights("vgg11", "vgg11-8a719046.pth", 69.020),
        ImagenetWeights("vgg11-bn", "vgg11_bn-6002323d.pth", 70.370),
        ImagenetWeights("vgg13", "vgg13-19584684.pth", 69.928),
        ImagenetWeights("vgg13-bn", "vgg13_bn-abd245e5.pth", 71.586),
        ImagenetWeights("vgg16", "vgg16-397923af.pth", 71.592),
        ImagenetWeights("vgg16-bn", "vgg16_bn-6c64b313.pth", 73.360),
        ImagenetWeights("vgg19", "vgg19-dcbb9e9d.pth", 72.376),
        ImagenetWeights("vgg19-bn", "vgg19_bn-c79401a0.pth", 74.218),
        ImagenetWeights("googlenet-bn", "googlenet-1378be20.pth", 69.778, normalization=HALVES),
        ImagenetWeights("resnet-18", "resnet18-f37072fd.pth", 69.758),
        ImagenetWeights("resnet-34", "resnet34-b627a593.pth", 73.314),
        ImagenetWeights("resnet-50", "resnet50-0676ba61.pth", 76.130),
        ImagenetWeights("resnet-101", "resnet101-63fe2227.pth", 77.374),
        ImagenetWeights("resnet-152", "resnet152-394f9c45.pth", 78.312),
        ImagenetWeights("inception-v3", "inception_v3_google-0cc3c7bd.pth", 77.294, 299, 342, HALVES),
        ImagenetWeights("mobilenet-v3-small", "mobilenet_v3_small-047dcff4.pth", 67.668),
        ImagenetWeights("mobilenet-v3-large", "mobilenet_v3_large-8738ca79.pth", 74.042),
        ImagenetWeights("convnext-tiny", "convnext_tiny-983f1562.pth", 82.520, resized=236),
    )
}


def simple(name: str) -> str:
    """Return a name without hyphens and capitals: "resnet-18" and `ResNet18` are one.

    Example:
        >>> simple("ResNet18") == simple("resnet-18")
        True
    """
    return name.replace("-", "").replace("_", "").casefold()


def find_imagenet(name: str) -> ImagenetWeights:
    """Return the ImageNet weights of an architecture, by its name or its function's.

    Raises:
        UnknownNameError: there are none for it; the message says which have some.

    Example:
        >>> find_imagenet("VGG16").file
        'vgg16-397923af.pth'
    """
    for item in IMAGENET.values():
        if simple(item.name) == simple(name):
            return item
    raise UnknownNameError(
        f"{name}: has no imagenet weights.{did_you_mean(name, IMAGENET)} These have: {', '.join(IMAGENET)}."
    )


def preprocessing(name: str) -> ImagenetWeights:
    """Return how photos must be shown to a network with ImageNet weights: red, green, blue, values in 0..1.

    Args:
        name: of the architecture, such as "vgg16".

    Raises:
        UnknownNameError: there are no such weights.

    Example:
        >>> found = preprocessing("vgg16")
        >>> found.size, found.normalization.mean
        (224, (0.485, 0.456, 0.406))
    """
    return find_imagenet(name)
