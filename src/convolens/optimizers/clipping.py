"""Gradient clipping as Keras defines it, in place, with no value read back from the device."""

import torch

from convolens.arguments import number_in
from convolens.errors import ArgumentError


def check_limits(where: str, **limits: float | None) -> None:
    """Raise `ArgumentError` unless at most one limit is set, to a number >= 0."""
    given = {word: value for word, value in limits.items() if value is not None}
    if len(given) > 1:
        raise ArgumentError(
            f"{where}: only one of {', '.join(limits)} can be set; received "
            + ", ".join(f"{word}={value!r}" for word, value in given.items())
            + "."
        )
    for word, value in given.items():
        number_in(where, word, value, 0.0, float("inf"), open_high=True)


def clip(
    gradients: list[torch.Tensor],
    clipnorm: float | None,
    clipvalue: float | None,
    global_clipnorm: float | None,
) -> None:
    """Clip the gradients by the limit that is set."""
    if clipnorm:
        clip_each_by_norm(gradients, clipnorm)
    elif global_clipnorm:
        clip_all_by_norm(gradients, global_clipnorm)
    elif clipvalue:
        clip_by_value(gradients, clipvalue)


def clip_each_by_norm(gradients: list[torch.Tensor], norm: float) -> None:
    """Scale each gradient whose L2 norm is above `norm` down to it, by itself (`clipnorm`).

    Example:
        >>> gradient = torch.tensor([3.0, 4.0])
        >>> clip_each_by_norm([gradient], 1.0)
        >>> gradient
        tensor([0.6000, 0.8000])
    """
    norms = torch._foreach_norm(gradients)
    torch._foreach_mul_(gradients, norm)
    torch._foreach_div_(gradients, [torch.clamp(one, min=norm) for one in norms])


def clip_all_by_norm(gradients: list[torch.Tensor], norm: float) -> None:
    """Scale all gradients by one factor where their joint L2 norm is above `norm`.

    This is `global_clipnorm`. A gradient that is not finite makes every gradient NaN, as in Keras.

    Example:
        >>> gradients = [torch.tensor([3.0]), torch.tensor([4.0])]
        >>> clip_all_by_norm(gradients, 1.0)
        >>> gradients
        [tensor([0.6000]), tensor([0.8000])]
    """
    device = gradients[0].device
    norms = [one.to(device) for one in torch._foreach_norm(gradients)]
    total = torch.linalg.vector_norm(torch.stack(norms))
    factor = norm * torch.clamp(1.0 / total, max=1.0 / norm) + (total - total)
    for gradient in gradients:
        gradient.mul_(factor.to(gradient.device))


def clip_by_value(gradients: list[torch.Tensor], value: float) -> None:
    """Limit every element to [-value, value] (`clipvalue`).

    Example:
        >>> gradient = torch.tensor([-3.0, 0.25])
        >>> clip_by_value([gradient], 0.5)
        >>> gradient
        tensor([-0.5000,  0.2500])
    """
    torch._foreach_clamp_min_(gradients, -value)
    torch._foreach_clamp_max_(gradients, value)
