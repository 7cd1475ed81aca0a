"""Batches of features: the photos' order, the views in turn, and the change from features to photos."""

import numpy as np
import pytest

from convolens import layers, models
from convolens.augmentation import Augmentation, AugmentedBatches
from convolens.augmentation.gpu.device_batches import DeviceBatches
from convolens.models.parts.base_and_head import base_and_head
from convolens.runs.training.head_features import StagedBatches, features_of

CHANGES = Augmentation(rotation_range=20.0, horizontal_flip=True, mixup=0.4)


def photos(changes: Augmentation = CHANGES, balance: bool = False, shuffle: bool = True) -> AugmentedBatches:
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (70, 8, 8, 3), dtype=np.uint8)
    labels = np.repeat([0, 1, 2], [40, 20, 10])
    return AugmentedBatches(pixels, labels, 16, changes, 3, shuffle=shuffle, classes=3, balance=balance)


@pytest.fixture(scope="module")
def network() -> models.Model:
    return models.Sequential(
        [
            layers.Input(shape=(8, 8, 3)),
            layers.Conv2D(4, 3, activation="relu", name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.Dropout(0.5),
            layers.Flatten(name="flat"),
            layers.Dense(3, activation="softmax"),
        ]
    )


@pytest.mark.parametrize("balance", [False, True])
@pytest.mark.parametrize("views", [0, 3])
def test_features_are_what_the_base_makes_of_the_photos(
    network: models.Model, views: int, balance: bool
) -> None:
    """Of plain photos, or of what they are in epochs 0, 1, 2 of a training; nothing is mixed."""
    whole = photos(balance=balance)
    labels = np.repeat([0, 1, 2], [40, 20, 10])
    told: list[tuple[int, int]] = []
    parts = base_and_head("test", network)
    found = features_of(parts, whole, labels, 3, views, lambda done, total: told.append((done, total)))
    assert told[-1] == (70 * max(views, 1),) * 2
    assert found.features.shape == (max(views, 1), 70, 144)
    seen = models.Model(network.input, network.get_layer("flat").output)
    for epoch in range(4):
        found.set_epoch(epoch)
        whole.set_epoch(epoch)
        view = photos(
            Augmentation(rotation_range=20.0, horizontal_flip=True) if views else Augmentation(),
            shuffle=False,
        )
        view.set_epoch(epoch % views if views else 0)
        plain = np.concatenate([view[number][0] for number in range(len(view))])
        for number in range(len(whole)):
            x, y = found[number]
            which = whole.chosen(number)[1]
            np.testing.assert_allclose(x, seen.predict(plain[which], verbose=0), rtol=1e-5, atol=1e-6)
            np.testing.assert_array_equal(y, labels[which])


@pytest.mark.parametrize("placed", [False, True], ids=["on the CPU", "placed on a device"])
def test_features_first_and_photos_then(network: models.Model, placed: bool) -> None:
    source = photos(Augmentation(horizontal_flip=True))
    features = features_of(base_and_head("test", network), source, source.labels, 3)
    given = DeviceBatches(source, "cpu") if placed else source
    staged = StagedBatches(features, given, lambda epoch: epoch < 2)
    assert len(staged) == 5
    for epoch in (3, 0, 1, 2):  # any order: each is a function of its epoch
        staged.set_epoch(epoch)
        x, y = staged[4]
        assert x.shape == ((6, 144) if epoch < 2 else (6, 8, 8, 3))
        features.set_epoch(epoch)
        np.testing.assert_array_equal(np.asarray(y), features[4][1])
