"""Files as Keras 1.2 and 2.x wrote them, made with h5py; the installed Keras says what they have to predict."""

import json
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

import convolens
from convolens import layers
from convolens.errors import ArgumentError, CheckpointError, UnknownNameError
from convolens.models import load_model
from convolens.models.files.old_keras import modern

FORGET = {"W_regularizer": None, "b_regularizer": None, "activity_regularizer": None}
FORGET |= {"W_constraint": None, "b_constraint": None}


def conv_1(name: str, filters: int, rows: int, columns: int, **more: Any) -> dict[str, Any]:
    config = {"name": name, "trainable": True, "nb_filter": filters, "nb_row": rows, "nb_col": columns}
    config |= {"init": "glorot_uniform", "activation": "relu", "border_mode": "same", "subsample": [1, 1]}
    return {
        "class_name": "Convolution2D",
        "config": config | {"dim_ordering": "tf", "bias": True} | FORGET | more,
    }


def dense_1(name: str, units: int, activation: str, **more: Any) -> dict[str, Any]:
    config = {"name": name, "trainable": True, "output_dim": units, "init": "glorot_uniform", "bias": True}
    return {
        "class_name": "Dense",
        "config": config | {"activation": activation, "input_dim": None} | FORGET | more,
    }


def norm_1(name: str) -> dict[str, Any]:
    config = {"name": name, "trainable": True, "epsilon": 0.001, "mode": 0, "axis": -1, "momentum": 0.99}
    config |= {"gamma_regularizer": None, "beta_regularizer": None}
    return {"class_name": "BatchNormalization", "config": config}


