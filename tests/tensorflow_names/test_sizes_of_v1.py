"""TensorFlow 1's rules for other sizes: its own figures, and torch where torch has the rule."""

from typing import Any

import numpy as np
import pytest
import torch

import convolens
import convolens.tensorflow as tf
from convolens.errors import ShapeError

SQUARE = np.array([[1, 2], [3, 4]], "float32").reshape(1, 2, 2, 1)
IMAGES = np.random.default_rng(0).random((2, 5, 7, 3), "float32")
SIZES = [(9, 4), (5, 14), (2, 3), (1, 1)]


def test_figures_of_tensorflow() -> None:
    """The example of tf.compat.v1.image.resize_bilinear in TensorFlow's own tests."""
    rows = [[1, 1.5, 2, 2], [2, 2.5, 3, 3], [3, 3.5, 4, 4], [3, 3.5, 4, 4]]
    assert tf.image.resize_bilinear(SQUARE, (4, 4)).numpy()[0, :, :, 0].tolist() == rows
    assert tf.image.resize_images(SQUARE.astype("uint8"), (4, 4)).numpy()[0, :, :, 0].tolist() == rows


@pytest.mark.parametrize("size", SIZES)
def test_aligned_corners_as_torch(size: Any) -> None:
    planes = torch.from_numpy(IMAGES).permute(0, 3, 1, 2)
    wanted = torch.nn.functional.interpolate(planes, size, mode="bilinear", align_corners=True)
    found = tf.image.resize_bilinear(IMAGES, size, align_corners=True)
    np.testing.assert_allclose(found.numpy(), wanted.permute(0, 2, 3, 1).numpy(), rtol=1e-5)


@pytest.mark.parametrize("size", SIZES)
def test_nearest_as_torch(size: Any) -> None:
    planes = torch.from_numpy(IMAGES).permute(0, 3, 1, 2)
    wanted = torch.nn.functional.interpolate(planes, size, mode="nearest")
    found = tf.image.resize_nearest_neighbor(IMAGES, size)
    np.testing.assert_array_equal(found.numpy(), wanted.permute(0, 2, 3, 1).numpy())


def test_half_pixels_are_tensorflow_2s_rule() -> None:
    for new, method in (
        (tf.image.resize_bilinear, "bilinear"),
        (tf.image.resize_nearest_neighbor, "nearest"),
    ):
        found = new(IMAGES, (9, 4), half_pixel_centers=True)
        np.testing.assert_array_equal(found.numpy(), tf.image.resize(IMAGES, (9, 4), method).numpy())


def test_in_a_network_and_refused() -> None:
    assert tf.image.resize_images(convolens.Input((5, 7, 3)), (9, 4), 1).shape == (None, 9, 4, 3)
    with pytest.raises(ShapeError, match=r"expected images .* received shape \(3,\)"):
        tf.image.resize_bilinear(np.zeros(3), (2, 2))
