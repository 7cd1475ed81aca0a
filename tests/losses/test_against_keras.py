"""Every loss, option by option: value and gradient are those of Keras, with and without weights."""

from typing import Any

import hypothesis
import hypothesis.strategies as st
import keras
import numpy as np
import pytest
import torch

from convolens import losses
from convolens.losses import LOSSES
from convolens.tensor import as_tensor

# Kinds of (labels, predictions): "classes" (n,), "onehot" (n, c), "binary" (n, 1), "real" (n, k).
CASES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "SparseCategoricalCrossentropy": [
        ("classes", {}),
        ("classes", {"from_logits": True}),
        ("classes", {"ignore_class": 0}),
        ("classes", {"ignore_class": 1, "from_logits": True}),
    ],
    "CategoricalCrossentropy": [
        ("onehot", {}),
        ("onehot", {"from_logits": True}),
        ("onehot", {"label_smoothing": 0.1}),
    ],
    "BinaryCrossentropy": [
        ("binary", {}),
        ("binary", {"from_logits": True}),
        ("binary", {"label_smoothing": 0.1}),
        ("onehot", {}),
    ],
    "BinaryFocalCrossentropy": [
        ("binary", {}),
        ("binary", {"apply_class_balancing": True, "alpha": 0.75, "gamma": 1.5}),
        ("binary", {"from_logits": True, "label_smoothing": 0.2}),
    ],
    "CategoricalFocalCrossentropy": [
        ("onehot", {}),
        ("onehot", {"alpha": 0.5, "gamma": 3.0, "label_smoothing": 0.1}),
        ("onehot", {"from_logits": True}),
    ],
    "MeanSquaredError": [("real", {}), ("binary", {})],
    "MeanAbsoluteError": [("real", {}), ("binary", {})],
    "MeanAbsolutePercentageError": [("real", {})],
    "MeanSquaredLogarithmicError": [("real", {})],
    "Huber": [("real", {}), ("real", {"delta": 0.3})],
    "LogCosh": [("real", {})],
    "Hinge": [("real", {}), ("binary", {})],
    "SquaredHinge": [("real", {}), ("binary", {})],
    "CategoricalHinge": [("onehot", {})],
    "KLDivergence": [("onehot", {}), ("real", {})],
    "Poisson": [("onehot", {})],
    "CosineSimilarity": [("real", {}), ("onehot", {"axis": -1})],
}
REDUCTIONS = ["sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none", None]


