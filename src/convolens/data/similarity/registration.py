"""Registration: lay one photo over another, turned, cropped or resized as it may be, and say how well they then correlate.

Affine alignment by Gauss-Newton steps with gain and offset of brightness (after Lucas and Kanade, "An Iterative Image Registration
Technique", 1981), from coarse to fine, from several beginnings; many pairs at once.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from convolens.errors import ShapeError

SIDE = 48  # rows and columns of what is compared
_BRIGHTNESS = torch.tensor([0.299, 0.587, 0.114])  # ITU-R BT.601
_COARSE, _FINE = (4, 12), ((2, 8), (1, 6))  # what sides are divided by, and steps there
_BEGINNINGS = (1.0, 0.8, 1.25)  # scales, each straight and mirrored
_KEPT = 2  # beginnings that go on behind the coarse level, those that correlate best there
_DAMPING = 1e-3  # of the steps, as a share of the diagonal
_OVERLAP = 0.35  # of the first photo that the second must cover, at least
_STRETCH, _SKEW = (
    1.6,
    1.35,
)  # of a copy, at most: how far it is larger or smaller, and one way more than the other
_PAIRS_AT_ONCE = 64


@dataclass(frozen=True)
class Registered:
    """How pairs compare once they lie over each other.

    Attributes:
        similarity: correlation of brightness where both are, in [-1, 1], float32 (n,); -1 where they do not lie over each other.
        colour: the same of red, green and blue.
        mirrored: whether the second was mirrored, left and right changed.
    """

    similarity: np.ndarray
    colour: np.ndarray
    mirrored: np.ndarray


def register(
    first: np.ndarray,
    second: np.ndarray,
    worth: float = -1.0,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Registered:
    """Lay the second photo of each pair over the first, and compare them there.

    Args:
        first, second: whole photos, squashed to (n, 48, 48, 3).
        worth: pairs that correlate less at a quarter of the size are given up there.
        advance: told how many pairs of how many are done.

    Raises:
        ShapeError: another shape.

    Example:
        >>> from scipy.ndimage import gaussian_filter
        >>> photo = gaussian_filter(np.random.default_rng(0).normal(size=(1, 60, 60, 3)), (0, 4, 4, 0))
        >>> found = register(photo[:, :48, :48], photo[:, 4:52, 3:51])
        >>> bool(found.similarity[0] > 0.99), bool(found.mirrored[0])
        (True, False)
    """
    if first.ndim != 4 or first.shape[1:] != (SIDE, SIDE, 3) or first.shape != second.shape:
        raise ShapeError(
            f"register: photos must be of shape (n, {SIDE}, {SIDE}, 3), as many on both sides; received {first.shape} and "
            f"{second.shape}."
        )
    n = len(first)
    found = Registered(np.full(n, -1, np.float32), np.full(n, -1, np.float32), np.zeros(n, bool))
    for start in range(0, n, _PAIRS_AT_ONCE):
        some = slice(start, start + _PAIRS_AT_ONCE)
        a, b = (
            torch.from_numpy(np.ascontiguousarray(photos[some], np.float32)).movedim(-1, 1)
            for photos in (first, second)
        )  # (k, 3, 48, 48)
        with torch.inference_mode():
            promising, warp = _coarse(a, b, worth)
            places = start + promising.numpy()
            for name, values in zip(
                ("similarity", "colour", "mirrored"), _fine(a[promising], b[promising], warp), strict=True
            ):
                getattr(found, name)[places] = values.numpy()
        advance(min(start + _PAIRS_AT_ONCE, n), n)
    return found


def _coarse(a: torch.Tensor, b: torch.Tensor, worth: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Return places of pairs that are worth more, and the warps that are best there, (k, kept, 6)."""
    begin = torch.tensor([[scale * side, 0, 0, 0, scale, 0] for side in (1, -1) for scale in _BEGINNINGS])
    warp, found = _aligned(a, b, begin.repeat(len(a), 1, 1), *_COARSE)
    best = found.topk(_KEPT, dim=1)
    warp = warp.gather(1, best.indices.unsqueeze(-1).expand(-1, -1, 6))  # (n, kept, 6)
    promising = (best.values[:, 0] >= worth).nonzero()[:, 0]
    return promising, warp[promising]


