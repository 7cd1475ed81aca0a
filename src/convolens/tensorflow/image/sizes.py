"""Pictures in other sizes, and parts of them."""

from typing import Any

import torch
import torch.nn.functional as F

from convolens import ops
from convolens.errors import ArgumentError, ShapeError
from convolens.ops import image
from convolens.ops.making import sizes
from convolens.ops.operation import operation
from convolens.tensor import as_tensor

__all__ = [
    "ResizeMethod", "central_crop", "crop_and_resize", "crop_to_bounding_box", "extract_patches", "pad_to_bounding_box", "resize",
    "resize_image_with_crop_or_pad", "resize_with_crop_or_pad", "resize_with_pad", "rot90", "transpose",
]  # fmt: skip

_BY_NUMBER = ("bilinear", "nearest", "bicubic", "area")  # TensorFlow 1's


class ResizeMethod:
    """The names of the ways to resize."""

    BILINEAR, NEAREST_NEIGHBOR, BICUBIC, AREA = "bilinear", "nearest", "bicubic", "area"
    LANCZOS3, LANCZOS5, GAUSSIAN, MITCHELLCUBIC = "lanczos3", "lanczos5", "gaussian", "mitchellcubic"


@operation(1)
def resize(
    images: Any,
    size: Any,
    method: Any = "bilinear",
    preserve_aspect_ratio: bool = False,
    antialias: bool = False,
) -> Any:
    """Return images in another size; the centres of pixels are half a pixel from the edge.

    Args:
        images: (n, rows, columns, channels) or (rows, columns, channels).
        size: (rows, columns).
        method: one of `ResizeMethod`.
        preserve_aspect_ratio: keep the proportions, within the size.
        antialias: whether a smaller image is smoothed first.

    Returns:
        float32; the type of the images for "nearest".

    Raises:
        UnknownNameError: no such method.
        ShapeError: no images.
    """
    if images.ndim not in (3, 4):
        raise ShapeError(
            f"resize: expected images (n, rows, columns, channels) or (rows, columns, channels); received shape {images.shape}."
        )
    rows, columns = sizes(size)
    if preserve_aspect_ratio:
        height, width = images.shape[-3:-1]
        scale = min(rows / height, columns / width)
        rows, columns = round(scale * height), round(scale * width)
    way = _BY_NUMBER[method] if isinstance(method, int) else str(method)
    if way == "nearest":
        return image.resize(images, (rows, columns), way, antialias)
    return image.resize(
        images if images.is_floating_point() else images.float(), (rows, columns), way, antialias
    ).float()


@operation(1)
def crop_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Any:
    """Return a part of images.

    Args:
        image: (..., rows, columns, channels).
        offset_height, offset_width: where it begins.
        target_height, target_width: its rows and columns.

    Raises:
        ShapeError: it does not lie within the image.
    """
    top, left, rows, columns = (int(n) for n in (offset_height, offset_width, target_height, target_width))
    if min(top, left) < 0 or top + rows > image.shape[-3] or left + columns > image.shape[-2]:
        raise ShapeError(
            f"crop_to_bounding_box: rows {top} to {top + rows} and columns {left} to {left + columns} do not lie within "
            f"{image.shape[-3]} x {image.shape[-2]}."
        )
    return image[..., top : top + rows, left : left + columns, :]


@operation(1)
def pad_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Any:
    """Return images with zeros around them.

    Args:
        image: (..., rows, columns, channels).
        offset_height, offset_width: how many zeros above and to the left.
        target_height, target_width: rows and columns of the result.

    Raises:
        ShapeError: the image does not lie within the result.
    """
    top, left, rows, columns = (int(n) for n in (offset_height, offset_width, target_height, target_width))
    below, right = rows - top - image.shape[-3], columns - left - image.shape[-2]
    if min(top, left, below, right) < 0:
        raise ShapeError(
            f"pad_to_bounding_box: {image.shape[-3]} x {image.shape[-2]} from ({top}, {left}) on does not lie within {rows} x {columns}."
        )
    return F.pad(image, (0, 0, left, right, top, below))


