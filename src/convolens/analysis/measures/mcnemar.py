"""McNemar's exact test: whether two classifiers, asked the same questions, differ by more than chance."""

from convolens.arguments import integer


def mcnemar(fixed: int, broken: int) -> float:
    """Return the two-sided exact p-value of McNemar's test (1947): a binomial test of the photos that changed.

    Args:
        fixed: photos that only the second classifier gets right.
        broken: photos that only the first gets right.

    Returns:
        the probability of a difference at least as large where both were equally good; 1 where nothing changed.

    Raises:
        ArgumentError: a count that is none.

    Example:
        >>> round(mcnemar(10, 2), 4)
        0.0386
    """
    from scipy.stats import binomtest

    changed = integer("mcnemar", "fixed", fixed, minimum=0) + integer("mcnemar", "broken", broken, minimum=0)
    return float(binomtest(fixed, changed).pvalue) if changed else 1.0
