"""What all losses share: names, configs, bad input, labels out of range; by enumeration."""

import json

import keras
import numpy as np
import pytest
import torch

from convolens import losses
from convolens.constructors import argument_names
from convolens.errors import ArgumentError, ArgumentTypeError, ShapeError, UnknownNameError
from convolens.losses import LOSSES, check_labels

CLASSES = sorted(set(LOSSES.values()), key=lambda made: made.__name__)


@pytest.mark.parametrize("made", CLASSES, ids=lambda made: made.__name__)
def test_config_survives_json_and_fits_keras(made: type[losses.Loss]) -> None:
    loss = made(reduction="sum")
    config = json.loads(json.dumps(loss.get_config()))
    left_out = {"axis"} if made is losses.SparseCategoricalCrossentropy else set()  # as Keras does
    assert config.keys() == set(argument_names(made)) - left_out
    again = made.from_config(config)
    assert again.get_config() == loss.get_config()
    assert repr(again) == repr(loss)
    if made is not losses.Crossentropy:
        theirs = getattr(keras.losses, made.__name__)
        assert theirs().name == made().name
        # Keras leaves the delta of Huber out of its config.
        assert theirs.from_config(config).get_config().items() <= config.items()
        assert made.from_config(theirs().get_config()).get_config() == made().get_config()
    by_config = (
        losses.get({"class_name": made.__name__, "config": config}) if (made.__name__ in LOSSES) else loss
    )
    assert type(by_config) is made


@pytest.mark.parametrize("made", CLASSES, ids=lambda made: made.__name__)
def test_a_wrong_reduction_is_refused(made: type[losses.Loss]) -> None:
    with pytest.raises(UnknownNameError, match=r"reduction must be one of .*received 'sun'"):
        made(reduction="sun")


