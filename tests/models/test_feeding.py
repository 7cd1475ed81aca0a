"""What a user gives becomes what a network takes, as in Keras where Keras takes it; what does not fit is told with the way out."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

import convolens
from convolens import features
from convolens.analysis import explain
from convolens.analysis.learning_rate import find_learning_rate
from convolens.callbacks import LambdaCallback
from convolens.errors import ArgumentError, ConvolensError, ShapeError
from convolens.layers import Dense, Flatten, Input
from convolens.models import Model, Sequential
from convolens.preprocessing.image import ImageDataGenerator

N, SIDE, CLASSES = 33, 8, 3
RANDOM = np.random.default_rng(0)
X = RANDOM.random((N, SIDE, SIDE, 3), dtype=np.float32)
Y = RANDOM.integers(0, CLASSES, N)
FLAT = X.reshape(N, -1)


def compiled(model: Any) -> Any:
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def network(library: Any = convolens, shape: tuple[int, ...] | None = (SIDE, SIDE, 3)) -> Any:
    L = library.layers
    layers = [L.Flatten(), L.Dense(4, activation="relu"), L.Dense(CLASSES, activation="softmax")]
    return compiled(library.Sequential([*([library.Input(shape)] if shape else []), *layers]))


@pytest.fixture
def file(tmp_path: Path) -> Any:
    with h5py.File(tmp_path / "data.h5", "w") as opened:
        opened["x"], opened["y"], opened["flat"] = X, Y, FLAT
        yield opened


def mapped(tmp_path: Path) -> np.ndarray:
    np.save(tmp_path / "x.npy", X)
    return np.load(tmp_path / "x.npy", mmap_mode="r")


# Kind of data -> (x, y) of it; those that Keras takes as well.
WITH_KERAS: dict[str, Callable[[Any, Path], tuple[Any, Any]]] = {
    "h5py": lambda file, folder: (file["x"], file["y"]),
    "mapped": lambda file, folder: (mapped(folder), Y),
    "torch": lambda file, folder: (torch.from_numpy(X), torch.from_numpy(Y)),
    "one in a list": lambda file, folder: ([X], Y),
    "pandas labels": lambda file, folder: (X, pd.Series(Y)),
    "bytes": lambda file, folder: ((X * 255).astype(np.uint8), Y),
}
OURS: dict[str, Callable[[Any, Path], tuple[Any, Any]]] = {
    "list of images": lambda file, folder: (list(X), list(Y)),
    "tuple of images": lambda file, folder: (tuple(X), tuple(Y)),
    "list of tensors": lambda file, folder: (list(torch.from_numpy(X)), Y),
    "nested lists": lambda file, folder: (X.tolist(), Y.tolist()),
    "objects": lambda file, folder: (pd.Series(list(X)), Y),
    "dict": lambda file, folder: ({"x": X}, Y),
}


@pytest.mark.parametrize("kind", WITH_KERAS)
def test_as_in_keras(kind: str, file: Any, tmp_path: Path) -> None:
    x, y = WITH_KERAS[kind](file, tmp_path)
    ours, theirs = network(), network(keras)
    ours.set_weights(theirs.get_weights())
    options = {"batch_size": 10, "verbose": 0, "validation_split": 0.2, "shuffle": False, "epochs": 2}
    mine, other = ours.fit(x, y, **options).history, theirs.fit(x, y, **options).history
    for name, values in other.items():
        np.testing.assert_allclose(mine[name], values, rtol=1e-4)
    np.testing.assert_allclose(ours.predict(x, verbose=0), theirs.predict(x, verbose=0), atol=1e-5)
    np.testing.assert_allclose(ours.evaluate(x, y, verbose=0), theirs.evaluate(x, y, verbose=0), rtol=1e-4)


@pytest.mark.parametrize("built", [True, False])
@pytest.mark.parametrize("kind", WITH_KERAS | OURS)
def test_every_call_takes_every_kind(kind: str, built: bool, file: Any, tmp_path: Path) -> None:
    x, y = (WITH_KERAS | OURS)[kind](file, tmp_path)
    plain = (X * 255).astype(np.uint8) if kind == "bytes" else X
    start = network().get_weights()

    def fresh() -> Sequential:
        model: Sequential = network(shape=(SIDE, SIDE, 3) if built else None)
        if built:
            model.set_weights(start)
        return model

    def fitted(x: Any, y: Any, validation: Any) -> dict[str, Any]:
        torch.manual_seed(1)
        return dict(fresh().fit(x, y, validation_data=validation, batch_size=10, seed=3, verbose=0).history)

    assert fitted(x, y, (x, y)) == fitted(plain, Y, (plain, Y))
    assert fresh().predict(x).shape == (N, CLASSES)
    model = network()
    for call in (
        lambda x, y: model.predict(x, batch_size=7),
        lambda x, y: model.predict_on_batch(x),
        lambda x, y: model(np.asarray(x) if isinstance(x, torch.Tensor) else x),
        lambda x, y: model.evaluate(x, y, verbose=0),
        lambda x, y: model.test_on_batch(x, y),
        lambda x, y: features.extract(model, x).values,
        lambda x, y: explain.class_scores(model, x["x"] if isinstance(x, dict) else x),
        lambda x, y: find_learning_rate(model, x, y, steps=10).losses,
    ):
        np.testing.assert_array_equal(call(x, y), call(plain, Y))
    before = model.get_weights()
    learnt = []
    for given, labels in ((x, y), (plain, Y)):
        model.set_weights(before)
        learnt.append(model.train_on_batch(given, labels))
    assert learnt[0] == learnt[1]


def test_inputs_are_told_apart_by_their_names() -> None:
    def two(library: Any) -> Any:
        L = library.layers
        first, second = library.Input((4,), name="first"), library.Input((4,), name="second")
        merged = L.Concatenate()([L.Dense(3)(first), L.Dense(2)(second)])
        return compiled(library.Model([first, second], L.Dense(CLASSES, activation="softmax")(merged)))

    ours, theirs = two(convolens), two(keras)
    ours.set_weights(theirs.get_weights())
    a, b = FLAT[:, :4], FLAT[:, 4:8]
    expected = ours.predict([a, b])
    for given in ({"first": a, "second": b}, {"second": b, "first": a}):
        np.testing.assert_array_equal(ours.predict(given), expected)
        np.testing.assert_allclose(theirs.predict(given, verbose=0), expected, atol=1e-5)
        np.testing.assert_array_equal(ours.predict(iter([given])), expected)
        assert ours.evaluate(given, Y, verbose=0) == ours.evaluate([a, b], Y, verbose=0)
    with pytest.raises(ArgumentError, match="the inputs of the model are 'first', 'second'"):
        ours.predict({"first": a, "third": b})
    with pytest.raises(ShapeError, match="the model has 2 inputs; give a list of arrays"):
        ours.predict(a)
    with pytest.raises(ShapeError, match=r"expects x of shape \(None, 4\); received \(33, 5\)"):
        ours.predict([a, FLAT[:, :5]])


def test_a_list_of_two_batches_validates(tmp_path: Path) -> None:
    batches = [(X[:20], Y[:20]), (X[20:], Y[20:])]
    model = network()
    history = model.fit(X, Y, validation_data=batches, verbose=0).history
    np.testing.assert_allclose(history["val_loss"], model.evaluate(X, Y, verbose=0), rtol=1e-5)


def batches(x: Any, y: Any = None) -> Any:
    return (x[i : i + 10] if y is None else (x[i : i + 10], y[i : i + 10]) for i in range(0, len(x), 10))


class Samples(torch.utils.data.Dataset[Any]):
    """One sample at a time."""

    def __len__(self) -> int:
        return N

    def __getitem__(self, place: int) -> Any:
        return torch.from_numpy(X[place]), int(Y[place])


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "group": (lambda: {"x": X, "y": Y}, r"x is a dict of 'x', 'y'; .* Give one array of it, x\[NAME\]"),
    "batches in a list": (lambda: [X[:10], X[10:20]], r"received a list of 2 arrays .* iter\(x\)"),
    "sizes": (lambda: [x[: i % 3 + 5] for i, x in enumerate(X)], "images in a list must be of one size"),
    "function": (lambda: lambda: batches(X), "received function. Call it"),
    "samples": (
        Samples,
        r"received Samples. It gives one sample at a time: give torch.utils.data.DataLoader",
    ),
    "text": (lambda: "photos", "received str. Photos in a folder are read by ImageDataGenerator"),
    "files": (lambda: ["a.png", "b.png"], "x must hold numbers.*Files of photos are read by"),
    "number": (lambda: 3, "received int"),
    "scalar": (lambda: np.float32(3), "received float32"),
    "numbers": (lambda: range(5), "a batch of x must be an array.*received int"),
    "nothing": (lambda: iter([None]), "a batch of x must be an array.*received NoneType"),
    "images one by one": (lambda: iter(X), r"The batch dimension is missing: x\[np.newaxis\]"),
    "pages of text": (lambda: iter(["a", "b"]), "a batch of x must be an array.*received str"),
}


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("call", ["predict", "fit", "evaluate", "extract"])
def test_what_gives_no_batches(kind: str, call: str) -> None:
    make, words = REFUSED[kind]
    model = network()
    if (kind, call) == ("text", "extract"):
        return  # a folder
    with pytest.raises(ConvolensError, match=words):
        features.extract(model, make()) if call == "extract" else getattr(model, call)(make())


def test_an_empty_generator_builds_nothing() -> None:
    with pytest.raises(ArgumentError, match="predict: the data held no batch"):
        network(shape=None).predict(iter([]))


def without_labels(tmp_path: Path) -> dict[str, Any]:
    for name in "ab":
        (tmp_path / name).mkdir()
        for i in range(4):
            Image.fromarray((X[i] * 255).astype(np.uint8)).save(tmp_path / name / f"{i}.png")
    flow = ImageDataGenerator().flow_from_directory(
        tmp_path, target_size=(SIDE, SIDE), class_mode=None, batch_size=4
    )
    loader = torch.utils.data.DataLoader(torch.from_numpy(X), batch_size=10)
    return {"array": X, "flow": flow, "generator": batches(X), "loader": loader, "None": iter([(X, None)])}


@pytest.mark.parametrize("kind", ["array", "flow", "generator", "loader", "None"])
@pytest.mark.parametrize("call", ["fit", "evaluate", "validation_data", "train_on_batch", "test_on_batch"])
@pytest.mark.parametrize(
    "make",
    [network, lambda: compiled(Model(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(192, 3))))],
)
def test_batches_without_labels(kind: str, call: str, make: Any, tmp_path: Path) -> None:
    data, model = without_labels(tmp_path)[kind], make()
    if call.endswith("_on_batch"):
        data = X
    act = functools.partial(getattr(model, call.replace("validation_data", "fit")), data)
    if call == "validation_data":
        act = functools.partial(model.fit, X, Y, validation_data=(X, None) if kind == "array" else data)
    with pytest.raises(ArgumentError, match=rf"{call}: there are no labels; give y .*class_mode=None"):
        act()


def test_labels_are_not_looked_at_in_predict() -> None:
    model = network()
    names = np.array(["name"] * 10)
    np.testing.assert_array_equal(model.predict(iter([(X[:10], names)])), model.predict(X[:10]))


@pytest.mark.parametrize("wrong", [3, -1, -100])
@pytest.mark.parametrize(
    "make",
    [network, lambda: compiled(Model(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(192, 3))))],
)
def test_labels_outside_the_classes(wrong: int, make: Any) -> None:
    y = Y.copy()
    y[4] = wrong
    model = make()
    for call in (
        lambda: model.fit(X, y, verbose=0),
        lambda: model.fit(batches(X, y), verbose=0),
        lambda: model.evaluate(batches(X, y), verbose=0),
        lambda: model.train_on_batch(X, y),
        lambda: model.test_on_batch(X, y),
    ):
        with pytest.raises(ArgumentError, match=rf"labels: {wrong} at position \d+ is outside the classes"):
            call()


@pytest.mark.parametrize(
    ("expected", "given", "advice"),
    [
        ((28, 28, 1), (28, 28, 1), "x[np.newaxis]"),
        ((28, 28, 1), (28, 28), "x[np.newaxis, ..., np.newaxis]"),
        ((None, None, 3), (28, 28, 3), "x[np.newaxis]"),
        ((28, 28, 3), (28, 28, 3), "x[np.newaxis]"),
        ((28, 28, 3), (5, 28, 28), "np.stack([x] * 3, axis=-1)"),
        ((28, 28, 3), (5, 28, 28, 1), "np.repeat(x, 3, axis=-1)"),
        ((28, 28, 3), (5, 28, 28, 4), "x[..., :3]"),
        ((28, 20, 3), (5, 3, 28, 20), "x.transpose(0, 2, 3, 1)"),
        ((28, 28, 1), (5, 784), "x.reshape(-1, 28, 28, 1)"),
        ((784,), (5, 28, 28), "x.reshape(-1, 784)"),
        ((784,), (784,), "x[np.newaxis]"),
        ((1,), (5,), "x.reshape(-1, 1)"),
    ],
)
def test_the_advice_is_what_helps(expected: Any, given: tuple[int, ...], advice: str) -> None:
    """What is advised makes of it what the network takes."""
    model = Sequential([convolens.layers.Rescaling(2.0, input_shape=expected)])
    x = RANDOM.random(given, dtype=np.float32)
    with pytest.raises(ShapeError) as raised:
        model.predict(x)
    assert advice in str(raised.value)
    changed = eval(advice, {"x": x, "np": np})
    np.testing.assert_allclose(model.predict(changed), changed * 2)


@pytest.mark.parametrize(
    ("expected", "given"),
    [((28, 28, 1), (5, 28, 28)), ((28, 28, 1), (28, 28, 28)), ((None, None, 1), (5, 28, 28))],
)
def test_the_channel_of_grey_images_is_added_as_in_keras(
    expected: tuple[Any, ...], given: tuple[int, ...]
) -> None:
    """They were refused, with advice, before."""
    x = RANDOM.random(given, dtype=np.float32)
    ours, theirs = (
        library.Sequential([library.Input(expected), library.layers.Rescaling(2.0)]).predict(x, verbose=0)
        for library in (convolens, keras)
    )
    assert ours.shape == theirs.shape == (*given, 1)
    np.testing.assert_allclose(ours, theirs)


@pytest.mark.parametrize(
    ("given", "words"), [((5, 20, 28, 3), r"target_size=\(28, 28\)"), ((5, 28, 28, 7), r"\)\.?$")]
)
def test_advice_that_changes_no_array(given: tuple[int, ...], words: str) -> None:
    model = Sequential([convolens.layers.Rescaling(2.0, input_shape=(28, 28, 3))])
    with pytest.raises(ShapeError, match=words):
        model.predict(np.zeros(given))


def test_a_network_for_batches_of_one_size_takes_as_many_samples_as_there_are() -> None:
    x = Input(batch_shape=(10, 4, 4, 1))
    model = Model(x, Dense(2, activation="softmax")(Flatten()(x)))
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    sizes: list[int] = []
    images, labels = np.zeros((20, 4, 4, 1), "float32"), np.eye(2)[np.arange(20) % 2]
    model.fit(
        images,
        labels,
        verbose=0,
        callbacks=[LambdaCallback(on_batch_end=lambda batch, logs: sizes.append(batch))],
    )
    assert sizes == [0, 1]  # batches of 10
    assert model.predict(images, verbose=0).shape == (20, 2)
    assert model.evaluate(images, labels, batch_size=5, verbose=0)[1] == 0.5
    with pytest.raises(ShapeError, match=r"expects x of shape \(None, 4, 4, 1\); received \(20, 5, 4, 1\)"):
        model.predict(np.zeros((20, 5, 4, 1)), verbose=0)


# What a model of an image (8, 8, 3) is given -> how many axes that is; models of both libraries refuse it.
OTHER_RANKS = {"one image": (X[0], 3), "a batch in a batch": (X[None, :4], 5), "a row": (X[0, 0], 2)}


@pytest.mark.parametrize("given", OTHER_RANKS)
@pytest.mark.parametrize("functional", [True, False])
def test_other_ranks_are_refused_as_in_keras(given: str, functional: bool) -> None:
    x, rank = OTHER_RANKS[given]
    for library in (convolens, keras):
        model = network(library)
        if functional:
            inputs = library.Input((SIDE, SIDE, 3))
            model = library.Model(inputs, library.layers.Activation("relu")(inputs))
        calls: list[tuple[Any, Any]] = [
            (model, x),
            (model, library.ops.convert_to_tensor(x)),
            (model, library.Input(x.shape[1:])),
            (functools.partial(model.predict, verbose=0), x),
            (model.predict_on_batch, x),
        ]
        for call, one in calls:
            said = f"expected ndim=4, found ndim={rank}" if library is convolens else None
            with pytest.raises(ValueError, match=said):
                call(one)


def test_a_last_axis_of_one_comes_and_goes_as_in_keras() -> None:
    for shape in ((5, 8, 8), (5, 8, 8, 1), (5, 8, 8, 1, 1)):
        for library in (convolens, keras):
            inputs = library.Input((8, 8, 1))
            model = library.Model(inputs, library.layers.Flatten()(inputs))
            x = np.zeros(shape, "float32")
            for given in (model.predict(x, verbose=0), model(x), model(library.ops.convert_to_tensor(x))):
                assert tuple(given.shape) == (5, 64)


def test_a_network_built_for_what_it_saw_takes_one_image_too() -> None:
    """As in tf.keras 2: changes of photos in a Sequential, in front of a data set of single ones."""
    changes = Sequential([convolens.layers.Rescaling(2.0)])
    for given in (X, X[0]):
        np.testing.assert_allclose(changes(convolens.ops.convert_to_tensor(given)).numpy(), 2 * given)
