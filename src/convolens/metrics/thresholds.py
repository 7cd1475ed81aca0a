"""Counts of right and wrong yes-no predictions at many thresholds at once, binned as Keras bins."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from convolens.arguments import number_in
from convolens.errors import ArgumentError, ShapeError
from convolens.losses.loss import as_float, match_ranks

LOWEST = -1e10  # Keras' threshold below every score, for top_k


class Counts(NamedTuple):
    """Weighted counts, one per threshold."""

    true_positives: torch.Tensor
    false_positives: torch.Tensor
    true_negatives: torch.Tensor
    false_negatives: torch.Tensor


def parse_thresholds(where: str, thresholds: Any, default: float) -> list[float]:
    """Return a number or several in [0, 1] as a list; None as the default.

    Raises:
        ArgumentError: a threshold outside [0, 1].
    """
    if thresholds is None:
        return [default]
    several = thresholds if isinstance(thresholds, (list, tuple, np.ndarray)) else [thresholds]
    return [number_in(where, "thresholds", one, 0.0, 1.0) for one in several]


def evenly_spaced(thresholds: Sequence[float]) -> bool:
    """Return whether the thresholds run from 0 to 1 in equal steps, at least three of them."""
    even = np.arange(len(thresholds), dtype=np.float32) / max(len(thresholds) - 1, 1)
    return len(thresholds) >= 3 and bool(np.allclose(thresholds, even, atol=1e-7))


@torch.no_grad()
def count(
    where: str,
    y_true: Any,
    y_pred: Any,
    thresholds: Sequence[float],
    evenly: bool,
    sample_weight: Any = None,
    top_k: int | None = None,
    class_id: int | None = None,
) -> Counts:
    """Return the weighted counts of one batch; a prediction above a threshold is positive there.

    Args:
        where: the caller's name for errors.
        y_true, y_pred: of the same shape (an axis of length 1 apart); labels 0 or not 0.
        thresholds: in rising order.
        evenly: whether they are evenly spaced, which bins instead of comparing.
        sample_weight: None, or one per sample.
        top_k: count only the k largest predictions of each sample as candidates.
        class_id: count only this class.

    Raises:
        ShapeError: labels, predictions or weights do not fit.
    """
    y_pred = as_float(y_pred)
    y_true = torch.as_tensor(y_true, device=y_pred.device)
    y_pred, y_true = match_ranks(y_pred, y_true)
    if y_true.shape != y_pred.shape:
        raise ShapeError(
            f"{where}: labels of shape {tuple(y_true.shape)} do not fit predictions of shape "
            f"{tuple(y_pred.shape)}; expected the same shape (one-hot labels for classes)."
        )
    weights = weights_of(where, sample_weight, y_pred)
    if top_k is not None:
        chosen = torch.zeros_like(y_pred).scatter(-1, y_pred.topk(top_k, dim=-1).indices, 1.0)
        y_pred = y_pred * chosen + LOWEST * (1.0 - chosen)
    if class_id is not None:
        if y_pred.ndim == 1 or not -y_pred.shape[-1] <= class_id < y_pred.shape[-1]:
            raise ArgumentError(
                f"{where}: class_id={class_id} does not fit predictions of shape "
                f"{tuple(y_pred.shape)}; expected one column per class."
            )
        y_true, y_pred, weights = (t[..., class_id] for t in (y_true, y_pred, weights))
    positive = y_true.reshape(-1) != 0
    scores = y_pred.reshape(-1)
    return _count_flat(positive, scores, weights.reshape(-1), thresholds, evenly)


def weights_of(where: str, sample_weight: Any, values: torch.Tensor) -> torch.Tensor:
    """Return one weight for each of the values, float64 where the device has it: those of a sample for all that it has.

    Args:
        where: the caller's name for errors.
        sample_weight: None for 1, or one per sample, or per value.
        values: what is weighted.

    Raises:
        ShapeError: the weights do not fit.

    Example:
        >>> weights_of("Precision", [1.0, 0.5], torch.zeros(2, 2)).tolist()
        [[1.0, 1.0], [0.5, 0.5]]
    """
    wide = torch.float32 if values.device.type == "mps" else torch.float64
    if sample_weight is None:
        return torch.ones_like(values, dtype=wide)
    given = torch.as_tensor(sample_weight, device=values.device).to(wide)
    if given.ndim and given.ndim < values.ndim:
        given = given.reshape(given.shape + (1,) * (values.ndim - given.ndim))
    elif given.ndim == values.ndim + 1 and given.shape[-1] == 1:
        given = given.squeeze(-1)
    try:
        return given.broadcast_to(values.shape)
    except RuntimeError:
        raise ShapeError(
            f"{where}: sample_weight of shape {tuple(given.shape)} does not fit predictions "
            f"of shape {tuple(values.shape)}; expected one weight per sample."
        ) from None


def _count_flat(
    positive: torch.Tensor,
    scores: torch.Tensor,
    weights: torch.Tensor,
    thresholds: Sequence[float],
    evenly: bool,
) -> Counts:
    right = torch.where(positive, weights, 0.0)
    wrong = weights - right
    if evenly:
        last = len(thresholds) - 1
        bins = torch.ceil(torch.clip(scores, 0.0, 1.0) * last) - 1
        if thresholds[0] < 0.0:  # AUC starts just below 0, so that a score of 0 is above it
            bins = torch.relu(bins)
        # Bin -1 (a score of 0 at a first threshold of exactly 0) is above no threshold.
        bins = bins.long() + 1
        at_or_above = [
            weights.new_zeros(last + 2).index_add(0, bins, part)[1:].flip(0).cumsum(0).flip(0)
            for part in (right, wrong)
        ]
        true_positives, false_positives = at_or_above
    else:
        limits = scores.new_tensor(thresholds)
        above = (scores > limits[:, None]).to(weights)  # (thresholds, scores)
        true_positives, false_positives = above @ right, above @ wrong
    return Counts(
        true_positives,
        false_positives,
        wrong.sum() - false_positives,
        right.sum() - true_positives,
    )
