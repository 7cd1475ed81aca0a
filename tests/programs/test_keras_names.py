"""Imports of Keras and TensorFlow, in every spelling, lead here; afterwards all is as it was."""

import importlib
import sys
from types import ModuleType

import pytest

import convolens
from convolens.errors import NotHereError, NotHereImportError
from convolens.missing.old_places import KERAS_ROOTS, OLD_PLACES, PACKAGES, homes_of
from convolens.programs.keras_names import NEED_TENSORFLOW, keras_names

LINES = """
import tensorflow as tf; tf.keras.layers.Conv2D
import tensorflow.keras as keras; keras.layers.Conv2D
import tensorflow.keras.layers; tensorflow.keras.layers.Conv2D
import tensorflow.keras.layers as layers; layers.Conv2D
from tensorflow import keras; keras.layers.Conv2D
from tensorflow.keras import layers, models; layers.Conv2D
from tensorflow.keras.layers import Conv2D
from tensorflow.keras.layers import *; Conv2D
from tensorflow.python.keras.layers import Conv2D
from tensorflow.python.keras.layers.convolutional import Conv2D
from tensorflow.python import keras; keras.layers.Conv2D
from tensorflow.contrib.keras.api.keras.layers import Conv2D
from tensorflow.contrib import keras; keras.layers.Conv2D
import tensorflow.contrib.keras as keras; keras.layers.Conv2D
import tensorflow.compat.v1 as tf; tf.keras.layers.Conv2D
import tensorflow.compat.v2 as tf; tf.keras.layers.Conv2D
from tensorflow.compat.v1.keras.layers import Conv2D
import tf_keras as keras; keras.layers.Conv2D
from tf_keras.layers import Conv2D
import keras; keras.layers.Conv2D
import keras; keras.layers.convolutional.Conv2D
from keras import layers; layers.Conv2D
from keras.api.layers import Conv2D
from keras.src.layers import Conv2D
from keras.src.layers.convolutional.conv2d import Conv2D
from keras._tf_keras.keras.layers import Conv2D
from keras.layers import Conv2D
from keras.layers import *; Conv2D
from keras.layers.convolutional import Conv2D
import keras.layers.convolutional as convolutional; convolutional.Conv2D
from keras.engine.topology import Layer; Layer
from keras.engine import Layer, Model; Layer
from keras.engine.training import Model; Model
from keras.legacy.layers import Dense; Dense
from keras.layers.core import Dense, Dropout, Flatten, Activation; Dense
from keras.layers.normalization import BatchNormalization; BatchNormalization
from keras.layers.pooling import MaxPooling2D; MaxPooling2D
from keras.layers.merge import concatenate; concatenate
from keras.layers.advanced_activations import PReLU; PReLU
from keras.objectives import categorical_crossentropy; categorical_crossentropy
from keras.optimizers.legacy import SGD; SGD
from keras.optimizers.schedules import ExponentialDecay; ExponentialDecay
from keras.optimizers.schedules.learning_rate_schedule import CosineDecay; CosineDecay
from tensorflow.python.keras.optimizer_v2.learning_rate_schedule import PolynomialDecay; PolynomialDecay
from keras.callbacks.callbacks import EarlyStopping; EarlyStopping
from keras.utils import np_utils; np_utils.to_categorical
from keras.utils.np_utils import to_categorical; to_categorical
import keras; keras.utils.np_utils.to_categorical
import keras.utils.np_utils as np_utils; np_utils.to_categorical
from keras.preprocessing.image import ImageDataGenerator; ImageDataGenerator
from keras_preprocessing.image import ImageDataGenerator; ImageDataGenerator
from keras_preprocessing import image; image.ImageDataGenerator
from keras.preprocessing import image; image.ImageDataGenerator
from tensorflow.keras.datasets import cifar10; cifar10.load_data
from keras_applications import VGG16; VGG16
"""


@pytest.mark.parametrize("line", LINES.strip().splitlines())
def test_a_line_of_a_program(line):
    names = {}
    with keras_names():
        exec(line, names)
        found = eval(line.rpartition("; ")[2] if ";" in line else "Conv2D", names)
    assert found.__module__.startswith("convolens.")
    if line.endswith("Conv2D"):
        assert found is convolens.layers.Conv2D


@pytest.mark.parametrize("root", KERAS_ROOTS)
def test_every_name_of_keras_top_module_holds_all_of_it(root):
    with keras_names():
        keras = importlib.import_module(root)
        assert keras.Sequential is convolens.Sequential
        assert keras.optimizers.SGD is convolens.optimizers.SGD