def plain(kind: str, name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": name, "trainable": True} | config}


def sequential_1() -> dict[str, Any]:
    pool = {"pool_size": [2, 2], "strides": [2, 2], "border_mode": "valid", "dim_ordering": "tf"}
    return {
        "class_name": "Sequential",
        "config": [
            conv_1("convolution2d_1", 4, 3, 2, batch_input_shape=[None, 8, 8, 3], input_dtype="float32"),
            norm_1("batchnormalization_1"),
            plain("ZeroPadding2D", "zeropadding2d_1", padding=[1, 0, 2, 1], dim_ordering="tf"),
            plain("MaxPooling2D", "maxpooling2d_1", **pool),
            conv_1("convolution2d_2", 3, 3, 3, border_mode="valid", subsample=[2, 2], init="he_normal", bias=False),
            plain("Activation", "activation_1", activation="relu"),
            plain("Flatten", "flatten_1"),
            dense_1("dense_1", 5, "relu", init="uniform"),
            plain("Dropout", "dropout_1", p=0.5),
            dense_1("dense_2", 3, "softmax", input_dim=5),
        ],
    }  # fmt: skip


def sequential(library: Any) -> Any:
    L = library.layers
    return library.Sequential(
        [
            library.Input((8, 8, 3)),
            L.Conv2D(4, (3, 2), padding="same", activation="relu"),
            L.BatchNormalization(),
            L.ZeroPadding2D(((1, 0), (2, 1))),
            L.MaxPooling2D(),
            L.Conv2D(3, 3, strides=2, activation="relu", use_bias=False),
            L.Activation("relu"),
            L.Flatten(),
            L.Dense(5, activation="relu"),
            L.Dropout(0.5),
            L.Dense(3, activation="softmax"),
        ]
    )


def at(description: dict[str, Any], *inputs: tuple[str, int] | str) -> dict[str, Any]:
    """Put a layer into a graph, as Keras 1 wrote it: [name, call, output] of each input."""
    calls = [[[name, 0, 0] if isinstance(name, str) else [*name, 0] for name in inputs]] if inputs else []
    return description | {"name": description["config"]["name"], "inbound_nodes": calls}


def functional_1() -> dict[str, Any]:
    def merge(name: str, mode: str) -> dict[str, Any]:
        rest = {"mode_type": "raw", "dot_axes": -1, "output_shape": None, "output_shape_type": "raw"}
        return {"class_name": "Merge", "config": {"name": name, "mode": mode, "concat_axis": 3, "arguments": {}} | rest
                | {"output_mask": None, "output_mask_type": "raw"}}  # fmt: skip

    source = {
        "batch_input_shape": [None, 8, 8, 3],
        "input_dtype": "float32",
        "sparse": False,
        "name": "input_1",
    }
    return {
        "class_name": "Model",
        "config": {
            "name": "model_1",
            "layers": [
                at({"class_name": "InputLayer", "config": source}),
                at(conv_1("left", 4, 3, 3), "input_1"),
                at(conv_1("right", 4, 1, 1), "input_1"),
                at(merge("merge_1", "sum"), "left", "right"),
                at(merge("merge_2", "concat"), "left", "merge_1"),
                at(plain("GlobalAveragePooling2D", "globalaveragepooling2d_1", dim_ordering="tf"), "merge_2"),
                at(dense_1("dense_1", 3, "softmax"), "globalaveragepooling2d_1"),
            ],
            "input_layers": [["input_1", 0, 0]],
            "output_layers": [["dense_1", 0, 0]],
        },
    }


def functional(library: Any) -> Any:
    L = library.layers
    inputs = library.Input((8, 8, 3))
    left = L.Conv2D(4, 3, padding="same", activation="relu", name="left")(inputs)
    right = L.Conv2D(4, 1, padding="same", activation="relu", name="right")(inputs)
    x = L.GlobalAveragePooling2D()(L.Concatenate()([left, L.Add()([left, right])]))
    return library.Model(inputs, L.Dense(3, activation="softmax", name="dense_1")(x))


ROLES_1 = {"kernel": "W", "bias": "b", "moving_mean": "running_mean", "moving_variance": "running_std"}
TRAINING_1 = {
    "optimizer_config": {"class_name": "SGD", "config": {"lr": 0.0625, "momentum": 0.9, "decay": 0.5, "nesterov": True}},
    "loss": "categorical_crossentropy", "metrics": ["accuracy"], "sample_weight_mode": None, "loss_weights": None,
}  # fmt: skip


def write_1(
    path: Path, theirs: Any, description: Any, names: list[str], suffix: str = ":0", whole: bool = True
) -> None:
    """Write the weights of a model as Keras 1.2 did: "convolution2d_1/convolution2d_1_W:0" (Theano: without :0)."""
    with h5py.File(path, "w") as file:
        group = file
        if whole:
            file.attrs["keras_version"] = b"1.2.2"
            file.attrs["model_config"] = json.dumps(description).encode("utf8")
            file.attrs["training_config"] = json.dumps(TRAINING_1).encode("utf8")
            group = file.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode("utf8") for name in names]
        kept = [layer for layer in theirs.layers if not isinstance(layer, keras.layers.InputLayer)]
        for name, layer in zip([name for name in names if name != "input_1"], kept, strict=True):
            inner = group.create_group(name)
            told = [
                f"{name}_{ROLES_1.get(weight.name, weight.name)}{suffix}".encode() for weight in layer.weights
            ]
            inner.attrs["weight_names"] = told
            for weight_name, value in zip(told, layer.get_weights(), strict=True):
                inner.create_dataset(weight_name, data=value)
        if "input_1" in names:
            group.create_group("input_1").attrs["weight_names"] = []


@pytest.fixture
def x() -> np.ndarray:
    return np.random.default_rng(0).random((5, 8, 8, 3)).astype("float32")


def scrambled(model: Any) -> Any:
    random = np.random.default_rng(1)
    model.set_weights([random.uniform(-0.5, 1, w.shape).clip(-0.4).astype("float32") if w.ndim > 1
                       else random.uniform(0.1, 1, w.shape).astype("float32") for w in model.get_weights()])  # fmt: skip
    return model


def same(a: Any, b: Any, x: np.ndarray) -> None:
    np.testing.assert_allclose(a.predict(x, verbose=0), b.predict(x, verbose=0), atol=1e-5)


CASES_1 = {"sequential": (sequential, sequential_1), "functional": (functional, functional_1)}


def names_of(description: dict[str, Any]) -> list[str]:
    config = description["config"]
    return [layer["config"]["name"] for layer in (config if isinstance(config, list) else config["layers"])]


