"""How pictures change from pixel to pixel, and how alike two are."""

from typing import Any

import torch
import torch.nn.functional as F

from convolens.ops.operation import operation

__all__ = ["image_gradients", "psnr", "sobel_edges", "ssim", "total_variation"]


@operation(1)
def image_gradients(image: Any) -> Any:
    """Return (differences down, differences across), 0 in the last row or column.

    Args:
        image: (n, rows, columns, channels).
    """
    down = F.pad(image[:, 1:] - image[:, :-1], (0, 0, 0, 0, 0, 1))
    across = F.pad(image[:, :, 1:] - image[:, :, :-1], (0, 0, 0, 1))
    return down, across


@operation(1)
def total_variation(images: Any) -> Any:
    """Return the sum of the sizes of differences between neighbouring pixels, of each image.

    Args:
        images: (n, rows, columns, channels) or (rows, columns, channels).
    """
    down, across = images[..., 1:, :, :] - images[..., :-1, :, :], images[..., 1:, :] - images[..., :-1, :]
    return torch.abs(down).sum((-3, -2, -1)) + torch.abs(across).sum((-3, -2, -1))


@operation(1)
def sobel_edges(image: Any) -> Any:
    """Return how images change down and across, in a last axis of two; the edge is reflected.

    Args:
        image: (n, rows, columns, channels).
    """
    x = F.pad(image.permute(0, 3, 1, 2), (1, 1, 1, 1), mode="reflect")
    n, channels, rows, columns = x.shape
    down = torch.tensor([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]], device=x.device)
    edges = F.conv2d(x.reshape(n * channels, 1, rows, columns), torch.stack([down, down.T])[:, None])
    return edges.reshape(n, channels, 2, rows - 2, columns - 2).permute(0, 3, 4, 1, 2)


@operation(2)
def psnr(a: Any, b: Any, max_val: float) -> Any:
    """Return how alike images are, in decibels.

    Args:
        a, b: (..., rows, columns, channels).
        max_val: the largest value that there is.
    """
    error = torch.mean(torch.square(a.to(torch.float32) - b.to(torch.float32)), (-3, -2, -1))
    return 10 * torch.log10(max_val**2 / error)


@operation(2)
def ssim(
    img1: Any,
    img2: Any,
    max_val: float,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Any:
    """Return how alike the structures of images are, at most 1 (Wang et al., 2004).

    Args:
        img1, img2: (n, rows, columns, channels).
        max_val: the largest value that there is.
        filter_size, filter_sigma: of the window.
        k1, k2: of the formula.
    """
    places = torch.arange(filter_size, dtype=torch.float32) - (filter_size - 1) / 2
    bell = torch.exp(-0.5 * (places / filter_sigma) ** 2)
    window = (torch.outer(bell, bell) / bell.sum() ** 2)[None, None]
    x, y = (image.to(torch.float32).permute(0, 3, 1, 2) for image in (img1, img2))
    n, channels, rows, columns = x.shape

    def blurred(values: Any) -> Any:
        return F.conv2d(values.reshape(n * channels, 1, rows, columns), window)

    mean_x, mean_y = blurred(x), blurred(y)
    both, squares = blurred(x * y) - mean_x * mean_y, blurred(x * x + y * y) - mean_x**2 - mean_y**2
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    likeness = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1) * (2 * both + c2) / (squares + c2)
    return likeness.mean((-3, -2, -1)).reshape(n, channels).mean(-1)
