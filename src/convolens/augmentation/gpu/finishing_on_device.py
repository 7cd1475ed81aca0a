"""What `finishing` and `mixing` do, in torch operations: fills, colours, erasing and mixing on the device."""

import numpy as np
import torch

from convolens.augmentation.draw.augmentation import Augmentation
from convolens.augmentation.draw.draws import Draws
from convolens.augmentation.draw.mixing import Mixing
from convolens.augmentation.gpu.on_device import transform_on_device
from convolens.augmentation.gpu.tones_on_device import change_tones_on_device


def augment_on_device(
    images: torch.Tensor,
    which: np.ndarray,
    draws: Draws,
    augmentation: Augmentation,
    rescale: float = 1.0,
    centre: tuple[float, float] | None = None,
) -> torch.Tensor:
    """Return some images with all that was drawn for them, but mixing, as one float batch on their device.

    Args:
        images: (m, rows, columns, channels), uint8 or float32, values 0 to 255.
        which: the places in `images` of the n images of the batch, on the host.
        draws: what `augmentation` drew for each of the n.
        augmentation: for fill mode, constants and interpolation order, which must be 0 or 1.
        rescale: factor on the values at the end.
        centre: see `matrices`.

    Returns:
        (n, rows, columns, channels) float32, what `augment_batch` gives.

    Raises:
        ShapeError, ArgumentError: as `transform_on_device`.

    Example:
        >>> images, pad = torch.full((1, 4, 4, 3), 9, dtype=torch.uint8), Augmentation(pad_and_crop=1)
        >>> augment_on_device(images, np.array([0]), pad.draw(0, 0, [0], (4, 4)), pad).shape
        torch.Size([1, 4, 4, 3])
    """
    extras = draws.extras
    if extras is None:
        return transform_on_device(images, which, draws, augmentation, rescale, centre)
    early, late = (1.0, rescale) if extras.codes.shape[1] else (rescale, 1.0)  # as in `augment_batch`
    out = transform_on_device(images, which, draws, augmentation, early, centre)
    if extras.shift.any():
        out = _pad(out, draws, extras.shift, augmentation.cval * early)
    change_tones_on_device(out, extras.codes, extras.amounts)
    if extras.erased[:, 2].any():
        erased = _in_box(extras.erased, out)
        out = out.masked_fill_(erased, float(np.float32(augmentation.random_erasing_value * early)))
    return out if late == 1 else out.mul_(float(np.float32(late)))


def mix_on_device(x: torch.Tensor, partners: torch.Tensor, mixing: Mixing) -> torch.Tensor:
    """Return images mixed with their partners, as `mix_images` does.

    Args:
        x, partners: (n, rows, columns, channels) float32.
        mixing: how.
    """
    share = _shares(mixing, x)
    whole = torch.from_numpy(mixing.box[:, 2] < 0).to(x.device)[:, None, None, None]
    cut = torch.where(_in_box(mixing.box, x), partners, x)
    return torch.where(whole, share * x + (1 - share) * partners, cut)


def mix_labels_on_device(rows: torch.Tensor, which: np.ndarray, mixing: Mixing) -> torch.Tensor:
    """Return the labels of mixed images, as `mix_labels` does.

    Args:
        rows: of the data set, float32, on the device.
        which: the places of the n images, on the host.
        mixing: how they are mixed.
    """
    places = torch.from_numpy(np.stack([which, mixing.partner])).to(rows.device)  # (2, n)
    own, others = rows.index_select(0, places[0]), rows.index_select(0, places[1])
    share = _shares(mixing, own)
    return own * share + others * (1 - share)


def _shares(mixing: Mixing, like: torch.Tensor) -> torch.Tensor:
    """Return the images' own shares, float32 (n, 1, ...) of the rank of `like`, on its device."""
    share = torch.from_numpy(mixing.share.astype(np.float32)).to(like.device)
    return share.view(-1, *[1] * (like.ndim - 1))


def _pad(x: torch.Tensor, draws: Draws, shift: np.ndarray, constant: float) -> torch.Tensor:
    """Write the constant where a whole-pixel shift brought something from outside, see `finishing_kernel.finish`."""
    flips = np.stack([draws.flip_vertical, draws.flip_horizontal], axis=1)
    moved = torch.from_numpy(np.where(flips, -shift, shift)).to(x.device)  # (n, 2): down, across
    outside = torch.zeros((), dtype=torch.bool, device=x.device)
    for axis in (1, 2):
        by = moved[:, axis - 1][:, None, None, None]
        # (length,) -> (1, length, 1, 1) or (1, 1, length, 1)
        place = torch.arange(x.shape[axis], device=x.device)
        place = place.view(1, -1, 1, 1) if axis == 1 else place.view(1, 1, -1, 1)
        outside = outside | (place + by < 0) | (place + by >= x.shape[axis])
    return x.masked_fill_(outside, float(np.float32(constant)))


def _in_box(box: np.ndarray, x: torch.Tensor) -> torch.Tensor:
    """Return which pixels lie in each image's box: (n, rows, columns, 1) bool.

    Args:
        box: (n, 4) int64: top, left, height, width; none where the height is not above 0.
        x: (n, rows, columns, channels).
    """
    top, left, height, width = (
        side[:, None, None, None]
        for side in torch.from_numpy(np.ascontiguousarray(box)).to(x.device).unbind(1)
    )
    i = torch.arange(x.shape[1], device=x.device).view(1, -1, 1, 1)
    j = torch.arange(x.shape[2], device=x.device).view(1, 1, -1, 1)
    return (i >= top) & (i < top + height) & (j >= left) & (j < left + width)
