"""For given parameters the pixels are Keras' own: every fill mode, order, size, channel count."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from keras._tf_keras.keras.preprocessing.image import ImageDataGenerator as KerasGenerator

from convolens.preprocessing.image import ImageDataGenerator

TOLERANCE = 0.01  # of 255

parameters = st.fixed_dictionaries(
    {},
    optional={
        "theta": st.one_of(st.floats(-180, 180), st.sampled_from([90.0, -90.0, 45.0])),
        "tx": st.one_of(st.floats(-12, 12), st.integers(-5, 5).map(float)),
        "ty": st.one_of(st.floats(-12, 12), st.integers(-5, 5).map(float)),
        "shear": st.floats(-60, 60),
        "zx": st.floats(0.3, 3),
        "zy": st.floats(0.3, 3),
        "flip_horizontal": st.booleans(),
        "flip_vertical": st.booleans(),
        "channel_shift_intensity": st.floats(-80, 80),
        "brightness": st.floats(0, 2.5),
    },
)


def on_an_edge(image: np.ndarray, given: dict, options: dict) -> np.ndarray:
    """Return where a place falls within rounding of a jump, so that either neighbour is right."""
    from convolens.augmentation import Draws, matrices

    rows, columns = image.shape[:2]
    m = matrices(Draws.of(given), rows, columns, (columns / 2 - 0.5, rows / 2 - 0.5))[0]
    i, j = np.mgrid[:rows, :columns].astype(float)
    places = np.stack([m[a, 2] + i * m[a, 0] + j * m[a, 1] for a in (0, 1)])
    step = places * 2 if options["interpolation_order"] == 0 else places
    near = (np.abs(step - np.round(step)) < 1e-9).any(axis=0)
    if given.get("flip_horizontal"):
        near = near[:, ::-1]
    if given.get("flip_vertical"):
        near = near[::-1]
    return near


@given(
    st.integers(1, 20), st.integers(1, 20), st.sampled_from([1, 3, 4]), parameters,
    st.sampled_from(["nearest", "constant", "reflect", "wrap"]), st.sampled_from([0, 1]),
    st.sampled_from([0.0, 7.5]), st.integers(0, 2**31),
)  # fmt: skip
def test_apply_transform_then_standardize(rows, columns, channels, given_, fill_mode, order, cval, seed):
    image = np.random.default_rng(seed).integers(0, 256, (rows, columns, channels)).astype(np.float32)
    options = {"fill_mode": fill_mode, "interpolation_order": order, "cval": cval, "rescale": 1 / 255}
    theirs = KerasGenerator(**options)
    ours = ImageDataGenerator(**options)
    expected = theirs.standardize(theirs.apply_transform(image.copy(), given_))
    received = ours.standardize(ours.apply_transform(image.copy(), given_))
    assert received.shape == expected.shape
    assert received.dtype == np.float32
    difference = np.abs(received - expected).max(axis=-1)
    if given_.get("brightness") is None and not given_.get("channel_shift_intensity"):
        difference[on_an_edge(image, given_, options)] = 0
        assert difference.max() <= TOLERANCE / 255
    else:  # bytes: a value within rounding of a whole number may fall to either side
        steps = 1 + np.ceil(given_.get("brightness") or 0)
        assert np.median(difference) <= TOLERANCE / 255
        difference[on_an_edge(image, given_, options)] = 0
        assert difference.max() <= steps / 255 + TOLERANCE / 255


@pytest.mark.parametrize("order", [2, 3])
def test_higher_orders_go_through_scipy(order):
    image = np.random.default_rng(0).uniform(0, 255, (9, 14, 3)).astype(np.float32)
    given_ = {"theta": 20.0, "zx": 1.2, "flip_horizontal": True, "brightness": None}
    theirs = KerasGenerator(interpolation_order=order).apply_transform(image, given_)
    ours = ImageDataGenerator(interpolation_order=order).apply_transform(image, given_)
    np.testing.assert_allclose(ours, theirs, atol=0.01)


@pytest.mark.parametrize(
    "options",
    [
        {"samplewise_center": True, "samplewise_std_normalization": True},
        {"featurewise_center": True, "featurewise_std_normalization": True, "rescale": 1 / 255},
        {"featurewise_center": True, "zca_whitening": True, "zca_epsilon": 1e-2, "rescale": 1 / 255},
        {"preprocessing_function": np.sqrt, "rescale": 0.5},
        {"data_format": "channels_first", "featurewise_center": True},
    ],
    ids=["samplewise", "featurewise", "zca", "function", "channels first"],
)
def test_standardize_and_fit(options):
    random = np.random.default_rng(1)
    shape = (3, 5, 4) if options.get("data_format") == "channels_first" else (5, 4, 3)
    images = random.uniform(0, 255, (40, *shape)).astype(np.float32)
    theirs, ours = KerasGenerator(**options), ImageDataGenerator(**options)
    theirs.fit(images)
    ours.fit(images)
    for image in images[:5]:
        np.testing.assert_allclose(
            ours.standardize(image.copy()), theirs.standardize(image.copy()), rtol=1e-3, atol=1e-3
        )
    batch = next(ours.flow(images, batch_size=8, shuffle=False))
    np.testing.assert_allclose(
        batch, next(theirs.flow(images, batch_size=8, shuffle=False)), rtol=1e-3, atol=1e-3
    )


@pytest.mark.parametrize("options", [
    {"rotation_range": 25}, {"height_shift_range": 0.2}, {"width_shift_range": 0.2}, {"height_shift_range": 3},
    {"width_shift_range": [1.5, 4.0]}, {"width_shift_range": [0.1, 0.25]}, {"shear_range": 0.2}, {"zoom_range": 0.4},
    {"zoom_range": [0.5, 0.7]}, {"horizontal_flip": True}, {"vertical_flip": True}, {"channel_shift_range": 20.0},
    {"brightness_range": (0.5, 1.5)}, {"height_shift_range": 2.5},
], ids=str)  # fmt: skip
def test_random_parameters_have_keras_distribution(options):
    """Same parameters drawn, same range, same mean and spread (4,000 draws each, of a 40 x 100 image)."""
    theirs, ours = KerasGenerator(**options), ImageDataGenerator(**options)
    np.random.seed(0)
    expected = [theirs.get_random_transform((40, 100, 3)) for _ in range(4000)]
    received = [ours.get_random_transform((40, 100, 3)) for _ in range(4000)]
    for name in expected[0]:
        values = [
            np.array([0.0 if p[name] is None else float(p[name]) for p in drawn])
            for drawn in (expected, received)
        ]
        spread = values[0].std()
        assert abs(values[0].mean() - values[1].mean()) < 0.1 * spread + 1e-9, name
        assert abs(spread - values[1].std()) < 0.1 * spread + 1e-9, name
        assert np.abs(values[1]).max() <= np.abs(values[0]).max() * 1.05 + 1e-9, name
