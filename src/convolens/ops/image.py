"""Functions of images, NHWC or one image HWC: other sizes, other colours, parts."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from convolens.arguments import one_of
from convolens.ops import also_in
from convolens.ops.making import saturate_cast
from convolens.ops.operation import operation
from convolens.ops.reductions import fractions
from convolens.ops.shapes import flip

__all__ = [
    "crop_images", "extract_patches", "flip_left_right", "flip_up_down", "gaussian_blur", "hsv_to_rgb", "pad_images", "resize",
    "rgb_to_grayscale", "rgb_to_hsv", "sobel_edges",
]  # fmt: skip


def _cubic(t: torch.Tensor, b: float, c: float) -> torch.Tensor:
    """Return the cubic of Mitchell and Netravali (1988) at distances t."""
    near = ((12 - 9 * b - 6 * c) * t**3 + (-18 + 12 * b + 6 * c) * t**2 + 6 - 2 * b) / 6
    far = ((-b - 6 * c) * t**3 + (6 * b + 30 * c) * t**2 + (-12 * b - 48 * c) * t + 8 * b + 24 * c) / 6
    return torch.where(t < 1, near, torch.where(t < 2, far, torch.zeros_like(t)))


def _lanczos(t: torch.Tensor, radius: float) -> torch.Tensor:
    return torch.where(t < radius, torch.sinc(t) * torch.sinc(t / radius), torch.zeros_like(t))


# How much a pixel weighs at a distance, and how far it reaches.
_KERNELS: dict[str, tuple[Callable[[torch.Tensor], torch.Tensor], float]] = {
    "bilinear": (lambda t: torch.clamp(1 - t, min=0), 1.0),
    "bicubic": (lambda t: _cubic(t, 0, 0.5), 2.0),
    "mitchellcubic": (lambda t: _cubic(t, 1 / 3, 1 / 3), 2.0),
    "lanczos3": (lambda t: _lanczos(t, 3.0), 3.0),
    "lanczos5": (lambda t: _lanczos(t, 5.0), 5.0),
    "gaussian": (lambda t: torch.where(t < 1.5, torch.exp(-2 * t**2), torch.zeros_like(t)), 1.5),
}
METHODS = ("area", "nearest", *_KERNELS)


def _weights(length: int, wanted: int, method: str, antialias: bool) -> torch.Tensor:
    """Return how much each of `length` pixels weighs in each of `wanted`: (wanted, length), float32."""
    scale = length / wanted
    if method == "area":
        edges = torch.arange(wanted + 1, dtype=torch.float64) * scale
        pixel = torch.arange(length, dtype=torch.float64)
        shared = torch.minimum(edges[1:, None], pixel + 1) - torch.maximum(edges[:-1, None], pixel)
        return (torch.clamp(shared, min=0) / scale).float()
    weigh, _ = _KERNELS[method]
    centres = (torch.arange(wanted, dtype=torch.float64) + 0.5) * scale - 0.5
    distance = torch.abs(centres[:, None] - torch.arange(length, dtype=torch.float64))
    weights = weigh(distance / (max(scale, 1.0) if antialias else 1.0))
    return (weights / weights.sum(1, keepdim=True)).float()


@operation(1)
def resize(
    images: Any,
    size: Any,
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Any:
    """Return images in another size; the centres of pixels are half a pixel from the edge, as TensorFlow 2 has it.

    Args:
        images: (n, rows, columns, channels) or (rows, columns, channels).
        size: (rows, columns).
        interpolation: "nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "gaussian", "mitchellcubic" or "area".
        antialias: whether a smaller image is smoothed first.
        crop_to_aspect_ratio: cut from the middle what does not fit the new sides.
        pad_to_aspect_ratio: put `fill_value` around what does not fit them.
        fill_value: see above.
        data_format: "channels_last".

    Raises:
        UnknownNameError: no such interpolation.

    Returns:
        numbers of the type of the images; whole ones are rounded, and kept within what it can hold.
    """
    one_of("resize", "interpolation", interpolation, METHODS)
    rows, columns = (int(side) for side in size)
    if images.ndim == 3:
        options = (interpolation, antialias, crop_to_aspect_ratio, pad_to_aspect_ratio, fill_value)
        return resize(images[None], size, *options)[0]
    if crop_to_aspect_ratio:
        height, width = images.shape[1:3]
        high, wide = min(height, int(width * rows / columns)), min(width, int(height * columns / rows))
        top, left = (height - high) // 2, (width - wide) // 2
        images = images[:, top : top + high, left : left + wide]
    elif pad_to_aspect_ratio:
        height, width = images.shape[1:3]
        high, wide = max(height, int(width * rows / columns)), max(width, int(height * columns / rows))
        top, left = (high - height) // 2, (wide - width) // 2
        around = (0, 0, left, wide - width - left, top, high - height - top)
        images = F.pad(images, around, value=fill_value)
    x = images.permute(0, 3, 1, 2)
    if interpolation == "nearest":
        rows_of = ((torch.arange(rows, device=x.device) + 0.5) * (x.shape[2] / rows)).long()
        columns_of = ((torch.arange(columns, device=x.device) + 0.5) * (x.shape[3] / columns)).long()
        return images[:, rows_of][:, :, columns_of]
    x = fractions(x)
    if interpolation == "bilinear":
        x = F.interpolate(x, (rows, columns), mode="bilinear", align_corners=False, antialias=antialias)
    else:
        down, across = (
            _weights(have, want, interpolation, antialias).to(x)
            for have, want in zip(x.shape[2:], (rows, columns), strict=True)
        )
        x = down @ x @ across.T
    resized = x.permute(0, 2, 3, 1)
    return resized if images.is_floating_point() else saturate_cast(torch.round(resized), images.dtype)


@operation(1)
def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Any:
    """Return the brightness of colours: 0.2989 red + 0.587 green + 0.114 blue, in one channel.

    Args:
        images: (..., 3).
        data_format: "channels_last".
    """
    weights = torch.tensor([0.2989, 0.587, 0.114], device=images.device)
    grey = torch.sum((images if images.is_floating_point() else images.float()) * weights, -1, keepdim=True)
    return grey if images.is_floating_point() else grey.to(images.dtype.torch)


@operation(1)
def rgb_to_hsv(images: Any, data_format: str | None = None) -> Any:
    """Return hue, saturation and value of colours, all from 0 to 1.

    Args:
        images: (..., 3), from 0 to 1.
        data_format: "channels_last".
    """
    red, green, blue = torch.unbind(images, -1)
    value, least = torch.amax(images, -1), torch.amin(images, -1)
    spread = value - least
    safe = torch.where(spread > 0, spread, torch.ones_like(spread))
    hue = torch.where(
        value == red,
        (green - blue) / safe,
        torch.where(value == green, 2 + (blue - red) / safe, 4 + (red - green) / safe),
    )
    hue = torch.where(spread > 0, torch.remainder(hue / 6, 1), torch.zeros_like(hue))
    saturation = torch.where(
        value > 0, spread / torch.where(value > 0, value, torch.ones_like(value)), spread
    )
    return torch.stack([hue, saturation, value], -1)


@operation(1)
def hsv_to_rgb(images: Any, data_format: str | None = None) -> Any:
    """Return the colours of hue, saturation and value.

    Args:
        images: (..., 3), from 0 to 1.
        data_format: "channels_last".
    """
    hue, saturation, value = torch.unbind(images, -1)
    parts = [torch.clamp(torch.abs(torch.remainder(hue * 6 + shift, 6) - 3) - 1, 0, 1) for shift in (0, 4, 2)]
    return torch.stack([value * (1 - saturation * (1 - part)) for part in parts], -1)


def flip_left_right(images: Any) -> Any:
    """Return images as in a mirror."""
    return flip(images, -2)


def flip_up_down(images: Any) -> Any:
    """Return images as in a pond."""
    return flip(images, -3)


@operation(1)
def crop_images(
    images: Any,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Any:
    """Return a part of images.

    Args:
        images: (..., rows, columns, channels).
        top_cropping, left_cropping, bottom_cropping, right_cropping: pixels to take away; None where the target says it.
        target_height, target_width: rows and columns that stay.
        data_format: "channels_last".
    """
    height, width = images.shape[-3], images.shape[-2]
    top, rows = _span(top_cropping, bottom_cropping, target_height, height)
    left, columns = _span(left_cropping, right_cropping, target_width, width)
    return images[..., top : top + rows, left : left + columns, :]


def _span(before: int | None, after: int | None, wanted: int | None, length: int) -> tuple[int, int]:
    """Return where a part begins, and its length."""
    if before is None:
        before = 0 if wanted is None else length - wanted - (after or 0)
    return before, length - before - (after or 0) if wanted is None else wanted


@operation(1)
def pad_images(
    images: Any,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Any:
    """Return images with zeros around them.

    Args:
        images: (..., rows, columns, channels).
        top_padding, left_padding, bottom_padding, right_padding: pixels to add; None where the target says it.
        target_height, target_width: rows and columns of the result.
        data_format: "channels_last".
    """

    def around(before: int | None, after: int | None, wanted: int | None, length: int) -> tuple[int, int]:
        if wanted is None:
            return before or 0, after or 0
        first = wanted - length - (after or 0) if before is None else before
        return first, wanted - length - first

    rows = around(top_padding, bottom_padding, target_height, images.shape[-3])
    columns = around(left_padding, right_padding, target_width, images.shape[-2])
    return F.pad(images, (0, 0, *columns, *rows))


@operation(1)
def extract_patches(
    images: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: int = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """Return patches of images, each in one row of values.

    Args:
        images: (n, rows, columns, channels).
        size: of a patch: one number, or (rows, columns).
        strides: between patches; None for their size.
        dilation_rate: distances within a patch.
        padding: "valid" or "same".
        data_format: "channels_last".

    Returns:
        (n, rows of patches, columns of patches, rows times columns times channels).
    """
    from convolens.ops.nn import conv

    high, wide = (size, size) if isinstance(size, int) else size
    channels = images.shape[-1]
    values = high * wide * channels
    kernel = torch.eye(values, device=images.device).reshape(high, wide, channels, values)
    return conv(
        images, kernel, (high, wide) if strides is None else strides, padding, dilation_rate=dilation_rate
    )


@operation(1)
def gaussian_blur(
    images: Any, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0), data_format: str | None = None
) -> Any:
    """Return images smoothed by a bell.

    Args:
        images: (n, rows, columns, channels).
        kernel_size: rows and columns of the bell.
        sigma: its width down and across.
        data_format: "channels_last".
    """
    from convolens.ops.nn import depthwise_conv

    bells = []
    for length, width in zip(kernel_size, sigma, strict=True):
        places = torch.arange(length, dtype=torch.float32) - (length - 1) / 2
        bell = torch.exp(-0.5 * (places / width) ** 2)
        bells.append(bell / bell.sum())
    kernel = torch.outer(*bells)[:, :, None, None].expand(-1, -1, images.shape[-1], 1)
    return depthwise_conv(images, kernel, padding="same")


@operation(1)
def sobel_edges(images: Any, data_format: str | None = None) -> Any:
    """Return how images change down and across, in a last axis of two; around them are zeros.

    Args:
        images: (n, rows, columns, channels).
        data_format: "channels_last".
    """
    x = F.pad(images.permute(0, 3, 1, 2), (1, 1, 1, 1))
    n, channels, rows, columns = x.shape
    down = torch.tensor([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]], device=x.device)
    kernel = torch.stack([down, down.T])[:, None]
    edges = F.conv2d(x.reshape(n * channels, 1, rows, columns), kernel)
    return edges.reshape(n, channels, 2, rows - 2, columns - 2).permute(0, 3, 4, 1, 2)


__getattr__ = also_in("image")