@pytest.mark.parametrize("kind", sorted(CASES_1))
def test_keras_1_whole_models(kind: str, tmp_path: Path, x: np.ndarray) -> None:
    build, describe = CASES_1[kind]
    theirs = scrambled(build(keras))
    write_1(tmp_path / "old.h5", theirs, describe(), names_of(describe()))
    ours = load_model(tmp_path / "old.h5")
    same(ours, theirs, x)
    assert type(ours).__name__ == ("Sequential" if kind == "sequential" else "Model")
    assert type(ours.optimizer).__name__ == "SGD"
    assert (ours.optimizer.momentum, ours.optimizer.nesterov) == (0.9, True)
    rates = []
    for step in range(3):
        ours.optimizer.iterations = step
        rates.append(ours.optimizer.learning_rate)
    np.testing.assert_allclose(
        rates, [0.0625, 0.0625 / 1.5, 0.0625 / 2]
    )  # Keras 1 and 2: lr / (1 + decay * step)
    assert ours.metrics_names == ["loss", "accuracy"]
    fresh = build(convolens)
    fresh.load_weights(tmp_path / "old.h5")
    same(fresh, theirs, x)
    ours.save(tmp_path / "new.keras")  # and so Keras 3 opens it, which refuses the old file
    same(keras.models.load_model(tmp_path / "new.keras"), theirs, x)


@pytest.mark.parametrize("kind", sorted(CASES_1))
@pytest.mark.parametrize("suffix", [":0", ""])
def test_keras_1_weights(kind: str, suffix: str, tmp_path: Path, x: np.ndarray) -> None:
    build, describe = CASES_1[kind]
    theirs = scrambled(build(keras))
    write_1(tmp_path / "old.hdf5", theirs, None, names_of(describe()), suffix, whole=False)
    ours = build(convolens)
    ours.load_weights(tmp_path / "old.hdf5")
    same(ours, theirs, x)


def truncated_scaling(distribution: str = "uniform") -> dict[str, Any]:
    config = {"scale": 1.0, "mode": "fan_avg", "distribution": distribution, "seed": None}
    return {"class_name": "VarianceScaling", "config": config}


def conv_2(name: str, filters: int, size: int, **more: Any) -> dict[str, Any]:
    none = {f"{role}_{kind}": None for role in ("kernel", "bias") for kind in ("regularizer", "constraint")}
    config = {
        "name": name,
        "trainable": True,
        "filters": filters,
        "kernel_size": [size, size],
        "strides": [1, 1],
    }
    config |= {
        "padding": "same",
        "data_format": "channels_last",
        "dilation_rate": [1, 1],
        "activation": "relu",
    }
    config |= {"use_bias": True, "kernel_initializer": truncated_scaling(), "activity_regularizer": None}
    config |= {
        "bias_initializer": {"class_name": "Zeros", "config": {"dtype": "float32"}},
        "dtype": "float32",
    }
    return {"class_name": "Conv2D", "config": config | none | more}


def norm_2(name: str) -> dict[str, Any]:
    ones, zeros = {"class_name": "Ones", "config": {}}, {"class_name": "Zeros", "config": {}}
    config = {"axis": [3], "momentum": 0.99, "epsilon": 0.001, "center": True, "scale": True}
    config |= {"beta_initializer": zeros, "gamma_initializer": ones, "moving_mean_initializer": zeros}
    config |= {"moving_variance_initializer": ones, "beta_regularizer": None, "gamma_regularizer": None}
    return plain("BatchNormalization", name, **config, beta_constraint=None, gamma_constraint=None)


def dense_2(name: str, units: int, activation: str, **more: Any) -> dict[str, Any]:
    config = conv_2(name, 1, 1)["config"]
    for key in ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate"):
        del config[key]
    glorot = {"class_name": "GlorotUniform", "config": {"seed": None, "dtype": "float32"}}
    config |= {"units": units, "activation": activation, "kernel_initializer": glorot}
    return {"class_name": "Dense", "config": config | more}


def in_graph(description: dict[str, Any], *inputs: tuple[str, int], **keywords: Any) -> dict[str, Any]:
    calls = [[[name, call, 0, keywords] for name, call in inputs]] if inputs else []
    return description | {"name": description["config"]["name"], "inbound_nodes": calls}


