"""`K.batch_dot` against sums written out by `numpy.einsum`, for all ranks and axes."""

import itertools
from typing import Any

import numpy as np
import pytest

import convolens as keras
from convolens import backend as K
from convolens.errors import ArgumentError


def expected(x: np.ndarray, y: np.ndarray, first: int, second: int) -> np.ndarray:
    left, right = ["n", "a", "b", "c"][: x.ndim], ["n", "d", "e", "f"][: y.ndim]
    left[first] = right[second] = "z"
    kept = [letter for letter in left + right[1:] if letter != "z"]
    product = np.einsum(f"{''.join(left)},{''.join(right)}->{''.join(kept)}", x, y)
    return product if product.ndim > 1 else product[:, None]


@pytest.mark.parametrize("ranks", list(itertools.product((2, 3, 4), repeat=2)))
def test_every_pair_of_ranks_and_axes(ranks: tuple[int, int]) -> None:
    random = np.random.default_rng(0)
    for first, second in itertools.product(range(1, ranks[0]), range(1, ranks[1])):
        x, y = (random.normal(size=[3, 2, 4, 5][:rank]).astype("float32") for rank in ranks)
        y = np.moveaxis(
            np.resize(y, [y.shape[0], x.shape[first], *np.delete(y.shape, [0, second])]), 1, second
        )
        wanted = expected(x, y, first, second)
        asked: list[Any] = [(first, second), [first - ranks[0], second - ranks[1]]]
        asked += [first] if first == second else []
        asked += [None] if (first, second) == (ranks[0] - 1, max(ranks[1] - 2, 1)) else []
        for axes in asked:
            np.testing.assert_allclose(K.batch_dot(x, y, axes).numpy(), wanted, rtol=1e-5, atol=1e-5)
        symbols = keras.Input(x.shape[1:]), keras.Input(y.shape[1:])
        model = keras.Model(list(symbols), K.batch_dot(*symbols, axes=(first, second)))
        assert model.output_shape == (None, *wanted.shape[1:])
        np.testing.assert_allclose(model.predict([x, y], verbose=0), wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("shapes", "axes", "says"),
    [
        (((2, 3), (2, 3)), 0, "batch_dot: axes=0: x of rank 2 has axes 1 to 1 beside the batch's, 0; received 0."),
        (((2, 3, 4), (2, 3)), (2, 2), "axes=(2, 2): y of rank 2 has axes 1 to 1 beside the batch's, 0; received 2."),
        (((2, 3, 4), (2, 3)), (-3, 1), "x of rank 3 has axes 1 to 2 beside the batch's, 0; received -3."),
        (((2, 3, 4), (2, 4)), ([1, 2], 1), "axes must be an axis, or a pair with one of x and one of y; received ([1, 2], 1)."),
        (((2, 3, 4), (2, 4)), (1, 1, 1), "axes must be an axis, or a pair"),
        (((2, 3, 4), (2, 4)), 1, "as long along their axes 0 and along 1 and 1; received shapes (2, 3, 4) and (2, 4)."),
        (((2, 3), (4, 3)), 1, "as long along their axes 0 and along 1 and 1; received shapes (2, 3) and (4, 3)."),
        (((2,), (2, 4)), 1, "expected a batch and at least one axis more of x and of y; received shapes (2,) and (2, 4)."),
    ],
)  # fmt: skip
def test_other_axes_are_one_line(shapes: Any, axes: Any, says: str) -> None:
    with pytest.raises(ArgumentError) as told:
        K.batch_dot(*map(np.ones, shapes), axes=axes)
    assert says in str(told.value)
    assert "\n" not in str(told.value)
