"""Featurewise statistics: of a folder of any size as of one array, and as Keras'; ZCA says what it needs."""

import subprocess
import sys

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from keras._tf_keras.keras.preprocessing.image import ImageDataGenerator as KerasGenerator

from convolens.errors import ArgumentError, ShapeError
from convolens.preprocessing.image import ImageDataGenerator, learning
from convolens.preprocessing.image.memory import available_memory
from convolens.preprocessing.image.statistics import Moments, check_whitening, whitening_matrix
from images import folders

EVERYTHING = {
    "featurewise": {"featurewise_center": True, "featurewise_std_normalization": True, "rescale": 1 / 255},
    "centre": {"featurewise_center": True},
    "zca": {"featurewise_center": True, "zca_whitening": True, "zca_epsilon": 1e-3, "rescale": 1 / 255},
}


@pytest.fixture
def data(tmp_path):
    return folders(tmp_path / "data", {"a": 13, "b": 9})


@pytest.fixture
def few_at_once(monkeypatch):
    """Let `fit` take three of the small images at a time."""
    monkeypatch.setattr(learning, "_VALUES_AT_ONCE", 3 * 6 * 5 * 3 + 1)


def sources(data, **options):
    """Return each kind of iterator over the same images, in one order, and Keras' array of them."""
    options = {"target_size": (5, 6), "shuffle": False} | options
    make = ImageDataGenerator(data_format=options.pop("data_format", None))
    folder = make.flow_from_directory(data, batch_size=4, **options)
    table = pd.DataFrame({"filename": folder.filenames, "class": [name[0] for name in folder.filenames]})
    theirs = KerasGenerator(data_format=make.data_format)
    stacked = theirs.flow_from_directory(str(data), batch_size=99, **options)[0][0]
    return {
        "directory": folder,
        "dataframe": make.flow_from_dataframe(table, data, **options),
        "array": make.flow(stacked, shuffle=True, batch_size=5),
    }, stacked


def compare(ours, theirs, rtol=1e-4):
    for name in ("mean", "std", "zca_whitening_matrix"):
        one, other = getattr(ours, name), getattr(theirs, name)
        assert (one is None) == (other is None), name
        if other is not None:
            assert (one.shape, one.dtype) == (other.shape, other.dtype), name
            np.testing.assert_allclose(one, other, rtol=rtol, atol=rtol * np.abs(other).max(), err_msg=name)


