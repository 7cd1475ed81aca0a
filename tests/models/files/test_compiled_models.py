"""Whole models on disk remember how they were compiled, in Keras and here."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import convolens
from convolens.models import load_model


def chain(library: Any) -> Any:
    L = library.layers
    return library.Sequential(
        [
            library.Input((8, 8, 3)),
            L.Rescaling(1 / 255),
            L.Conv2D(4, 3, activation="relu"),
            L.BatchNormalization(),
            L.Conv2D(5, 3, use_bias=False, name="second"),
            L.BatchNormalization(scale=False),
            L.Flatten(),
            L.Dropout(0.5),
            L.Dense(3, activation="softmax"),
        ]
    )


@pytest.fixture
def x() -> np.ndarray:
    return np.random.default_rng(0).random((5, 8, 8, 3)).astype("float32")


def scrambled(model: Any) -> Any:
    random = np.random.default_rng(1)
    model.set_weights([random.uniform(0.1, 1, w.shape).astype("float32") for w in model.get_weights()])
    return model


def same(a: Any, b: Any, x: np.ndarray) -> None:
    np.testing.assert_allclose(a.predict(x, verbose=0), b.predict(x, verbose=0), atol=1e-5)


OPTIMIZERS = ["sgd", "rmsprop", "adam", "adamw"]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_model_that_keras_trained_comes_compiled(optimizer: str, tmp_path: Path, x: np.ndarray) -> None:
    """The optimizer's variables are in Keras' file and are passed over; all else is as it was."""
    y = np.array([0, 1, 2, 0, 1])
    theirs = chain(keras)
    theirs.compile(
        optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["acc"]
    )
    theirs.optimizer.learning_rate = 0.0625
    theirs.fit(x, y, epochs=2, verbose=0)
    for ending in (".keras", ".h5"):
        theirs.save(tmp_path / f"m{ending}")
        ours = load_model(tmp_path / f"m{ending}")
        same(ours, theirs, x)
        assert type(ours.optimizer).__name__.lower() == optimizer
        assert ours.optimizer.learning_rate == 0.0625
        assert ours.metrics_names == ["loss", "accuracy", "acc"]
        np.testing.assert_allclose(
            ours.evaluate(x, y, verbose=0), theirs.evaluate(x, y, verbose=0), atol=1e-4
        )
    theirs.save_weights(tmp_path / "m.weights.h5")
    fresh = chain(convolens)
    fresh.load_weights(tmp_path / "m.weights.h5")
    same(fresh, theirs, x)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_keras_goes_on_training_our_model(optimizer: str, ending: str, tmp_path: Path, x: np.ndarray) -> None:
    y = np.array([0, 1, 2, 0, 1])
    ours = chain(convolens)
    ours.compile(
        optimizer, convolens.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"],
        weighted_metrics=[convolens.metrics.SparseTopKCategoricalAccuracy(2, name="top")],
    )  # fmt: skip
    ours.fit(x, y, epochs=1, verbose=0)
    ours.save(tmp_path / f"m{ending}")
    theirs = keras.models.load_model(tmp_path / f"m{ending}")
    same(theirs, ours, x)
    assert type(theirs.optimizer).__name__.lower() == optimizer
    found = theirs.evaluate(x, y, verbose=0, return_dict=True)
    for name, value in ours.evaluate(x, y, verbose=0, return_dict=True).items():
        np.testing.assert_allclose(found[name], value, atol=1e-5, err_msg=name)
    assert np.isfinite(theirs.fit(x, y, epochs=1, verbose=0).history["loss"]).all()


def test_what_has_no_written_form_is_left_out(tmp_path: Path, x: np.ndarray) -> None:
    def own(y_true: Any, y_pred: Any) -> Any:
        return (y_true - y_pred).abs().mean(-1)

    for name, options in {"loss": {"loss": own}, "metric": {"loss": "mse", "metrics": [own]}}.items():
        ours = scrambled(chain(convolens))
        ours.compile("sgd", **options)
        for ending in (".keras", ".h5"):
            ours.save(tmp_path / f"{name}{ending}")
            back = load_model(tmp_path / f"{name}{ending}")
            assert back.optimizer is None
            same(back, ours, x)
            same(keras.models.load_model(tmp_path / f"{name}{ending}"), ours, x)


def test_compile_false_leaves_the_model_uncompiled(tmp_path: Path) -> None:
    theirs = chain(keras)
    theirs.compile("adafactor", "sparse_categorical_crossentropy")
    theirs.save(tmp_path / "m.keras")
    with pytest.raises(
        ValueError, match=r"m.keras: cannot be compiled .*'adafactor'.* compile=False\) gives the"
    ):
        load_model(tmp_path / "m.keras")
    assert load_model(tmp_path / "m.keras", compile=False).optimizer is None


def branches(library: Any) -> Any:
    inputs = library.Input((4,), name="i")
    outputs = [library.layers.Dense(size, name=name)(inputs) for size, name in ((2, "a"), (1, "b"), (3, "c"))]
    return library.Model(inputs, outputs)


# Losses of three outputs, of a library's functions.
SEVERAL: dict[str, Any] = {
    "list": lambda losses: [
        losses.mean_squared_error,
        losses.mean_absolute_error,
        losses.LogCosh(reduction="sum"),
    ],
    "names and functions": lambda losses: ["mse", losses.mean_absolute_error, losses.log_cosh],
    "dict": lambda losses: {"c": losses.hinge, "a": losses.mean_squared_error},
    "one for all": lambda losses: losses.mean_absolute_error,
}


@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize("form", SEVERAL)
def test_losses_of_several_outputs_that_are_functions_are_kept(
    form: str, ending: str, tmp_path: Path
) -> None:
    random = np.random.default_rng(0)
    x, y = random.random((6, 4), "float32"), [random.random((6, size), "float32") for size in (2, 1, 3)]
    ours, theirs = branches(convolens), branches(keras)
    theirs.set_weights(ours.get_weights())
    for model, library in ((ours, convolens), (theirs, keras)):
        given = SEVERAL[form](library.losses)
        model.compile("adam", given, metrics=[[library.metrics.mean_squared_error], [], ["mae"]])
        model.save(tmp_path / f"{library.__name__}{ending}")
        wanted = {"a": y[0], "c": y[2]} if isinstance(given, dict) else y
        if library is convolens:
            loss = model.evaluate(x, wanted, verbose=0)[0]
    back = load_model(tmp_path / f"convolens{ending}")
    assert back.evaluate(x, y, verbose=0)[0] == pytest.approx(loss)
    assert load_model(tmp_path / f"keras{ending}").evaluate(x, y, verbose=0)[0] == pytest.approx(
        loss, rel=1e-5
    )
    there = keras.models.load_model(tmp_path / f"convolens{ending}")
    assert there.evaluate(x, y, verbose=0)[0] == pytest.approx(loss, rel=1e-5)