def nested_2(sequential_as_list: bool) -> dict[str, Any]:
    """Return a graph with two networks inside; Keras 2 counts the calls of these from 1."""
    source = {"batch_input_shape": [None, 8, 8, 3], "dtype": "float32", "sparse": False, "name": "input_1"}
    chain: Any = [
        conv_2("conv2d_1", 3, 1, batch_input_shape=[None, 8, 8, 3]),
        norm_2("batch_normalization_1"),
        conv_2("conv2d_2", 3, 1),
    ]
    if not sequential_as_list:
        chain = {"name": "sequential_1", "layers": chain}
    inner = {
        "name": "block",
        "layers": [
            in_graph({"class_name": "InputLayer", "config": source | {"name": "input_2"}}),
            {"class_name": "Sequential", "config": chain, "name": "sequential_1",
             "inbound_nodes": [[["input_2", 0, 0, {}]]]},
            in_graph(conv_2("conv2d_3", 3, 1), ("input_2", 0)),
            in_graph(plain("Add", "add_1"), ("sequential_1", 1), ("conv2d_3", 0)),
        ],
        "input_layers": [["input_2", 0, 0]],
        "output_layers": [["add_1", 0, 0]],
    }  # fmt: skip
    block = {"class_name": "Model", "config": inner}
    return {
        "class_name": "Model",
        "config": {
            "name": "model_1",
            "layers": [
                in_graph({"class_name": "InputLayer", "config": source}),
                in_graph(block, ("input_1", 0)),
                in_graph(plain("Flatten", "flatten_1", data_format="channels_last"), ("block", 1)),
                in_graph(dense_2("dense_1", 3, "softmax"), ("flatten_1", 0)),
            ],
            "input_layers": [["input_1", 0, 0]],
            "output_layers": [["dense_1", 0, 0]],
        },
    }


def nested(library: Any) -> Any:
    L = library.layers
    chain = library.Sequential(
        [library.Input((8, 8, 3)), L.Conv2D(3, 1, activation="relu"), L.BatchNormalization(),
         L.Conv2D(3, 1, activation="relu")], name="sequential_1"
    )  # fmt: skip
    inner = library.Input((8, 8, 3))
    block = library.Model(
        inner, L.Add()([chain(inner), L.Conv2D(3, 1, activation="relu")(inner)]), name="block"
    )
    outer = library.Input((8, 8, 3))
    return library.Model(outer, L.Dense(3, activation="softmax", name="dense_1")(L.Flatten()(block(outer))))


def write_2(path: Path, theirs: Any, description: Any, whole: bool = True, **attributes: bytes) -> None:
    """Write as Keras 2.x on TensorFlow: "conv2d_1/kernel:0", in a network inside what is trained comes first."""
    attributes = {"keras_version": b"2.2.4", "backend": b"tensorflow"} | attributes
    training = {
        "optimizer_config": {
            "class_name": "Adam",
            "config": {"lr": 0.125, "beta_1": 0.9, "beta_2": 0.999, "decay": 0.0, "epsilon": None, "amsgrad": False},
        },
        "loss": {"class_name": "CategoricalCrossentropy",
                 "config": {"reduction": "auto", "name": "categorical_crossentropy", "from_logits": False}},
        "metrics": [["accuracy"]], "sample_weight_mode": None, "loss_weights": None,
    }  # fmt: skip
    with h5py.File(path, "w") as file:
        group = file
        if whole:
            for name, value in attributes.items():
                file.attrs[name] = value
            file.attrs["model_config"] = json.dumps(description).encode("utf8")
            file.attrs["training_config"] = json.dumps(training).encode("utf8")
            group = file.create_group("model_weights")
        for name, value in attributes.items():
            group.attrs[name] = value
        group.attrs["layer_names"] = [layer.name.encode("utf8") for layer in theirs.layers]
        for layer in theirs.layers:
            inner = group.create_group(layer.name)
            weights = layer.trainable_weights + layer.non_trainable_weights
            told = [f"{weight.path.removeprefix(theirs.name + '/')}:0".encode() for weight in weights]
            inner.attrs["weight_names"] = told
            for name, weight in zip(told, weights, strict=True):
                inner.create_dataset(name, data=keras.ops.convert_to_numpy(weight))


@pytest.mark.parametrize("as_list", [True, False])
def test_keras_2_networks_inside_networks(as_list: bool, tmp_path: Path, x: np.ndarray) -> None:
    theirs = scrambled(nested(keras))
    write_2(tmp_path / "old.h5", theirs, nested_2(as_list))
    ours = load_model(tmp_path / "old.h5")
    same(ours, theirs, x)
    assert [layer.name for layer in ours.layers] == ["input_1", "block", "flatten_1", "dense_1"]
    assert type(ours.optimizer).__name__ == "Adam"
    assert ours.optimizer.learning_rate == 0.125
    fresh = nested(convolens)
    fresh.load_weights(tmp_path / "old.h5")
    same(fresh, theirs, x)


