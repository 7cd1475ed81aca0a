"""The kernel's work in torch operations, for pixels that lie on a device: the same parameters, the same result.

Each step is one of the CPU kernel's own, in its order of operations, so that rounding is the same: places are float64,
values float32, and nothing is fused. All of a batch is done at once; nothing waits for the device.
"""

from collections.abc import Callable

import numpy as np
import torch

from convolens.augmentation.draw.augmentation import Augmentation
from convolens.augmentation.draw.draws import Draws
from convolens.augmentation.draw.matrix import matrices
from convolens.errors import ArgumentError, ShapeError

WORKING_BYTES = 256 * 2**20
_FURTHEST = 1e100  # entries of a matrix, so that no place becomes infinite


def transform_on_device(
    images: torch.Tensor,
    which: np.ndarray,
    draws: Draws,
    augmentation: Augmentation,
    rescale: float = 1.0,
    centre: tuple[float, float] | None = None,
    *,
    working_bytes: int = WORKING_BYTES,
) -> torch.Tensor:
    """Return some images, transformed and rescaled, as one float batch on the device that holds them.

    Args:
        images: (m, rows, columns, channels), uint8 or float32, finite values 0 to 255, on the CPU or a CUDA device;
            a contiguous tensor is not copied.
        which: the places in `images` of the n images of the batch, on the host.
        draws: the parameters of each of the n.
        augmentation: for fill mode, constant and interpolation order, which must be 0 or 1.
        rescale: factor on the values at the end.
        centre: see `matrices`.
        working_bytes: beside the result about so much memory is used at a time; the result does not depend on it.

    Returns:
        (n, rows, columns, channels) float32, what `transform_batch` returns.

    Raises:
        ShapeError: images that are not of rank 4, or not one draw for each place.
        ArgumentError: another dtype, a place outside of `images`, an order above 1, a parameter that is not finite.

    Example:
        >>> images = torch.full((1, 2, 2, 3), 255, dtype=torch.uint8)
        >>> transform_on_device(images, np.array([0]), Draws.of({}), Augmentation(), 1 / 255).max()
        tensor(1.)
    """
    check_images("transform_on_device", images)
    check_order("transform_on_device", augmentation)
    which = _checked_places(images, which, draws)
    n, (rows, columns, channels) = len(draws), images.shape[1:]
    matrix = matrices(draws, rows, columns, centre)
    if not ((np.abs(matrix) < _FURTHEST).all() and np.isfinite(draws.channel_shift).all()) or (
        np.isinf(draws.brightness).any()
    ):
        raise ArgumentError(
            "transform_on_device: the drawn parameters must be finite numbers; received NaN, infinite or huge "
            "ones. Check the draws, brightness alone may be NaN for none."
        )
    images = images.detach()
    if not images.is_contiguous():
        images, which = images[torch.from_numpy(which).to(images.device)].contiguous(), np.arange(n)
    still = (matrix == np.eye(3)[:2]).all(axis=(1, 2))
    flips = draws.flip_vertical, draws.flip_horizontal
    table = np.column_stack([which, matrix.reshape(n, 6), *flips, draws.channel_shift, draws.brightness])
    # (n, 11) float64: one transfer a batch, which nobody waits for
    parameters = torch.from_numpy(table).to(images.device, non_blocking=True)
    out = torch.empty((n, rows, columns, channels), dtype=torch.float32, device=images.device)

    row_bytes = (128 + 16 * channels) * columns  # places, neighbours and weights; then values of each channel
    images_at_once = max(1, working_bytes // (row_bytes * rows))
    rows_at_once = min(rows, max(1, working_bytes // row_bytes))
    for start in range(0, n, images_at_once):
        chunk = slice(start, min(start + images_at_once, n))
        for top in range(0, rows, rows_at_once):
            stripe = slice(top, min(top + rows_at_once, rows))
            out[chunk, stripe] = _sample(
                images, parameters[chunk], stripe, bool(still[chunk].all()), augmentation
            )
        if draws.channel_shift[chunk].any():
            _shift_channels(out[chunk], parameters[chunk, 9])
        if not np.isnan(draws.brightness[chunk]).all():
            _brighten(out[chunk], parameters[chunk, 10])
    return out if rescale == 1 else out.mul_(float(np.float32(rescale)))


def check_order(where: str, augmentation: Augmentation) -> None:
    """Refuse an interpolation order that only the CPU can do."""
    if augmentation.interpolation_order > 1:
        raise ArgumentError(
            f"{where}: interpolation_order must be 0 or 1 on a device; received {augmentation.interpolation_order}. "
            "Higher orders run on the CPU only: use AugmentedBatches or transform_batch."
        )


def check_images(where: str, images: torch.Tensor) -> None:
    """Refuse images of another rank or dtype than the device's way takes."""
    if images.ndim != 4 or 0 in images.shape[1:]:
        raise ShapeError(
            f"{where}: images must be of shape (n, rows, columns, channels); received {tuple(images.shape)}."
        )
    if images.dtype not in (torch.uint8, torch.float32):
        raise ArgumentError(
            f"{where}: images must be uint8 or float32; received {images.dtype}. Convert them once by "
            "images.float()."
        )


def _checked_places(images: torch.Tensor, which: np.ndarray, draws: Draws) -> np.ndarray:
    """Return `which` as int64, if there is one place inside of `images` for each of the draws."""
    which = np.asarray(which, np.int64)
    if which.shape != (len(draws),):
        raise ShapeError(
            "transform_on_device: which must hold one place for each of the draws; received shape "
            f"{which.shape} for {len(draws)} draws."
        )
    if len(which) and not 0 <= which.min() <= which.max() < len(images):
        raise ArgumentError(
            f"transform_on_device: which must hold places from 0 to below {len(images)}, the number of images; "
            f"received {which.min()} to {which.max()}."
        )
    return which


def _sample(
    images: torch.Tensor, parameters: torch.Tensor, stripe: slice, still: bool, augmentation: Augmentation
) -> torch.Tensor:
    """Return the values of a stripe of output rows of some images: (k, stripe, columns, channels).

    Args:
        images: (m, rows, columns, channels), contiguous.
        parameters: (k, 11): place, the matrix row by row, flips (vertical, horizontal), channel shift, brightness.
        stripe: of output rows.
        still: whether all k matrices change nothing.
        augmentation: for fill mode, constant and order.
    """
    count, rows, columns, channels = images.shape
    values = images.view(count * rows * columns, channels)
    # each (k, 1, 1)
    first, m00, m01, m02, m10, m11, m12, down, across = (
        p[:, None, None] for p in parameters[:, :9].unbind(1)
    )
    i = torch.arange(stripe.start, stripe.stop, dtype=torch.float64, device=images.device)[None, :, None]
    j = torch.arange(columns, dtype=torch.float64, device=images.device)[None, None, :]
    i = torch.where(down != 0, rows - 1 - i, i)  # (k, stripe, 1)
    j = torch.where(across != 0, columns - 1 - j, j)  # (k, 1, columns)
    first = first.long() * (rows * columns)

    def at(row: torch.Tensor, column: torch.Tensor) -> torch.Tensor:
        """Return the values at whole places."""
        index = first + row * columns + column  # (k, stripe, columns)
        return values.index_select(0, index.reshape(-1)).view(*index.shape, channels)

    if still:
        return at(i.long(), j.long())
    row, column = (m02 + i * m00) + j * m01, (m12 + i * m10) + j * m11
    outside = None
    if augmentation.fill_mode == "constant":
        outside = (row < 0) | (row > rows - 1) | (column < 0) | (column > columns - 1)
    row = _inside(row, rows, augmentation.fill_mode)
    column = _inside(column, columns, augmentation.fill_mode)
    if augmentation.interpolation_order == 0:
        sampled = at((row + 0.5).long(), (column + 0.5).long()).float()
    else:
        sampled = _blend(at, row, column, rows, columns)
    if outside is not None:
        sampled = sampled.masked_fill_(outside[..., None], float(np.float32(augmentation.cval)))
    return sampled


def _inside(place: torch.Tensor, length: int, fill_mode: str) -> torch.Tensor:
    """Return places in [0, length - 1] for places anywhere, as `places.bring_inside` does; "constant" clamps.

    The divisors are tensors: by a Python number CUDA multiplies with the rounded reciprocal instead, which lets a
    whole number of periods fall short.
    """
    last = length - 1.0
    if length > 1 and fill_mode == "reflect":
        period = torch.full((), 2.0 * length, dtype=place.dtype, device=place.device)
        place = place - period * torch.floor(place / period)
        place = torch.where(place >= length, period - place - 1.0, place)
    elif length > 1 and fill_mode == "wrap":
        period = torch.full((), last, dtype=place.dtype, device=place.device)
        below = place + period * (torch.floor(-place / period) + 1.0)
        above = place - period * torch.floor(place / period)
        place = torch.where(place < 0, below, torch.where(place > last, above, place))
    return place.clamp(0.0, last)


def _blend(
    at: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    row: torch.Tensor,
    column: torch.Tensor,
    rows: int,
    columns: int,
) -> torch.Tensor:
    """Return the bilinear values at places inside, in the kernel's order of operations.

    Args:
        at: gives the values at whole places.
        row, column: (k, stripe, columns), in [0, rows - 1] and [0, columns - 1].
        rows, columns: of the images.
    """
    top, left = row.long(), column.long()
    down, right = (row - top).float()[..., None], (column - left).float()[..., None]
    below, beside = (top + 1).clamp_(max=rows - 1), (left + 1).clamp_(max=columns - 1)

    def downwards(c: torch.Tensor) -> torch.Tensor:
        upper = at(top, c).float()  # (k, stripe, columns, channels)
        return upper + (at(below, c).float() - upper) * down

    first = downwards(left)
    return first + (downwards(beside) - first) * right


def _shift_channels(images: torch.Tensor, shift: torch.Tensor) -> None:
    """Add to all values of each image, clipped to the image's own range, in place.

    Args:
        images: (k, rows, columns, channels) float32.
        shift: (k,); 0 changes nothing.
    """
    low, high = images.amin((1, 2, 3), keepdim=True), images.amax((1, 2, 3), keepdim=True)
    images += shift.float()[:, None, None, None]
    torch.maximum(images, low, out=images)
    torch.minimum(images, high, out=images)


def _brighten(images: torch.Tensor, brightness: torch.Tensor) -> None:
    """Blend each image with black in bytes, as `colours.change_colours` does, in place.

    Args:
        images: (k, rows, columns, channels) float32; beyond 0 to 255 an image is stretched first and back after.
        brightness: (k,) factor; NaN for none.
    """
    low, high = images.amin((1, 2, 3), keepdim=True), images.amax((1, 2, 3), keepdim=True)
    beyond, span = (low < 0) | (high > 255), high - low  # (k, 1, 1, 1)
    white = torch.full((), 255.0, device=images.device)  # a tensor to divide by, see `_inside`
    stretched = (images - low) / torch.where(span != 0, span, 1.0) * white
    changed = torch.where(beyond, stretched, images).floor_()
    coloured = changed[..., : 3 if images.shape[-1] >= 4 else None]  # alpha stays
    coloured *= brightness.float()[:, None, None, None]
    coloured.clamp_(0.0, 255.0).floor_()
    changed = torch.where(beyond, changed / white * span + low, changed)
    images.copy_(torch.where(brightness.isnan()[:, None, None, None], images, changed))