def batch(kind: str, logits: bool, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    columns = {"classes": 4, "onehot": 4, "binary": 1, "real": 3}[kind]
    scores = random.normal(size=(n, columns)).astype(np.float32)
    if kind == "classes":
        labels = random.integers(0, 4, size=n)
    elif kind == "onehot":
        labels = np.eye(4, dtype=np.float32)[random.integers(0, 4, size=n)]
    elif kind == "binary":
        labels = random.integers(0, 2, size=(n, 1))
    else:
        labels = random.normal(size=(n, 3)).astype(np.float32)
    if logits or kind == "real":
        return labels, scores * (3 if logits else 1)
    if kind == "binary":
        scores = 1 / (1 + np.exp(-3 * scores))
    else:
        scores = np.exp(2 * scores) / np.exp(2 * scores).sum(axis=-1, keepdims=True)
    if n > 2:  # certain predictions, where the clipping acts
        scores[0], scores[1] = 0.0, 0.0
        scores[0, 0] = 1.0
        scores[1, -1] = 1.0
    return labels, scores


def test_every_loss_is_covered() -> None:
    classes = {made.__name__ for made in LOSSES.values()}
    assert classes == CASES.keys() | {"Crossentropy"}


@pytest.mark.parametrize(
    ("name", "kind", "words"), [(n, k, w) for n, several in CASES.items() for k, w in several]
)
@hypothesis.given(
    n=st.integers(1, 9),
    seed=st.integers(0, 2**31),
    reduction=st.sampled_from(REDUCTIONS),
    weighting=st.sampled_from(["none", "flat", "column"]),
)
@hypothesis.settings(max_examples=15)
def test_value_and_gradient_are_those_of_keras(
    name: str,
    kind: str,
    words: dict[str, Any],
    n: int,
    seed: int,
    reduction: str | None,
    weighting: str,
) -> None:
    labels, scores = batch(kind, bool(words.get("from_logits")), n, seed)
    weights = None
    if weighting != "none":
        weights = np.random.default_rng(seed + 1).uniform(0, 2, size=n).astype(np.float32)
        if weighting == "column" and reduction not in ("none", None):
            weights = weights[:, None]
    theirs_input = torch.tensor(scores, requires_grad=True)
    theirs = getattr(keras.losses, name)(reduction=reduction, **words)(
        labels, theirs_input, sample_weight=weights
    )
    theirs.sum().backward()
    ours_input = torch.tensor(scores, requires_grad=True)
    ours = getattr(losses, name)(reduction=reduction, **words)(
        torch.tensor(labels),
        ours_input,
        sample_weight=None if weights is None else torch.tensor(weights),
    )
    ours.sum().backward()
    assert ours.shape == theirs.shape
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(ours_input.grad, theirs_input.grad, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("alias", sorted(set(LOSSES) - {"crossentropy", "ce"}))
def test_names_mean_what_they_mean_in_keras(alias: str) -> None:
    ours = losses.get(alias)
    kind, _ = CASES[type(ours).__name__][0]
    labels, scores = batch(kind, False, 5, 3)
    old = {"logcosh": "log_cosh", "kullback_leibler_divergence": "kl_divergence"}
    theirs = keras.losses.get(old.get(alias, alias))
    if not isinstance(theirs, keras.losses.Loss):
        expected = torch.as_tensor(theirs(labels, torch.tensor(scores))).mean()
    else:
        expected = theirs(labels, torch.tensor(scores))
    torch.testing.assert_close(ours(labels, scores), expected, rtol=1e-5, atol=1e-6)
    assert ours.name == alias


@pytest.mark.parametrize(
    ("labels", "outputs"),
    [((6,), (6, 1)), ((6, 1), (6, 1)), ((6,), (6, 4)), ((6, 1), (6, 4)), ((6, 4), (6, 4))],
)
def test_crossentropy_chooses_by_shape_as_keras(labels: tuple[int, ...], outputs: tuple[int, ...]) -> None:
    scores = torch.rand(outputs)
    y = torch.eye(4)[torch.randint(0, 4, (6,))] if labels == (6, 4) else None
    if y is None:
        y = torch.randint(0, 2, labels)
    model = keras.Sequential([keras.Input(outputs[1:]), keras.layers.Identity()])
    model.compile(loss="crossentropy")
    expected = model.evaluate(scores.numpy(), y.numpy(), verbose=0)
    assert losses.get("ce")(y, scores).item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("name", ["MeanSquaredError", "MeanAbsoluteError", "BinaryCrossentropy"])
def test_flat_labels_fit_a_column_of_predictions(name: str) -> None:
    labels, scores = torch.tensor([0.0, 1.0, 1.0]), torch.tensor([[0.2], [0.9], [0.4]])
    theirs = getattr(keras.losses, name)()
    for y_true, y_pred in ((labels, scores), (labels[:, None], scores[:, 0])):
        expected = theirs(y_true, y_pred)
        torch.testing.assert_close(getattr(losses, name)()(y_true, y_pred), expected)


@pytest.mark.parametrize(
    "name", sorted({name for name in LOSSES if name.islower() and hasattr(keras.losses, name)})
)
def test_functions_take_arrays_and_lists(name: str) -> None:
    labels, scores = batch(CASES[LOSSES[name].__name__][0][0], False, 5, 3)
    expected = getattr(keras.losses, name)(labels, torch.tensor(scores)).numpy()
    for given in (
        (labels, scores),
        (labels.tolist(), scores.tolist()),
        (torch.tensor(labels), torch.tensor(scores)),
    ):
        np.testing.assert_allclose(getattr(losses, name)(*given).numpy(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_labels_and_weights_may_be_arrays_beside_what_a_model_gave(name: str) -> None:
    labels, scores = batch(CASES[name][0][0], False, 4, 3)
    weights, loss = np.arange(4.0), getattr(losses, name)()
    expected = float(loss(labels, scores, weights)), float(loss(labels, scores, 2.5))
    for form in (np.asarray, np.ndarray.tolist, as_tensor):
        given = form(labels), as_tensor(scores)
        np.testing.assert_allclose((loss(*given, form(weights)), loss(*given, 2.5)), expected, rtol=1e-5)
        assert float(loss(as_tensor(labels), torch.tensor(scores), form(weights))) == pytest.approx(
            expected[0]
        )


def test_reductions_of_tf_keras() -> None:
    loss = losses.MeanSquaredError(reduction=losses.Reduction.SUM)
    assert (loss.reduction, losses.MeanSquaredError(reduction="auto").reduction) == (
        "sum",
        "sum_over_batch_size",
    )
    assert losses.deserialize(losses.serialize(loss)).reduction == "sum"


def test_weights_divide_by_the_batch_size_not_by_their_sum() -> None:
    loss = losses.get("mae")
    y_true, y_pred = torch.zeros(4, 1), torch.ones(4, 1)
    assert loss(y_true, y_pred, torch.tensor([1.0, 0, 0, 0])).item() == 0.25


def test_pixels_are_weighted_per_sample_too() -> None:
    y_true, y_pred = torch.zeros(2, 3, 3, 1), torch.ones(2, 3, 3, 1)
    loss = losses.get("mse")
    assert loss(y_true, y_pred, torch.tensor([2.0, 0.0])).item() == 1.0
    labels = torch.randint(0, 3, (2, 4, 5))
    scores = torch.softmax(torch.randn(2, 4, 5, 3), -1)
    expected = keras.losses.SparseCategoricalCrossentropy()(labels, scores)
    sparse = losses.get("sparse_categorical_crossentropy")
    torch.testing.assert_close(sparse(labels, scores), expected)
    torch.testing.assert_close(sparse(labels[..., None], scores), expected)
