"""`import convolens.tensorflow as tf`: what programs set up before they begin."""

import logging
from pathlib import Path

import numpy as np
import pytest
import torch

import convolens
import convolens.tensorflow as tf
from convolens.errors import NotHereError


def test_keras_is_convolens():
    assert tf.keras is convolens
    assert tf.optimizers is convolens.optimizers
    assert tf.losses is convolens.losses
    assert tf.metrics is convolens.metrics
    assert tf.initializers is convolens.initializers


@pytest.mark.parametrize("name", ["float16", "float32", "float64", "int32", "int64", "uint8", "bool"])
def test_types_are_numpys(name):
    assert getattr(tf, name) == np.dtype(name) == name
    assert getattr(tf, name).name == name


def test_versions_are_one():
    assert tf.__version__ == tf.version.VERSION
    assert tf.__version__.startswith("2.")


def test_devices(monkeypatch):
    for count, names in ((0, []), (2, ["/physical_device:GPU:0", "/physical_device:GPU:1"])):
        monkeypatch.setattr(torch.cuda, "is_available", lambda count=count: count > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda count=count: count)
        gpus = tf.config.experimental.list_physical_devices("GPU")
        assert [gpu.name for gpu in gpus] == names
        assert len(tf.config.list_physical_devices()) == 1 + count
        assert tf.config.list_logical_devices("CPU")[0].name == "/device:CPU:0"
        assert tf.test.is_gpu_available() == bool(count)
        assert tf.test.gpu_device_name() == ("/device:GPU:0" if count else "")
        for gpu in gpus:
            tf.config.experimental.set_memory_growth(gpu, True)


def test_hiding_gpus(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    first, second = tf.config.list_physical_devices("GPU")
    tf.config.set_visible_devices(second, "GPU")
    import os

    assert os.environ["CUDA_VISIBLE_DEVICES"] == "1"
    tf.config.set_visible_devices([], "GPU")
    assert os.environ["CUDA_VISIBLE_DEVICES"] == ""
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    with pytest.warns(UserWarning, match="at work already"):
        tf.config.set_visible_devices([first], "GPU")


def test_the_setting_up_of_tensorflow_1():
    config = tf.ConfigProto(allow_soft_placement=True)
    config.gpu_options.allow_growth = True
    config.gpu_options.per_process_gpu_memory_fraction = 0.4
    with tf.Session(config=config) as session:
        session.run(tf.global_variables_initializer())
        with pytest.raises(NotHereError, match=r"tf\.compat\.v1\.Session\.run is not here"):
            session.run("x")
    assert tf.compat.v1.Session is tf.Session
    with tf.get_default_graph().as_default():
        tf.compat.v1.disable_eager_execution()
    tf.compat.v1.set_random_seed(1)
    drawn = np.random.rand()
    tf.compat.v1.set_random_seed(1)
    assert np.random.rand() == drawn


def test_logging():
    for logs in (tf.logging, tf.compat.v1.logging):
        logs.set_verbosity(logs.ERROR)
        assert tf.get_logger().level == logging.ERROR
        assert logs.get_verbosity() == logging.ERROR
    tf.get_logger().setLevel(logging.NOTSET)


def test_blocks_that_do_nothing():
    strategy = tf.distribute.MirroredStrategy(devices=["/gpu:0", "/gpu:1"])
    with strategy.scope(), tf.device("/GPU:0"), tf.name_scope("block"):
        assert strategy.num_replicas_in_sync == 1
    assert tf.executing_eagerly()


def test_what_is_listed_is_there():
    for name in dir(tf):
        assert getattr(tf, name, None) is not None or name == "newaxis"


def test_no_folder_of_tests_is_taken_for_a_package_that_programs_import():
    here = Path(__file__).parent.parent
    assert not [name for name in ("tensorflow", "keras", "tf_keras") if (here / name).exists()]


def test_losses_of_samples_are_averaged_over_the_batch_of_all_devices():
    losses = tf.constant([1.0, 3.0, 5.0])
    assert float(tf.nn.compute_average_loss(losses)) == 3.0
    assert (
        float(tf.nn.compute_average_loss(losses, sample_weight=[1.0, 0.0, 1.0], global_batch_size=4)) == 1.5
    )
    assert float(tf.nn.scale_regularization_loss([tf.constant(1.0), tf.constant(2.0)])) == 3.0
    x = tf.reshape(tf.range(16.0), (1, 4, 4, 1))
    assert tf.space_to_depth(x, 2).shape == (1, 2, 2, 4)
    assert (tf.depth_to_space(tf.space_to_depth(input=x, block_size=2), 2) == x).numpy().all()


def test_roll_takes_shifts_in_tensors_and_one_for_several_axes() -> None:
    x = np.arange(12).reshape(3, 4)
    shift = tf.random.uniform((2,), -3, 3, tf.int32, seed=1)
    expected = np.roll(x, tuple(shift.numpy()), (0, 1))
    np.testing.assert_array_equal(tf.roll(x, shift, axis=[0, 1]), expected)
    np.testing.assert_array_equal(tf.roll(x, 1, axis=(0, 1)), np.roll(x, 1, (0, 1)))


def test_initializers_have_names_at_the_top() -> None:
    made = tf.constant_initializer(2.0), tf.zeros_initializer(), tf.ones_initializer
    kernels = [tf.keras.layers.Dense(1, kernel_initializer=one) for one in made]
    assert [kernel(np.ones((1, 1))).item() for kernel in kernels] == [2.0, 0.0, 1.0]
