"""Photos that are probably mislabelled, by confident learning on out-of-fold probabilities.

Source: Northcutt, Jiang, Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 2021. Where cleanlab
(the authors' library, extra `cleaning`) is installed it does the work, else `confident_labels` below, which is the paper's
confident joint in its simple form; both name the same photos but for ties.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from scipy.special import softmax

from convolens.arguments import integer, one_of
from convolens.errors import DataError, ShapeError
from convolens.features.learners.cross_validation import split
from convolens.features.learners.ridge import fit_ridge

_C = 0.1  # of the logistic regression: what tuning by cross-entropy chose wherever it was tried, in a tenth of the time
LEARNERS = ("logistic", "ridge")
_FEWEST = 2  # samples of a class, to learn from one and be asked about the other


@dataclass(frozen=True)
class LabelErrors:
    """Samples that are probably mislabelled, the most suspicious first.

    Attributes:
        places: int64 (m,).
        suggested: the class number that the probabilities speak for, int64 (m,).
        probability: out-of-fold (n, classes); NaN of samples that were not asked about.
        left_out: numbers of classes with too few samples.
        method: what found them, for people.
    """

    places: np.ndarray
    suggested: np.ndarray
    probability: np.ndarray
    left_out: tuple[int, ...]
    method: str


def find_label_errors(
    x: np.ndarray,
    labels: np.ndarray,
    groups: np.ndarray | None = None,
    folds: int = 5,
    seed: int = 0,
    advance: Callable[[int, int], None] = lambda done, total: None,
    cleanlab: bool | None = None,
    learner: str = "logistic",
) -> LabelErrors:
    """Return the samples whose label the others contradict with confidence.

    A learner is asked about each sample in a fold that it was not fitted to.

    Args:
        x: features (n, d).
        labels: class numbers (n,).
        groups: samples of a group (copies of a photo) are never on both sides; None: each is its own.
        folds: of the cross-validation; fewer where no class has so many samples (or groups).
        seed: of folds and learner.
        advance: told how many folds of how many are done.
        cleanlab: whether it decides; None: where it is installed.
        learner: "logistic" regression on standardised features, or "ridge" on features of length 1 (see `fit_ridge`), which names
            fewer photos that are right where features are a learnt network's.

    Raises:
        DataError: fewer than two classes with enough samples.

    Example:
        >>> labels = np.arange(40) % 2
        >>> x = labels[:, None] + np.linspace(0, 0.1, 40)[:, None]
        >>> labels[6] = 1
        >>> found = find_label_errors(x, labels, folds=4)
        >>> found.places.tolist(), found.suggested.tolist()
        ([6], [0])
    """
    integer("find_label_errors", "folds", folds, minimum=2)
    one_of("find_label_errors", "learner", learner, LEARNERS)
    units = np.arange(len(labels)) if groups is None else np.unique(groups, return_inverse=True)[1]
    classes = int(labels.max(initial=-1)) + 1
    sizes = np.array([len(np.unique(units[labels == label])) for label in range(classes)], np.int64)
    there = np.flatnonzero(sizes > 0)
    asked = np.flatnonzero(sizes >= _FEWEST)
    if len(asked) < 2:
        raise DataError(
            f"label errors: {len(asked)} class{'es' * (len(asked) != 1)} with at least {_FEWEST} different photos; label "
            "errors can be told among two classes or more: add photos."
        )
    kept = np.flatnonzero(np.isin(labels, asked))
    chances = out_of_fold(
        x[kept],
        np.searchsorted(asked, labels[kept]),
        units[kept],
        min(folds, int(sizes[asked].max())),
        seed,
        advance,
        learner,
    )
    places, method = mislabelled(chances, np.searchsorted(asked, labels[kept]), cleanlab)
    probability = np.full((len(labels), classes), np.nan)
    probability[np.ix_(kept, asked)] = chances
    return LabelErrors(
        kept[places], asked[chances[places].argmax(1)], probability,
        tuple(int(label) for label in np.setdiff1d(there, asked)), method,
    )  # fmt: skip


def out_of_fold(
    x: np.ndarray,
    labels: np.ndarray,
    groups: np.ndarray,
    folds: int,
    seed: int,
    advance: Callable[[int, int], None] = lambda done, total: None,
    learner: str = "logistic",
) -> np.ndarray:
    """Return probabilities (n, classes) of each sample by a learner that was not fitted to it.

    A class that a fold leaves nothing of to learn from has probability 0 there.

    Example:
        >>> labels = np.arange(12) % 2
        >>> out_of_fold(labels[:, None] * 1.0, labels, np.arange(12), 3, 0).argmax(1).tolist() == labels.tolist()
        True
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)  # it is still asked about
        parts = split(labels, groups, folds, seed)
    chances = np.zeros((len(x), int(labels.max()) + 1))
    for number, (training, test) in enumerate(parts):
        present = np.unique(labels[training])
        if len(present) == 1:
            chances[test, present[0]] = 1.0
        elif len(test):
            answer = _ridge if learner == "ridge" else _logistic
            chances[np.ix_(test, present)] = answer(
                x[training], np.searchsorted(present, labels[training]), x[test], seed
            )
        advance(number + 1, len(parts))
    return chances


