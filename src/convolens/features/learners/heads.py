"""Heads: what scikit-learn has fitted, as layers of ours, so that a network with it is plain weights and no pickle."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from convolens.errors import ArgumentError
from convolens.features.learners.classical import Fitted
from convolens.layers import Dense, Layer, NearestNeighbours, Softmax, TreeEnsemble


def head_of(fitted: Fitted, x: np.ndarray) -> list[Layer]:
    """Return layers that give the probabilities of a fitted learner, from unscaled features.

    Two classes become one sigmoid where the learner has one score, as everywhere in Convolens.

    Args:
        fitted: of `learners.fit`.
        x: float32 (n, features) that it was fitted to.

    Example:
        >>> from convolens.features.learners.classical import fit
        >>> x, labels = np.array([[0.0], [1], [2], [3]], np.float32), np.array([0, 0, 1, 1])
        >>> [type(layer).__name__ for layer in head_of(fit("logistic", x, labels, [], 0), x)]
        ['Dense']
    """
    return _MAKERS[fitted.name](fitted.estimator, np.ascontiguousarray(x, np.float32))


def _built(layer: Layer, features: int, weights: list[Any]) -> Layer:
    layer.build_once((None, features))
    for entry, array in zip(layer.weight_entries(), weights, strict=True):
        given = torch.from_numpy(np.ascontiguousarray(array))
        if given.shape != entry.tensor.shape:
            raise ArgumentError(
                f"{layer.title}: {entry.name} of shape {tuple(given.shape)} does not fit {tuple(entry.tensor.shape)}."
            )
        with torch.no_grad():
            entry.tensor.copy_(given)  # whole numbers stay whole
    return layer


def _dense(kernel: np.ndarray, bias: np.ndarray, scale: Any, activation: str | None) -> Layer:
    """Return scores `x @ kernel.T + bias` of standardised features as a layer of unscaled ones."""
    kernel = kernel / scale.scale_  # (outputs, features)
    layer = Dense(len(kernel), activation=activation, name="probe")
    return _built(layer, kernel.shape[1], [kernel, bias - kernel @ scale.mean_])


def _logistic(estimator: Any, x: np.ndarray) -> list[Layer]:
    learnt = estimator["learn"]
    activation = "sigmoid" if len(learnt.coef_) == 1 else "softmax"
    return [_dense(learnt.coef_, learnt.intercept_, estimator["scale"], activation)]


def _svm(estimator: Any, x: np.ndarray) -> list[Layer]:
    """Platt, "Probabilistic Outputs for Support Vector Machines" (1999): 1 / (1 + exp(a score + b)), a class each."""
    (calibrated,) = estimator.calibrated_classifiers_
    pipeline, sigmoids = calibrated.estimator, calibrated.calibrators
    learnt = pipeline["learn"]
    a, b = (np.array([getattr(item, name) for item in sigmoids]) for name in ("a_", "b_"))
    kernel, bias = -a[:, None] * learnt.coef_, -a * learnt.intercept_ - b
    if len(kernel) == 1:
        return [_dense(kernel, bias, pipeline["scale"], "sigmoid")]
    # softmax(log sigmoid(z)) is sigmoid(z) over the sum of the sigmoids
    return [_dense(kernel, bias, pipeline["scale"], "log_sigmoid"), Softmax(name="probe_softmax")]


def _neighbours(estimator: Any, x: np.ndarray) -> list[Layer]:
    scale, learnt = estimator["scale"], estimator["learn"]
    classes = len(learnt.classes_)
    layer = NearestNeighbours(classes, len(x), learnt.n_neighbors, learnt.weights, name="probe")
    offset, factor = scale.mean_.astype(np.float32), (1 / scale.scale_).astype(np.float32)
    points = (x - offset) * factor  # by the layer's own arithmetic: a known sample is at distance 0
    return [_built(layer, x.shape[1], [offset, factor, points, learnt._y.astype(np.int64)])]


class _Trees:
    """The arrays of `TreeEnsemble`, filled tree by tree."""

    def __init__(self, units: int) -> None:
        self.units = units
        self.parts: dict[str, list[np.ndarray]] = {
            name: [] for name in ("feature", "threshold", "left", "right", "value")
        }
        self.roots: list[int] = []
        self.nodes = self.depth = 0

    def add(
        self, feature: np.ndarray, threshold: np.ndarray, left: np.ndarray, right: np.ndarray, value: np.ndarray,
        leaf: np.ndarray,
    ) -> None:  # fmt: skip
        """Add a tree: arrays with a row a node, the root first; `leaf` says which are ends."""
        own = np.arange(len(leaf))
        left, right = np.where(leaf, own, left), np.where(leaf, own, right)
        arrays = {
            "feature": np.where(leaf, 0, feature).astype(np.int64),
            "threshold": rounded_down(np.where(leaf, 0, threshold)),
            "left": (left + self.nodes).astype(np.int64),
            "right": (right + self.nodes).astype(np.int64),
            "value": value.astype(np.float32),
        }
        for name, array in arrays.items():
            self.parts[name].append(array)
        self.roots.append(self.nodes)
        self.nodes += len(leaf)
        self.depth = max(self.depth, _depth(left, right, leaf))

    def layer(self, features: int, bias: np.ndarray, average: bool, activation: str | None) -> Layer:
        """Return the layer."""
        layer = TreeEnsemble(
            self.units, len(self.roots), self.nodes, self.depth, average, activation, name="probe"
        )
        arrays = [np.concatenate(parts) for parts in self.parts.values()]
        return _built(layer, features, [*arrays, np.array(self.roots, np.int64), bias.astype(np.float32)])


def rounded_down(threshold: np.ndarray) -> np.ndarray:
    """Return the largest float32 at most `threshold`: the same float32 features are at most it.

    Example:
        >>> bool(rounded_down(np.array([0.1]))[0] <= 0.1 < np.float64(np.float32(0.1)))
        True
    """
    near = threshold.astype(np.float32)
    return np.where(near > threshold, np.nextafter(near, np.float32(-np.inf)), near)


def off_the_values(threshold: np.ndarray, feature: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return thresholds that part the samples as they did, none of them at a sample's own value, which an error of 1e-7 would part otherwise.

    Args:
        threshold: of each node.
        feature: of each node, a column of x; any where the node is an end.
        x: (n, features) that the trees were fitted to.

    Returns:
        Those that lie within a hundredth of the way to a value moved to the middle between two values, the others as they are.

    Example:
        >>> off_the_values(np.array([1.0, 1.5]), np.array([0, 0]), np.array([[0.0], [1.0], [3.0]])).tolist()
        [2.0, 1.5]
    """
    ordered = np.sort(x.astype(np.float64), axis=0)
    moved = threshold.astype(np.float64)
    for node, (limit, column) in enumerate(zip(moved, feature, strict=True)):
        above = int(np.searchsorted(ordered[:, column], limit, side="right"))
        if 0 < above < len(ordered):
            low, high = ordered[above - 1 : above + 1, column]
            if min(limit - low, high - limit) < (high - low) / 100:
                moved[node] = low + (high - low) / 2
    return moved


