"""Resizing, CenterCrop and Normalization give what Keras' layers give; what adapts finds the same in data of every form."""

from typing import Any

import hypothesis.strategies as st
import keras
import numpy as np
import pytest
import torch
from hypothesis import given, settings

from convolens import layers
from convolens.errors import ArgumentError, ArgumentTypeError, DataError, ShapeError

SIDES = st.integers(1, 12)


def ours_of(layer: Any, x: np.ndarray) -> np.ndarray:
    return layer(torch.from_numpy(x).permute(0, 3, 1, 2)).permute(0, 2, 3, 1).numpy()


@settings(max_examples=40)
@given(
    sides=st.tuples(SIDES, SIDES, SIDES, SIDES),
    interpolation=st.sampled_from(["bilinear", "nearest", "bicubic"]),
    ratio=st.sampled_from(["", "crop_to_aspect_ratio", "pad_to_aspect_ratio"]),
    antialias=st.booleans(),
)
def test_resizing(sides: tuple[int, int, int, int], interpolation: str, ratio: str, antialias: bool) -> None:
    x = np.random.default_rng(0).uniform(0, 255, (2, *sides[:2], 3)).astype("float32")
    arguments: dict[str, Any] = {"interpolation": interpolation, "antialias": antialias, "fill_value": 3.0}
    if ratio:
        arguments[ratio] = True
    layer = layers.Resizing(*sides[2:], **arguments)
    expected = keras.layers.Resizing(*sides[2:], **arguments)(x).detach().numpy()
    np.testing.assert_allclose(ours_of(layer, x), expected, atol=1e-3)
    np.testing.assert_allclose(layer(torch.from_numpy(x[0])).numpy(), expected[0], atol=1e-3)
    assert layer.compute_output_shape((None, *x.shape[1:])) == (None, *expected.shape[1:])
    assert layer.compute_output_shape(x.shape[1:]) == expected.shape[1:]


@settings(max_examples=30)
@given(sides=st.tuples(SIDES, SIDES, SIDES, SIDES))
def test_center_crop(sides: tuple[int, int, int, int]) -> None:
    x = np.random.default_rng(0).uniform(0, 255, (2, *sides[:2], 3)).astype("float32")
    expected = keras.layers.CenterCrop(*sides[2:])(x).detach().numpy()
    np.testing.assert_allclose(ours_of(layers.CenterCrop(*sides[2:]), x), expected, atol=1e-3)


@pytest.mark.parametrize("axis", [-1, 1, (1, -1), (2, 3), None, (3,)])
@pytest.mark.parametrize("invert", [False, True])
def test_adapted_to_an_array(axis: Any, invert: bool) -> None:
    x = np.random.default_rng(1).normal(5, 3, (7, 4, 5, 3)).astype("float32")
    ours, theirs = layers.Normalization(axis, invert=invert), keras.layers.Normalization(axis, invert=invert)
    ours.adapt(x)
    theirs.adapt(x)
    np.testing.assert_allclose(ours_of(ours, x), theirs(x).detach().numpy(), atol=1e-4)
    assert ours.mean is not None
    np.testing.assert_allclose(ours.mean.numpy(), theirs.mean.detach().numpy(), atol=1e-4)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-4)


@pytest.mark.parametrize("shape", [(9, 3), (9, 5, 3), (9, 4, 5, 3)])
@pytest.mark.parametrize(("mean", "variance"), [(2.0, 4.0), ([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])])
def test_given_mean_and_variance(shape: tuple[int, ...], mean: Any, variance: Any) -> None:
    x = np.random.default_rng(2).normal(5, 3, shape).astype("float32")
    ours = layers.Normalization(mean=mean, variance=variance)
    theirs = keras.layers.Normalization(mean=mean, variance=variance)
    tensor = torch.from_numpy(x)
    given_ = ours(tensor.permute(0, 3, 1, 2) if x.ndim == 4 else tensor)
    given_ = given_.permute(0, 2, 3, 1) if x.ndim == 4 else given_
    np.testing.assert_allclose(given_.numpy(), theirs(x).detach().numpy(), atol=1e-5)
    assert ours.get_weights() == []
    with pytest.raises(ArgumentError, match="has the mean that it was made with"):
        ours.adapt(x)


class Batches(keras.utils.PyDataset):
    def __init__(self, x: np.ndarray) -> None:
        super().__init__()
        self.x = x

    def __len__(self) -> int:
        return 3

    def __getitem__(self, place: int) -> Any:
        return self.x[place * 4 : place * 4 + 4], np.zeros(4)


FORMS: dict[str, Any] = {
    "a tensor": torch.from_numpy,
    "batches": lambda x: [x[:5], x[5:]],
    "batches and labels": lambda x: ((part, np.zeros(len(part))) for part in np.array_split(x, 4)),
    "tensors": lambda x: iter([torch.from_numpy(x[:3]), torch.from_numpy(x[3:])]),
    "a sequence": Batches,
    "a loader": lambda x: torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(torch.from_numpy(x), torch.zeros(len(x))), batch_size=5
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_adapted_to_data_of_every_form(form: str) -> None:
    x = (
        np.random.default_rng(3).normal(1000, 2, (12, 4, 5, 3)).astype("float32")
    )  # a large mean loses nothing
    layer = layers.Normalization()
    layer.adapt(FORMS[form](x))
    np.testing.assert_allclose(layer.get_weights()[0], x.mean((0, 1, 2)), rtol=1e-5)
    np.testing.assert_allclose(layer.get_weights()[1], x.astype("float64").var((0, 1, 2)), rtol=1e-5)


def test_adapt_refuses() -> None:
    layer = layers.Normalization()
    assert layer.mean is None
    with pytest.raises(DataError, match="adapt was given no data"):
        layer.adapt([])
    with pytest.raises(ArgumentTypeError, match="received int"):
        layer.adapt(3)
    layer.adapt(np.zeros((3, 4)))
    with pytest.raises(ShapeError, match=r"received data of shape \(3, 5\)"):
        layer.adapt(np.zeros((3, 5)))
    with pytest.raises(ArgumentError, match="must both be given"):
        layers.Normalization(mean=3)
    with pytest.raises(ShapeError, match="axis 4 of an input of shape"):
        layers.Normalization(4)(layers.Input((8,)))
