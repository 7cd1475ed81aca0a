"""The figure: where an object's place is known, the heat lies on it."""

import numpy as np
import pytest

import convolens as keras
from convolens.analysis.explain import grad_cam, grad_cam_plus_plus, integrated_gradients, occlusion

SIDE, OBJECT, MARGIN = 32, 9, 3
# method: what it gives, and the least share of the heat on the object (Grad-CAM++ looks at positive gradients only, so that
# the noise's share is not taken off)
METHODS = {
    "grad-cam": (grad_cam, 0.6),
    "grad-cam++": (grad_cam_plus_plus, 0.4),
    "occlusion": (lambda *given: np.maximum(occlusion(*given), 0), 0.8),
    "integrated gradients": (
        lambda *given: np.maximum(integrated_gradients(*given).attributions, 0),
        0.6,
    ),
}


def composed(count, seed):
    """Red (class 0) and blue discs at random places on grey noise; images, classes, and the objects' corners."""
    random = np.random.default_rng(seed)
    images = 0.35 * random.random((count, SIDE, SIDE, 1), dtype=np.float32).repeat(3, axis=3)
    classes = random.integers(0, 2, count)
    corners = random.integers(0, SIDE - OBJECT + 1, (count, 2))
    down, across = np.abs(np.mgrid[:OBJECT, :OBJECT] - OBJECT // 2)
    disc = down**2 + across**2 <= 18
    for image, kind, (row, column) in zip(images, classes, corners, strict=True):
        image[row : row + OBJECT, column : column + OBJECT][disc] = ((0.9, 0.25, 0.2), (0.2, 0.4, 0.9))[kind]
    return images, classes, corners


@pytest.fixture(scope="module")
def trained():
    import torch

    torch.manual_seed(0)
    layers = keras.layers
    model = keras.models.Sequential(
        [
            layers.Conv2D(12, 3, padding="same", activation="relu", input_shape=(SIDE, SIDE, 3)),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(*composed(400, 0)[:2], epochs=12, batch_size=32, verbose=0)
    images, classes, _ = composed(100, 1)
    assert model.evaluate(images, classes, verbose=0)[1] >= 0.95
    return model


@pytest.mark.parametrize("method", METHODS)
def test_the_heat_lies_on_the_object(trained, method):
    explanation, least = METHODS[method]
    images, classes, corners = composed(24, 2)
    shares, areas = [], []
    for image, kind, (row, column) in zip(images, classes, corners, strict=True):
        heat = explanation(trained, image, int(kind))
        inside = np.zeros_like(heat, dtype=bool)
        inside[
            max(row - MARGIN, 0) : row + OBJECT + MARGIN, max(column - MARGIN, 0) : column + OBJECT + MARGIN
        ] = True
        shares.append(heat[inside].sum() / max(heat.sum(), 1e-12))
        areas.append(inside.mean())
    print(
        f"{method}: {np.mean(shares):.2f} of the heat (least {min(shares):.2f}) on {np.mean(areas):.2f} of the image"
    )
    assert np.mean(shares) >= least
    assert np.mean(shares) >= 2 * np.mean(areas)
