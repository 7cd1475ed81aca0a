"""The data of the examples: scikit-learn's handwritten digits as 32 x 32 RGB images in 0..1."""

import numpy as np
from sklearn.datasets import load_digits

TRAINING_IMAGES = 1497


def load_data() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return ((x_train, y_train), (x_test, y_test)): float32 NHWC images in 0..1 and labels 0..9."""
    digits = load_digits()
    images = (digits.images / 16.0).astype("float32")  # (n, 8, 8), 0..1
    images = images.repeat(4, axis=1).repeat(4, axis=2)  # (n, 32, 32)
    images = np.stack([images] * 3, axis=-1)  # (n, 32, 32, 3)
    order = np.random.default_rng(0).permutation(len(images))
    train, test = order[:TRAINING_IMAGES], order[TRAINING_IMAGES:]
    return (images[train], digits.target[train]), (images[test], digits.target[test])
