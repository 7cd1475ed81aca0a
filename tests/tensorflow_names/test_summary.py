"""`tf.summary` writes what TensorBoard's own reader reads; `tf.distribute` runs steps on the one device there is."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convolens import tensorflow as tf
from convolens.errors import ArgumentError, ShapeError

pytest.importorskip("tensorboard")


def read(folder: Path) -> Any:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder), size_guidance={"images": 0, "scalars": 0, "histograms": 0})
    events.Reload()
    return events


def test_values_are_what_tensorboard_reads(tmp_path: Path) -> None:
    writer = tf.summary.create_file_writer(str(tmp_path))
    with writer.as_default():
        for step in range(3):
            assert tf.summary.scalar("loss", tf.constant(step * 2.0), step=tf.constant(step))
        tf.summary.histogram("kernel", np.arange(6.0), step=0)
        tf.summary.text("note", "hello", step=0)
    with writer.as_default(step=7):
        tf.summary.image("photos", np.full((5, 4, 6, 3), 0.5), max_outputs=2)
    events = read(tmp_path)
    assert [(event.step, event.value) for event in events.Scalars("loss")] == [(0, 0.0), (1, 2.0), (2, 4.0)]
    assert events.Histograms("kernel")[0].histogram_value.num == 6
    assert events.Tags()["images"] == ["photos", "photos/1"]
    (photo,) = events.Images("photos")
    assert (photo.step, photo.height, photo.width) == (7, 4, 6)


def test_without_a_writer_nothing_is_written() -> None:
    assert tf.summary.scalar("loss", 1.0, step=0) is False


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with tf.summary.create_file_writer(tmp_path).as_default():
        with pytest.raises(ArgumentError, match="'loss' has no step"):
            tf.summary.scalar("loss", 1.0)
        with pytest.raises(ShapeError, match=r"one number; received shape \(2,\)"):
            tf.summary.scalar("loss", [1.0, 2.0], step=0)
        with pytest.raises(ShapeError, match=r"pictures .*received shape \(4, 6, 3\)"):
            tf.summary.image("photo", np.zeros((4, 6, 3)), step=0)


def test_a_step_of_a_strategy() -> None:
    strategy = tf.distribute.MirroredStrategy()
    losses = strategy.run(lambda x, scale: tf.constant(x) * scale, args=([1.0, 2.0],), kwargs={"scale": 3.0})
    total = strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=0)
    mean = strategy.reduce(tf.distribute.ReduceOp.MEAN, losses, axis=0)
    assert (float(total), float(mean)) == (9.0, 4.5)
    assert strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None) is losses


def test_programs_that_look_for_a_tpu_go_on_without() -> None:
    with pytest.raises(ValueError, match="there is no TPU"):
        tf.distribute.cluster_resolver.TPUClusterResolver()
    assert tf.distribute.get_strategy().num_replicas_in_sync == 1


def test_brightness_and_differences_of_colours() -> None:
    image = np.random.default_rng(0).random((2, 3, 4, 3)).astype("f")
    grey = image @ np.array([0.299, 0.587, 0.114], "f")
    for there, back in (("rgb_to_yuv", "yuv_to_rgb"), ("rgb_to_yiq", "yiq_to_rgb")):
        changed = getattr(tf.image, there)(image)
        np.testing.assert_allclose(changed.numpy()[..., 0], grey, atol=1e-6)
        np.testing.assert_allclose(getattr(tf.image, back)(changed).numpy(), image, atol=1e-5)
        plain = getattr(tf.image, there)(np.full((1, 1, 1, 3), 0.4, "f")).numpy()[0, 0, 0]
        np.testing.assert_allclose(plain, [0.4, 0, 0], atol=1e-6)  # grey has no differences
