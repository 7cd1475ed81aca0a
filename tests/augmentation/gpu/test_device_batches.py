"""DeviceBatches give the samples of AugmentedBatches, from pixels and labels that lie on the device."""

import numpy as np
import pytest
import torch

from convolens.augmentation import Augmentation, AugmentedBatches
from convolens.augmentation.draw.augmentation import FILL_MODES
from convolens.augmentation.gpu.device_batches import DeviceBatches
from convolens.augmentation.gpu.resident import resident
from convolens.errors import ArgumentError
from convolens.training.batches import make_batch
from devices import DEVICES

LIMIT = 0.5 / 255
EXTRAS = {
    "geometry": {},
    "order 0": {"interpolation_order": 0},
    "pad and erase": {"pad_and_crop": 2, "random_erasing": 0.5},
    "colours": {"colour_jitter": (0.3, 0.3, 0.3, 0.1), "randaugment": (2, 9)},
    "mixing": {"mixup": 0.4, "cutmix": 1.0},
    "all": {"pad_and_crop": 1, "random_erasing": 0.5, "trivialaugment": True, "mixup": 0.2, "cutmix": 1.0},
}


def everything(**options) -> Augmentation:
    return Augmentation(
        rotation_range=40, width_shift_range=0.2, height_shift_range=3, shear_range=10, zoom_range=0.3,
        channel_shift_range=30, brightness_range=(0.5, 1.5), horizontal_flip=True, vertical_flip=True,
        random_resized_crop=(0.5, 1), **options,
    )  # fmt: skip


def both(device, count=23, labels=None, augmentation=None, **options):
    images = np.random.default_rng(0).integers(0, 256, (count, 9, 7, 3), dtype=np.uint8)
    labels = np.arange(count, dtype=np.uint16) % 4 if labels is None else labels
    given = [
        AugmentedBatches(images, labels, 5, augmentation or everything(), seed=4, **options) for _ in range(2)
    ]
    return given[0], DeviceBatches(given[1], device)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("options", EXTRAS.values(), ids=EXTRAS)
@pytest.mark.parametrize("balance", [False, True])
def test_the_samples_are_those_of_the_cpu(device, options, balance):
    here, there = both(device, augmentation=everything(**options), balance=balance)
    assert len(there) == len(here) == 5
    assert there.image_shape == here.image_shape == (9, 7, 3)
    for epoch in (0, 3, 0):
        here.set_epoch(epoch)
        there.set_epoch(epoch)
        for number in (4, 0, 2):
            x, y = there[number]
            assert x.device.type == y.device.type == device
            expected, labels = here[number]
            np.testing.assert_allclose(x.cpu().numpy(), expected, rtol=0, atol=LIMIT)
            np.testing.assert_allclose(y.cpu().numpy(), labels, rtol=0, atol=1e-6)


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("labels", [np.linspace(0, 1, 6), np.eye(6, dtype=np.float32), np.arange(6) > 2])
def test_labels_of_every_kind(shuffle, labels):
    here, there = both("cpu", 6, labels, shuffle=shuffle, rescale=1.0)
    for number in range(2):
        expected, received = make_batch(*here[number]), make_batch(*there[number])
        assert torch.equal(received.y, expected.y)
        assert received.y.dtype == expected.y.dtype


def test_the_epoch_reaches_the_batches_beneath():
    there = both("cpu")[1]
    there.set_epoch(2)
    assert there.batches.epoch == 2
    with pytest.raises(IndexError, match="batch 5 of 5"):
        there[5]
    with pytest.raises(IndexError, match="batch -1 of 5"):
        there[-1]


def test_a_batch_for_the_network_is_a_view():
    x, y = both("cpu", 4)[1][0]
    batch = make_batch(x, y, None, {0: 1.0, 1: 1.0, 2: 1.0, 3: 2.0})
    assert batch.x.data_ptr() == x.data_ptr()
    assert batch.x.is_contiguous(memory_format=torch.channels_last)
    assert batch.y.data_ptr() == y.data_ptr()
    assert sorted(batch.weight.tolist()) == [1.0, 1.0, 1.0, 2.0]


@pytest.mark.parametrize("options", EXTRAS.values(), ids=EXTRAS)
@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_nothing_waits_for_the_device(fill_mode, options):
    """The meta device has no values: whoever reads one back raises."""
    batches = both("meta", augmentation=everything(fill_mode=fill_mode, **options))[1]
    batch = make_batch(*batches[4])
    assert batch.x.device.type == batch.y.device.type == "meta"
    assert batch.x.shape == (3, 3, 9, 7)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"augmentation": Augmentation(interpolation_order=3)}, "interpolation_order 3 runs there only; use the Aug"),
        ({"labels": np.array(["cat"] * 23)}, "the labels are not numbers"),
        ({"dtype": "bfloat16"}, "batches of bfloat16"),
    ],
    ids=["order", "names", "dtype"],
)  # fmt: skip
def test_what_only_the_cpu_does_is_refused(options, words):
    with pytest.raises(ArgumentError, match=f"DeviceBatches: {words}"):
        both("cpu", **options)


def test_pixels_of_floats_are_refused():
    batches = AugmentedBatches(np.zeros((2, 2, 2, 3), np.float32), np.arange(2), 1, Augmentation(), seed=0)
    with pytest.raises(ArgumentError, match="the pixels are float32, not uint8"):
        DeviceBatches(batches, "cpu")


@pytest.mark.parametrize("bytes_at_once", [1, 7, 12, 30, 1000])
def test_pixels_are_copied_part_by_part(bytes_at_once):
    images, largest = np.random.default_rng(0).integers(0, 256, (7, 2, 3, 1), dtype=np.uint8), []

    def some(which):
        largest.append(len(which))
        return images[which]

    there = resident(some, 7, (2, 3, 1), torch.device("cpu"), bytes_at_once=bytes_at_once)
    np.testing.assert_array_equal(there.numpy(), images)
    assert max(largest) * 6 <= max(bytes_at_once, 6)
