"""Where batches are augmented is one decision; whichever it is, a training sees the same samples."""

import re

import numpy as np
import pytest
import torch

from convolens import layers
from convolens.augmentation import Augmentation, AugmentedBatches
from convolens.augmentation.gpu.device_batches import DeviceBatches
from convolens.models import Sequential
from convolens.models.placing import batches_for, free_memory
from convolens.preprocessing.image import ImageDataGenerator
from convolens.preprocessing.image.device_iterator import DeviceIterator
from devices import NO_CUDA

IMAGES = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 3), dtype=np.uint8)
LABELS = np.arange(40) % 3
NEEDED = IMAGES.size
VARIED = Augmentation(
    rotation_range=20,
    horizontal_flip=True,
    pad_and_crop=1,
    random_erasing=0.3,
    colour_jitter=(0.2, 0.2, 0.2, 0.05),
)
GPU = {"can_augment": lambda device: True, "free_bytes": lambda device: 10**9}


def batches(augmentation=VARIED, **options):
    return AugmentedBatches(IMAGES, LABELS, 16, augmentation, seed=1, **options)


def flow(**options):
    return ImageDataGenerator(rotation_range=20, rescale=1 / 255, **options).flow(IMAGES, LABELS, 16, seed=1)


def network(sizes=(8, 8, 3)):
    torch.manual_seed(0)
    model = Sequential(
        [layers.Conv2D(4, 3, activation="relu"), layers.GlobalAveragePooling2D(), layers.Dense(3, "softmax")]
    )
    if sizes:
        model.build((None, *sizes))
    model.compile("sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def test_a_gpu_with_room_is_taken():
    for given, kind in ((batches(), DeviceBatches), (flow(), DeviceIterator)):
        placed = batches_for(given, "cpu", **GPU)
        assert type(placed.batches) is kind
        assert placed.line == "augmentation: on the GPU, where 7,680 bytes of pixels lie"
        assert batches_for(placed.batches, "cpu", **GPU).batches is placed.batches


@pytest.mark.parametrize("make", [batches, flow])
@pytest.mark.parametrize(("free", "fits"), [(2 * NEEDED, True), (2 * NEEDED - 1, False)])
def test_pixels_may_take_half_of_what_is_free(make, free, fits):
    given = make()
    placed = batches_for(given, "cpu", can_augment=lambda device: True, free_bytes=lambda device: free)
    assert (placed.batches is given) != fits
    if not fits:
        assert placed.line == (
            "augmentation: on the CPU: the pixels take 7,680 bytes, 50% of the GPU's free memory is 7,680 bytes"
        )


@pytest.mark.parametrize(
    ("given", "device", "options", "line"),
    [
        (batches(), "cpu", {}, "on the CPU, as the network"),
        (batches(), "mps", {}, "on the CPU: mps has no float64 numbers"),
        (batches(Augmentation(interpolation_order=3)), "cpu", GPU, "on the CPU: interpolation_order 3 runs there only"),
        (flow(samplewise_center=True), "cpu", GPU, "on the CPU: centring, dividing by .* run there only"),
        (IMAGES, "cpu", GPU, "on the CPU"),
    ],
    ids=["cpu", "mps", "order", "centring", "arrays"],
)  # fmt: skip
def test_the_rest_stays_as_it_is_and_says_why(given, device, options, line):
    placed = batches_for(given, device, **options)
    assert placed.batches is given
    assert re.fullmatch(f"augmentation: {line}", placed.line)


@pytest.mark.parametrize("make", [batches, flow])
@pytest.mark.parametrize("options", [{}, {"steps_per_epoch": 2}, {"class_weight": {0: 1.0, 1: 2.0, 2: 0.5}}, {"class_weight": "balanced"}],
    ids=["plain", "steps", "weights", "balanced"])  # fmt: skip
def test_a_training_is_the_same(make, options):
    """Sources and targets, steps that do not fill an epoch, weights, validation: all as on the CPU."""
    found = []
    for place in (lambda given: given, lambda given: batches_for(given, "cpu", **GPU).batches):
        model = network()
        history = model.fit(
            place(make()), epochs=3, validation_data=place(make()), verbose=0, seed=0, **options
        )
        found.append((history.history, [w.copy() for w in model.get_weights()]))
    (here, weights), (there, others) = found
    assert list(here) == list(there)
    for name in here:
        np.testing.assert_allclose(there[name], here[name], rtol=1e-4)
    for one, other in zip(weights, others, strict=True):
        np.testing.assert_allclose(other, one, rtol=0, atol=1e-5)


def test_sample_weights_come_along():
    generator = ImageDataGenerator(rescale=1 / 255)
    losses = []
    for weight in (None, np.linspace(0, 3, 40)):
        given = generator.flow(IMAGES, LABELS, 16, seed=1, sample_weight=weight)
        there = batches_for(generator.flow(IMAGES, LABELS, 16, seed=1, sample_weight=weight), "cpu", **GPU)
        pair = [
            network().fit(x, verbose=0, class_weight={0: 1, 1: 2, 2: 3}).history["loss"][0]
            for x in (given, there.batches)
        ]
        assert pair[1] == pytest.approx(pair[0], rel=1e-5)
        losses.append(pair[0])
    assert losses[0] != pytest.approx(losses[1], rel=1e-2)


def test_fit_takes_what_is_placed():
    """`fit` asks for training and validation data, and the epoch reaches the user's own iterator."""
    asked = []

    class Placing(Sequential):
        def _placed(self, data):
            placed = batches_for(data, self.device, **GPU)
            asked.append(type(placed.batches))
            return placed.batches

    model = Placing([layers.Input((8, 8, 3)), layers.Flatten(), layers.Dense(3, "softmax")])
    model.compile("sgd", loss="sparse_categorical_crossentropy")
    training = flow()
    model.fit(training, epochs=2, validation_data=batches(), verbose=0)
    assert asked == [DeviceIterator, DeviceBatches]
    assert training.epoch == 1


def test_a_device_that_was_given_is_kept(monkeypatch):
    """`train --device cpu` on a machine with a GPU."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    model = network().to("cpu")
    model.fit(IMAGES.astype(np.float32), LABELS, verbose=0)
    assert model.device.type == "cpu"


@NO_CUDA
@pytest.mark.parametrize("make", [batches, flow])
@pytest.mark.parametrize("built", [False, True])
def test_on_a_gpu_by_itself(make, built):
    model = network((8, 8, 3) if built else None)
    history = model.fit(
        make(), epochs=2, validation_data=make(), class_weight={0: 1.0, 1: 2.0, 2: 0.5}, verbose=0
    )
    assert model.device.type == "cuda"
    assert isinstance(model._placed(make()), (DeviceBatches, DeviceIterator))
    expected = network((8, 8, 3)).to("cpu").fit(
        make(), epochs=2, validation_data=make(), class_weight={0: 1.0, 1: 2.0, 2: 0.5}, verbose=0
    )  # fmt: skip
    if built:
        np.testing.assert_allclose(history.history["loss"], expected.history["loss"], rtol=1e-2)
    assert free_memory(model.device) > 0


@NO_CUDA
def test_batches_that_stay_on_the_cpu_are_pinned():
    given = flow(samplewise_center=True)
    model = network().to("cuda")
    source = model._source("fit", given)
    assert all(batch.x.is_pinned() for batch in source.epoch(0))
