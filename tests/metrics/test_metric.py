"""What all metrics share: names, configs, state, bad input. Members of METRICS inherit."""

import json
from typing import Any

import keras
import numpy as np
import pytest
import torch

from convolens import losses, metrics
from convolens.constructors import argument_names
from convolens.errors import (
    ArgumentError,
    ArgumentTypeError,
    CheckpointError,
    ShapeError,
    UnknownNameError,
)
from convolens.metrics import METRICS
from needed_arguments import NEEDED

CLASSES = sorted({*METRICS.values(), metrics.Accuracy}, key=lambda made: made.__name__)


@pytest.mark.parametrize("made", CLASSES, ids=lambda made: made.__name__)
def test_config_name_and_state_survive(made: type[metrics.Metric]) -> None:
    needed = NEEDED.get(made.__name__, {})
    metric = made.from_config(needed)
    assert metric.get_config().keys() == set(argument_names(made))
    assert made.from_config(json.loads(json.dumps(metric.get_config()))).name == metric.name
    assert repr(metric) == f"<{made.__name__} name={metric.name}>"
    state = metric.state_dict()
    assert all(isinstance(value, torch.Tensor) for value in state.values())
    metric.load_state_dict(state)
    with pytest.raises(CheckpointError, match="the state is of another metric"):
        metric.load_state_dict({"something": torch.zeros(())})
    if made.__name__ != "AccuracyByShape":
        theirs = getattr(keras.metrics, made.__name__)(**needed)
        assert theirs.name.startswith(metric.name)
        config = {k: v for k, v in theirs.get_config().items() if v is not None}
        if made is metrics.SparseCategoricalCrossentropy:
            config.pop("ignore_class", None)
        if made is metrics.AUC:
            config.pop("multi_label")
        assert isinstance(made.from_config({**config, "dtype": "float32"}), made)


@pytest.mark.parametrize("name", sorted(METRICS))
def test_a_name_stays_in_the_logs(name: str) -> None:
    if METRICS[name].__name__ in NEEDED:
        with pytest.raises(ArgumentError, match=f"metric '{name}' cannot be made without arguments"):
            metrics.get(name)
        return
    metric = metrics.get(name)
    assert metric.name == name
    assert type(metric) is METRICS[name]


