"""A model frozen after it was compiled still learns by itself, as in Keras 2: the discriminator of a GAN."""

import numpy as np
import pytest

import convolens
from convolens import layers
from convolens.models import Model, Sequential

RANDOM = np.random.default_rng(0)
IMAGES, NOISE, ONES = RANDOM.random((8, 4, 4, 1), "f"), RANDOM.random((8, 6), "f"), np.ones((8, 1))


def made() -> tuple[Model, Model]:
    judge = Sequential(
        [
            layers.Flatten(input_shape=(np.int64(4), 4, 1)),
            layers.BatchNormalization(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    judge.compile("adam", "binary_crossentropy")
    noise = layers.Input((6,))
    fake = layers.Reshape((4, 4, 1))(layers.Dense(16)(noise))
    judge.trainable = False
    both = Model(noise, judge(fake))
    both.compile("adam", "binary_crossentropy")
    return judge, both


def test_the_frozen_one_learns_alone_and_is_held_in_the_other() -> None:
    judge, both = made()
    before, maker = judge.get_weights(), both.trainable_weights[0].numpy().copy()
    judge.train_on_batch(IMAGES, ONES)
    after = judge.get_weights()
    assert all((a != b).any() for a, b in zip(before, after, strict=True))  # moving averages too
    assert judge.trainable is False
    assert judge.trainable_weights == []
    both.train_on_batch(NOISE, ONES)
    for a, b in zip(after, judge.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert (maker != both.trainable_weights[0].numpy()).any()


def test_one_optimizer_serves_both() -> None:
    judge, both = made()
    optimizer = convolens.optimizers.Adam(0.0002, 0.5)
    judge.trainable = True
    judge.compile(optimizer, "binary_crossentropy")
    judge.trainable = False
    both.compile(optimizer, "binary_crossentropy")
    for _ in range(2):
        judge.train_on_batch(IMAGES, ONES)
        both.train_on_batch(NOISE, ONES)
    assert (int(judge.optimizer.iterations), int(both.optimizer.iterations)) == (2, 2)
    assert both.optimizer.beta_1 == 0.5


def test_one_optimizer_serves_two_that_share_a_part() -> None:
    """As in CoGAN: two judges with one trunk."""
    trunk = convolens.models.Sequential([convolens.layers.Dense(3, input_shape=(4,))])
    judges = [
        convolens.models.Sequential([trunk, convolens.layers.Dense(1, activation="sigmoid")])
        for _ in range(2)
    ]
    optimizer = convolens.optimizers.Adam(0.0002, 0.5)
    for judge in judges:
        judge.compile(optimizer, "binary_crossentropy")
    for judge in judges * 2:
        judge.train_on_batch(np.ones((2, 4)), np.ones(2))
    assert [int(judge.optimizer.iterations) for judge in judges] == [2, 2]


def test_compiled_anew_it_is_frozen() -> None:
    judge, _ = made()
    judge.compile("adam", "binary_crossentropy")
    with pytest.warns(UserWarning, match="nothing is trainable"):
        judge.train_on_batch(IMAGES, ONES)


def test_tensors_are_normalized_as_arrays() -> None:
    x = np.array([[3.0, 4.0], [0.0, 0.0]], "f")
    for order in (1, 2):
        tensor = convolens.tensorflow.constant(x)
        np.testing.assert_allclose(
            convolens.utils.normalize(tensor, order=order).numpy(),
            convolens.utils.normalize(x, order=order),
            atol=1e-7,
        )
    assert convolens.tensorflow.random.gamma([3], alpha=[0.5, 2.0]).shape == (3, 2)
    assert convolens.tensorflow.random.gamma((3,), 0.5).shape == (3,)


def test_it_is_told_and_freeze_means_it() -> None:
    judge, _ = made()
    with pytest.warns(
        UserWarning, match="was frozen .* after it was compiled, and is trained as it was compiled"
    ):
        judge.train_on_batch(IMAGES, ONES)
    judge.freeze()
    before = judge.get_weights()
    with pytest.warns(UserWarning, match="nothing is trainable"):
        judge.train_on_batch(IMAGES, ONES)
    for a, b in zip(before, judge.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
