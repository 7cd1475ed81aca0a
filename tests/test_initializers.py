"""Initial weights have Keras' distributions."""

import keras
import numpy as np
import pytest
from scipy import stats

from convolens import initializers
from convolens.constructors import argument_names
from convolens.errors import ArgumentError

SHAPE = (60, 20, 3, 3)  # out, in, rows, columns
FANS = {"fan_in": 20 * 9, "fan_out": 60 * 9}
KERAS_SHAPE = (3, 3, 20, 60)


NAMES = sorted(set(initializers.INITIALIZERS) - {"constant"})  # Keras 3.15 cannot make it from its name


@pytest.mark.parametrize("name", NAMES)
def test_distribution_is_that_of_keras(name: str) -> None:
    ours = initializers.get(name)(SHAPE, **FANS).numpy().ravel()
    theirs = np.asarray(keras.initializers.get(name)(KERAS_SHAPE).detach()).ravel()
    if np.ptp(theirs) == 0:  # every weight has one value
        np.testing.assert_array_equal(np.unique(ours), np.unique(theirs))
        return
    assert stats.ks_2samp(ours, theirs).pvalue > 1e-4
    np.testing.assert_allclose(ours.std(), theirs.std(), rtol=0.03)
    np.testing.assert_allclose(
        abs(ours).max(), abs(theirs).max(), rtol=0.3 if name == "random_normal" else 0.02
    )


@pytest.mark.parametrize("name", sorted(initializers.INITIALIZERS))
def test_config_travels_to_keras_and_back(name: str) -> None:
    ours = initializers.get(name)
    assert ours.get_config().keys() == set(argument_names(type(ours)))
    theirs = keras.initializers.deserialize(ours.serialize())
    assert (
        initializers.get(keras.initializers.serialize(theirs)).get_config().keys() == ours.get_config().keys()
    )


def test_seed_and_forms() -> None:
    seeded = initializers.HeNormal(seed=3)
    np.testing.assert_array_equal(seeded((4, 4), 4, 4), seeded((4, 4), 4, 4))
    assert isinstance(initializers.get(initializers.Ones), initializers.Ones)
    with pytest.raises(ArgumentError, match="expected a name"):
        initializers.get(3)  # type: ignore[arg-type]
