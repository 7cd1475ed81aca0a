"""preprocess_input and decode_predictions: what goes into Keras' networks, and what comes out of their classifiers, in words."""

from typing import Any

import numpy as np
import torch

from convolens.applications.weights.imagenet import USUAL
from convolens.applications.weights.imagenet_classes import imagenet_index
from convolens.arguments import integer, one_of
from convolens.errors import ArgumentError, ArgumentTypeError, ShapeError
from convolens.layers import CaffePreprocessing, Rescaling, SymbolicTensor
from convolens.layers.preprocessing.caffe_preprocessing import MEANS

MODES = ("caffe", "tf", "torch")


def preprocess_input(x: Any, data_format: str | None = None, mode: str = "caffe") -> Any:
    """Return images as a network of Keras' wants them.

    As in Keras, an array of floats is **written over**, and comes back (as a view with "caffe"); give a copy to keep it. Arrays of
    integers, tensors and symbolic tensors stay as they are.

    Args:
        x: images in 0..255, three-dimensional or a batch: an array, a tensor in Keras' order, or a symbolic tensor, behind
            which a layer is put.
        data_format: "channels_last", "channels_first" (arrays and tensors), or None for the first.
        mode: "caffe" (blue, green, red, less ImageNet's means), "tf" (-1..1), "torch" (0..1, less the means of red, green and
            blue, over their deviations).

    Raises:
        ArgumentError: another mode or data_format. ShapeError: other than three channels, but with "tf".
        ArgumentTypeError: neither an array nor a tensor.

    Example:
        >>> preprocess_input(np.array([[[0, 127.5, 255]]]), mode="tf").tolist()
        [[[-1.0, 0.0, 1.0]]]
    """
    one_of("preprocess_input", "mode", mode, MODES)
    if data_format is not None:
        one_of("preprocess_input", "data_format", data_format, ("channels_last", "channels_first"))
    first = data_format == "channels_first"
    if isinstance(x, SymbolicTensor):
        return _on_symbols(x, first, mode)
    if not isinstance(x, (np.ndarray, torch.Tensor)):
        raise ArgumentTypeError(
            f"preprocess_input: takes an array or a tensor of images in 0..255; received a {type(x).__name__}. "
            "np.asarray(...) or utils.img_to_array(...) makes one."
        )
    axis = x.ndim - 3 if first else x.ndim - 1
    if mode != "tf" and (x.ndim not in (3, 4) or x.shape[axis] != 3):
        raise ShapeError(
            f"preprocess_input: images of 3 channels are wanted; received shape {tuple(x.shape)}"
            f"{' (channels_first)' if first else ''}."
        )
    return _on_array(x, axis, mode) if isinstance(x, np.ndarray) else _on_tensor(x, axis, mode)


def _on_array(x: np.ndarray, axis: int, mode: str) -> np.ndarray:
    if not np.issubdtype(x.dtype, np.floating):
        x = x.astype(np.float32)
    elif not x.flags.writeable:
        x = x.copy()
    if mode == "tf":
        x /= 127.5
        x -= 1.0
        return x
    if mode == "torch":
        x /= 255.0
    else:
        x = np.flip(x, axis)
    for place, channel in enumerate(np.moveaxis(x, axis, 0)):
        channel -= USUAL.mean[place] if mode == "torch" else MEANS[place]
        if mode == "torch":
            channel /= USUAL.std[place]
    return x


def _on_tensor(x: torch.Tensor, axis: int, mode: str) -> torch.Tensor:
    if not x.is_floating_point():
        x = x.to(torch.float32)
    if mode == "tf":
        return x / 127.5 - 1.0
    shape = [3 if place == axis else 1 for place in range(x.ndim)]

    def of_channels(values: tuple[float, ...]) -> torch.Tensor:
        return torch.tensor(values, dtype=torch.float64).view(shape).to(x)

    if mode == "torch":
        return (x / 255.0 - of_channels(USUAL.mean)) / of_channels(USUAL.std)
    return x.flip(axis) - of_channels(MEANS)


def _on_symbols(x: SymbolicTensor, channels_first: bool, mode: str) -> SymbolicTensor:
    if channels_first:
        raise ArgumentError("preprocess_input: networks here take channels_last; leave data_format out.")
    if mode == "caffe":
        layer: Any = CaffePreprocessing()
    elif mode == "tf":
        layer = Rescaling(1 / 127.5, offset=-1.0)
    else:
        scale = [1 / (255 * std) for std in USUAL.std]
        layer = Rescaling(scale, [-mean / std for mean, std in zip(USUAL.mean, USUAL.std, strict=True)])
    result: SymbolicTensor = layer(x)
    return result


def caffe_input(x: Any, data_format: str | None = None) -> Any:
    """Return images as VGG16, VGG19 and ResNet50 to ResNet152 want them: `preprocess_input(..., mode="caffe")`.

    Args:
        x: images in 0..255; an array of floats is written over.
        data_format: as of `preprocess_input`.

    Raises: as of `preprocess_input`.
    """
    return preprocess_input(x, data_format, "caffe")


def tf_input(x: Any, data_format: str | None = None) -> Any:
    """Return images in -1..1, as the Inceptions, Xception, the MobileNets and ResNet50V2 want them.

    Args, Raises: as of `caffe_input`.
    """
    return preprocess_input(x, data_format, "tf")


def torch_input(x: Any, data_format: str | None = None) -> Any:
    """Return images as the DenseNets want them: `preprocess_input(..., mode="torch")`.

    Args, Raises: as of `caffe_input`.
    """
    return preprocess_input(x, data_format, "torch")


def unchanged_input(x: Any, data_format: str | None = None) -> Any:
    """Return images as they are: EfficientNet and MobileNetV3 take 0..255 and change them inside, as in Keras.

    Args:
        x: images in 0..255.
        data_format: not used.
    """
    return x


def decode_predictions(preds: Any, top: int = 5) -> list[list[tuple[str, str, Any]]]:
    """Return the most probable of ImageNet's classes, for each image a list of (WordNet's number, name, probability).

    The names come with Convolens; nothing is downloaded.

    Args:
        preds: (images, 1000), an array or a tensor.
        top: how many classes.

    Raises:
        ShapeError: another shape: not what a network with ImageNet's classes predicts.

    Example:
        >>> decode_predictions(np.eye(1, 1000, 985), top=1)
        [[('n11939491', 'daisy', np.float64(1.0))]]
    """
    found = preds.detach().cpu().numpy() if isinstance(preds, torch.Tensor) else np.asarray(preds)
    count = integer("decode_predictions", "top", top)
    if found.ndim != 2 or found.shape[1] != 1000:
        raise ShapeError(
            "decode_predictions: takes predictions of ImageNet's 1000 classes, shape (images, 1000); received "
            f"{found.shape}. For other classes take np.argmax and your own names."
        )
    index = imagenet_index()
    return [
        sorted(
            ((*index[place], row[place]) for place in row.argsort()[-count:][::-1]),
            key=lambda told: told[2],
            reverse=True,
        )
        for row in found
    ]
