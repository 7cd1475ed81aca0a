"""Every layer of the registry, and whole networks, in every kind of file, from Keras to us and from us to Keras."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import convolens
from convolens import applications, layers
from convolens.callbacks import ModelCheckpoint
from convolens.models import load_model

WHOLE = (".keras", ".h5", ".hdf5")
WEIGHTS = (".weights.h5", ".h5", ".hdf5")

# Arguments that a layer needs, and more than the defaults where these leave something out.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "Conv2D": {"filters": 3, "kernel_size": (3, 2), "strides": 2, "padding": "same", "activation": "relu"},
    "DepthwiseConv2D": {"kernel_size": (3, 2), "depth_multiplier": 2, "activation": "tanh"},
    "SeparableConv2D": {"filters": 3, "kernel_size": 3, "padding": "same", "depth_multiplier": 2},
    "AveragePooling2D": {"pool_size": 3, "strides": 1, "padding": "same"},
    "Dense": {"units": 4, "activation": "softmax"},
    "Dropout": {"rate": 0.5},
    "SpatialDropout2D": {"rate": 0.5},
    "PReLU": {"shared_axes": [1, 2], "alpha_initializer": "ones"},
    "Activation": {"activation": "gelu"},
    "ReLU": {"max_value": 0.5, "negative_slope": 0.1},
    "BatchNormalization": {"momentum": 0.5, "epsilon": 0.01},
    "LayerNormalization": {"epsilon": 0.01},
    "Permute": {"dims": (3, 1, 2)},
    "Rescaling": {"scale": 0.5, "offset": -1.0},
    "ZeroPadding2D": {"padding": ((1, 2), (0, 3))},
    "Reshape": {"target_shape": (-1, 4, 6)},
    "RepeatVector": {"n": 3},
    "Conv2DTranspose": {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1},
    "UpSampling2D": {"size": (1, 2), "interpolation": "bilinear"},
    "Cropping2D": {"cropping": ((1, 2), (0, 3))},
    "LeakyReLU": {"negative_slope": 0.2},
    "GaussianNoise": {"stddev": 0.2},
    "GaussianDropout": {"rate": 0.2},
    "AlphaDropout": {"rate": 0.2},
    "GroupNormalization": {"groups": 3},
    "AveragePooling1D": {"pool_size": 3, "padding": "same"},
    "Conv1D": {"filters": 4, "kernel_size": 3, "padding": "causal"},
    "DepthwiseConv1D": {"kernel_size": 3, "depth_multiplier": 2},
    "SeparableConv1D": {"filters": 4, "kernel_size": 3, "strides": 2},
    "Conv3D": {"filters": 3, "kernel_size": (2, 3, 1), "strides": 2, "padding": "same", "activation": "relu"},
    "Conv1DTranspose": {"filters": 4, "kernel_size": 3, "strides": 2, "output_padding": 1},
    "Conv3DTranspose": {"filters": 3, "kernel_size": (1, 2, 3), "strides": 2, "padding": "same"},
    "AveragePooling3D": {"pool_size": (2, 1, 2), "padding": "same"},
    "SpatialDropout1D": {"rate": 0.5},
    "SpatialDropout3D": {"rate": 0.5},
    "RandomBrightness": {"factor": 0.2},
    "RandomContrast": {"factor": (0.2, 0.3)},
    "RandomCrop": {"height": 8, "width": 8},
    "RandomErasing": {"fill_value": (1.0, 2.0, 3.0)},
    "RandomRotation": {"factor": 0.2, "seed": 3},
    "RandomTranslation": {"height_factor": 0.2, "width_factor": (-0.2, 0.3)},
    "RandomZoom": {"height_factor": 0.2},
    "Resizing": {"height": 5, "width": 7},
    "CenterCrop": {"height": 5, "width": 7},
    "Dot": {"axes": (3, 3), "normalize": True},
}
PLACES = {"1D": (8,), "3D": (4, 4, 4)}  # by what a layer's name says; those of images where it says nothing
NOT_LEGACY = ("RandomBrightness",)  # Keras cannot write it in the legacy form
# No layer to be called; no layer of Keras 3; takes whole numbers (tests/layers/fully_connected).
GONE = ("InputLayer", "ThresholdedReLU", "Embedding")


def input_shape(name: str) -> tuple[int, ...]:
    """Return the shape of a sample that a layer of this name takes."""
    places = next((places for axes, places in PLACES.items() if axes in name), (8, 8))
    return (3,) if name == "RepeatVector" else (*places, 3)


def takes_several(name: str) -> bool:
    """Return whether a layer joins several tensors: it then refuses one alone."""
    layer = layers.LAYERS[name](**ARGUMENTS.get(name, {}))
    try:
        layer(convolens.Input(input_shape(name)))
    except convolens.errors.ConvolensError:
        return True
    return False


def around(name: str) -> Callable[[Any], Any]:
    """Return what builds a network around one layer."""

    def build(library: Any) -> Any:
        inputs = library.Input(input_shape(name))
        layer = getattr(library.layers, name)(**ARGUMENTS.get(name, {}))
        joined = [inputs, library.layers.Conv2D(3, 1)(inputs)] if takes_several(name) else inputs
        return library.Model(inputs, library.layers.Dense(2)(library.layers.Flatten()(layer(joined))))

    return build


def shallow_vgg(library: Any) -> Any:
    """Lecture: two blocks of two convolutions."""
    L = library.layers
    model = library.Sequential([library.Input((32, 32, 3))])
    for filters in (32, 64):
        model.add(L.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(L.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(L.MaxPooling2D(pool_size=(2, 2)))
    for thing in (L.Flatten(), L.Dense(512, activation="relu"), L.Dense(10, activation="softmax")):
        model.add(thing)
    return model


def conv_model(library: Any) -> Any:
    """Lecture, cats and dogs; smaller images than its 150 pixels."""
    L = library.layers
    return library.Sequential(
        [
            library.Input((40, 40, 3)),
            *(part for filters in (32, 32, 64) for part in (L.Conv2D(filters, 3, activation="relu"), L.MaxPooling2D())),
            L.Flatten(),
            L.Dense(64, activation="relu"),
            L.Dropout(0.5),
            L.Dense(1, activation="sigmoid"),
        ]
    )  # fmt: skip


def vgg_blocks(library: Any) -> Any:
    """Blocks as networks of their own, with batch normalisation, called by a functional network."""
    L = library.layers

    def block(filters: int, channels: int, name: str) -> Any:
        model = library.Sequential(name=name)
        model.add(library.Input((None, None, channels)))
        for _ in range(2):
            model.add(L.Conv2D(filters, 3, padding="same", use_bias=False))
            model.add(L.BatchNormalization())
            model.add(L.Activation("relu"))
        model.add(L.MaxPooling2D())
        return model

    inputs = library.Input((16, 16, 3))
    x = block(6, 4, "second")(block(4, 3, "first")(L.Rescaling(1 / 255)(inputs)))
    return library.Model(inputs, L.Dense(3, activation="softmax")(L.GlobalAveragePooling2D()(x)))


def depthwise(library: Any) -> Any:
    """MobileNet's and Xception's kinds of blocks."""
    L = library.layers
    inputs = library.Input((16, 16, 3))
    x = L.Conv2D(4, 3, strides=2, padding="same", use_bias=False)(inputs)
    x = L.ReLU(6.0)(L.BatchNormalization()(L.DepthwiseConv2D(3, padding="same", use_bias=False)(x)))
    x = L.Add()([L.BatchNormalization()(L.SeparableConv2D(6, 3, padding="same")(x)), L.Conv2D(6, 1)(x)])
    return library.Model(inputs, L.Dense(2)(L.GlobalMaxPooling2D()(x)))


NETWORKS: dict[str, Callable[[Any], Any]] = {
    **{name: around(name) for name in sorted(layers.LAYERS) if name not in GONE},
    "two inputs": lambda library: _two_inputs(library),
    "ShallowVGGNet": shallow_vgg,
    "ConvModel": conv_model,
    "VGG blocks": vgg_blocks,
    "depthwise": depthwise,
}


def _two_inputs(library: Any) -> Any:
    a, b = library.Input((8, 8, 3)), library.Input((8, 8, 3))
    x = library.layers.Concatenate()([library.layers.Conv2D(2, 1)(a), library.layers.Conv2D(2, 1)(b)])
    return library.Model([a, b], library.layers.GlobalAveragePooling2D()(x))


def samples(model: Any) -> Any:
    random = np.random.default_rng(0)
    shapes = model.input_shape if isinstance(model.input_shape, list) else [model.input_shape]
    found = [random.uniform(-1, 1, (3, *shape[1:])).astype("float32") for shape in shapes]
    return found if len(found) > 1 else found[0]


def scrambled(model: Any) -> Any:
    """Give every weight a value of its own, moving variances positive ones, in the size that training leaves them."""
    random = np.random.default_rng(1)
    model.set_weights(
        [
            (random.normal(size=w.shape) / np.sqrt(max(1, w[..., 0].size)) if w.ndim > 1 else random.uniform(0.5, 1.5, w.shape)).astype("float32")
            for w in model.get_weights()
        ]
    )  # fmt: skip
    return model


def same(a: Any, b: Any) -> None:
    x = samples(b)
    np.testing.assert_allclose(a.predict(x, verbose=0), b.predict(x, verbose=0), atol=1e-5)


def test_the_lecture_networks_are_those_of_the_applications() -> None:
    for build, name in ((shallow_vgg, "ShallowVGGNet"), (conv_model, "ConvModel")):
        model = build(convolens)
        ready = getattr(applications, name)(input_shape=model.input_shape[1:])
        assert [type(layer) for layer in ready.layers] == [type(layer) for layer in model.layers]
        assert [w.shape for w in ready.get_weights()] == [w.shape for w in model.get_weights()]


@pytest.mark.parametrize("name", NETWORKS)
def test_from_keras(name: str, tmp_path: Path) -> None:
    theirs = scrambled(NETWORKS[name](keras))
    for ending in WHOLE if name not in NOT_LEGACY else (".keras",):
        theirs.save(tmp_path / f"m{ending}")
        same(load_model(tmp_path / f"m{ending}"), theirs)
        ours = NETWORKS[name](convolens)
        ours.load_weights(tmp_path / f"m{ending}")
        same(ours, theirs)
    theirs.save_weights(tmp_path / "w.weights.h5")
    ours = NETWORKS[name](convolens)
    ours.load_weights(tmp_path / "w.weights.h5")
    same(ours, theirs)


@pytest.mark.parametrize("name", NETWORKS)
def test_to_keras(name: str, tmp_path: Path) -> None:
    ours = scrambled(NETWORKS[name](convolens))
    for ending in WHOLE:
        ours.save(tmp_path / f"m{ending}")
        if ending == ".hdf5":  # the same form: Keras opens it by this name as well
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                same(keras.models.load_model(tmp_path / f"m{ending}"), ours)
        else:
            same(keras.models.load_model(tmp_path / f"m{ending}"), ours)
        same(load_model(tmp_path / f"m{ending}"), ours)
    for ending in WEIGHTS:
        ours.save_weights(tmp_path / f"w{ending}")
        theirs = NETWORKS[name](keras)
        theirs.load_weights(tmp_path / f"w{ending}")
        same(theirs, ours)


@pytest.mark.parametrize("frozen", ["inner", "outer", "one"])
def test_frozen_layers_in_a_network_inside(frozen: str, tmp_path: Path) -> None:
    """In legacy files what is trained comes first, so that freezing changes the order of a network's weights."""

    def build(library: Any) -> Any:
        model = vgg_blocks(library)
        block = model.get_layer("second")
        {"inner": block, "outer": model, "one": block.layers[0]}[frozen].trainable = False
        return model

    theirs = scrambled(build(keras))
    theirs.save(tmp_path / "theirs.h5")
    same(load_model(tmp_path / "theirs.h5"), theirs)
    ours = build(convolens)
    ours.load_weights(tmp_path / "theirs.h5")
    same(ours, theirs)
    ours.save(tmp_path / "ours.h5")
    same(keras.models.load_model(tmp_path / "ours.h5"), theirs)


