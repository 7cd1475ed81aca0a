"""TensorFlow 1's rules for other sizes: the first pixel of both images is the same one, unlike in TensorFlow 2."""

from typing import Any

import torch

from convolens.errors import ShapeError
from convolens.ops.making import sizes
from convolens.ops.operation import operation
from convolens.tensorflow.image.sizes import resize

__all__ = ["resize_bilinear", "resize_images", "resize_nearest_neighbor"]


@operation(1)
def resize_bilinear(
    images: Any, size: Any, align_corners: bool = False, half_pixel_centers: bool = False
) -> Any:
    """Return images in another size, each pixel from the four nearest.

    Args:
        images: (n, rows, columns, channels) or (rows, columns, channels).
        size: (rows, columns).
        align_corners: whether the last pixel of both images is the same one too.
        half_pixel_centers: TensorFlow 2's rule.

    Returns:
        float32.

    Raises:
        ShapeError: no images.
    """
    if half_pixel_centers:
        return resize(images, size)
    images = _images(images).to(torch.float32)
    for axis, number in zip((-3, -2), sizes(size), strict=True):
        place = _places(images.shape[axis], number, align_corners, images.device)
        before = place.floor().long()
        after = (before + 1).clamp(max=images.shape[axis] - 1)
        part = (place - before).to(torch.float32).reshape(-1, *[1] * (-1 - axis))
        first, second = images.index_select(axis, before), images.index_select(axis, after)
        images = first + (second - first) * part
    return images


@operation(1)
def resize_nearest_neighbor(
    images: Any, size: Any, align_corners: bool = False, half_pixel_centers: bool = False
) -> Any:
    """Return images in another size, each pixel one of theirs.

    Args, Raises: as of `resize_bilinear`.
    """
    if half_pixel_centers:
        return resize(images, size, "nearest")
    images = _images(images)
    for axis, number in zip((-3, -2), sizes(size), strict=True):
        place = _places(images.shape[axis], number, align_corners, images.device)
        nearest = (place + 0.5 if align_corners else place).floor().long()
        images = images.index_select(axis, nearest.clamp(max=images.shape[axis] - 1))
    return images


@operation(1)
def resize_images(
    images: Any, size: Any, method: Any = 0, align_corners: bool = False, preserve_aspect_ratio: bool = False
) -> Any:
    """Return images in another size: by TensorFlow 1's rule where the method is bilinear or nearest, else as `resize`.

    Args:
        images, size, align_corners: as of `resize_bilinear`.
        method: 0 bilinear, 1 nearest, 2 bicubic, 3 area, or their names.
        preserve_aspect_ratio: as of `resize`.

    Raises:
        ShapeError: no images.
    """
    ways = {0: resize_bilinear, "bilinear": resize_bilinear, 1: resize_nearest_neighbor, "nearest": resize_nearest_neighbor}  # fmt: skip
    if method in ways and not preserve_aspect_ratio:
        return ways[method](images, size, align_corners)
    return resize(images, size, method, preserve_aspect_ratio)


def _images(images: Any) -> Any:
    if images.ndim not in (3, 4):
        raise ShapeError(
            f"expected images (n, rows, columns, channels) or (rows, columns, channels); received shape {images.shape}."
        )
    return images


def _places(before: int, after: int, align_corners: bool, device: Any) -> torch.Tensor:
    """Return where in the old image each pixel of the new one lies, along an axis."""
    scale = (before - 1) / (after - 1) if align_corners and after > 1 else before / after
    return torch.arange(after, dtype=torch.float64, device=device) * scale
