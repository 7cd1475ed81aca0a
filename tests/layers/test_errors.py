"""What layers refuse, and in which words."""

import re
from collections.abc import Callable

import numpy as np
import pytest
import torch

from convolens import layers
from convolens.errors import ArgumentError, ArgumentTypeError, NotBuiltError, ShapeError, UnknownNameError

CASES: list[tuple[Callable[[], object], type[Exception], str]] = [
    (lambda: layers.Conv2D(0, 3), ArgumentError, "filters must be an integer of at least 1; received 0"),
    (lambda: layers.Conv2D(4, 3, padding="sam"), UnknownNameError, "Did you mean 'same'?"),
    (
        lambda: layers.Conv2D(4, 3, stride=2),
        ArgumentTypeError,
        "unknown argument 'stride'. Did you mean 'strides'?",
    ),
    (lambda: layers.Conv2D(4, 3, activation="rellu"), UnknownNameError, "Did you mean 'relu'?"),
    (lambda: layers.Conv2D(4, 3, kernel_initializer="glorot"), UnknownNameError, "Did you mean 'Glorot"),
    (lambda: layers.Conv2D(5, 3, groups=2), ArgumentError, "filters=5 must be a multiple of groups=2"),
    (lambda: layers.Conv2D(4, 3, strides=2, dilation_rate=2), ArgumentError, "cannot both be > 1"),
    (
        lambda: layers.DepthwiseConv2D(3, depth_multiplier=0),
        ArgumentError,
        "depth_multiplier must be an integer",
    ),
    (lambda: layers.DepthwiseConv2D(3, strides=2, dilation_rate=2), ArgumentError, "cannot both be > 1"),
    (lambda: layers.DepthwiseConv2D(5)(layers.Input((3, 3, 1))), ShapeError, "smaller than the window"),
    (lambda: layers.SeparableConv2D(0, 3), ArgumentError, "filters must be an integer of at least 1"),
    (lambda: layers.SeparableConv2D(4, 3)(layers.Input((8, 8, None))), ShapeError, "channels must be known"),
    (lambda: layers.Conv2D(4, 3, data_format="channels_first"), UnknownNameError, "data_format"),
    (lambda: layers.Dense(2.5), ArgumentError, "units must be an integer of at least 1; received 2.5"),
    (lambda: layers.Dropout(1.5), ArgumentError, "rate must be a number in [0, 1]; received 1.5"),
    (lambda: layers.SpatialDropout2D(-0.1), ArgumentError, "rate must be a number in [0, 1]; received -0.1"),
    (lambda: layers.SpatialDropout2D(0.1)(layers.Input((8,))), ShapeError, "expected images of shape"),
    (lambda: layers.PReLU(shared_axes=[0]), ArgumentError, "axes counted from 1 (the batch is 0)"),
    (lambda: layers.PReLU(shared_axes="rows"), ArgumentError, "received 'rows'"),
    (lambda: layers.PReLU(shared_axes=3)(layers.Input((8, 3))), ShapeError, "shared axis 3 does not exist"),
    (lambda: layers.PReLU()(layers.Input((None, 8, 3))), ShapeError, "axis 1 of an input of shape"),
    (lambda: layers.MaxPooling2D((2, 2, 2)), ArgumentError, "one integer, or 2 of them (rows, columns)"),
    (lambda: layers.Input(shape=(0, 3)), ArgumentError, "positive integers"),
    (lambda: layers.Input(), ArgumentError, "shape=(rows, columns, channels) is required"),
    (lambda: layers.Conv2D(4, 5)(layers.Input((3, 3, 1))), ShapeError, "smaller than the window"),
    (lambda: layers.MaxPooling2D()(layers.Input((1, 8, 3))), ShapeError, "fewer pooling layers"),
    (lambda: layers.Conv2D(4, 3)(layers.Input((8,))), ShapeError, "expected images of shape"),
    (lambda: layers.Dense(4)(layers.Input((None,))), ShapeError, "the last axis must be known"),
    (
        lambda: layers.Add()([layers.Input((3,)), layers.Input((4,))]),
        ShapeError,
        "shapes do not fit together",
    ),
    (
        lambda: layers.Concatenate()([layers.Input((3, 1)), layers.Input((4, 1))]),
        ShapeError,
        "except along axis",
    ),
    (lambda: layers.Concatenate()(layers.Input((3,))), ArgumentError, "call it on a list"),
    (lambda: layers.Subtract()([layers.Input((3,))] * 3), ArgumentError, "needs two inputs; received 3"),
    (lambda: layers.Dot(0), ArgumentError, "axes must be an axis other than the batch's 0"),
    (lambda: layers.Dot(1)([layers.Input((3,)), layers.Input((4,))]), ShapeError, "differ in length"),
    (lambda: layers.Dot(2)([layers.Input((3,)), layers.Input((3,))]), ArgumentError, "axis 2 does not exist"),
    (lambda: layers.Reshape((-1, -1)), ArgumentError, "one of which may be -1; received (-1, -1)"),
    (lambda: layers.Reshape((2, 5))(layers.Input((3, 4))), ShapeError, "has 12 values, which do not fit"),
    (lambda: layers.RepeatVector(2)(layers.Input((3, 4))), ShapeError, "expected (batch, features)"),
    (
        lambda: layers.Cropping2D(4)(layers.Input((8, 9, 3))),
        ShapeError,
        "leaves nothing of an input of shape",
    ),
    (
        lambda: layers.Cropping3D((1, 2)),
        ArgumentError,
        "3 integers or pairs (before, after); received (1, 2)",
    ),
    (lambda: layers.UpSampling2D((1, 2, 3)), ArgumentError, "size must be one integer, or 2 of them"),
    (lambda: layers.UpSampling1D(2)(layers.Input((8,))), ShapeError, "(batch, steps, channels)"),
    (lambda: layers.UpSampling2D(interpolation="bilinar"), UnknownNameError, "Did you mean 'bilinear'?"),
    (
        lambda: layers.Conv2DTranspose(4, 3, strides=2, output_padding=2),
        ArgumentError,
        "must be less than strides=(2, 2)",
    ),
    (
        lambda: layers.Conv3D(4, (3, 3)),
        ArgumentError,
        "kernel_size must be one integer, or 3 of them (depth,",
    ),
    (
        lambda: layers.Conv3D(4, 3)(layers.Input((8, 8, 1))),
        ShapeError,
        "expected volumes of shape (batch, depth,",
    ),
    (lambda: layers.Conv3D(4, 3)(layers.Input((8, 2, 8, 1))), ShapeError, "smaller than the window"),
    (
        lambda: layers.Conv3D(4, 3, groups=2)(layers.Input((8, 8, 8, 3))),
        ShapeError,
        "a multiple of groups=2; received 3",
    ),
    (lambda: layers.Conv3D(4, 3, data_format="channels_first"), UnknownNameError, "data_format"),
    (lambda: layers.Conv3DTranspose(4, 3, 2, output_padding=2), ArgumentError, "less than strides=(2, 2, 2)"),
    (
        lambda: layers.Conv1DTranspose(4, (3, 3)),
        ArgumentError,
        "kernel_size must be one integer, or 1 of them",
    ),
    (lambda: layers.Conv1DTranspose(4, 3, output_padding=1), ArgumentError, "output_padding"),
    (
        lambda: layers.Conv1DTranspose(4, 3)(layers.Input((8, 8, 3))),
        ShapeError,
        "expected sequences of shape",
    ),
    (lambda: layers.MaxPooling3D(3, strides=0), ArgumentError, "strides must be an integer of at least 1"),
    (lambda: layers.MaxPooling3D(padding="causal"), UnknownNameError, "padding must be one of"),
    (lambda: layers.AveragePooling3D(3)(layers.Input((8, 8, 2, 1))), ShapeError, "smaller than the window"),
    (lambda: layers.SpatialDropout1D(0.1)(layers.Input((8, 8, 3))), ShapeError, "(batch, steps, channels)"),
    (lambda: layers.SpatialDropout1D(1.1), ArgumentError, "rate must be a number in [0, 1]; received 1.1"),
    (
        lambda: layers.GroupNormalization(4)(layers.Input((8, 8, 6))),
        ShapeError,
        "a multiple of groups=4; received 6",
    ),
    (lambda: layers.Dropout(0.5, noise_shape=3), ArgumentError, "noise_shape must be a tuple of sizes"),
    (
        lambda: layers.Dropout(0.5, noise_shape=(None, 2))(torch.ones(3, 4)),
        ShapeError,
        "noise_shape=(None, 2) does not fit an input of shape (3, 4)",
    ),
    (lambda: layers.GaussianDropout(1.0), ArgumentError, "rate must be a number in [0, 1); received 1.0"),
    (lambda: layers.Dense(3).count_params(), NotBuiltError, "before it is built"),
    (lambda: layers.Dense(3).output, NotBuiltError, "has no output yet"),
    (lambda: layers.Softmax(axis=5)(np.zeros((1, 2), "float32")), ArgumentError, "axis=5 does not exist"),
    (
        lambda: layers.BatchNormalization(axis=1)(layers.Input((4, 4, 3))),
        ArgumentError,
        "axis=1 is not the last",
    ),
    (lambda: layers.BatchNormalization(renorm=True), ArgumentError, "renorm is not supported; leave it out"),
    (lambda: layers.Input((3,), sparse=True), ArgumentError, "sparse=True is not supported"),
    (lambda: layers.Input((3,), ragged=True), ArgumentError, "ragged=True is not supported"),
    (lambda: layers.Input(tensor=np.zeros(3)), ArgumentError, "tensor= must be a symbolic tensor"),
    (lambda: layers.Input((3,), shapes=2), ArgumentTypeError, "Did you mean 'shape'?"),
    (lambda: layers.Dense(3, name=""), ArgumentError, "name must be a non-empty string"),
    (
        lambda: layers.Dense.from_config({"units": 3, "lora_rank": 4}),
        ArgumentError,
        "lora_rank=4 is not supported",
    ),
]