def _fine(
    a: torch.Tensor, b: torch.Tensor, warp: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the correlations of brightness and of colours, (n,), and whether the better warp mirrors."""
    for divisor, steps in _FINE:
        warp, found = _aligned(a, b, warp, divisor, steps)
    similarity, best = found.max(dim=1)
    warp = warp.gather(1, best[:, None, None].expand(-1, 1, 6))[:, 0]  # (n, 6)
    colour = _correlation(a, b, warp)
    return similarity, colour, warp[:, 0] * warp[:, 4] < warp[:, 1] * warp[:, 3]


def _aligned(
    a: torch.Tensor, b: torch.Tensor, warp: torch.Tensor, divisor: int, steps: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the warps (n, several, 6) after some steps on photos (n, 3, 48, 48) made smaller, and the correlations there.

    A warp has two rows that make [x y 1] of the first photo to x and y of the second, in units of half a side.
    """
    n, several, _ = warp.shape
    small_a, small_b = (
        torch.nn.functional.avg_pool2d(
            (photos * _BRIGHTNESS.view(1, 3, 1, 1)).sum(1, keepdim=True), divisor
        ).repeat_interleave(several, 0)
        for photos in (a, b)
    )  # (n * several, 1, 48 / divisor, 48 / divisor)
    flat = warp.reshape(-1, 6)
    for _ in range(steps):
        flat = _step(small_a, small_b, flat)
    return flat.reshape(n, several, 6), _correlation(small_a, small_b, flat).reshape(n, several)


def _grid(side: int) -> torch.Tensor:
    """Return places [x, y, 1] of the middles of pixels, (side * side, 3), in -1..1."""
    line = (2 * torch.arange(side) + 1) / side - 1
    y, x = torch.meshgrid(line, line, indexing="ij")
    return torch.stack([x, y, torch.ones_like(x)], -1).reshape(-1, 3)


def _sampled(image: torch.Tensor, warp: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return values of images (m, c, side, side) at warped places, (m, c, side * side), and where these lie inside, (m, side * side)."""
    side = image.shape[-1]
    places = _grid(side) @ warp.reshape(-1, 2, 3).transpose(1, 2)  # (m, side * side, 2)
    values = torch.nn.functional.grid_sample(
        image, places.unsqueeze(1), align_corners=False, padding_mode="border"
    )
    return values.squeeze(2), (places.abs() <= 1).all(-1)


def _step(a: torch.Tensor, b: torch.Tensor, warp: torch.Tensor) -> torch.Tensor:
    side = a.shape[-1]
    padded = torch.nn.functional.pad(b, (1, 1, 1, 1), mode="replicate")
    by_x = (padded[..., 1:-1, 2:] - padded[..., 1:-1, :-2]) * (side / 4)  # per half a side
    by_y = (padded[..., 2:, 1:-1] - padded[..., :-2, 1:-1]) * (side / 4)
    sampled, inside = _sampled(torch.cat([b, by_x, by_y], 1), warp)  # (m, 3, pixels)
    wanted, weight = a.flatten(2).squeeze(1), inside.float()
    value, x, y = sampled.unbind(1)
    grid = _grid(side)
    slopes = torch.cat([x.unsqueeze(-1) * grid, y.unsqueeze(-1) * grid], -1)  # (m, pixels, 6)
    # gain and offset come first by themselves, so that a step moves places only as far as shape asks
    mean_a, mean_b = _mean(wanted, weight), _mean(value, weight)
    centred_a, centred_b = (wanted - mean_a) * weight, (value - mean_b) * weight
    gain = (centred_a * centred_b).sum(1, keepdim=True) / (centred_b**2).sum(1, keepdim=True).clamp_min(1e-6)
    residual = centred_a - gain * centred_b
    slopes = torch.cat(
        [gain.unsqueeze(-1) * slopes, centred_b.unsqueeze(-1), torch.ones_like(value).unsqueeze(-1)], -1
    )
    slopes = slopes * weight.unsqueeze(-1)  # (m, pixels, 8)
    normal = slopes.transpose(1, 2) @ slopes
    diagonal = normal.diagonal(dim1=1, dim2=2)
    normal = normal + torch.diag_embed(_DAMPING * diagonal + 1e-6 * diagonal.amax(1, keepdim=True) + 1e-9)
    move = torch.linalg.solve(normal, (slopes.transpose(1, 2) @ residual.unsqueeze(-1)))[:, :6, 0]
    return warp + move.clamp(-0.2, 0.2)


def _mean(values: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return (values * weight).sum(1, keepdim=True) / weight.sum(1, keepdim=True).clamp_min(1)


def _correlation(a: torch.Tensor, b: torch.Tensor, warp: torch.Tensor) -> torch.Tensor:
    """Return how photos (m, c, side, side) correlate where both are, (m,); -1 where that is too little, or the warp is no copy's."""
    sampled, inside = _sampled(b, warp)  # (m, c, pixels), (m, pixels)
    several = sampled.shape[1]
    weight = inside.float().repeat(1, several)  # (m, c * pixels)
    x, y = _centred(a.flatten(1), weight), _centred(sampled.flatten(1), weight)
    found = (x * y).sum(1) / ((x**2).sum(1).sqrt() * (y**2).sum(1).sqrt()).clamp_min(1e-6)
    matrix = torch.nan_to_num(warp).reshape(-1, 2, 3)[:, :, :2]
    area = torch.linalg.det(matrix).abs()
    # of singular values s and t: s^2 + t^2, and s * t
    together = (matrix**2).sum((1, 2))
    plain = (area >= 1 / _STRETCH**2) & (area <= _STRETCH**2) & (together <= (_SKEW + 1 / _SKEW) * area)
    whole = (weight.mean(1) >= _OVERLAP) & plain
    return torch.where(whole, found, torch.full_like(found, -1)).nan_to_num(-1.0)


def _centred(values: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return (values - _mean(values, weight)) * weight