def test_get_knows_names_classes_objects_and_functions() -> None:
    made = losses.MeanSquaredError()
    assert losses.get(made) is made
    assert isinstance(losses.get(losses.Huber), losses.Huber)
    with pytest.raises(UnknownNameError, match=r"Did you mean 'categorical_crossentropy'\?"):
        losses.get("categorical_crossentropi")
    with pytest.raises(ArgumentTypeError, match=r"torch.nn.CrossEntropyLoss takes \(predictions"):
        losses.get(torch.nn.CrossEntropyLoss())
    with pytest.raises(ArgumentTypeError, match="received 3"):
        losses.get(3)

    def worst(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        return (y_true - y_pred).abs().amax(dim=-1)

    own = losses.get(worst)
    assert own.name == "worst"
    y_true, y_pred = np.array([[0, 1], [2, 3]]), torch.tensor([[1.0, 1.0], [2.0, 7.0]])
    expected = (
        keras.losses.LossFunctionWrapper(worst)(y_true, y_pred)
        if hasattr(keras.losses, "LossFunctionWrapper")
        else torch.tensor(2.5)
    )
    torch.testing.assert_close(own(y_true, y_pred), expected)


def test_shapes_that_do_not_fit_are_refused_with_a_hint() -> None:
    with pytest.raises(ShapeError, match=r"\(3,\).*\(3, 4\).*use the sparse_ form"):
        losses.get("categorical_crossentropy")(torch.tensor([0, 1, 2]), torch.rand(3, 4))
    with pytest.raises(ShapeError, match="one-hot labels use categorical_crossentropy"):
        losses.get("sparse_categorical_crossentropy")(torch.eye(4), torch.rand(4, 4))
    with pytest.raises(ShapeError, match="expected labels of shape"):
        losses.get("sparse_categorical_crossentropy")(torch.tensor([0, 1]), torch.rand(3, 4))
    with pytest.raises(ShapeError, match="expected the same number of axes"):
        losses.get("mse")(torch.rand(4), torch.rand(4, 4))
    with pytest.raises(ShapeError, match="expected the same shape"):
        losses.get("binary_crossentropy")(torch.rand(3, 1), torch.rand(3, 2))
    with pytest.raises(ShapeError, match=r"mse: sample_weight has shape \(2,\).*\(3,\)"):
        losses.get("mse")(torch.rand(3, 1), torch.rand(3, 1), torch.ones(2))


def test_half_precision_is_widened_and_double_kept() -> None:
    loss = losses.get("mse")
    for given, expected in (
        (torch.bfloat16, torch.float32),
        (torch.float16, torch.float32),
        (torch.float64, torch.float64),
    ):
        assert loss(torch.zeros(2, 1), torch.ones(2, 1, dtype=given)).dtype == expected


def test_ignored_labels_alone_give_zero() -> None:
    loss = losses.SparseCategoricalCrossentropy(ignore_class=1)
    theirs = keras.losses.SparseCategoricalCrossentropy(ignore_class=1)
    scores = torch.softmax(torch.randn(3, 2), -1)
    assert loss(torch.ones(3, dtype=torch.long), scores).item() == 0.0
    for weights in (None, torch.tensor([[1.0], [2.0], [0.5]])):
        labels = torch.tensor([0, 1, 0])
        copied = None if weights is None else weights.clone()  # Keras writes into them
        expected = theirs(labels, scores, sample_weight=copied)
        torch.testing.assert_close(loss(labels, scores, weights), expected)


@pytest.mark.parametrize("out_of_range", [{"label_smoothing": 1.5}, {"label_smoothing": -0.1}])
def test_label_smoothing_out_of_range_is_refused(out_of_range: dict[str, float]) -> None:
    for name in ("BinaryCrossentropy", "CategoricalCrossentropy", "CategoricalFocalCrossentropy"):
        with pytest.raises(ArgumentError, match=rf"{name}: label_smoothing must be a number in"):
            getattr(losses, name)(**out_of_range)


def test_labels_inside_the_classes_pass() -> None:
    for labels in (
        [0, 1, 2],
        np.array([[0], [2]], np.uint8),
        torch.tensor([2.0, 0.0]),
        np.array([True, False]),
        np.zeros(0, np.int64),
    ):
        check_labels(labels, 3)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 3, 1], r"labels: 3 at position 1 is outside the classes \(1 of 3 labels are\)"),
        ([0, -1], r"labels: -1 at position 1 .* 3 classes need labels 0 to 2"),
        (torch.tensor([1, 2, 3]), "They seem to start at 1: subtract 1"),
        ([0.5], "labels: 0.5 at position 0"),
        ([0.0, float("nan")], "labels: nan at position 1"),
        ([0, 7], "Give the last layer 8 units, or correct the labels"),
        (np.array(["cat", "dog"]), "must be class numbers; received <U3 values such as"),
    ],
)
def test_labels_outside_the_classes_are_named(labels: object, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        check_labels(labels, 3)


def test_the_range_is_told_with_class_names() -> None:
    with pytest.raises(ArgumentError, match=r"labels 0 to 1 \('cat' to 'dog'\)"):
        check_labels([2], 2, ["cat", "dog"])
    with pytest.raises(ArgumentError, match="give the last layer one unit per class"):
        check_labels([0, 3], 1)


@pytest.mark.parametrize(("shape", "axis"), [((2, 3, 4, 5), -1), ((1, 5, 4), 1), ((7, 5), -1)])
def test_sparse_labels_of_maps_have_gradients(shape: tuple[int, ...], axis: int) -> None:
    logits = torch.randn(shape, requires_grad=True)
    labels = torch.randint(0, 5, [size for at, size in enumerate(shape) if at != axis % len(shape)])
    losses.sparse_categorical_crossentropy(labels, logits, from_logits=True, axis=axis).sum().backward()
    one_hot = torch.nn.functional.one_hot(labels, 5).movedim(-1, axis)
    torch.testing.assert_close(logits.grad, logits.detach().softmax(axis) - one_hot)
