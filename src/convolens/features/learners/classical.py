"""The classical learners of `probe`, from scikit-learn, and what each is tuned over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convolens.arguments import look_up
from convolens.errors import ArgumentError

# What each learner is tuned over; all combinations are tried.
GRIDS: dict[str, dict[str, list[Any]]] = {
    "logistic": {"C": [0.001, 0.01, 0.1, 1.0, 10.0]},
    "svm": {"C": [0.0001, 0.001, 0.01, 0.1]},
    "forest": {"max_features": ["sqrt", 0.2], "min_samples_leaf": [1, 3]},
    "neighbours": {"n_neighbors": [1, 3, 5, 11, 21], "weights": ["uniform", "distance"]},
    "boosting": {"learning_rate": [0.1, 0.3]},
}


@dataclass(frozen=True)
class Learner:
    """A learner before it is fitted.

    Attributes:
        title: for people.
        make: returns scikit-learn's estimator, given a seed.
        scaled: whether the features are standardised first, by what the training folds tell.
        calibrated: whether its scores become probabilities by Platt's sigmoid, fitted to out-of-fold scores.
    """

    title: str
    make: Callable[[int], Any]
    scaled: bool = False
    calibrated: bool = False


def _logistic(seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=2000, random_state=seed)


def _svm(seed: int) -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(dual=False, max_iter=500, random_state=seed)


def _forest(seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=100, n_jobs=-1, random_state=seed)


def _neighbours(seed: int) -> Any:
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(algorithm="brute")


def _boosting(seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=50, max_leaf_nodes=8, min_samples_leaf=5, early_stopping=False, random_state=seed
    )


LEARNERS: dict[str, Learner] = {
    "logistic": Learner("logistic regression", _logistic, scaled=True),
    "svm": Learner("linear SVM", _svm, scaled=True, calibrated=True),
    "forest": Learner("random forest", _forest),
    "neighbours": Learner("k nearest neighbours", _neighbours, scaled=True),
    "boosting": Learner("gradient boosting", _boosting),
}


def choose_learners(names: Sequence[str]) -> list[str]:
    """Return names of learners, all where none is given.

    Raises:
        UnknownNameError: no such learner; the nearest is offered. ArgumentError: one is named twice.

    Example:
        >>> choose_learners(["svm"]), len(choose_learners([]))
        (['svm'], 5)
    """
    for name in names:
        look_up("probe", "learner", name, LEARNERS)
    if len(set(names)) < len(names):
        raise ArgumentError(f"probe: a learner is named twice in {', '.join(names)}; name each once.")
    return list(names) or list(LEARNERS)


def grid_of(name: str, samples: int) -> Mapping[str, list[Any]]:
    """Return a learner's grid without what so few training samples do not allow.

    Example:
        >>> grid_of("neighbours", 4)["n_neighbors"]
        [1, 3]
    """
    grid = dict(GRIDS[name])
    if "n_neighbors" in grid:
        grid["n_neighbors"] = [k for k in grid["n_neighbors"] if k <= max(1, samples)]
    return grid


@dataclass(frozen=True)
class Fitted:
    """A learner that was tuned and fitted.

    Attributes:
        name: of the learner.
        estimator: scikit-learn's, with `predict_proba`.
        chosen: the values that were found best.
    """

    name: str
    estimator: Any
    chosen: Mapping[str, Any]


def fit(
    name: str, x: np.ndarray, labels: np.ndarray, folds: Sequence[tuple[np.ndarray, np.ndarray]], seed: int
) -> Fitted:
    """Tune a learner by cross-validation within these samples, then fit it to all of them.

    Args:
        name: a key of `LEARNERS`.
        x: (n, features).
        labels: class numbers (n,); every class from 0 on is there.
        folds: (training, validation) places within the samples; empty: nothing is tuned, the middle of the grid is taken, and
            the SVM's sigmoid is fitted to the scores of the samples that it was fitted to.
        seed: of the learner.
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    learner = LEARNERS[name]
    estimator = learner.make(seed)
    prefix = ""
    if learner.scaled:
        estimator, prefix = Pipeline([("scale", StandardScaler()), ("learn", estimator)]), "learn__"
    smallest = min((len(training) for training, _ in folds), default=len(x))
    grid = {f"{prefix}{key}": values for key, values in grid_of(name, smallest).items()}
    if folds:
        search = GridSearchCV(estimator, grid, cv=folds, scoring="accuracy", error_score="raise").fit(
            x, labels
        )
        estimator, chosen = search.best_estimator_, search.best_params_
    else:
        chosen = {key: values[len(values) // 2] for key, values in grid.items()}
        estimator = estimator.set_params(**chosen).fit(x, labels)
    if learner.calibrated:
        everything = np.arange(len(x))
        cv = list(folds) or [(everything, everything)]
        estimator = CalibratedClassifierCV(estimator, method="sigmoid", cv=cv, ensemble=False).fit(x, labels)
    return Fitted(name, estimator, {key.removeprefix(prefix): value for key, value in chosen.items()})
