"""Batches are normalised as Keras normalises image by image, in one pass."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from keras._tf_keras.keras.preprocessing.image import ImageDataGenerator as KerasGenerator

from convolens.preprocessing.image import ImageDataGenerator

FLAGS = (
    "samplewise_center",
    "samplewise_std_normalization",
    "featurewise_center",
    "featurewise_std_normalization",
)


@pytest.mark.filterwarnings("ignore:.*sets.*=True")
@pytest.mark.filterwarnings("ignore:This ImageDataGenerator specifies")
@given(
    flags=st.tuples(*[st.booleans()] * 4), channels=st.sampled_from([1, 3, 4]), rows=st.integers(2, 9),
    columns=st.integers(2, 9), rescale=st.sampled_from([None, 1 / 255]), shape=st.sampled_from(["kept", "flat", "number"]),
    first=st.booleans(), seed=st.integers(0, 2**31),
)  # fmt: skip
def test_a_batch_is_what_keras_makes_of_each_image(
    flags, channels, rows, columns, rescale, shape, first, seed
):
    random = np.random.default_rng(seed)
    data_format = "channels_first" if first else "channels_last"
    images = random.integers(0, 256, (5, rows, columns, channels)).astype(np.float32)
    images = np.ascontiguousarray(images.transpose(0, 3, 1, 2)) if first else images
    options = {**dict(zip(FLAGS, flags, strict=True)), "rescale": rescale, "data_format": data_format}
    theirs, ours = KerasGenerator(**options), ImageDataGenerator(**options)
    theirs.fit(images)
    ours.fit(images)
    if shape == "number" or (shape == "flat" and not first):  # a user may set them too
        for name in ("mean", "std"):
            if getattr(theirs, name) is not None:
                value = np.ravel(getattr(theirs, name))
                value = value.mean() if shape == "number" else value
                setattr(theirs, name, value)
                setattr(ours, name, value)
    batch = next(ours.flow(images, batch_size=5, shuffle=False, seed=0))
    expected = np.stack([theirs.standardize(image.copy()) for image in images])
    np.testing.assert_allclose(batch, expected, rtol=1e-3, atol=2e-3 if any(flags[1::2]) else 0.01)


def test_an_image_of_one_colour_becomes_zeros():
    generator = ImageDataGenerator(samplewise_center=True, samplewise_std_normalization=True)
    batch = next(generator.flow(np.full((2, 50, 60, 3), 77.7, np.float32), batch_size=2))
    assert (batch == 0).all()


def test_the_sums_compiled_and_interpreted_agree():
    from convolens.augmentation.cpu import normalising

    compiled = np.random.default_rng(0).uniform(0, 255, (2, 6, 7, 3)).astype(np.float32)
    interpreted = compiled.copy()
    arguments = (True, True, np.float32([1, 2, 3]), np.float32([2, 2, 4]), 1e-6)
    normalising.normalise(compiled, *arguments, 1, 2)
    normalising.normalise.py_func(interpreted, *arguments, 1, 2)
    np.testing.assert_allclose(compiled, interpreted, rtol=1e-5)
    assert compiled[0].max() > 200  # not asked for
