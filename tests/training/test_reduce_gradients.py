"""What changes the gradients of a batch does so before the optimizer clips them and takes them in."""

import numpy as np
import pytest
import torch

from convolens import layers, losses, models, optimizers


class Twice(losses.MeanSquaredError):
    def call(self, y_true, y_pred):
        return 2 * super().call(y_true, y_pred)


def trained(loss, hook=None, **options) -> list[np.ndarray]:
    """Return the weights after two epochs of twelve samples, the same each time but for loss and hook."""
    torch.manual_seed(0)
    x = np.random.default_rng(0).normal(size=(12, 5)).astype("float32")
    model = models.Sequential([layers.Dense(3, activation="tanh", input_shape=(5,)), layers.Dense(1)])
    model.compile(optimizers.SGD(0.1, **options), loss=loss)
    model.reduce_gradients = hook
    model.fit(x, x.sum(axis=1, keepdims=True), batch_size=4, epochs=2, verbose=0, seed=1)
    return model.get_weights()


def double(gradients) -> None:
    for gradient in gradients:
        gradient.mul_(2)


@pytest.mark.parametrize("options", [{}, {"clipvalue": 0.3}, {"gradient_accumulation_steps": 3}])
def test_doubled_gradients_are_those_of_twice_the_loss(options):
    wanted, found = trained(Twice(), **options), trained("mse", double, **options)
    for one, other in zip(wanted, found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)
    assert any((one != other).any() for one, other in zip(found, trained("mse", **options), strict=True))


def test_the_hook_sees_each_parameter_once_a_batch():
    seen = []
    trained("mse", lambda gradients: seen.append([tuple(gradient.shape) for gradient in gradients]))
    assert seen == [[(3, 5), (3,), (1, 3), (1,)]] * 6
