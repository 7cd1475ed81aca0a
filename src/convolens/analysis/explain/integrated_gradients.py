"""integrated_gradients: what each pixel adds to the score, on the way from a black image to the photo."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from convolens.analysis.explain.scores import Asked, ask
from convolens.arguments import integer
from convolens.errors import ArgumentError

_FIRST_STEPS, _MOST_STEPS = 32, 256
_PIXELS = 224 * 224 * 4  # of the images whose activations are held at once
_WANTED = 0.01  # of the difference of the scores: the gap that is small enough


@dataclass(frozen=True)
class IntegratedGradients:
    """What the pixels add, and how well it adds up.

    Attributes:
        attributions: float32 (rows, columns) or (n, rows, columns), signed, in units of the score; the channels added up.
        score: of the image, before the last softmax or sigmoid; a float, or (n,).
        baseline_score: of the baseline.
        gap: |sum of attributions - (score - baseline_score)| as a share of |score - baseline_score|. In theory 0; what the finite
            number of steps leaves.
        steps: that were taken.
    """

    attributions: np.ndarray
    score: np.ndarray
    baseline_score: np.ndarray
    gap: np.ndarray
    steps: int


def integrated_gradients(
    model: Any,
    image: Any,
    class_number: int | None = None,
    baseline: float = 0.0,
    steps: int | None = None,
    batch_size: int | None = None,
) -> IntegratedGradients:
    """Return integrated gradients (Sundararajan et al., 2017): their sum is the difference of the two scores.

    Args:
        model: a `Model` or any torch module that gives (batch, classes).
        image: float (rows, columns, channels) or (n, rows, columns, channels), as the network takes it.
        class_number: whose score; None takes the likeliest class of each image.
        baseline: the value of all pixels of the image that is compared with; 0 is black for photos of 0 to 1.
        steps: gradients along the way; None takes 32 and doubles them until the gap is at most 1 %, or they are 256.
        batch_size: images at once, each with its activations for the gradient; None takes 32 small images, or 4 of 224 x 224.

    Raises:
        ArgumentError: no such class, NaN, an argument out of range, no gradient. ShapeError: the network cannot take the image.

    Example:
        >>> network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 2))
        >>> found = integrated_gradients(network, np.ones((2, 2, 1)))
        >>> bool(np.isclose(found.attributions.sum(), found.score - found.baseline_score, atol=1e-5))
        True

    Source: Sundararajan et al., "Axiomatic Attribution for Deep Networks", arXiv:1703.01365; computed by captum.
    """
    from captum.attr import IntegratedGradients as Captum

    with ask("integrated_gradients", model, image, class_number) as asked:
        usual = min(32, max(1, _PIXELS // (asked.x.shape[2] * asked.x.shape[3])))
        at_once = integer("integrated_gradients", "batch_size", usual if batch_size is None else batch_size)
        most = integer("integrated_gradients", "steps", _MOST_STEPS if steps is None else steps)
        count = _FIRST_STEPS if steps is None else most
        check_gradient(asked)
        black = torch.full_like(asked.x, float(baseline))
        with torch.no_grad():
            score, from_score = asked.chosen(asked.scores), asked.chosen(asked.score(black))
        difference = (score - from_score).double()
        method = Captum(asked.score, multiply_by_inputs=True)
        while True:
            with torch.enable_grad():
                parts = method.attribute(
                    asked.x,
                    baselines=black,
                    target=asked.classes,
                    n_steps=count,
                    internal_batch_size=max(at_once, len(asked.x)),
                )
            parts = parts.detach().sum(dim=1)  # (n, c, h, w) -> (n, h, w)
            left = (parts.double().sum(dim=(1, 2)) - difference).abs()
            gap = left / difference.abs().clamp_min(1e-6)
            if count >= most or float(gap.max()) <= _WANTED:
                break
            count = min(2 * count, most)
        return IntegratedGradients(
            attributions=asked.given_back(parts),
            score=asked.given_back(score),
            baseline_score=asked.given_back(from_score),
            gap=asked.given_back(gap),
            steps=count,
        )


def check_gradient(asked: Asked) -> None:
    """Raise `ArgumentError` where no gradient of the score reaches the first image."""
    with torch.enable_grad():
        image = asked.x[:1].clone().requires_grad_()
        score = asked.score(image.clone())[0, asked.classes[0]]
    if not score.requires_grad or torch.autograd.grad(score, image, allow_unused=True)[0] is None:
        raise ArgumentError(
            f"{asked.where}: no gradient of the score reaches the image (a part may run under torch.no_grad); take occlusion, which "
            "needs none."
        )
