"""What becomes of a layer's tensor: one row of numbers an image, or the whole as it is."""

import torch

from convolens.errors import ArgumentError

POOLS = ("avg", "max", "flatten", "none")


def pooled(name: str, x: object, how: str) -> torch.Tensor:
    """Return a layer's output as features, a tensor of its own in float32.

    Args:
        name: of the layer, for errors.
        x: (n, channels, rows, columns), (n, tokens, features) or (n, features).
        how: "avg" or "max" over all places of an image; "flatten" in rows, columns, channels order; "none" keeps the
            shape, channels last.

    Raises:
        ArgumentError: not a tensor of samples.

    Example:
        >>> pooled("conv", torch.ones(2, 3, 4, 4), "avg").shape, pooled("conv", torch.ones(2, 3, 4, 5), "none").shape
        (torch.Size([2, 3]), torch.Size([2, 4, 5, 3]))
    """
    if not isinstance(x, torch.Tensor):
        raise ArgumentError(
            f"extract: layer {name!r} gives a {type(x).__name__}, not a tensor; name a layer inside of it, or after it."
        )
    if x.ndim == 0 or x.is_complex():
        raise ArgumentError(
            f"extract: layer {name!r} gives a tensor of {x.dtype} and shape {tuple(x.shape)}, not one row of numbers an "
            "image; name another layer."
        )
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim > 2 and how in ("avg", "max"):
        places = (
            tuple(range(2, x.ndim)) if x.ndim != 3 else (1,)
        )  # (n, tokens, features): tokens are the places
        x = x.float()
        return x.mean(places) if how == "avg" else x.amax(places)
    if x.ndim == 4:
        x = x.permute(0, 2, 3, 1)  # (n, c, h, w) -> (n, h, w, c)
    if how == "flatten":
        x = x.flatten(1)
    return x.to(torch.float32, copy=True, memory_format=torch.contiguous_format)
