"""Ridge: a linear classifier in closed form on features of length 1, its strength and confidence chosen by exact leave-one-out."""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from convolens.errors import DataError

STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
USUAL_STRENGTH = 0.1  # where leaving one out tells nothing: one photo of each class
# Scores are near 0 and 1, so the temperature that makes probabilities of them hardly depends on the photos: 10 to 16 on
# photos of cats and dogs and on signs, 2 to 100 photos a class (docs/few-photos.md). With few photos left out, all of them
# right, their likelihood alone would ask for certainty.
USUAL_SCALE, SCALE_SPREAD = 12.0, 0.5  # median, and standard deviation of the logarithm
_SCALES = np.geomspace(1.0, 100.0, 93)  # steps of 5 %


@dataclass(frozen=True)
class Ridge:
    """A fitted head: `scale * (features @ kernel + bias)` are logits, features of length 1.

    Attributes:
        kernel: float64 (features, classes), `scale` included.
        bias: float64 (classes,), `scale` included.
        strength: of the penalty.
        scale: what scores were multiplied by; the inverse of a temperature.
        left_out: float64 (n, classes): the logits of each sample by the head that was fitted to all others.
    """

    kernel: np.ndarray
    bias: np.ndarray
    strength: float
    scale: float
    left_out: np.ndarray

    def logits(self, features: np.ndarray) -> np.ndarray:
        """Return (n, classes) of features (n, d) of any length."""
        return unit_length(features) @ self.kernel + self.bias


def unit_length(features: np.ndarray) -> np.ndarray:
    """Return rows of length 1, float64; rows of zeros stay zeros.

    Example:
        >>> unit_length(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
        [[0.6, 0.8], [0.0, 0.0]]
    """
    features = np.asarray(features, np.float64)
    length = np.sqrt((features**2).sum(axis=1, keepdims=True))
    return features / np.maximum(length, 1e-12)


def fit_ridge(features: np.ndarray, labels: np.ndarray, classes: int) -> Ridge:
    """Fit a ridge regression of the classes' zeros and ones, and choose its strength and scale by leaving one out.

    Leaving each sample out costs nothing: of a linear smoother the residual is that of the whole fit over 1 - h, h its
    leverage (Allen 1974, PRESS). The strength is the one with the smallest squared error so; the scale has the largest
    posterior probability, given these answers and that scales are near 12. Where classes are unequal, each sample weighs
    n / (classes * count of its class), as Keras' "balanced" does.

    Args:
        features: (n, d); they are brought to length 1.
        labels: class numbers (n,), of one class each; or 0 and 1 (n, classes), of any number of labels: then there is a ridge
            a label, and a sigmoid.
        classes: how many there are.

    Raises:
        DataError: fewer than two samples, or features that are not finite.

    Example:
        >>> found = fit_ridge(np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1]]), np.array([0, 0, 1, 1]), 2)
        >>> found.logits(np.array([[2.0, 0.0], [0.0, 3.0]])).argmax(axis=1).tolist()
        [0, 1]
    """
    n = len(features)
    if n < 2:
        raise DataError(f"a head needs at least two photos to be fitted to; received {n}.")
    broken = int((~np.isfinite(features)).any(axis=1).sum())
    if broken:
        raise DataError(
            f"the features of {broken:,} of {n:,} photos are not finite numbers, so no head can be fitted to them; the "
            "network's weights are damaged, or its input is: begin with other --weights."
        )
    x = unit_length(features)  # (n, d)
    several = labels.ndim == 2
    targets = labels.astype(np.float64) if several else np.eye(classes)[labels]  # (n, classes)
    weights = np.ones(n) if several else _balanced(labels, classes)
    root = np.sqrt(weights)[:, np.newaxis]
    mean, middle = np.average(x, axis=0, weights=weights), np.average(targets, axis=0, weights=weights)
    centred = root * (x - mean)  # (n, d)
    # Of n samples and d features the smaller matrix is decomposed.
    values, left = _decomposed(centred)  # squared singular values (k,), left vectors (n, k)
    wanted = root * (targets - middle)
    projected = left.T @ wanted  # (k, classes)
    best = []
    for strength in STRENGTHS:
        shrunk = values / (values + strength)
        fitted = left @ (shrunk[:, np.newaxis] * projected)
        leverage = ((left**2) @ shrunk + weights / weights.sum())[:, np.newaxis]
        residual = (wanted - fitted) / np.maximum(1 - leverage, 1e-9) / root
        error = (weights[:, np.newaxis] * residual**2).mean(axis=0 if several else None)
        best.append((error, targets - residual))
    errors = np.array([np.broadcast_to(error, classes) for error, _ in best])  # (strengths, classes)
    chosen = errors.argmin(axis=0)
    if not several and np.bincount(labels, minlength=classes).max() < 2:
        chosen[:] = STRENGTHS.index(USUAL_STRENGTH)
    strengths = np.array(STRENGTHS)[chosen]  # (classes,), equal where photos are of one class each
    left_out = np.stack([best[place][1][:, c] for c, place in enumerate(chosen)], axis=1)
    with np.errstate(divide="ignore"):
        inverse = np.where(values[:, np.newaxis] > 0, 1 / (values[:, np.newaxis] + strengths), 0.0)
    kernel = centred.T @ (left @ (inverse * projected))  # (d, classes)
    bias = middle - mean @ kernel
    if several:  # a score of one half is a probability of one half
        bias, left_out = bias - 0.5, left_out - 0.5
        scale = _scale(
            np.stack([left_out, -left_out], axis=-1).reshape(-1, 2), 1 - labels.reshape(-1).astype(int), None
        )
    else:
        scale = _scale(left_out, labels, weights)
    return Ridge(kernel * scale, bias * scale, float(np.median(strengths)), scale, left_out * scale)


def _balanced(labels: np.ndarray, classes: int) -> np.ndarray:
    counts = np.bincount(labels, minlength=classes)
    return len(labels) / (np.count_nonzero(counts) * counts[labels])


def _decomposed(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return squared singular values (k,) and left singular vectors (n, k) of x (n, d), k at most the smaller side."""
    n, d = x.shape
    # BLAS' threads wait for each other by spinning, which a busy machine makes far slower than one
    with threadpool_limits(1, "blas"):
        values, vectors = np.linalg.eigh(x @ x.T if n <= d else x.T @ x)
    if n <= d:
        return np.maximum(values, 0.0), vectors
    kept = values > values[-1] * 1e-12
    values, right = values[kept], vectors[:, kept]
    return values, x @ (right / np.sqrt(values))


def _scale(scores: np.ndarray, labels: np.ndarray, weights: np.ndarray | None) -> float:
    """Return the scale of the largest posterior probability; of equal weights each sample counts as one."""
    share = np.ones(len(labels)) if weights is None else weights
    rows = np.arange(len(labels))
    best = []
    for scale in _SCALES:
        logits = scale * (scores - scores.max(axis=1, keepdims=True))
        chosen = logits[rows, labels] - np.log(np.exp(logits).sum(axis=1))
        prior = np.log(scale / USUAL_SCALE) ** 2 / (2 * SCALE_SPREAD**2)
        best.append(prior - float((share * chosen).sum()))
    return float(_SCALES[int(np.argmin(best))])
