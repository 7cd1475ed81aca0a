"""The layers that change images at random: for given draws they give what Keras' layers of the same name give."""

from typing import Any

import hypothesis.strategies as st
import keras
import numpy as np
import pytest
import torch
from hypothesis import given, settings

from convolens import layers
from convolens.errors import ArgumentError
from convolens.layers.preprocessing.random_layer import RandomLayer
from convolens.models import Sequential

MOVES = {
    "fill_mode": st.sampled_from(["reflect", "wrap", "nearest", "constant"]),
    "fill_value": st.sampled_from([0.0, 7.0]),
}
RANDOM = sorted(name for name, kind in layers.LAYERS.items() if issubclass(kind, RandomLayer))
ARGUMENTS: dict[str, dict[str, Any]] = {
    "RandomBrightness": {"factor": (-0.5, 0.7)},
    "RandomContrast": {"factor": (0.5, 0.9)},
    "RandomCrop": {"height": 5, "width": 4},
    "RandomErasing": {"scale": (0.1, 0.6), "fill_value": 9.0},
    "RandomFlip": {},
    "RandomRotation": {"factor": (-0.4, 0.3)},
    "RandomTranslation": {"height_factor": (-0.6, 0.9), "width_factor": 0.7},
    "RandomZoom": {"height_factor": (-0.6, 0.8), "width_factor": 0.7},
}


def images(
    random: np.random.Generator, n: int, rows: int, columns: int, dtype: str = "float32"
) -> np.ndarray:
    return random.integers(0, 256, (n, rows, columns, 3)).astype(dtype)


def theirs_of(layer: RandomLayer, x: np.ndarray, drawn: Any) -> np.ndarray:
    """Return what Keras' layer of the same configuration gives for our draws."""
    name, n = type(layer).__name__, len(x)
    theirs = getattr(keras.layers, name).from_config(layer.get_config())
    tensor = keras.ops.convert_to_tensor
    if name == "RandomFlip":
        given_: Any = {"flips": tensor(drawn[:, :1].reshape(n, 1, 1, 1))}
    elif name == "RandomRotation":
        row, column = drawn[:, 0], drawn[:, 1]  # in Keras (x, y), which is (column, row)
        flat = np.stack(
            [column[:, 1], column[:, 0], column[:, 2], row[:, 1], row[:, 0], row[:, 2], *np.zeros((2, n))], 1
        )
        given_ = {"rotation_matrix": tensor(flat.astype("float32"))}
    elif name == "RandomZoom":
        given_ = {"height_zoom": tensor(drawn[:, 0, :1]), "width_zoom": tensor(drawn[:, 1, 1:2])}
    elif name == "RandomTranslation":
        given_ = {"translations": tensor(-drawn[:, ::-1, 2].astype("float32"))}
    elif name == "RandomContrast":
        given_ = {"contrast_factor": tensor(drawn.astype("float32").reshape(n, 1, 1, 1))}
    elif name == "RandomBrightness":
        given_ = {"rgb_delta": tensor(drawn.astype("float32").reshape(n, 1, 1, 1))}
    elif name == "RandomErasing":
        top, left, bottom, right = drawn[0].T
        corners = [tensor(side.astype("float32")) for side in (left, right, top, bottom)]
        given_ = {
            "apply_erasing": tensor(drawn[1]),
            "batch_masks": theirs._generate_batch_mask(x.shape, corners),
            "fill_value": theirs._get_fill_value(tensor(x), x.shape, 0),
        }
    else:
        return np.concatenate(
            [
                theirs.transform_images(x[i : i + 1], tuple(drawn[i].tolist())).detach().numpy()
                for i in range(n)
            ]
        )
    return theirs.transform_images(tensor(x), given_, training=True).detach().numpy()


def compare(layer: RandomLayer, x: np.ndarray, u: np.ndarray) -> None:
    drawn = layer.draw(u, x.shape)
    if isinstance(layer, layers.RandomFlip) and layer.mode == "horizontal_and_vertical":
        drawn[:] = drawn[:, :1]  # Keras draws once for both
    expected = theirs_of(layer, x.astype("float32"), drawn)
    np.testing.assert_allclose(layer.change(x, drawn), expected, atol=0.02)


def test_every_random_layer_is_here() -> None:
    assert ARGUMENTS.keys() == set(RANDOM)


