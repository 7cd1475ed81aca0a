"""Registration: lay one photo over another, turned, cropped or resized as it may be, and say how well they then correlate.

Affine alignment by Gauss-Newton steps with gain and offset of brightness (after Lucas and Kanade, "An Iterative Image Registration
Technique", 1981), from coarse to fine, from several beginnings; many pairs at once.
"""

import numpy as np
import torch

from convolens.errors import ShapeError

SIDE = 48  # rows and columns of what is compared
_COARSE, _FINE = (4, 12), ((2, 8), (1, 6))  # what sides are divided by, and steps there
_BEGINNINGS = (1.0, 0.8, 1.25)  # scales, each straight and mirrored
_KEPT = 2  # beginnings that go on behind the coarse level, those that correlate best there
_DAMPING = 1e-3  # of the steps, as a share of the diagonal
_OVERLAP = 0.35  # of the first photo that the second must cover, at least
_PAIRS_AT_ONCE = 64


def register(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how well pairs correlate once they lie over each other, in [-1, 1], and whether that is mirrored.

    Args:
        first, second: brightness (n, 48, 48) of the whole photos, squashed, in any unit.

    Raises:
        ShapeError: another shape.

    Example:
        >>> from scipy.ndimage import gaussian_filter
        >>> photo = gaussian_filter(np.random.default_rng(0).normal(size=(1, 60, 60)), (0, 4, 4))
        >>> moved = register(photo[:, :48, :48], photo[:, 4:52, 3:51])
        >>> bool(moved[0][0] > 0.99), bool(moved[1][0])
        (True, False)
    """
    if first.ndim != 3 or first.shape[1:] != (SIDE, SIDE) or first.shape != second.shape:
        raise ShapeError(
            f"register: photos must be of shape (n, {SIDE}, {SIDE}), as many on both sides; received {first.shape} and "
            f"{second.shape}."
        )
    similarity, mirrored = np.empty(len(first), np.float32), np.empty(len(first), bool)
    for start in range(0, len(first), _PAIRS_AT_ONCE):
        some = slice(start, start + _PAIRS_AT_ONCE)
        with torch.inference_mode():
            found = _register(torch.as_tensor(first[some]).float(), torch.as_tensor(second[some]).float())
        similarity[some], mirrored[some] = found[0].numpy(), found[1].numpy()
    return similarity, mirrored


def _register(first: torch.Tensor, second: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return correlations (n,), and whether they are mirrored."""
    begin = torch.tensor([[scale * side, 0, 0, 0, scale, 0] for side in (1, -1) for scale in _BEGINNINGS])
    warp = begin.repeat(len(first), 1)  # (n * beginnings, 6): rows of [x y 1] -> x, y, in units of half a side
    warp, found = _aligned(first, second, warp, *_COARSE)
    kept = found.reshape(-1, len(begin)).topk(_KEPT, dim=1).indices  # (n, kept)
    warp = warp.reshape(-1, len(begin), 6).gather(1, kept.unsqueeze(-1).expand(-1, -1, 6)).reshape(-1, 6)
    for divisor, steps in _FINE:
        warp, found = _aligned(first, second, warp, divisor, steps)
    found, best = found.reshape(-1, _KEPT).max(dim=1)
    return found, kept.gather(1, best.unsqueeze(1))[:, 0] >= len(_BEGINNINGS)


def _aligned(
    first: torch.Tensor, second: torch.Tensor, warp: torch.Tensor, divisor: int, steps: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the warps (n * several, 6) after some steps on photos (n, 48, 48) made smaller, and the correlations there."""
    several = len(warp) // len(first)
    a, b = (
        torch.nn.functional.avg_pool2d(photo.unsqueeze(1), divisor).repeat_interleave(several, 0)
        for photo in (first, second)
    )  # (n * several, 1, 48 / divisor, 48 / divisor)
    for _ in range(steps):
        warp = _step(a, b, warp)
    return warp, _correlation(a, b, warp)


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
    """Return the correlation where both photos are, (m,); -1 where that is too little, or the warp is no copy's."""
    sampled, inside = _sampled(b, warp)
    weight, value, wanted = inside.float(), sampled.squeeze(1), a.flatten(2).squeeze(1)
    x, y = (wanted - _mean(wanted, weight)) * weight, (value - _mean(value, weight)) * weight
    both = (x**2).sum(1).sqrt() * (y**2).sum(1).sqrt()
    found = (x * y).sum(1) / both.clamp_min(1e-6)
    matrix = warp.reshape(-1, 2, 3)[:, :, :2]
    sides = torch.linalg.svdvals(torch.nan_to_num(matrix))  # (m, 2): how far it stretches
    plain = (sides[:, 0] <= 1.7 ) & (sides[:, 1] >= 1 / 1.7) & (sides[:, 0] <= 1.35 * sides[:, 1])
    whole = (weight.mean(1) >= _OVERLAP) & plain
    return torch.where(whole, found, torch.tensor(-1.0)).nan_to_num(-1.0)