def _depth(left: np.ndarray, right: np.ndarray, leaf: np.ndarray) -> int:
    level, depth = np.array([0]), 0
    while len(level := level[~leaf[level]]):
        level = np.concatenate([left[level], right[level]])
        depth += 1
    return depth


def _forest(estimator: Any, x: np.ndarray) -> list[Layer]:
    trees = _Trees(len(estimator.classes_))
    for member in estimator.estimators_:
        tree = member.tree_
        value = tree.value[:, 0, :]
        value = value / value.sum(1, keepdims=True)
        trees.add(
            tree.feature,
            tree.threshold,
            tree.children_left,
            tree.children_right,
            value,
            tree.children_left < 0,
        )
    return [trees.layer(x.shape[1], np.zeros(trees.units), average=True, activation=None)]


def _boosting(estimator: Any, x: np.ndarray) -> list[Layer]:
    """The trees of scikit-learn's histogram boosting lie in a private attribute; the test against it would see a change."""
    scores = estimator.n_trees_per_iteration_  # one where there are two classes
    trees = _Trees(scores)
    for iteration in estimator._predictors:
        for score, predictor in enumerate(iteration):
            nodes = predictor.nodes
            columns = nodes["feature_idx"].astype(np.int64)
            value = np.zeros((len(nodes), scores))
            value[:, score] = nodes["value"]
            trees.add(
                columns, off_the_values(nodes["num_threshold"], columns, x), nodes["left"].astype(np.int64),
                nodes["right"].astype(np.int64), value, nodes["is_leaf"].astype(bool),
            )  # fmt: skip
    bias = np.asarray(estimator._baseline_prediction).reshape(-1)
    return [trees.layer(x.shape[1], bias, average=False, activation="sigmoid" if scores == 1 else "softmax")]


_MAKERS: dict[str, Callable[[Any, np.ndarray], list[Layer]]] = {
    "logistic": _logistic,
    "svm": _svm,
    "forest": _forest,
    "neighbours": _neighbours,
    "boosting": _boosting,
}
