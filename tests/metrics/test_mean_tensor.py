"""MeanTensor against NumPy's means of each value."""

import numpy as np
import pytest

from convolens.errors import ShapeError
from convolens.metrics import MeanTensor


@pytest.mark.parametrize("weights", [None, (4, 3), (4,)])
def test_the_mean_of_each_value(weights: tuple[int, ...] | None) -> None:
    random = np.random.default_rng(0)
    values = random.random((5, 4, 3))
    given = None if weights is None else random.random((5, *weights))
    mean = MeanTensor(shape=(4, 3))
    for place, value in enumerate(values):
        mean.update_state(value, None if given is None else given[place])
    wide = None if given is None else np.broadcast_to(given.reshape(5, 4, -1), values.shape)
    np.testing.assert_allclose(mean.result(), np.average(values, 0, wide), rtol=1e-6)
    mean.reset_state()
    assert not mean.result().any()


def test_shapes_and_zeros() -> None:
    mean = MeanTensor()
    assert mean([1.0, 3.0], sample_weight=[0.0, 1.0]).tolist() == [0.0, 3.0]
    with pytest.raises(
        ShapeError, match=r"expected values of shape \(2,\), as those before; received \(3,\)"
    ):
        mean.update_state([1.0, 2.0, 3.0])
    assert MeanTensor.from_config(mean.get_config()).shape == (2,)