@pytest.mark.parametrize("old", OLD_PLACES)
def test_every_old_place_leads_to_a_module_that_is_here(old):
    for home in homes_of(f"keras.{old}") or ():
        assert isinstance(importlib.import_module(home), ModuleType)


def test_all_is_as_before():
    real, imported, finders = ModuleType("keras"), set(sys.modules), list(sys.meta_path)
    before = sys.modules.get("keras")
    sys.modules["keras"] = real
    try:
        with keras_names():
            import keras
            import tensorflow.keras.layers

            assert keras is not real
            assert tensorflow.keras.Model is convolens.Model
        assert sys.modules["keras"] is real
    finally:
        sys.modules.pop("keras")
        if before is not None:
            sys.modules["keras"] = before
    assert sys.meta_path == finders
    added = {name for name in set(sys.modules) - imported if not name.startswith("convolens")}
    assert not [name for name in added if name.startswith((*PACKAGES, "tensorboard"))]


def test_our_modules_keep_what_they_are():
    with keras_names():
        import keras.layers.core  # noqa: F401
    assert convolens.layers.__spec__.name == convolens.layers.__name__ == "convolens.layers"
    assert not isinstance(vars(convolens.layers).get("core"), ModuleType)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("from keras.layers import LSTM", "keras.layers.LSTM is not here (Long Short-Term Memory layer"),
        ("from tensorflow.keras.layers import Bidirectional", "keras.layers.Bidirectional is not here"),
        (
            "from keras.layers.recurrent import LSTM",
            "keras.layers.LSTM is not here (Long Short-Term Memory layer",
        ),
        ("from keras.layers.recurrent import GRU as G", "keras.layers.GRU is not here"),
        ("import keras.quantizers", "keras.quantizers is not here"),
        ("import tensorflow.estimator", "tf.estimator is not here"),
        ("from tensorflow.python.framework import ops", "tf.python.framework is not here"),
        ("from convolens.layers import LSTM", "keras.layers.LSTM is not here"),
        ("from convolens.utils import pad_sequence", "keras.utils.pad_sequence is not here, nor in Keras."),
        ("from convolens import layerz", "keras.layerz is not here, nor in Keras. Did you mean 'layers'?"),
        *((f"import {package}", f"{package} is not here") for package in NEED_TENSORFLOW),
    ],
)
def test_what_is_not_here_is_named_where_it_is_imported(line, named):
    with keras_names(), pytest.raises(NotHereImportError) as raised:
        exec(line, {})
    assert named in str(raised.value)
    assert "\n" not in str(raised.value)


def test_what_is_not_here_is_named_where_it_is_asked_for():
    with keras_names():
        import tensorflow as tf

        with pytest.raises(NotHereError, match=r"keras\.layers\.LSTM is not here"):
            _ = tf.keras.layers.LSTM
        with pytest.raises(NotHereError, match=r"tf\.estimator is not here"):
            _ = tf.estimator
        assert not hasattr(tf.keras.layers, "GRU")


def test_tensorboard_does_not_take_our_tensorflow_for_its_own(tmp_path):
    with keras_names():
        from torch.utils.tensorboard import SummaryWriter

        with SummaryWriter(str(tmp_path)) as writer:
            writer.add_scalar("loss", 0.5, 0)
    assert list(tmp_path.glob("events.out.tfevents.*"))


@pytest.mark.parametrize(
    "line",
    [
        "from keras.layers import K, warnings",
        "from keras.backend import tf as ktf; ktf.image.resize",
        "from keras.models import np; np.zeros",
        "from keras.callbacks import *; K.get_value, np.floor, Callback",
        "from keras.utils.training_utils import multi_gpu_model",
    ],
)
def test_what_old_modules_imported_for_themselves_is_taken_from_there(line):
    with keras_names():
        exec(line, {})


def test_tensorflow_itself_has_no_such_names():
    with keras_names(), pytest.raises(NotHereImportError, match=r"tf\.K is not here"):
        exec("from tensorflow import K", {})


@pytest.mark.parametrize("module", ["tensorflow", "tensorflow.compat.v1", "tensorflow.compat.v2"])
def test_tensorflow_says_its_version_under_each_of_its_names(module: str) -> None:
    with keras_names():
        assert importlib.import_module(module).__version__ == convolens.tensorflow.__version__