@pytest.mark.parametrize(("act", "kind", "words"), CASES, ids=[words for _, _, words in CASES])
def test_refused(act: Callable[[], object], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=re.escape(words)):
        act()


@pytest.mark.parametrize(
    "made",
    [
        lambda: layers.BatchNormalization(
            fused=True, synchronized=False, renorm=False, virtual_batch_size=None
        ),
        lambda: layers.Embedding(3, 2, sparse=False),
        lambda: layers.Flatten(dtype="float32", dynamic=False, autocast=False),
        lambda: layers.InputLayer(
            input_shape=(3,), input_tensor=None, type_spec=None, sparse=False, ragged=False
        ),
    ],
)
def test_words_of_keras_that_ask_for_nothing_are_taken(made: Callable[[], layers.Layer]) -> None:
    layer = made()
    assert (layer.dtype, layer.compute_dtype, layer.dynamic) == ("float32", "float32", False)
    words = {"fused", "synchronized", "renorm", "virtual_batch_size", "dynamic", "autocast", "type_spec"}
    assert not words & layer.get_config().keys()  # Keras 3 does not know them


def test_an_input_takes_the_words_of_every_keras() -> None:
    x = layers.Input((3,), 2, sparse=False, ragged=False, optional=False, tensor=None, type_spec=None)
    assert x.shape == (2, 3)
    assert layers.Input(tensor=x, shape=(3,)) is x
    assert layers.InputLayer(input_shape=(3,), batch_size=2).output.shape == (2, 3)


def test_wrong_channels_and_features_at_call() -> None:
    convolution = layers.Conv2D(2, 3)
    convolution(np.zeros((1, 5, 5, 3), "float32"))
    with pytest.raises(ShapeError, match="built for 3 channels"):
        convolution(np.zeros((1, 5, 5, 1), "float32"))
    volumes = layers.Conv3D(2, 1)
    volumes(np.zeros((1, 2, 5, 5, 3), "float32"))
    with pytest.raises(
        ShapeError, match=r"built for 3 channels; .* shape \(1, 1, 2, 5, 5\) \(batch, channels, d"
    ):
        volumes(np.zeros((1, 2, 5, 5, 1), "float32"))
    dense = layers.Dense(2)
    dense(np.zeros((1, 5), "float32"))
    with pytest.raises(ShapeError, match="built for 5 features; received 4"):
        dense(np.zeros((1, 4), "float32"))
    with pytest.raises(ShapeError, match="has 2 weights; received 1 arrays"):
        dense.set_weights([np.zeros((5, 2))])
    with pytest.raises(ShapeError, match=r"weight 'kernel' has shape \(5, 2\); received \(2, 5\)"):
        dense.set_weights([np.zeros((2, 5)), np.zeros(2)])
