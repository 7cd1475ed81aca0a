"""What a share of right answers tells of the chance behind it; `scipy.stats` says the same, and takes a second to import."""

import math
from statistics import NormalDist


def wilson_interval(right: int, count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the bounds within which the chance of a right answer lies.

    Args:
        right: of the answers, 0 to `count`.
        count: of the answers, at least 1.
        confidence: in (0, 1).

    Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927.

    Example:
        >>> [round(bound, 3) for bound in wilson_interval(6, 6)]
        [0.61, 1.0]
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, weight = right / count, z * z / count
    middle = (share + weight / 2) / (1 + weight)
    half = math.sqrt(share * (1 - share) * weight + weight * weight / 4) / (1 + weight)
    return max(0.0, middle - half), min(1.0, middle + half)


def chance_of_at_least(right: int, count: int, chance: float) -> float:
    """Return how likely `right` or more of `count` answers are right, where each is with a chance.

    Args:
        right: 0 to `count`.
        count: of the answers.
        chance: of each, in [0, 1].

    Example:
        >>> chance_of_at_least(1, 2, 0.5)
        0.75
    """
    from scipy.special import betainc

    return float(betainc(right, count - right + 1, chance)) if right else 1.0