@pytest.mark.parametrize("color_mode", ["rgb", "grayscale", "rgba"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("options", EVERYTHING)
def test_streamed_statistics_are_those_of_keras_array(data, few_at_once, options, data_format, color_mode):
    """22 images of 30 to 120 values: fewer images than values, so of less than full rank."""
    options = EVERYTHING[options] | {"data_format": data_format}
    iterators, stacked = sources(data, color_mode=color_mode, data_format=data_format)
    theirs = KerasGenerator(**options)
    theirs.fit(stacked)
    whole = ImageDataGenerator(**options)
    whole.fit(stacked)
    compare(whole, theirs)
    for name, iterator in iterators.items():
        ours = ImageDataGenerator(**options)
        ours.fit(iterator)
        compare(ours, whole, rtol=0)
        given_ = next(ImageDataGenerator(data_format=data_format).flow(stacked[:5], shuffle=False))
        np.testing.assert_allclose(
            ours.standardize(given_[2].copy()), theirs.standardize(given_[2].copy()), atol=2e-3, err_msg=name
        )


def test_varied_images_streamed_are_those_of_the_array(data, few_at_once):
    options = EVERYTHING["featurewise"] | {"rotation_range": 40, "zoom_range": 0.3, "horizontal_flip": True}
    iterators, stacked = sources(data)
    whole = ImageDataGenerator(**options)
    whole.fit(stacked, augment=True, rounds=3, seed=4)
    for iterator in iterators.values():
        ours = ImageDataGenerator(**options)
        ours.fit(iterator, augment=True, rounds=3, seed=4)
        compare(ours, whole, rtol=0)
        ours.fit(iterator, augment=True, rounds=3, seed=5)
        assert not np.array_equal(ours.mean, whole.mean)
        ours.fit(iterator, augment=True, rounds=1, seed=4)
        assert not np.array_equal(ours.mean, whole.mean)
    # what was varied is what `flow` gives, epoch after epoch
    plain = ImageDataGenerator(**(options | dict.fromkeys(list(EVERYTHING["featurewise"])[:2], False)))
    batches = plain.flow(stacked, batch_size=22, shuffle=False, seed=4)
    varied = np.concatenate([next(batches) for _ in range(3)])
    np.testing.assert_allclose(whole.mean[0, 0], varied.mean((0, 1, 2)), atol=1e-5)
    np.testing.assert_allclose(whole.std[0, 0], varied.std((0, 1, 2)), atol=1e-5)


def test_variations_of_a_subclass_are_fitted():
    class Inverting(ImageDataGenerator):
        def apply_transform(self, x, transform_parameters):
            return 255 - super().apply_transform(x, transform_parameters)

    ours = Inverting(featurewise_center=True)
    ours.fit(np.full((3, 4, 4, 1), 55.0), augment=True)
    assert ours.mean.item() == 200


def test_subsets_and_the_iterator_stay_as_they_are(data):
    make = ImageDataGenerator(validation_split=0.4)
    training = make.flow_from_directory(data, (5, 6), subset="training", batch_size=4, seed=1)
    next(training)
    expected = make.flow_from_directory(data, (5, 6), subset="training", batch_size=4, seed=1)
    next(expected)
    ours = ImageDataGenerator(featurewise_center=True)
    ours.fit(training)
    np.testing.assert_array_equal(next(training)[0], next(expected)[0])
    every = np.concatenate([training[i][0] for i in range(len(training))])
    np.testing.assert_allclose(ours.mean[0, 0], every.mean((0, 1, 2)), rtol=1e-6)
    both = ImageDataGenerator(featurewise_center=True)
    both.fit(make.flow_from_directory(data, (5, 6)))
    assert not np.allclose(both.mean, ours.mean)


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=6), st.sampled_from([1, 3]), st.floats(-1e6, 1e6),
    st.floats(1e-3, 1e3), st.integers(0, 2**32),
)  # fmt: skip
def test_moments_are_those_of_all_values_however_they_are_cut(sizes, channel_axis, middle, spread, seed):
    """A middle a thousand million times the spread would leave nothing of it in a sum of squares of float32."""
    values = np.random.default_rng(seed).normal(middle, spread, (sum(sizes), 2, 3, 2))
    moments = Moments(channel_axis)
    for batch in np.split(values, np.cumsum(sizes)[:-1]):
        moments.add(batch)
    axes = tuple(axis for axis in range(4) if axis != channel_axis)
    np.testing.assert_allclose(moments.mean, values.mean(axes), rtol=1e-12, atol=1e-9 * spread)
    np.testing.assert_allclose(moments.std, values.std(axes), rtol=1e-6)


@given(st.integers(1, 40), st.integers(1, 6), st.integers(1, 7), st.integers(0, 2**32))
def test_whitening_matrix_is_kerass(count, side, at_once, seed):
    """Of more and of fewer images than values, and of far fewer."""
    d = side * side
    images = np.random.default_rng(seed).normal(0, 1, (count, side, side, 1))
    batches = [images[i : i + at_once] for i in range(0, count, at_once)]
    u, s, _ = np.linalg.svd(images.reshape(count, d).T, full_matrices=False)
    expected = (u * (np.sqrt(count) / (s + 1e-2))) @ u.T
    received = whitening_matrix(batches, count, d, 1e-2)
    np.testing.assert_allclose(received, expected, atol=1e-5 * np.abs(expected).max())
    assert np.linalg.matrix_rank(received, tol=1e-6 * np.abs(expected).max()) == min(count, d)


def test_whitened_images_are_white():
    """With more images than values, each value has a variance of 1 and none goes with another."""
    images = np.random.default_rng(0).normal(0, 1, (400, 3, 3, 1)) @ np.array([[2.0]])
    images[:, 1] += images[:, 0]
    ours = ImageDataGenerator(featurewise_center=True, zca_whitening=True, dtype="float64")
    ours.fit(images)
    white = np.stack([ours.standardize(image.copy()) for image in images]).reshape(400, 9)
    np.testing.assert_allclose(white.T @ white / 400, np.eye(9), atol=1e-6)
    assert ours.mean.dtype == ours.zca_whitening_matrix.dtype == np.float64


