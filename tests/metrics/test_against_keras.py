"""Every metric over several batches, with and without weights, gives the value that Keras gives."""

import inspect
from typing import Any

import hypothesis
import hypothesis.strategies as st
import keras
import numpy as np
import pytest
import torch

from convolens import metrics
from convolens.metrics import METRICS
from convolens.tensor import as_tensor

# Kinds of labels and predictions: class numbers (n,), one-hot (n, 6), yes-no (n, 1), numbers.
CASES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "Accuracy": [("equal", {})],
    "BinaryAccuracy": [("binary", {}), ("binary", {"threshold": 0.7}), ("onehot", {})],
    "CategoricalAccuracy": [("onehot", {})],
    "SparseCategoricalAccuracy": [("classes", {}), ("column", {})],
    "TopKCategoricalAccuracy": [("onehot", {}), ("onehot", {"k": 2})],
    "SparseTopKCategoricalAccuracy": [("classes", {"k": 3}), ("column", {"k": 1})],
    "MeanSquaredError": [("real", {})],
    "RootMeanSquaredError": [("real", {})],
    "MeanAbsoluteError": [("real", {})],
    "MeanAbsolutePercentageError": [("real", {})],
    "MeanSquaredLogarithmicError": [("real", {})],
    "LogCoshError": [("real", {})],
    "KLDivergence": [("onehot", {})],
    "Poisson": [("onehot", {})],
    "Hinge": [("real", {})],
    "SquaredHinge": [("real", {})],
    "CategoricalHinge": [("onehot", {})],
    "BinaryCrossentropy": [("binary", {}), ("binary", {"label_smoothing": 0.1})],
    "CategoricalCrossentropy": [("onehot", {}), ("onehot", {"from_logits": True})],
    "SparseCategoricalCrossentropy": [
        ("classes", {}),
        ("column", {"from_logits": True}),
        ("classes", {"ignore_class": 1}),
        ("column", {"ignore_class": 1}),
    ],
    "Precision": [
        ("binary", {}),
        ("binary", {"thresholds": 0.3}),
        ("binary", {"thresholds": [0.2, 0.8]}),
        ("binary", {"thresholds": [0.0, 0.5, 1.0]}),
        ("onehot", {"top_k": 2}),
        ("onehot", {"class_id": 1}),
        ("onehot", {"top_k": 3, "class_id": 2}),
    ],
    "Recall": [
        ("binary", {}),
        ("binary", {"thresholds": [0.2, 0.8]}),
        ("onehot", {"top_k": 2}),
        ("onehot", {"class_id": 1}),
    ],
    "AUC": [
        ("binary", {}),
        ("binary", {"num_thresholds": 3}),
        ("binary", {"num_thresholds": 2}),
        ("binary", {"curve": "PR"}),
        ("binary", {"curve": "PR", "summation_method": "minoring"}),
        ("binary", {"summation_method": "majoring"}),
        ("binary", {"thresholds": [0.1, 0.4, 0.9]}),
        ("binary", {"from_logits": True}),
        ("onehot", {}),
        ("binary", {"curve": "PRGAIN"}),
        ("onehot", {"multi_label": True}),
        ("onehot", {"multi_label": True, "num_labels": 6, "label_weights": [1.0, 2.0, 0.0, 0.5, 1.0, 3.0]}),
        ("onehot", {"multi_label": True, "curve": "PR", "label_weights": [1.0, 2.0, 0.0, 0.5, 1.0, 3.0]}),
        ("onehot", {"multi_label": True, "thresholds": [0.1, 0.4, 0.9], "from_logits": True}),
        ("onehot", {"label_weights": [1.0, 2.0, 0.0, 0.5, 1.0, 3.0]}),
    ],
    "CosineSimilarity": [("real", {})],
    "PearsonCorrelation": [("real", {})],
    "ConcordanceCorrelation": [("real", {})],
    "R2Score": [
        ("real", {}),
        ("real", {"class_aggregation": None}),
        ("real", {"class_aggregation": "variance_weighted_average"}),
        ("real", {"num_regressors": 1}),
    ],
    **{
        name: [("binary", {}), ("binary", {"thresholds": [0.2, 0.8]}), ("onehot", {})]
        for name in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")
    },
    "SensitivityAtSpecificity": [
        ("binary", {"specificity": 0.5}),
        ("onehot", {"specificity": 0.3, "class_id": 1}),
    ],
    "SpecificityAtSensitivity": [
        ("binary", {"sensitivity": 0.5}),
        ("binary", {"sensitivity": 0.4, "num_thresholds": 1}),
    ],
    "PrecisionAtRecall": [("binary", {"recall": 0.5}), ("binary", {"recall": 0.4, "num_thresholds": 7})],
    "RecallAtPrecision": [("binary", {"precision": 0.5}), ("onehot", {"precision": 0.9})],
    "BinaryIoU": [("binary", {}), ("binary", {"target_class_ids": [1], "threshold": 0.3})],
    "OneHotIoU": [("onehot", {"num_classes": 6, "target_class_ids": [0, 2]})],
    "OneHotMeanIoU": [("onehot", {"num_classes": 6})],
    "FBetaScore": [
        ("onehot", {"beta": 2.0}),
        ("onehot", {"beta": 0.5, "average": "micro", "threshold": 0.3}),
    ],
    "F1Score": [
        ("onehot", {}),
        ("onehot", {"average": "micro"}),
        ("onehot", {"average": "macro"}),
        ("onehot", {"average": "weighted", "threshold": 0.3}),
    ],
}