def _logistic(x: np.ndarray, labels: np.ndarray, asked: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    learner = make_pipeline(StandardScaler(), LogisticRegression(C=_C, max_iter=500, random_state=seed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # its probabilities are near enough
        learner.fit(x, labels)
    return np.asarray(learner.predict_proba(asked))


def _ridge(x: np.ndarray, labels: np.ndarray, asked: np.ndarray, seed: int) -> np.ndarray:
    return np.asarray(softmax(fit_ridge(x, labels, int(labels.max()) + 1).logits(asked), axis=1))


def mislabelled(
    probability: np.ndarray, labels: np.ndarray, cleanlab: bool | None = None
) -> tuple[np.ndarray, str]:
    """Return places of labels that are probably wrong, those with the least probability first, and how they were found.

    Args:
        probability: out-of-fold (n, classes).
        labels: class numbers (n,), each class at least once.
        cleanlab: whether it decides; None: where it is installed.
    """
    if cleanlab is None:
        try:
            version("cleanlab")
            cleanlab = True
        except PackageNotFoundError:
            cleanlab = False
    if not cleanlab:
        return confident_labels(probability, labels), "confident learning in its simple form"
    from cleanlab.filter import find_label_issues

    places = find_label_issues(
        labels,
        probability,
        return_indices_ranked_by="self_confidence",
        filter_by="confident_learning",
        n_jobs=1,
    )
    return np.asarray(places, np.int64), f"confident learning, cleanlab {version('cleanlab')}"


def confident_labels(probability: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return places of labels off the diagonal of the paper's confident joint, those with the least probability first.

    A sample counts for a class when its probability of that class is at least the mean that the samples with this label
    have; of several such classes it counts for the most probable. It is an error where that is not its label.

    Args:
        probability: out-of-fold (n, classes).
        labels: class numbers (n,).

    Example:
        >>> chances = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [0.05, 0.95]])
        >>> confident_labels(chances, np.array([0, 0, 1, 1, 0])).tolist()
        [4]
    """
    if probability.ndim != 2 or len(probability) != len(labels):
        raise ShapeError(
            f"confident_labels: expected a row of probabilities a label; received {probability.shape} and {labels.shape}."
        )
    own = probability[np.arange(len(labels)), labels]
    counts = np.bincount(labels, minlength=probability.shape[1])
    sums = np.bincount(labels, own, minlength=probability.shape[1])
    threshold = np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)
    confident = np.where(probability >= threshold, probability, -np.inf)
    counted = confident.argmax(1)
    wrong = np.isfinite(confident.max(1)) & (counted != labels) & (probability.max(1) > own)
    places = np.flatnonzero(wrong)
    return places[np.argsort(own[places], kind="stable")]
