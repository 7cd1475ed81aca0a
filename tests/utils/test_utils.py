"""to_categorical gives Keras' arrays; set_random_seed seeds all three generators."""

import random

import hypothesis.extra.numpy as arrays
import hypothesis.strategies as st
import keras
import numpy as np
import pytest
import torch
from hypothesis import given

import convolens
from convolens import utils
from convolens.errors import ArgumentError
from convolens.layers import Dense
from convolens.models import Sequential
from convolens.preprocessing import image
from convolens.utils import set_random_seed, to_categorical


@given(
    labels=arrays.arrays(
        st.sampled_from([np.int32, np.uint8, np.float32]),
        arrays.array_shapes(max_dims=3, max_side=5),
        elements=st.integers(0, 6),
    ),
    classes=st.none() | st.integers(7, 9),
)
def test_to_categorical_is_that_of_keras(labels: np.ndarray, classes: int | None) -> None:
    ours, theirs = to_categorical(labels, classes), keras.utils.to_categorical(labels, classes)
    np.testing.assert_array_equal(ours, theirs)
    assert ours.dtype == theirs.dtype
    assert to_categorical(labels, classes, dtype="uint8").dtype == np.uint8


@pytest.mark.parametrize(
    ("labels", "classes", "words"),
    [
        ([0, 3], 3, "labels must be 0 to 2; received 3"),
        ([0, -1], 3, "labels must be 0 to 2; received"),
        ([0, -2], None, "labels must be 0 to 0; received"),
        ([0], 0, "num_classes must be an integer of at least 1; received 0"),
    ],
)
def test_refusals(labels: list[int], classes: int | None, words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        to_categorical(labels, classes)


@given(
    x=arrays.arrays(
        np.float32, arrays.array_shapes(min_dims=1, max_dims=3, max_side=4), elements=st.integers(-3, 3)
    ),
    order=st.sampled_from([1, 2]),
    last=st.booleans(),
)
def test_normalize_is_that_of_keras(x: np.ndarray, order: int, last: bool) -> None:
    axis = -1 if last or x.ndim == 1 else 1  # of axis 0 Keras takes the last
    ours, theirs = utils.normalize(x, axis, order), keras.utils.normalize(x, axis, order)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    assert ours.dtype == theirs.dtype


def test_a_seed_fixes_every_generator() -> None:
    def draw(seed: int) -> tuple[float, ...]:
        set_random_seed(seed)
        return random.random(), float(np.random.rand()), float(torch.rand(()))

    assert draw(3) == draw(3)
    assert all(a != b for a, b in zip(draw(3), draw(4), strict=True))


def test_pictures_are_read_by_the_functions_of_preprocessing() -> None:
    for name in ("load_img", "img_to_array", "array_to_img", "save_img"):
        assert getattr(utils, name) is getattr(image, name)
    with pytest.raises(AttributeError):
        utils.load_image  # noqa: B018


class Numbers(utils.Sequence):
    def __getitem__(self, number: int) -> int:
        return number

    @property
    def num_batches(self) -> int:
        return 2


def test_batches_by_number() -> None:
    assert utils.Sequence is utils.PyDataset
    assert (len(Numbers(workers=2)), list(Numbers()), Numbers(workers=2).workers) == (2, [0, 1], 2)
    with pytest.raises(NotImplementedError):
        len(utils.PyDataset())


def test_switches_of_what_is_printed_are_accepted():
    for switch in ("interactive_logging", "traceback_filtering"):
        getattr(convolens.config, f"disable_{switch}")()
        getattr(convolens.config, f"enable_{switch}")()
        assert getattr(convolens.config, f"is_{switch}_enabled")() is True
    assert utils.disable_interactive_logging is convolens.config.disable_interactive_logging


def test_a_model_for_several_gpus_is_the_model_and_warns() -> None:
    model = Sequential([Dense(1, input_shape=(2,))])
    with pytest.warns(UserWarning, match=r"multi_gpu_model\(gpus=4\): the model stays on one device"):
        assert utils.multi_gpu_model(model, gpus=4) is model
