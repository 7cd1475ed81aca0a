"""Keras 1's names of convolutions."""

import numpy as np
import pytest

from convolens.layers import Conv2DTranspose, Deconvolution2D


def test_what_comes_out_of_a_deconvolution_has_the_sides_that_were_asked_for() -> None:
    x = np.random.default_rng(0).normal(size=(1, 5, 6, 2)).astype("float32")
    with pytest.warns(UserWarning, match=r"is Conv2DTranspose\(3, \(2, 2\)\) now"):
        old = Deconvolution2D(3, 2, 2, (None, 11, 12, 3), border_mode="valid", subsample=(2, 2))
    made = old(x)
    assert made.shape == (1, 11, 12, 3)
    new = Conv2DTranspose(3, 2, strides=2)
    new(x)
    new.set_weights(old.get_weights())
    np.testing.assert_allclose(made[:, :10], new(x), rtol=1e-5)
    np.testing.assert_array_equal(made[:, 10:], 0)


def test_the_sides_of_same_padding_are_as_ever() -> None:
    layer = Deconvolution2D(3, (3, 3), output_shape=(None, 10, 12, 3), padding="same", strides=2)
    assert (layer.output_padding, layer(np.ones((1, 5, 6, 2), "float32")).shape) == (None, (1, 10, 12, 3))
