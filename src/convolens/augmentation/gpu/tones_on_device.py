"""What `tones` does to colours, in torch operations: each operation at once on all images of a batch that drew it.

The steps are the compiled code's own, in its order, so that rounding is the same; nothing waits for the device.
"""

from collections.abc import Callable

import numpy as np
import torch

from convolens.augmentation.draw.tone_codes import (
    AUTOCONTRAST,
    BRIGHTNESS,
    CONTRAST,
    EQUALIZE,
    HUE,
    POSTERIZE,
    SATURATION,
    SHARPNESS,
    SOLARIZE,
)

RED, GREEN, BLUE = 0.299, 0.587, 0.114  # ITU-R BT.601


def change_tones_on_device(images: torch.Tensor, codes: np.ndarray, amounts: np.ndarray) -> None:
    """Do some operations on each image, one after the other, in place.

    Args:
        images: (n, rows, columns, channels) float32, values 0 to 255; alpha, the fourth channel, stays.
        codes: (n, k) numbers of `tone_codes`, on the host; those of geometry are passed over.
        amounts: (n, k), see `tones.change_tones`.

    Example:
        >>> image = torch.full((1, 1, 1, 3), 100.0)
        >>> change_tones_on_device(image, np.array([[BRIGHTNESS]]), np.array([[1.5]]))
        >>> image.flatten().tolist()
        [150.0, 150.0, 150.0]
    """
    # (n, k): for each step, images of the same code together.
    order = np.argsort(codes, axis=0, kind="stable")
    places = torch.from_numpy(np.ascontiguousarray(order.T)).to(images.device)  # (k, n)
    values = torch.from_numpy(np.ascontiguousarray(amounts.T, np.float32)).to(images.device)  # (k, n)
    for step in range(codes.shape[1]):
        ordered = codes[order[:, step], step]
        for code in np.unique(ordered):
            operation = OPERATIONS.get(int(code))
            if operation is None or (images.shape[3] < 3 and code in (SATURATION, HUE)):
                continue
            first, last = np.searchsorted(ordered, (code, code + 1)).tolist()
            chosen = places[step, first:last]
            some = images.index_select(0, chosen)  # (m, rows, columns, channels)
            amount = values[step].index_select(0, chosen)[:, None, None, None]
            some[..., :3] = operation(some[..., :3], amount)
            images.index_copy_(0, chosen, some)


def _lightness(x: torch.Tensor) -> torch.Tensor:
    """Return (m, rows, columns, 1): of three channels that of the colours, else the first channel."""
    if x.shape[3] < 3:
        return x[..., :1]
    return x[..., 0:1] * RED + x[..., 1:2] * GREEN + x[..., 2:3] * BLUE


def _brightness(x: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    return (x * factor).clamp_(0, 255)


def _contrast(x: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    mean = _lightness(x).double().mean((1, 2, 3), keepdim=True).float()
    return (x * factor + mean * (1 - factor)).clamp_(0, 255)


def _saturation(x: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    return (x * factor + _lightness(x) * (1 - factor)).clamp_(0, 255)


def _hue(x: torch.Tensor, turn: torch.Tensor) -> torch.Tensor:
    r, g, b = (x[..., c : c + 1] for c in range(3))  # each (m, rows, columns, 1)
    high, low = x.amax(3, keepdim=True), x.amin(3, keepdim=True)
    span = high - low
    one = 1 / span.clamp(min=1e-30)
    hue = torch.where(high == r, (g - b) * one, torch.where(high == g, 2 + (b - r) * one, 4 + (r - g) * one))
    hue = hue + turn * 6  # in sixths of the circle
    hue = torch.where(hue < 0, hue + 6, hue)
    hue = torch.where(hue >= 6, hue - 6, hue)
    own = torch.arange(0, 6, 2, device=x.device)  # where red, green and blue lie
    away = (hue - own).abs()  # (m, rows, columns, 3)
    return low + span * (2 - torch.minimum(away, 6 - away)).clamp_(0, 1)


def _sharpness(x: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    rows, columns = x.shape[1:3]
    changed = x.clone()
    if rows > 2 and columns > 2:
        inside = x[:, 1:-1, 1:-1]
        total = inside * 4
        for down in range(3):
            for across in range(3):
                total += x[:, down : rows - 2 + down, across : columns - 2 + across]
        smooth = total * float(np.float32(1 / 13)) * (1 - factor)
        changed[:, 1:-1, 1:-1] = (inside * factor + smooth).clamp_(0, 255)
    return changed


def _posterize(x: torch.Tensor, bits: torch.Tensor) -> torch.Tensor:
    dropped = 8 - bits.int()
    return (((x.clamp(0, 255) + 0.5).int() >> dropped) << dropped).float()


def _solarize(x: torch.Tensor, threshold: torch.Tensor) -> torch.Tensor:
    value = x.clamp(0, 255)
    return torch.where(value >= threshold, 255 - value, x)


def _autocontrast(x: torch.Tensor, _: torch.Tensor) -> torch.Tensor:
    low, high = x.amin((1, 2), keepdim=True), x.amax((1, 2), keepdim=True)
    white = torch.full((), 255.0, device=x.device)  # a tensor: CUDA divides a Python number otherwise
    stretched = ((x - low) * (white / (high - low))).clamp_(0, 255)
    return torch.where(high > low, stretched, x)


def _equalize(x: torch.Tensor, _: torch.Tensor) -> torch.Tensor:
    m, rows, columns, channels = x.shape
    value = (x.clamp(0, 255) + 0.5).long().permute(0, 3, 1, 2).reshape(m * channels, rows * columns)
    count = torch.zeros((m * channels, 256), dtype=torch.long, device=x.device)
    count.scatter_add_(1, value, torch.ones_like(value))
    last = value.amax(1, keepdim=True)
    step = (rows * columns - count.gather(1, last)) // 255  # (m * channels, 1)
    below = step // 2 + count.cumsum(1) - count  # (m * channels, 256)
    table = (below // step.clamp(min=1)).clamp_(max=255).float()
    equal = table.gather(1, value).view(m, channels, rows, columns).permute(0, 2, 3, 1)
    return torch.where(step.view(m, 1, 1, channels) == 0, x, equal)


OPERATIONS: dict[int, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    BRIGHTNESS: _brightness,
    CONTRAST: _contrast,
    SATURATION: _saturation,
    HUE: _hue,
    SHARPNESS: _sharpness,
    POSTERIZE: _posterize,
    SOLARIZE: _solarize,
    AUTOCONTRAST: _autocontrast,
    EQUALIZE: _equalize,
}
