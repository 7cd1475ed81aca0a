"""A Lambda is written as Keras writes it, found again by the program that wrote it, and never run from a file."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import convolens
from convolens import layers
from convolens.errors import ArgumentError
from convolens.models import Model, Sequential, load_model

X = np.random.default_rng(0).random((3, 4, 4, 2)).astype("f")


def halved(x: Any, by: float = 2.0) -> Any:
    return x / by


def times(by: float) -> Any:
    return lambda x: x * by


def network(function: Any, **options: Any) -> Any:
    return Sequential(
        [layers.Input((4, 4, 2)), layers.Lambda(function, **options), layers.Flatten(), layers.Dense(1)]
    )


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.parametrize("function", [halved, lambda x: x / 255, lambda x, by=3.0: x**by])
def test_the_program_that_saved_it_loads_it(function: Any, ending: str, tmp_path: Path) -> None:
    model = network(function)
    model.save(tmp_path / f"m.{ending}")
    again = load_model(tmp_path / f"m.{ending}")
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


def test_values_from_outside_are_its_own(tmp_path: Path) -> None:
    models = {}
    for by in (2.0, 5.0):  # one code, two functions
        models[by] = network(times(by))
        models[by].save(tmp_path / f"{by}.keras")
    for by, model in models.items():
        again = load_model(tmp_path / f"{by}.keras")
        np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


def test_arguments_travel(tmp_path: Path) -> None:
    model = network(halved, arguments={"by": 4.0}, name="quarter")
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.get_layer("quarter")(X), X / 4)


def test_keras_opens_it(tmp_path: Path) -> None:
    model = network(lambda x: x / 255)
    model.save(tmp_path / "m.keras")
    theirs = keras.models.load_model(tmp_path / "m.keras", safe_mode=False)
    np.testing.assert_allclose(theirs.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-6)


def test_its_description_is_keras() -> None:
    function = lambda x, by=2.0: x / by  # noqa: E731
    ours, theirs = layers.Lambda(function, name="it"), keras.layers.Lambda(function, name="it")
    told, expected = (json.loads(json.dumps(layer.get_config())) for layer in (ours, theirs))
    assert told == {**expected, "dtype": "float32"}


def test_another_program_gives_it_by_name_or_is_refused(tmp_path: Path) -> None:
    network(halved).save(tmp_path / "named.keras")
    network(lambda x: x - 1).save(tmp_path / "lambda.keras")
    program = (
        "import convolens as keras\n"
        "load = keras.models.load_model\n"
        "load('named.keras', custom_objects={'halved': lambda x: x / 2})\n"
        "for name in ('named', 'lambda'):\n"
        "    try:\n"
        "        load(name + '.keras')\n"
        "    except keras.errors.UnknownNameError:\n"
        "        print('refused', name)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert run.stdout.split("\n")[:2] == ["refused named", "refused lambda"]


def test_what_no_file_holds_is_refused(tmp_path: Path) -> None:
    around = np.ones(3)
    with pytest.raises(ArgumentError, match="which no file holds"):
        network(lambda x: x + around.sum()).save(tmp_path / "m.keras")
    with pytest.raises(ArgumentError, match="which no file holds"):
        network(lambda x, *, by=2.0: x + by).save(tmp_path / "m.keras")
    model = network(lambda x: x)
    assert isinstance(convolens.models.clone_model(model), Model)