def test_a_chain_of_tensorflow_2(tmp_path: Path, x: np.ndarray) -> None:
    """Its Sequential holds an InputLayer, its metrics are wrapped, NumPy's scalars are dictionaries."""
    theirs = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.DepthwiseConv2D(3), keras.layers.ReLU(0.5),
                               keras.layers.SeparableConv2D(2, 3), keras.layers.GlobalMaxPooling2D()])  # fmt: skip
    theirs.layers[0].name, theirs.layers[2].name = "depthwise", "separable"
    scrambled(theirs)
    common = {"groups": 1, "kernel_initializer": truncated_scaling("normal"), "kernel_regularizer": None}
    common |= {"kernel_constraint": None, "strides": [1, 1], "dilation_rate": [1, 1], "activation": "linear"}
    common |= {
        "depth_multiplier": 1,
        "kernel_size": [3, 3],
        "padding": "valid",
        "data_format": "channels_last",
    }
    source = {
        "batch_input_shape": [None, 8, 8, 3],
        "dtype": "float32",
        "sparse": False,
        "ragged": False,
        "name": "in",
    }
    description = {
        "class_name": "Sequential",
        "config": {"name": "sequential", "layers": [
            {"class_name": "InputLayer", "config": source},
            plain("DepthwiseConv2D", "depthwise", **common, depthwise_initializer=truncated_scaling()),
            plain("ReLU", "re_lu", max_value={"type": "ndarray", "value": 0.5}, threshold=0.0,
                  negative_slope={"type": "ndarray", "value": 0.0}),
            plain("SeparableConv2D", "separable", **common, filters=2, pointwise_regularizer=None),
            plain("GlobalMaxPooling2D", "global_max_pooling2d", data_format="channels_last"),
        ]},
    }  # fmt: skip
    write_2(tmp_path / "old.h5", theirs, description)
    same(load_model(tmp_path / "old.h5", compile=False), theirs, x)


def test_penalties_and_constraints_are_kept_and_those_of_strangers_said(
    tmp_path: Path, x: np.ndarray
) -> None:
    theirs = scrambled(sequential(keras))
    description = sequential_1()
    first, hidden, last = (description["config"][place]["config"] for place in (0, 7, 9))
    first["W_regularizer"] = {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.0005}
    first["b_regularizer"] = {"name": "MyRegularizer", "strength": 1.0}
    hidden["W_constraint"] = {"name": "MaxNorm", "m": 3, "axis": 0}
    last["b_constraint"] = {"name": "MyConstraint"}
    write_1(tmp_path / "old.h5", theirs, description, names_of(description))
    words = r"old\.h5: bias_regularizer of Convolution2D 'convolution2d_1', bias_constraint of Dense 'dense_2' are left"
    with pytest.warns(UserWarning, match=words) as told:
        ours = load_model(tmp_path / "old.h5")
    assert len(told) == 1
    layers = {layer.name: layer for layer in ours.layers}
    assert layers["convolution2d_1"].kernel_regularizer.l2 == 0.0005
    assert layers["dense_1"].kernel_constraint.max_value == 3
    same(ours, theirs, x)


def changed(place: int, **config: Any) -> dict[str, Any]:
    description = sequential_1()
    description["config"][place]["config"] |= config
    return description


def replaced(kind: str, **config: Any) -> dict[str, Any]:
    description = sequential_1()
    description["config"][1] = plain(kind, "odd_1", **config)
    return description


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "Theano's order": (r"Convolution2D 'convolution2d_1' is for images with their channels first \(Theano's order",
                       changed(0, dim_ordering="th")),
    "the other norm": ("BatchNormalization 'batchnormalization_1' has a mode other than 0", changed(1, mode=2)),
    "the old slope": ("Keras 1's hard_sigmoid, whose slope is 0.2", changed(7, activation="hard_sigmoid")),
    "a program": ("unknown layer class 'Lambda': it holds a program, and none is run", replaced("Lambda", function="x")),
    "a product": ("Merge 'odd_1' with mode='mul' is not supported; there are 'sum' and 'concat'",
                  replaced("Merge", mode="mul")),
    "models joined": ("Merge 'odd_1' joins several models at the beginning", replaced("Merge", mode="sum", layers=[1])),
    "an unknown layer": ("unknown layer class 'Highway'", replaced("Highway")),
    "an odd argument": ("border_mood='same' is not supported", changed(0, border_mood="same")),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(REFUSED))