def test_get_knows_names_classes_objects_functions_and_losses() -> None:
    made = metrics.AUC(name="area")
    assert metrics.get(made) is made
    assert made.name == "area"
    assert metrics.get(metrics.Recall).name == "recall"
    assert isinstance(metrics.get({"class_name": "Accuracy"}), metrics.Accuracy)
    by_config = metrics.get({"class_name": "BinaryAccuracy", "config": {"threshold": 0.7}})
    assert by_config.get_config()["threshold"] == 0.7
    with pytest.raises(UnknownNameError, match=r"unknown metric 'acuracy'\. Did you mean 'acc"):
        metrics.get("acuracy")
    with pytest.raises(ArgumentTypeError, match="received 3"):
        metrics.get(3)

    def nearly(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        return ((y_true - y_pred).abs() < 0.5).float()

    own = metrics.get(nearly)
    assert own.name == "nearly"
    assert own([[1.0], [2.0]], [[1.2], [3.0]]) == 0.5
    of_loss = metrics.get(losses.MeanSquaredError())
    assert of_loss.name == "mean_squared_error"
    assert of_loss([[1.0]], [[3.0]]) == 4.0


def test_updating_does_not_change_what_was_read_before() -> None:
    metric = metrics.get("mse")
    metric.update_state([[1.0]], [[2.0]])
    before = metric.state_dict()
    metric.update_state([[1.0]], [[9.0]])
    assert before["total"].item() == 1.0
    metric.load_state_dict(before)
    metric.update_state([[1.0]], [[1.0]])
    assert metric.result() == 0.5
    assert before["total"].item() == 1.0


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match="class numbers go with sparse_categorical_accuracy"):
        metrics.CategoricalAccuracy()(torch.tensor([0, 1]), torch.rand(2, 3))
    with pytest.raises(ShapeError, match=r"labels of shape \(3,\)"):
        metrics.get("accuracy")(torch.tensor([0, 1, 1]), torch.rand(2, 3))
    with pytest.raises(ShapeError, match="Precision: labels of shape"):
        metrics.Precision()(torch.tensor([0, 1]), torch.rand(2, 3))
    with pytest.raises(ShapeError, match="F1Score: labels of shape"):
        metrics.F1Score()(torch.tensor([0, 1]), torch.rand(2, 3))
    with pytest.raises(ShapeError, match="expected one weight per sample"):
        metrics.get("mse")(torch.rand(3, 1), torch.rand(3, 1), torch.ones(2))
    with pytest.raises(ShapeError, match="expected one weight per sample"):
        metrics.AUC()(torch.ones(3, 1), torch.rand(3, 1), torch.ones(2))
    with pytest.raises(ArgumentError, match="k=5 with 3 classes"):
        metrics.TopKCategoricalAccuracy()(torch.eye(3), torch.rand(3, 3))
    with pytest.raises(ArgumentError, match=r"class_id=4 does not fit predictions of shape \(3, 3\)"):
        metrics.Recall(class_id=4)(torch.eye(3), torch.rand(3, 3))


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ArgumentError, match="BinaryAccuracy: threshold must be a number in"):
        metrics.BinaryAccuracy(threshold=2.0)
    with pytest.raises(ArgumentError, match="Precision: thresholds must be a number in"):
        metrics.Precision(thresholds=[0.5, 1.5])
    with pytest.raises(ArgumentError, match="Recall: top_k must be an integer"):
        metrics.Recall(top_k=0)
    with pytest.raises(ArgumentError, match="AUC: num_thresholds must be an integer of at least 2"):
        metrics.AUC(num_thresholds=1)
    with pytest.raises(UnknownNameError, match="AUC: curve must be one of 'ROC', 'PR'"):
        metrics.AUC(curve="RCO")
    with pytest.raises(UnknownNameError, match="F1Score: average must be one of"):
        metrics.F1Score(average="macros")
    with pytest.raises(ArgumentError, match="TopKCategoricalAccuracy: k must be an integer"):
        metrics.TopKCategoricalAccuracy(k=0)


def test_a_state_of_another_size_is_refused() -> None:
    with pytest.raises(CheckpointError, match=r"true_positives has shape \(3,\)"):
        metrics.AUC().load_state_dict(metrics.AUC(num_thresholds=3).state_dict())


def test_half_precision_and_arrays_are_taken() -> None:
    metric = metrics.get("accuracy")
    scores = torch.tensor([[0.1, 0.9], [0.8, 0.2]], dtype=torch.bfloat16)
    assert metric(np.array([1, 1]), scores) == 0.5


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Mean", {}),
        ("Precision", {}),
        ("TruePositives", {}),
        ("MeanIoU", {"num_classes": 2}),
        ("AUC", {"num_thresholds": 3}),
    ],
)
def test_sums_are_read_by_the_names_of_keras(name: str, words: dict[str, Any]) -> None:
    labels, scores = np.array([0, 1, 1, 0]), np.array([0.0, 1.0, 0.0, 1.0])
    ours, theirs = getattr(metrics, name)(**words), getattr(keras.metrics, name)(**words)
    for metric in (ours, theirs):
        metric.update_state(*([labels] if name == "Mean" else [labels, scores]))
    sums = {key: value for key, value in vars(theirs).items() if isinstance(value, keras.Variable)}
    assert sums
    for key, value in sums.items():
        np.testing.assert_array_equal(getattr(ours, key).numpy(), value.numpy())
    with pytest.raises(AttributeError, match="has no attribute 'other'"):
        _ = ours.other
