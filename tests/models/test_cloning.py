"""Models from JSON, configs and clones; classes of the user's own in files; names without an ending."""

import json
from pathlib import Path
from typing import Any

import keras as real_keras
import numpy as np
import pytest

from convolens import layers, models, utils
from convolens.errors import ArgumentError, UnknownNameError

X = np.random.default_rng(0).random((5, 6, 6, 3), "float32")


class Scaled(layers.Layer):
    def __init__(self, factor: float = 2.0, **options: Any) -> None:
        super().__init__(**options)
        self.factor = factor

    def build(self, input_shape: Any) -> None:
        self.weight_of_each = self.add_weight(name="each", shape=(input_shape[-1],), initializer="ones")

    def call(self, inputs: Any) -> Any:
        return inputs * self.factor * self.weight_of_each

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor}


def _plain() -> Any:
    return models.Sequential(
        [layers.Conv2D(4, 3, input_shape=(6, 6, 3)), layers.Flatten(), layers.Dense(2, activation="softmax")]
    )


def test_a_config_is_read_with_classes_of_ones_own() -> None:
    x = layers.Input((3,))
    for model in (models.Sequential(Scaled(input_shape=(3,))), models.Model(x, Scaled(3.0)(x))):
        again = type(model).from_config(model.get_config(), custom_objects={"Scaled": Scaled})
        np.testing.assert_array_equal(again.predict(X[:, 0, 0]), model.predict(X[:, 0, 0]))


def test_json_is_read_here_and_by_keras() -> None:
    model = _plain()
    theirs = real_keras.models.model_from_json(model.to_json())
    again = models.model_from_json(model.to_json())
    for other in (
        theirs,
        again,
        models.clone_model(model),
        models.model_from_config(json.loads(model.to_json())),
    ):
        other.set_weights(model.get_weights())
        np.testing.assert_allclose(other.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-5)
    with pytest.raises(ArgumentError, match="no JSON"):
        models.model_from_json("nothing")
    with pytest.raises(ArgumentError, match=r"use model.to_json\(\)"):
        model.to_yaml()


def test_a_clone_of_a_graph_has_the_graph_and_fresh_weights() -> None:
    x = layers.Input((6, 6, 3))
    features = layers.Conv2D(3, 3, padding="same")(x)
    model = models.Model(
        x, [layers.Flatten()(features + x), layers.Lambda(lambda t: t.mean((1, 2)))(features)]
    )
    changed = models.clone_model(
        model,
        clone_function=lambda layer: (
            layers.Conv2D(3, 3, padding="same") if isinstance(layer, layers.Conv2D) else layer
        ),
    )
    assert not np.array_equal(changed.get_weights()[0], model.get_weights()[0])
    changed.set_weights(model.get_weights())
    for mine, other in zip(changed.predict(X, verbose=0), model.predict(X, verbose=0), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-6)


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_classes_of_ones_own_are_found_in_files(ending: str, tmp_path: Path) -> None:
    model = models.Sequential([layers.Flatten(input_shape=(6, 6, 3)), Scaled(3.0), layers.Dense(2)])
    model.compile("sgd", "mse")
    path = tmp_path / f"own.{ending}"
    model.save(path)
    with pytest.raises(
        UnknownNameError, match=r"unknown layer class 'Scaled'.*custom_objects=\{'Scaled': Scaled\}"
    ):
        models.load_model(path)
    again = models.load_model(path, custom_objects={"Scaled": Scaled})
    np.testing.assert_allclose(again.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-6)
    with utils.custom_object_scope({"Scaled": Scaled}):
        assert models.load_model(path).layers[1].factor == 3.0


def test_a_registered_class_is_found_without_more(tmp_path: Path) -> None:
    kept = dict(utils.get_custom_objects())
    try:
        registered = utils.register_keras_serializable("tests")(type("Registered", (Scaled,), {}))
        model = models.Sequential([layers.Flatten(input_shape=(6, 6, 3)), registered(0.5)])
        model.save(tmp_path / "own.keras")
        assert type(models.load_model(tmp_path / "own.keras").layers[1]) is registered
    finally:
        utils.get_custom_objects().clear()
        utils.get_custom_objects().update(kept)


def test_a_name_without_an_ending_is_one_file(tmp_path: Path) -> None:
    model = _plain()
    model.compile("adam", "sparse_categorical_crossentropy")
    model.save(str(tmp_path / "saved" / "1"), save_format="tf")
    again = models.load_model(str(tmp_path / "saved" / "1"))
    assert again.optimizer is not None
    model.save(tmp_path / "old", save_format="h5", include_optimizer=False)
    assert models.load_model(tmp_path / "old").optimizer is None
    with pytest.raises(UnknownNameError, match="save_format"):
        model.save(tmp_path / "old", save_format="onnx")
    model.save_weights(tmp_path / "checkpoint")
    again.load_weights(tmp_path / "checkpoint")


def test_several_outputs_are_compiled_again_out_of_a_file(tmp_path: Path) -> None:
    x = layers.Input((4,))
    model = models.Model(x, [layers.Dense(2, name="a")(x), layers.Dense(1, name="b")(x)])
    model.compile("adam", ["mse", "mae"], metrics={"b": ["mse"]}, loss_weights=[1.0, 0.5])
    data = np.ones((3, 4)), [np.zeros((3, 2)), np.zeros(3)]
    model.save(tmp_path / "two.keras")
    again = models.load_model(tmp_path / "two.keras")
    assert again.metrics_names == model.metrics_names
    np.testing.assert_allclose(again.evaluate(*data, verbose=0), model.evaluate(*data, verbose=0), rtol=1e-5)
    real_keras.models.load_model(tmp_path / "two.keras")


def test_old_words_of_models() -> None:
    model = _plain()
    assert model.predict_classes(X).shape == (5,)
    np.testing.assert_array_equal(model.predict_proba(X), model.predict(X, verbose=0))
    assert len(model.weights) == len(model.variables) == len(model.trainable_variables) == 4
    assert model.layers[0].get_output_at(0) is model.layers[0].output