def test_what_would_predict_otherwise_is_refused(kind: str, tmp_path: Path) -> None:
    words, description = REFUSED[kind]
    write_1(tmp_path / "old.h5", sequential(keras), description, names_of(sequential_1()))
    with pytest.raises((ArgumentError, UnknownNameError), match=words) as error:
        load_model(tmp_path / "old.h5")
    assert "old.h5: " in str(error.value)


def test_kernels_of_theano(tmp_path: Path, x: np.ndarray) -> None:
    """Its convolution reads kernels from the end: a file that says so is turned, filters first are refused."""
    theirs = scrambled(functional(keras))
    turned = functional(keras)
    turned.set_weights([w[::-1, ::-1] if w.ndim == 4 else w for w in theirs.get_weights()])
    write_2(tmp_path / "theano.h5", turned, None, whole=False, backend=b"theano")
    ours = functional(convolens)
    ours.load_weights(tmp_path / "theano.h5")
    same(ours, theirs, x)
    with h5py.File(tmp_path / "theano.h5", "a") as file:
        for name in ("left", "right"):
            place = file[name].attrs["weight_names"][0]
            kernel = file[name][place][()].transpose(3, 2, 0, 1)
            del file[name][place]
            file[name][place] = kernel
    with pytest.raises(CheckpointError, match=r"filters first are of Theano's order \(dim_ordering='th'\)"):
        ours.load_weights(tmp_path / "theano.h5")
    deep = convolens.Sequential([layers.Input((8, 8, 3)), layers.DepthwiseConv2D(3)])
    deep.save_weights(tmp_path / "depthwise.h5")
    with h5py.File(tmp_path / "depthwise.h5", "a") as file:
        file.attrs["backend"] = b"theano"
    with pytest.raises(CheckpointError, match="whose order is not known; convert the file with Keras"):
        deep.load_weights(tmp_path / "depthwise.h5")


@pytest.mark.parametrize(
    ("kind", "places"), [("Conv1D", (6,)), ("Conv3D", (4, 5, 6)), ("Conv3DTranspose", (2, 3, 4))]
)
def test_kernels_of_theano_of_other_ranks(kind: str, places: tuple[int, ...], tmp_path: Path) -> None:
    def model(library: Any) -> Any:
        parts = [library.Input((*places, 2)), getattr(library.layers, kind)(3, 2), library.layers.Flatten()]
        return library.Sequential([*parts, library.layers.Dense(2)])

    theirs, turned, ours = scrambled(model(keras)), model(keras), model(convolens)
    turned.set_weights([np.flip(w, tuple(range(w.ndim - 2))) for w in theirs.get_weights()])
    write_2(tmp_path / "theano.h5", turned, None, whole=False, backend=b"theano")
    ours.load_weights(tmp_path / "theano.h5")
    same(ours, theirs, np.random.default_rng(0).uniform(0, 0.1, (3, *places, 2)).astype("float32"))


def test_a_convolution_of_volumes_in_the_words_of_keras_1() -> None:
    sides = {"kernel_dim1": 2, "kernel_dim2": 3, "kernel_dim3": 4}
    words = {"nb_filter": 5, "border_mode": "same", "subsample": [1, 1, 2], "dim_ordering": "tf"}
    said = modern({"class_name": "Convolution3D", "config": {"name": "it"} | sides | words}, 1).description
    assert said["class_name"] == "Conv3D"
    expected = layers.Conv3D(5, (2, 3, 4), (1, 1, 2), "same", name="it")
    assert layers.Conv3D.from_config(said["config"]).get_config() == expected.get_config()


def test_a_network_frozen_in_training_mode_is_said() -> None:
    """The usual transfer learning: base(x, training=False)."""
    norm: dict[str, Any] = {"class_name": "BatchNormalization", "config": {"name": "n"}}
    norm["inbound_nodes"] = [[["input_1", 0, 0, {"training": False}]]]
    assert modern(norm, 2).left_out == ["training=... in the call of BatchNormalization 'n'"]
    assert modern(norm, 3).left_out == []  # Keras 3 writes it for every layer, and `fit` overrules it
    norm["inbound_nodes"] = [[["input_1", 0, 0, {"training": None}]]]
    assert modern(norm, 2).left_out == []