def test_moving_statistics_of_a_training_travel(tmp_path: Path) -> None:
    x = np.random.default_rng(3).normal(2, 3, (32, 16, 16, 3)).astype("float32")
    y = np.arange(32) % 3
    ours = vgg_blocks(convolens)
    ours.compile("sgd", "sparse_categorical_crossentropy")
    ours.fit(x, y, epochs=2, batch_size=8, verbose=0)
    ours.save(tmp_path / "m.h5")
    theirs = keras.models.load_model(tmp_path / "m.h5")
    same(theirs, ours)
    mean = theirs.get_layer("first").layers[1].moving_mean
    assert np.abs(keras.ops.convert_to_numpy(mean)).max() > 1e-4


@pytest.mark.parametrize("weights_only", [True, False])
def test_hdf5_of_model_checkpoint_opens_in_keras(weights_only: bool, tmp_path: Path) -> None:
    """The lecture's checkpoint: a file ending in .hdf5, in the legacy form."""
    x = np.random.default_rng(4).random((12, 32, 32, 3)).astype("float32")
    y = np.eye(10, dtype="float32")[np.arange(12) % 10]
    ours = shallow_vgg(convolens)
    ours.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    template = str(tmp_path / "weights-{epoch:02d}-{loss:.2f}.hdf5")
    ours.fit(x, y, batch_size=6, verbose=0,
             callbacks=[ModelCheckpoint(template, monitor="loss", save_weights_only=weights_only)])  # fmt: skip
    (path,) = tmp_path.iterdir()
    assert path.name.startswith("weights-01-")
    theirs = shallow_vgg(keras)
    theirs.load_weights(path)
    same(theirs, ours)
    if not weights_only:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            same(keras.models.load_model(path), ours)
