"""Pictures in other colours and types."""

from collections.abc import Callable
from typing import Any

import torch

from convolens import ops
from convolens.errors import ArgumentError
from convolens.ops import image as images_of
from convolens.ops.operation import operation
from convolens.tensor import as_dtype

__all__ = [
    "adjust_brightness", "adjust_contrast", "adjust_gamma", "adjust_hue", "adjust_saturation", "convert_image_dtype",
    "grayscale_to_rgb", "per_image_standardization", "rgb_to_yiq", "rgb_to_yuv", "yiq_to_rgb", "yuv_to_rgb",
]  # fmt: skip


@operation(1)
def convert_image_dtype(image: Any, dtype: Any, saturate: bool = False) -> Any:
    """Return images in another type: fractions from 0 to 1, whole numbers from 0 to their largest.

    Args:
        image: numbers.
        dtype: the type.
        saturate: whether what is too much becomes the largest.
    """
    wanted = as_dtype(dtype)
    if image.dtype == wanted:
        return image
    if image.dtype.is_integer and wanted.is_floating:
        return image.to(wanted) / float(image.dtype.max)
    if wanted.is_integer and not image.dtype.is_integer:
        scaled = image * (float(wanted.max) + 0.5)
        return ops.saturate_cast(scaled, wanted) if saturate else scaled.to(wanted)
    if wanted.is_integer:
        scale = (int(image.dtype.max) + 1) / (int(wanted.max) + 1)
        return (
            image.to(torch.int64) // int(scale) if scale >= 1 else image.to(torch.int64) * int(1 / scale)
        ).to(wanted)
    return image.to(wanted)


def _in_fractions(change: Callable[[Any], Any], image: Any) -> Any:
    """Return what a change of images from 0 to 1 gives, in the images' own type."""
    if image.is_floating_point():
        return change(image)
    return convert_image_dtype(change(convert_image_dtype(image, "float32")), image.dtype, True)


@operation(1)
def adjust_brightness(image: Any, delta: Any) -> Any:
    """Return images brighter by an amount.

    Args:
        image: numbers.
        delta: the amount, of 1.
    """
    return _in_fractions(lambda x: x + delta, image)


@operation(1)
def adjust_contrast(images: Any, contrast_factor: Any) -> Any:
    """Return images whose differences from the mean of each channel are larger.

    Args:
        images: (..., rows, columns, channels).
        contrast_factor: how many times.
    """
    x = images if images.is_floating_point() else images.to(torch.float32)
    middle = torch.mean(x, (-3, -2), keepdim=True)
    changed = (x - middle) * contrast_factor + middle
    return changed if images.is_floating_point() else ops.saturate_cast(torch.round(changed), images.dtype)


@operation(1)
def adjust_gamma(image: Any, gamma: float = 1, gain: float = 1) -> Any:
    """Return gain times images to the power of gamma.

    Args:
        image: numbers from 0 to 1, or whole ones.
        gamma, gain: see above.

    Raises:
        ArgumentError: gamma is negative.
    """
    if gamma < 0:
        raise ArgumentError(f"adjust_gamma: gamma must not be negative; received {gamma}.")
    return _in_fractions(lambda x: gain * x**gamma, image)


@operation(1)
def adjust_hue(image: Any, delta: Any) -> Any:
    """Return images with their hues turned.

    Args:
        image: (..., 3).
        delta: by how much, of a whole turn; from -1 to 1.
    """

    def turned(x: Any) -> Any:
        hue, saturation, value = torch.unbind(images_of.rgb_to_hsv(x), -1)
        return images_of.hsv_to_rgb(torch.stack([torch.remainder(hue + delta, 1), saturation, value], -1))

    return _in_fractions(turned, image)


@operation(1)
def adjust_saturation(image: Any, saturation_factor: Any) -> Any:
    """Return images with stronger colours.

    Args:
        image: (..., 3).
        saturation_factor: how many times as strong.
    """

    def stronger(x: Any) -> Any:
        hue, saturation, value = torch.unbind(images_of.rgb_to_hsv(x), -1)
        return images_of.hsv_to_rgb(
            torch.stack([hue, torch.clamp(saturation * saturation_factor, 0, 1), value], -1)
        )

    return _in_fractions(stronger, image)


# Brightness, then two differences of colours, as columns: as TensorFlow has them.
_TO_YUV = [
    [0.299, -0.14714119, 0.61497538],
    [0.587, -0.28886916, -0.51496512],
    [0.114, 0.43601035, -0.10001026],
]
_TO_YIQ = [
    [0.299, 0.59590059, 0.21153661],
    [0.587, -0.27455667, -0.52273617],
    [0.114, -0.32134392, 0.31119955],
]


@operation(1)
def rgb_to_yuv(images: Any) -> Any:
    """Return red, green and blue as brightness and two differences of colours.

    Args:
        images: (..., 3), fractions.
    """
    return images @ images.new_tensor(_TO_YUV)


@operation(1)
def yuv_to_rgb(images: Any) -> Any:
    """Undo `rgb_to_yuv`.

    Args:
        images: (..., 3), fractions.
    """
    return images @ torch.linalg.inv(images.new_tensor(_TO_YUV))


@operation(1)
def rgb_to_yiq(images: Any) -> Any:
    """Return red, green and blue as brightness and two differences of colours, as NTSC sends them.

    Args:
        images: (..., 3), fractions.
    """
    return images @ images.new_tensor(_TO_YIQ)


@operation(1)
def yiq_to_rgb(images: Any) -> Any:
    """Undo `rgb_to_yiq`.

    Args:
        images: (..., 3), fractions.
    """
    return images @ torch.linalg.inv(images.new_tensor(_TO_YIQ))


@operation(1)
def grayscale_to_rgb(images: Any) -> Any:
    """Return grey images in three channels."""
    return images.expand(*images.shape[:-1], 3).clone()


@operation(1)
def per_image_standardization(image: Any) -> Any:
    """Return images with mean 0 and deviation 1, each by itself.

    Args:
        image: (..., rows, columns, channels).
    """
    x = image.to(torch.float32)
    values = x.shape[-1] * x.shape[-2] * x.shape[-3]
    middle = torch.mean(x, (-3, -2, -1), keepdim=True)
    deviation = torch.std(x, (-3, -2, -1), correction=0, keepdim=True)
    return (x - middle) / torch.clamp(deviation, min=values**-0.5)
