"""Features kept photo by photo: computed once, whatever set a photo comes in, and never wrong where the cache is."""

import os
import warnings
from pathlib import Path

import numpy as np
import pytest

from convolens.data.caching.place import features_folder
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.features.extraction import photo_features as module
from convolens.features.extraction.choice import Tap
from convolens.layers import Conv2D, Dense, Flatten, Input
from convolens.models import Model

SIZE = (8, 8)


@pytest.fixture
def network():
    inputs = Input((*SIZE, 3))
    flat = Flatten(name="flat")(Conv2D(4, 3, activation="relu")(inputs))
    return Model(inputs, Dense(2, name="last")(flat))


@pytest.fixture
def computed(monkeypatch):
    """How many photos each call looked at."""
    counts, whole = [], module._compute

    def count(cut, tap, pixels, places, *rest):
        counts.append(len(places))
        return whole(cut, tap, pixels, places, *rest)

    monkeypatch.setattr(module, "_compute", count)
    return counts


def _photos(numbers):
    """Return pixels and contents of photos by their numbers."""
    pixels = [np.random.default_rng(i).integers(0, 256, (*SIZE, 3), dtype=np.uint8) for i in numbers]
    return np.stack(pixels), [f"{i:064x}" for i in numbers]


def _features(network, numbers, told=None):
    pixels, contents = _photos(numbers)
    tap = Tap("before last", network.get_layer("last"), before=True)
    calls = [] if told is None else told
    return module.photo_features(
        network.module, tap, pixels, contents, Preprocessing(SIZE), Path("photos"), lambda *n: calls.append(n)
    )


def _expected(network, numbers):
    inner = Model(network.module.inputs[0], network.get_layer("flat").output)
    return inner.predict(_photos(numbers)[0].astype("float32") / 255, verbose=0)


def test_a_second_time_nothing_is_computed(network, computed):
    told = []
    first = _features(network, range(7), told)
    assert first.dtype == np.float32
    assert told[-1] == (7, 7)
    np.testing.assert_allclose(first, _expected(network, range(7)), atol=1e-5)
    again = _features(network, range(7))
    assert computed == [7]
    np.testing.assert_array_equal(again, first)


def test_only_new_photos_are_computed_in_whatever_order_they_come(network, computed):
    first = _features(network, [3, 1, 4])
    both = _features(network, [1, 5, 9, 4])
    assert computed == [3, 2]
    np.testing.assert_array_equal(both[[0, 3]], first[[1, 2]])
    np.testing.assert_allclose(both, _expected(network, [1, 5, 9, 4]), atol=1e-5)
    _features(network, [9, 3, 5, 1, 4])
    assert computed == [3, 2]


def test_equal_files_are_computed_once(network, computed):
    found = _features(network, [2, 2, 6, 2])
    assert computed == [2]
    np.testing.assert_array_equal(found[[0, 0]], found[[1, 3]])


def test_other_weights_are_other_features(network, computed):
    first = _features(network, range(3))
    weights = network.get_weights()
    network.set_weights([2 * weight for weight in weights])
    assert not np.array_equal(_features(network, range(3)), first)
    assert computed == [3, 3]


@pytest.mark.parametrize("damage", ["cut", "empty", "flipped", "gone"])
def test_a_damaged_cache_is_computed_anew(network, computed, damage):
    first = _features(network, range(4))
    [path] = features_folder().rglob("features.safetensors")
    data = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        broken = {"cut": data[: len(data) // 2], "empty": b"", "flipped": b"\xff" * 9 + data[9:]}
        path.write_bytes(broken[damage])
    np.testing.assert_array_equal(_features(network, range(4)), first)
    np.testing.assert_array_equal(_features(network, range(4)), first)
    assert computed == [4, 4]


def test_a_cache_that_cannot_be_written_is_told_of_and_the_rows_are_right(network, computed):
    features_folder().write_text("a file where the folder should be")
    with pytest.warns(UserWarning, match="The features are not kept: "):
        found = _features(network, range(3))
    np.testing.assert_allclose(found, _expected(network, range(3)), atol=1e-5)


def test_nothing_else_is_left_in_the_cache(network):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _features(network, range(3))
    left = sorted(file for _, _, files in os.walk(features_folder()) for file in files)
    assert "features.safetensors" in left
    assert not [name for name in left if name.startswith(".")]


def test_another_head_is_no_other_network(network, computed):
    flat = network.get_layer("flat").output
    network = Model(network.module.inputs[0], Dense(2, name="last")(flat), name="net")
    first = _features(network, range(4))
    head = network.get_layer("last")
    head.set_weights([weight + 1 for weight in head.get_weights()])
    np.testing.assert_array_equal(_features(network, range(4)), first)
    other = Model(network.module.inputs[0], Dense(5, name="last")(flat), name="net")
    np.testing.assert_array_equal(_features(other, range(4)), first)
    assert computed == [4]


def test_maps_are_pooled_where_that_is_asked(network, computed):
    convolution = network.layers[1]
    pixels, contents = _photos(range(3))
    tap = Tap(convolution.name, convolution)
    found = module.photo_features(
        network.module, tap, pixels, contents, Preprocessing(SIZE), Path("photos"), pool="avg"
    )
    maps = Model(network.module.inputs[0], convolution.output).predict(
        pixels.astype("float32") / 255, verbose=0
    )
    np.testing.assert_allclose(found, maps.mean(axis=(1, 2)), atol=1e-5)
    fresh = module.fresh_features(network.module, tap, pixels, Preprocessing(SIZE), pool="avg")
    np.testing.assert_array_equal(fresh, found)
    assert computed == [3, 3]
