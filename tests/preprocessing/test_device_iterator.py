"""DeviceIterator gives what the image iterators give, from pixels on the device; or says why it cannot."""

import numpy as np
import pandas
import pytest

from convolens.errors import ArgumentError
from convolens.preprocessing.image import ImageDataGenerator
from convolens.preprocessing.image.device_iterator import DeviceIterator
from devices import DEVICES
from images import folders

LIMIT = 0.5 / 255
VARIED = {
    "rotation_range": 20, "width_shift_range": 0.2, "height_shift_range": 1, "shear_range": 5, "zoom_range": 0.2,
    "brightness_range": (0.5, 1.5), "channel_shift_range": 20, "horizontal_flip": True, "rescale": 1 / 255,
}  # fmt: skip
IMAGES = np.random.default_rng(0).integers(0, 256, (13, 9, 6, 3), dtype=np.uint8)
LABELS, WEIGHTS = np.arange(13) % 3, np.linspace(0.1, 2, 13)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return folders(tmp_path_factory.mktemp("photos") / "data", {"a": 7, "b": 5})


def flows(data):
    """Yield one iterator of each kind, each time anew."""
    generator = ImageDataGenerator(**VARIED)
    yield lambda: generator.flow(IMAGES, LABELS, 4, seed=3)
    yield lambda: generator.flow(IMAGES, LABELS, 4, seed=3, sample_weight=WEIGHTS, shuffle=False)
    yield lambda: generator.flow(IMAGES, batch_size=4, seed=3)
    plain = ImageDataGenerator(interpolation_order=0, rotation_range=90)
    yield lambda: plain.flow(IMAGES, LABELS, 4, seed=3)
    for mode in ("categorical", "binary", "sparse", None):
        yield lambda mode=mode: generator.flow_from_directory(
            data, (10, 8), class_mode=mode, seed=3, batch_size=5
        )
    table = pandas.DataFrame(
        {"filename": [f"{c}/{f.name}" for c in "ab" for f in sorted((data / c).iterdir())]}
    )
    table["class"], table["weight"] = table["filename"].str[0], np.linspace(1, 2, len(table))
    yield lambda: generator.flow_from_dataframe(
        table, data, target_size=(8, 8), weight_col="weight", seed=3, batch_size=5
    )


def parts(batch):
    return [
        np.asarray(part.cpu() if hasattr(part, "cpu") else part)
        for part in (batch if isinstance(batch, tuple) else (batch,))
    ]


@pytest.mark.parametrize("device", DEVICES)
def test_the_batches_are_those_of_the_iterator(data, device):
    for make in flows(data):
        here, there = make(), DeviceIterator(make(), device)
        assert len(here) == len(there)
        assert there.image_shape == here.image_shape
        for epoch in (0, 2):
            here.set_epoch(epoch)
            there.set_epoch(epoch)
            assert there.iterator.epoch == epoch
            for number in range(len(here)):
                batch = there[number]
                assert (batch[0] if isinstance(batch, tuple) else batch).device.type == device
                received, expected = parts(batch), parts(here[number])
                assert len(received) == len(expected)
                limit = LIMIT * (255 if here.image_data_generator.rescale is None else 1)
                np.testing.assert_allclose(received[0], expected[0], rtol=0, atol=limit)
                for one, other in zip(received[1:], expected[1:], strict=True):
                    np.testing.assert_array_equal(one, other)
        with pytest.raises(IndexError, match=f"batch {len(here)} of {len(here)}"):
            there[len(here)]


class Own(ImageDataGenerator):
    def standardize(self, x):
        return x


class OwnVary(ImageDataGenerator):
    def vary(self, *args, **options):
        return super().vary(*args, **options)


def refused(data, folder):
    """Yield iterators that only the CPU can serve, and why."""
    new = ImageDataGenerator
    yield new(preprocessing_function=lambda x: x).flow(IMAGES), "preprocessing_function runs there only"
    yield Own().flow(IMAGES), "Own has methods of its own"
    yield OwnVary().flow(IMAGES), "OwnVary has methods of its own"
    yield new(samplewise_center=True).flow(IMAGES), "centring, dividing by a standard deviation and ZCA"
    yield new(interpolation_order=2).flow(IMAGES), "interpolation_order 2 runs there only"
    yield new(dtype="float64").flow(IMAGES), "batches of float64"
    yield new().flow(IMAGES, save_to_dir=folder), "save_to_dir writes from there"
    yield new(data_format="channels_first").flow(IMAGES.transpose(0, 3, 1, 2)), "channels_first"
    yield new().flow(IMAGES.astype(np.float32)), "the pixels are float32, not uint8"
    yield new().flow((IMAGES, LABELS), LABELS), "there are inputs beside the images"
    yield new().flow_from_directory(data, (8, 8), class_mode="input"), "class_mode 'input'"


def test_what_only_the_cpu_does_is_refused(data, tmp_path):
    for iterator, words in refused(data, tmp_path):
        with pytest.raises(ArgumentError, match=f"DeviceIterator: {words}.*; use the iterator itself"):
            DeviceIterator(iterator, "cpu")