def batch(kind: str, n: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    if kind == "real":
        return random.normal(size=(n, 3)).astype("f"), random.normal(size=(n, 3)).astype("f")
    if kind == "equal":
        return random.integers(0, 3, (n, 1)), random.integers(0, 3, (n, 1)).astype("f")
    if kind == "binary":
        labels = random.integers(0, 2, (n, 1))
        # Certain, even and repeated scores: the edges of thresholds.
        choices = np.array([0.0, 0.25, 0.5, 0.5025126, 1.0, *random.random(6)], "f")
        return labels, random.choice(choices, (n, 1))
    classes = random.integers(0, 6, n)
    scores = random.dirichlet(np.ones(6), n).astype("f").round(2) + np.float32(0.01)
    labels = {
        "classes": classes,
        "column": classes[:, None],
        "onehot": np.eye(6, dtype="f")[classes],
    }
    return labels[kind], scores


def test_every_metric_is_covered() -> None:
    classes = {made.__name__ for made in METRICS.values()} | {"Accuracy"}
    assert classes - {"AccuracyByShape", "Mean", "Sum", "IoU", "MeanIoU"} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_what_a_metric_is_made_with_is_in_the_order_of_keras(name: str) -> None:
    taken = [list(inspect.signature(getattr(kit, name)).parameters) for kit in (metrics, keras.metrics)]
    assert taken[0] == [word for word in taken[1] if word != "from_sorted_ids"]
    made = getattr(metrics, name)(**CASES[name][0][1], name="own", dtype="float32")
    assert (made.name, made.get_config()["dtype"]) == ("own", "float32")


@pytest.mark.parametrize(
    ("name", "kind", "words"), [(n, k, w) for n, several in CASES.items() for k, w in several]
)
@hypothesis.given(
    sizes=st.lists(st.integers(1, 8), min_size=1, max_size=4),
    seed=st.integers(0, 2**31),
    weighted=st.booleans(),
)
@hypothesis.settings(max_examples=12)
def test_values_are_those_of_keras(
    name: str, kind: str, words: dict[str, Any], sizes: list[int], seed: int, weighted: bool
) -> None:
    random = np.random.default_rng(seed)
    exact = {"dtype": "float32"} if name.endswith("IoU") else {}  # Keras cuts weights to whole numbers else
    theirs = getattr(keras.metrics, name)(**words, **exact)
    ours = getattr(metrics, name)(**words)
    for size in sizes:
        n = size + 4 * (name == "R2Score")  # of one sample there is no variance
        labels, scores = batch(kind, n, random)
        weights = random.uniform(0, 2, n).astype("f") if weighted else None
        theirs.update_state(labels, scores, sample_weight=weights)
        ours.update_state(
            torch.tensor(labels),
            torch.tensor(scores, requires_grad=True),
            None if weights is None else torch.tensor(weights),
        )
        expected = torch.as_tensor(theirs.result()).numpy()
        np.testing.assert_allclose(ours.result(), expected, rtol=2e-5, atol=1e-6)
    assert isinstance(ours.result(), (float, np.ndarray))

    # In the middle of an epoch the state goes into a checkpoint and comes back.
    again = getattr(metrics, name)(**words)
    again.load_state_dict(ours.state_dict())
    np.testing.assert_array_equal(again.result(), ours.result())
    labels, scores = batch(kind, 3, random)
    np.testing.assert_array_equal(again(labels, scores), ours(labels, scores))
    again.reset_state()
    ours.reset_state()
    fresh = getattr(metrics, name)(**words)
    np.testing.assert_array_equal(again(labels, scores), fresh(labels, scores))


@pytest.mark.parametrize("name", CASES)
def test_labels_and_weights_may_be_arrays_beside_what_a_model_gave(name: str) -> None:
    kind, words = CASES[name][0]
    labels, scores = batch(kind, 6, np.random.default_rng(3))
    weights, made = np.arange(1.0, 7.0), getattr(metrics, name)
    expected = made(**words)(labels, scores, weights)
    for form in (np.asarray, np.ndarray.tolist, as_tensor):
        given = made(**words)(form(labels), as_tensor(scores), form(weights))
        np.testing.assert_allclose(given, expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("labels", "outputs"),
    [((8,), 1), ((8, 1), 1), ((8,), 4), ((8, 1), 4), ((8, 4), 4)],
)
@pytest.mark.parametrize("name", ["accuracy", "acc", "Accuracy"])
def test_accuracy_is_chosen_as_keras_chooses(name: str, labels: tuple[int, ...], outputs: int) -> None:
    scores = torch.rand(8, outputs)
    y = torch.randint(0, 2 if outputs == 1 else 4, labels)
    if labels == (8, 4):
        y = torch.eye(4)[torch.randint(0, 4, (8,))]
    model = keras.Sequential([keras.Input((outputs,)), keras.layers.Identity()])
    model.compile(loss="mse" if labels == (8, 4) else "crossentropy", metrics=[name])
    expected = model.evaluate(scores.numpy(), y.numpy(), verbose=0, return_dict=True)
    ours = metrics.get(name)
    assert ours.name == name
    assert name in expected
    assert ours(y, scores) == pytest.approx(expected[name], rel=1e-6)


@pytest.mark.parametrize("shape", [(), (5,), (5, 3), (2, 3, 4)])
@pytest.mark.parametrize("weighted", [False, True])
def test_mean_of_values_is_that_of_keras(shape: tuple[int, ...], weighted: bool) -> None:
    theirs, ours = keras.metrics.Mean(), metrics.Mean()
    for _ in range(3):
        values = np.random.default_rng(0).random(shape).astype("f") if shape else 0.5
        weights = np.random.default_rng(1).random(shape[:1]).astype("f") if weighted and shape else None
        theirs.update_state(values, sample_weight=weights)
        ours.update_state(values, sample_weight=weights)
    assert ours.result() == pytest.approx(float(theirs.result()), rel=1e-5)
    assert metrics.Mean()(3.0) == 3.0
    assert metrics.Mean().result() == 0.0


@pytest.mark.parametrize("ignored", [None, 1])
@pytest.mark.parametrize("weighted", [False, True])
def test_intersections_of_areas_are_those_of_keras(ignored: int | None, weighted: bool) -> None:
    random = np.random.default_rng(0)
    for name, words in (
        ("MeanIoU", {"num_classes": 4}),
        ("IoU", {"num_classes": 4, "target_class_ids": [0, 3]}),
    ):
        ours = getattr(metrics, name)(**words, ignore_class=ignored)
        theirs = getattr(keras.metrics, name)(**words, ignore_class=ignored, dtype="float32")
        for _ in range(3):
            labels, found = random.integers(0, 3, (2, 2, 5, 4))
            weights = random.random((2, 5, 4)).astype("f") if weighted else None
            theirs.update_state(labels, found, sample_weight=weights)
            ours.update_state(labels, found, weights)
        assert ours.result() == pytest.approx(float(theirs.result()), rel=1e-5)
        assert ours.from_config(ours.get_config()).get_config() == ours.get_config()
        assert type(theirs).from_config(ours.get_config()).num_classes == 4


def test_sums_and_functions() -> None:
    ours, theirs = metrics.Sum(), keras.metrics.Sum()
    for values, weights in (([1.0, 2.0], None), ([3.0, 4.0], [0.5, 2.0])):
        ours.update_state(values, weights)
        theirs.update_state(values, weights)
    assert ours.result() == float(theirs.result())
    assert metrics.binary_accuracy([[1.0], [0.0]], [[0.9], [0.8]]).numpy().tolist() == [[1.0], [0.0]]
    assert metrics.mse([[1.0, 2.0]], [[2.0, 4.0]]).numpy().tolist() == [2.5]


def test_classes_of_ones_own_wrap_functions_as_those_of_keras() -> None:
    labels, scores = np.array([[1.0, 2.0], [0.0, 1.0]], "f"), np.array([[2.0, 4.0], [0.0, 3.0]], "f")
    found = {}
    for package in (keras, None):
        wrapper = metrics.MeanMetricWrapper if package is None else keras.metrics.MeanMetricWrapper
        square = metrics.mse if package is None else keras.metrics.mean_squared_error

        class Squares(wrapper):  # type: ignore[misc, valid-type]
            def __init__(self, name: str = "squares", **options: Any) -> None:
                super().__init__(square, name=name, **options)  # noqa: B023

        metric = Squares(dtype="float32")
        metric.update_state(labels, scores, sample_weight=np.array([0.5, 2.0], "f"))
        found[package] = metric.name, float(metric.result())
    assert found[None] == ("squares", pytest.approx(found[keras][1]))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: metrics.AUC(num_labels=3), "AUC: num_labels=3 is for multi_label=True"),
        (lambda: metrics.AUC(multi_label=True)([0, 1], [0.5, 0.5]), "a column per label"),
        (lambda: metrics.AUC(label_weights=[1.0])([[0, 1]], [[0.5, 0.5]]), r"expected both \(samples, 1\)"),
        (lambda: metrics.FBetaScore(beta=0.0), "beta must be above 0"),
        (lambda: metrics.R2Score()([[[1.0]]], [[[1.0]]]), r"expected both \(samples, columns\)"),
    ],
)
def test_words_that_do_not_fit_are_refused(made: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        made()


def test_weights_per_pixel_are_those_of_keras() -> None:
    labels, scores = torch.randint(0, 2, (2, 3, 4)), torch.rand(2, 3, 4)
    for weights in (torch.rand(2), torch.rand(2, 3), torch.rand(2, 3, 4)):
        theirs, ours = keras.metrics.BinaryAccuracy(), metrics.BinaryAccuracy()
        theirs.update_state(labels, scores, sample_weight=weights)
        ours.update_state(labels, scores, weights)
        assert ours.result() == pytest.approx(float(theirs.result()), rel=1e-5)


def test_a_hundred_thousand_samples_keep_their_precision() -> None:
    metric = metrics.get("accuracy")
    for _ in range(1000):
        metric.update_state(torch.zeros(100, dtype=torch.long), torch.tensor([[1.0, 0.0]] * 100))
    metric.update_state(torch.ones(1, dtype=torch.long), torch.tensor([[1.0, 0.0]]))
    assert metric.result() == 100_000 / 100_001