@pytest.mark.parametrize("name", RANDOM)
@settings(max_examples=15)
@given(data=st.data(), rows=st.integers(6, 11), columns=st.integers(6, 11), seed=st.integers(0, 99))
def test_given_draws_are_applied_as_by_keras(
    name: str, data: Any, rows: int, columns: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    arguments = dict(ARGUMENTS[name])
    if issubclass(layers.LAYERS[name], layers.preprocessing.random_moves.RandomMove):
        arguments |= {key: data.draw(values) for key, values in MOVES.items()}
    if name == "RandomFlip":
        arguments["mode"] = data.draw(st.sampled_from(["horizontal", "vertical", "horizontal_and_vertical"]))
        if arguments["mode"] == "vertical":
            return  # its draw is the second number, Keras' the only one
    layer = layers.LAYERS[name](**arguments)
    x = images(random, 3, rows, columns, data.draw(st.sampled_from(["float32", "uint8"])))
    compare(layer, x, random.random((3, layer.numbers)))


@pytest.mark.parametrize("name", ["RandomRotation", "RandomTranslation", "RandomZoom"])
@pytest.mark.parametrize("fill_mode", ["reflect", "wrap", "nearest", "constant"])
def test_the_nearest_pixel_is_that_of_keras(name: str, fill_mode: str) -> None:
    random = np.random.default_rng(1)
    layer = layers.LAYERS[name](
        **ARGUMENTS[name], fill_mode=fill_mode, interpolation="nearest", fill_value=3.0
    )
    x, u = images(random, 8, 9, 7), random.random((8, layer.numbers))
    drawn = layer.draw(u, x.shape)
    mine, other = layer.change(x, drawn), theirs_of(layer, x, drawn)
    assert (np.abs(mine - other).max(-1) > 0.01).mean() < 0.02  # halves are rounded otherwise


@pytest.mark.parametrize("name", RANDOM)
def test_what_is_drawn_is_what_keras_draws(name: str) -> None:
    """In distribution: the means and deviations of many images' values, place by place."""
    layer = layers.LAYERS[name](**ARGUMENTS[name]).train()
    theirs = getattr(keras.layers, name).from_config(layer.get_config())
    one = np.random.default_rng(2).integers(0, 256, (1, 6, 6, 1)).astype("float32")
    x = np.tile(one, (4000, 1, 1, 1))
    torch.manual_seed(3)
    mine = layer(torch.from_numpy(x).permute(0, 3, 1, 2)).permute(0, 2, 3, 1).numpy()
    if name == "RandomCrop":
        other = np.concatenate([theirs(one, training=True).detach().numpy() for _ in range(1500)])
    else:
        other = theirs(x, training=True).detach().numpy()
    if name == "RandomFlip":  # Keras draws once for both directions
        assert len(np.unique(mine.reshape(len(mine), -1), axis=0)) == 4
        return
    np.testing.assert_allclose(mine.mean(0), other.mean(0), atol=8)
    np.testing.assert_allclose(mine.std(0), other.std(0), atol=8)


@pytest.mark.parametrize("name", RANDOM)
def test_a_seed_gives_the_same_changes_call_after_call(name: str) -> None:
    random = np.random.default_rng(4)
    x = torch.from_numpy(images(random, 4, 8, 8)).permute(0, 3, 1, 2)
    runs = []
    for _ in range(2):
        layer = layers.LAYERS[name](**ARGUMENTS[name], seed=5).train()
        runs.append([layer(x) for _ in range(3)])
    for one, other in zip(*runs, strict=True):
        assert torch.equal(one, other)
    assert not torch.equal(runs[0][0], runs[0][1])
    assert not torch.equal(runs[0][0], layers.LAYERS[name](**ARGUMENTS[name], seed=6).train()(x))
    restored = layers.LAYERS[name](**ARGUMENTS[name], seed=5).train()
    restored.load_state_dict({"calls": torch.tensor(2)})
    assert torch.equal(restored(x), runs[0][2])


@pytest.mark.parametrize("name", RANDOM)
def test_without_a_seed_torch_draws(name: str) -> None:
    x = torch.from_numpy(images(np.random.default_rng(4), 4, 8, 8)).permute(0, 3, 1, 2)
    layer = layers.LAYERS[name](**ARGUMENTS[name]).train()
    torch.manual_seed(8)
    first = layer(x)
    second = layer(x)
    torch.manual_seed(8)
    assert torch.equal(layer(x), first)
    assert not torch.equal(first, second)
    assert not layer.state_dict()


@pytest.mark.parametrize("name", RANDOM)
def test_an_image_alone_of_any_type_and_memory(name: str) -> None:
    x = torch.from_numpy(images(np.random.default_rng(5), 1, 8, 8, "uint8"))
    of = lambda given_: layers.LAYERS[name](**ARGUMENTS[name], seed=9).train()(given_)  # noqa: E731
    batch = of(x.permute(0, 3, 1, 2))
    assert batch.dtype == torch.float32
    assert torch.equal(of(x[0]), batch.permute(0, 2, 3, 1)[0])  # (rows, columns, channels)
    assert torch.equal(of(x.permute(0, 3, 1, 2).contiguous().float()), batch)
    assert of(x.permute(0, 3, 1, 2).half()).dtype == torch.float16


@pytest.mark.parametrize("name", RANDOM)
def test_in_predictions_as_keras(name: str) -> None:
    x = images(np.random.default_rng(6), 3, 8, 9)
    model = Sequential([layers.Input((8, 9, 3)), layers.LAYERS[name](**ARGUMENTS[name])])
    given_ = model.predict(x)
    if name == "RandomCrop":  # Keras 3.15 says this in its documentation, and gives the whole image
        theirs = keras.layers.CenterCrop(5, 4)(keras.layers.Resizing(8, 6, crop_to_aspect_ratio=True)(x))
        assert given_.shape == theirs.shape
        return
    np.testing.assert_array_equal(given_, x)


@pytest.mark.parametrize("name", RANDOM)
def test_called_by_hand_it_acts_as_that_of_keras(name: str) -> None:
    """Also within a model, whose other layers infer; with training=False, and in predictions, nothing is changed."""
    x = images(np.random.default_rng(6), 16, 8, 9)
    layer = layers.LAYERS[name](**ARGUMENTS[name])
    shown = layer(x)
    assert not np.array_equal(shown, layer(x))
    assert not np.array_equal(layer(x, training=True), layer(x, training=True))
    np.testing.assert_array_equal(layer(x, training=False), layer(x, training=False))
    if name != "RandomCrop":
        np.testing.assert_array_equal(layer(x, training=False), x)
    model = Sequential([layers.Input((8, 9, 3)), layer, layers.Dropout(0.5)])
    given_ = np.asarray(model(x))
    assert given_.shape == shown.shape
    assert (given_ == 0).mean() < 0.4  # dropout does nothing
    assert not np.array_equal(given_, np.asarray(model(x)))
    np.testing.assert_array_equal(np.asarray(model(x, training=False)), model.predict(x))


def test_a_model_with_random_layers_learns_and_predicts() -> None:
    x, y = images(np.random.default_rng(7), 16, 8, 8), np.arange(16) % 2
    model = Sequential(
        [
            layers.Input((8, 8, 3)),
            layers.Rescaling(1 / 255),
            *(layers.LAYERS[name](**ARGUMENTS[name]) for name in RANDOM if name != "RandomCrop"),
            layers.RandomCrop(6, 6),
            layers.Conv2D(4, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy")
    assert np.isfinite(model.fit(x, y, epochs=2, verbose=0).history["loss"]).all()
    np.testing.assert_array_equal(model.predict(x), model.predict(x))


def test_no_gradient_is_lost_silently() -> None:
    layer = layers.RandomFlip().train()
    with pytest.raises(ArgumentError, match="no gradient passes back through it"):
        layer(torch.zeros(1, 3, 4, 4, requires_grad=True))
    assert layer.eval()(torch.zeros(1, 3, 4, 4, requires_grad=True)).requires_grad


def test_noise_fills_the_box_only() -> None:
    layer = layers.RandomErasing(1.0, scale=(0.25, 0.25), value_range=(0, 10))
    x = np.full((1, 8, 8, 1), 20, np.uint8)
    changed = layer.change(x, (np.array([[2.0, 2.0, 6.0, 6.0]]), np.array([True]), np.array([3])))
    assert (changed == 20).sum() == 64 - 16
    assert changed[0, 2:6, 2:6].max() <= 10
    assert len(np.unique(changed)) > 5