def test_a_matrix_larger_than_the_memory_is_refused_before_a_file_is_read(data):
    ours = ImageDataGenerator(featurewise_center=True, zca_whitening=True)
    large = ImageDataGenerator().flow_from_directory(data, (700, 700))
    (data / "a" / "00.png").unlink()  # would be named, were it read
    said = r"fit: ZCA of 700x700x3 needs a matrix of 1,470,000 x 1,470,000: 17287\.2 GB, and 34574\.4 GB while it is "
    with pytest.raises(
        ArgumentError, match=said + r"computed; there are .* of memory\. Give a smaller target_size"
    ) as e:
        ours.fit(large)
    assert "\n" not in str(e.value)
    with pytest.raises(ArgumentError, match=said):
        ours.fit(np.broadcast_to(np.uint8(1), (2, 700, 700, 3)))  # an array that takes no memory itself
    assert ours.mean is None


def test_the_size_of_the_matrix_is_said_where_it_is_large():
    with pytest.warns(UserWarning, match=r"^ImageDataGenerator\.fit: ZCA of 150x150x3 needs a matrix of 67,500 x 67,500: "
                      r"36\.5 GB\.$"):  # fmt: skip
        check_whitening((150, 150, 3), lambda: 1e11)
    with pytest.warns(UserWarning, match="needs a matrix of 4,800 x 4,800: 184 MB"):
        check_whitening((40, 40, 3), lambda: None)
    with pytest.raises(ArgumentError, match="there are 300 MB of memory"):
        check_whitening((40, 40, 3), lambda: 3e8)
    check_whitening((32, 32, 3), lambda: 2e8)  # without a word


def test_the_callers_line_is_named(monkeypatch):
    from convolens.preprocessing.image import statistics

    monkeypatch.setattr(statistics, "SAID_FROM", 100)
    with pytest.warns(UserWarning, match="ZCA of 2x3x1 needs a matrix of 6 x 6: 0 MB") as caught:
        ImageDataGenerator(featurewise_center=True, zca_whitening=True).fit(np.ones((4, 2, 3, 1)))
    assert caught[0].filename == __file__


def test_memory_is_what_is_free_and_allowed(tmp_path):
    (tmp_path / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable:   8000 kB\nHugePages_Total: 0\n")
    assert available_memory(tmp_path / "meminfo", tmp_path) == 8000 * 1024
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.stat").write_text("anon 1000\nfile 50000\n")
    assert available_memory(tmp_path / "meminfo", tmp_path) == 8000 * 1024
    (tmp_path / "memory.max").write_text("6000\n")
    assert available_memory(tmp_path / "meminfo", tmp_path) == 5000
    (tmp_path / "memory.max").write_text("900\n")
    assert available_memory(tmp_path / "meminfo", tmp_path) == 0
    assert available_memory(tmp_path / "no", tmp_path / "no") > 1e8


@pytest.mark.parametrize(
    ("act", "kind", "words"),
    [
        (lambda fit: fit(np.zeros((4, 8, 8))), ShapeError, r"rank 4; received shape \(4, 8, 8\)"),
        (lambda fit: fit(iter([1])), ShapeError, r"rank 4; received shape \(\)"),
        (lambda fit: fit(np.zeros((2, 4, 4, 1)), augment=True, rounds=0), ArgumentError, "rounds must be an integer of"),
        (lambda fit: fit(ImageDataGenerator(data_format="channels_first").flow(np.zeros((2, 1, 4, 4)))), ArgumentError,
         "x has data_format 'channels_first', and this generator 'channels_last'; make both alike"),
        (lambda fit: fit(ImageDataGenerator().flow(np.zeros((0, 4, 4, 1)))), ShapeError, "must hold images with pixels"),
    ],
    ids=["rank", "no array", "rounds", "data_format", "empty"],
)  # fmt: skip
def test_misuse(act, kind, words):
    with pytest.raises(kind, match=words) as caught:
        act(ImageDataGenerator(featurewise_center=True).fit)
    assert "\n" not in str(caught.value)


PROGRAM = """
import sys
import numpy as np
from convolens.preprocessing.image import ImageDataGenerator

def peak():
    return next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmHWM"))

flow = ImageDataGenerator().flow(np.zeros((2, 64, 64, 3), np.uint8))
def fit(n):
    flow.n = n
    flow.images = lambda which: np.repeat(np.arange(len(which), dtype=np.uint8)[:, None], 64 * 64 * 3, 1).reshape(-1, 64, 64, 3)
    make = ImageDataGenerator(featurewise_center=True, featurewise_std_normalization=True, rescale=1 / 255)
    make.fit(flow)
    return make.mean
fit(400)
before = peak()
fit(2000)  # as float32 98 MB
print(peak() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")
def test_memory_stays_constant():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120)
    assert int(done.stdout) < 20_000, done.stderr  # kB