@operation(1)
def central_crop(image: Any, central_fraction: float) -> Any:
    """Return the middle of images.

    Args:
        image: (..., rows, columns, channels).
        central_fraction: the share of rows and columns that stays, above 0, at most 1.

    Raises:
        ArgumentError: another share.
    """
    if not 0 < central_fraction <= 1:
        raise ArgumentError(
            f"central_crop: central_fraction must be above 0 and at most 1; received {central_fraction}."
        )
    height, width = image.shape[-3], image.shape[-2]
    top, left = (int((length - length * central_fraction) / 2) for length in (height, width))
    return image[..., top : height - top, left : width - left, :]


@operation(1)
def resize_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Any:
    """Return images with as many rows and columns, cut from the middle or zeros around.

    Args:
        image: (..., rows, columns, channels).
        target_height, target_width: rows and columns of the result.
    """
    rows, columns = int(target_height), int(target_width)
    height, width = image.shape[-3], image.shape[-2]
    high, wide = min(height, rows), min(width, columns)
    top, left = (height - high) // 2, (width - wide) // 2
    middle = image[..., top : top + high, left : left + wide, :]
    return pad_to_bounding_box(middle, (rows - high) // 2, (columns - wide) // 2, rows, columns)


resize_image_with_crop_or_pad = resize_with_crop_or_pad


@operation(1)
def resize_with_pad(
    image: Any, target_height: Any, target_width: Any, method: Any = "bilinear", antialias: bool = False
) -> Any:
    """Return images in another size with their proportions, zeros around.

    Args:
        image: (n, rows, columns, channels) or (rows, columns, channels).
        target_height, target_width: rows and columns of the result.
        method, antialias: as of `resize`.
    """
    rows, columns = int(target_height), int(target_width)
    ratio = max(image.shape[-2] / columns, image.shape[-3] / rows)
    high, wide = int(image.shape[-3] / ratio), int(image.shape[-2] / ratio)
    resized = resize(image, (high, wide), method, antialias=antialias)
    return pad_to_bounding_box(
        resized, max((rows - high) // 2, 0), max((columns - wide) // 2, 0), rows, columns
    )


@operation(1)
def crop_and_resize(
    image: Any,
    boxes: Any,
    box_indices: Any,
    crop_size: Any,
    method: str = "bilinear",
    extrapolation_value: float = 0.0,
) -> Any:
    """Return parts of images, all in one size.

    Args:
        image: (n, rows, columns, channels).
        boxes: top, left, bottom, right of each part, from 0 to 1.
        box_indices: which image each comes from.
        crop_size: (rows, columns) of the results.
        method: "bilinear" or "nearest".
        extrapolation_value: what lies outside of images.
    """
    rows, columns = sizes(crop_size)
    edges = as_tensor(boxes, "float32")

    def places(first: Any, last: Any, count: int) -> Any:
        if count == 1:
            return ((first + last) / 2)[:, None]
        return first[:, None] + (last - first)[:, None] * torch.linspace(0, 1, count)

    down, across = places(edges[:, 0], edges[:, 2], rows), places(edges[:, 1], edges[:, 3], columns)
    grid = torch.stack(
        [across[:, None, :].expand(-1, rows, -1), down[:, :, None].expand(-1, -1, columns)], -1
    )
    chosen = ops.take(image, box_indices, 0).to(torch.float32).permute(0, 3, 1, 2)
    parts = F.grid_sample(chosen, grid * 2 - 1, method, "border", align_corners=True).permute(0, 2, 3, 1)
    inside = ((grid >= 0) & (grid <= 1)).all(-1, keepdim=True)
    return torch.where(inside, parts, torch.full_like(parts, extrapolation_value))


@operation(1)
def extract_patches(images: Any, sizes: Any, strides: Any, rates: Any, padding: str) -> Any:
    """Return patches of images, each in one row of values.

    Args:
        images: (n, rows, columns, channels).
        sizes, strides, rates: [1, rows, columns, 1] of a patch, between patches, and between pixels within one.
        padding: "VALID" or "SAME".
    """
    return image.extract_patches(images, tuple(sizes[1:3]), tuple(strides[1:3]), tuple(rates[1:3]), padding)


@operation(1)
def rot90(image: Any, k: int = 1) -> Any:
    """Return images turned by quarters, against the clock.

    Args:
        image: (..., rows, columns, channels).
        k: how many quarters.
    """
    return torch.rot90(image, int(k), (-3, -2))


@operation(1)
def transpose(image: Any) -> Any:
    """Return images with rows and columns exchanged."""
    return torch.swapaxes(image, -3, -2)
