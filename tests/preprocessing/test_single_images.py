"""random_* and apply_* of one image give Keras' pixels, from the same seed of NumPy's global stream."""

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from keras.src.legacy.preprocessing import image as theirs

from convolens.errors import ArgumentError, ShapeError
from convolens.preprocessing import image as ours

# name -> arguments behind the image
RANDOM: dict[str, tuple[Any, ...]] = {
    "random_rotation": (40,),
    "random_shift": (0.3, 0.2),
    "random_shear": (30,),
    "random_zoom": ((0.6, 1.5),),
}
AXES = [(0, 1, 2), (1, 2, 0), (1, 0, 2), (2, 1, 0)]  # of rows, columns, channels
shapes = st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 3))


def photo(shape: tuple[int, ...], dtype: str, axes: tuple[int, int, int]) -> np.ndarray:
    """An image of (rows, columns, channels) whose axes lie where they are said to."""
    x = np.random.default_rng(0).uniform(0, 255, shape).astype(dtype)
    return np.moveaxis(x, (0, 1, 2), axes)


def both(name: str, x: np.ndarray, *arguments: Any, **options: Any) -> None:
    found = []
    for library in (ours, theirs):
        np.random.seed(7)
        found.append((getattr(library, name)(x, *arguments, **options), np.random.rand()))
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-6, atol=1e-4)
    assert found[0][0].dtype == found[1][0].dtype
    assert found[0][1] == found[1][1], "as many numbers are drawn"


@pytest.mark.parametrize("name", RANDOM)
@given(
    shape=shapes,
    axes=st.sampled_from(AXES),
    fill_mode=st.sampled_from(["nearest", "constant", "reflect", "wrap"]),
    order=st.integers(0, 3),
    by_place=st.booleans(),
)
def test_random_changes_are_those_of_keras(
    name: str, shape: tuple[int, ...], axes: tuple[int, int, int], fill_mode: str, order: int, by_place: bool
) -> None:
    x = photo(shape, "float32", axes)
    if by_place:
        both(name, x, *RANDOM[name], *axes, fill_mode, 3.0, order)
    else:
        names = dict(zip(("row_axis", "col_axis", "channel_axis"), axes, strict=True))
        both(name, x, *RANDOM[name], **names, fill_mode=fill_mode, cval=3.0, interpolation_order=order)


numbers = st.floats(-3, 3)


@given(
    shape=shapes, axes=st.sampled_from(AXES), theta=st.just(0) | st.floats(-90, 90), tx=numbers, ty=st.just(0) | numbers,
    shear=st.just(0) | st.floats(-60, 60), zx=st.just(1) | st.floats(0.5, 2), zy=st.just(1) | st.floats(0.5, 2),
)  # fmt: skip
def test_given_changes_are_those_of_keras(shape: Any, axes: Any, **parameters: float) -> None:
    names = dict(zip(("row_axis", "col_axis", "channel_axis"), axes, strict=True))
    both("apply_affine_transform", photo(shape, "float64", axes), **parameters, **names)


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_values_are_those_of_keras(dtype: str) -> None:
    x = photo((5, 4, 3), dtype, (0, 1, 2))
    for scale in (False, True):
        both("random_brightness", x, (0.5, 1.5), scale=scale)
        both("apply_brightness_shift", x, 0.5, scale)
        both("apply_brightness_shift", x.astype("float32") * 2 - 100, 0.5, scale)
    both("apply_channel_shift", x.astype("float32"), 20.0)
    both("random_channel_shift", x.astype("float32"), 50.0, channel_axis=2)


def test_nothing_changes_nothing() -> None:
    x = photo((3, 4, 3), "uint8", (0, 1, 2))
    both("apply_affine_transform", x, row_axis=0, col_axis=1, channel_axis=2)
    both("random_zoom", x, (1, 1), 0, 1, 2)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (
            lambda x: ours.random_rotation(x, 3, 0, 1, 1),
            ArgumentError,
            r"must be 0, 1 and 2 in some order.*received 0, 1 and 1",
        ),
        (lambda x: ours.random_rotation(x, 3, 0, 2, 1), ArgumentError, "the channels' 0 or 2"),
        (lambda x: ours.random_rotation(x[0], 3), ShapeError, r"rank 3; received shape \(4, 3\)"),
        (lambda x: ours.random_zoom(x, 0.2), ArgumentError, "zoom_range must be a pair"),
        (lambda x: ours.random_brightness(x, (1, 2, 3)), ArgumentError, "brightness_range must be a pair"),
    ],
)
def test_refusals(change: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        change(photo((3, 4, 3), "float32", (0, 1, 2)))
