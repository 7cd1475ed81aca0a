"""PReLU learns what torch's and Keras' learn; SpatialDropout2D drops whole channels."""

from typing import Any

import keras
import numpy as np
import pytest
import torch

from convolens import layers


@pytest.mark.parametrize("shared_axes", [[1, 2], [1], None])
def test_slopes_and_their_gradients_equal_those_of_keras(shared_axes: Any) -> None:
    random = np.random.default_rng(3)
    x = random.normal(size=(2, 4, 5, 3)).astype("float32")
    ours, theirs = (
        kind.PReLU("random_normal", shared_axes=shared_axes, name="it") for kind in (layers, keras.layers)
    )
    theirs.build(x.shape)
    ours.build_once((None, *x.shape[1:]))
    assert [weight.shape for weight in ours.get_weights()] == [theirs.alpha.shape]
    ours.set_weights(theirs.get_weights())
    inside = torch.from_numpy(x).permute(0, 3, 1, 2).requires_grad_()
    outside = torch.from_numpy(x).requires_grad_()
    (ours(inside) ** 2).sum().backward()
    (theirs(outside) ** 2).sum().backward()
    torch.testing.assert_close(inside.grad.permute(0, 2, 3, 1), outside.grad)
    torch.testing.assert_close(ours.weight.grad.permute(1, 2, 0), theirs.alpha.value.grad)


def test_one_slope_for_each_channel_is_torchs() -> None:
    theirs, ours = torch.nn.PReLU(3), layers.PReLU(shared_axes=[1, 2])
    torch.nn.init.uniform_(theirs.weight)
    x = torch.randn(2, 3, 4, 5, generator=torch.Generator().manual_seed(0))
    ours(x)
    ours.set_weights([theirs.weight.detach().numpy().reshape(1, 1, 3)])
    torch.testing.assert_close(ours(x), theirs(x))


def test_whole_channels_are_dropped_and_the_mean_is_kept() -> None:
    layer = layers.SpatialDropout2D(0.25)
    torch.manual_seed(0)
    x = layer(torch.ones(800, 5, 2, 3))
    assert set(x.unique().tolist()) == {0.0, torch.tensor(1 / 0.75).item()}
    assert (x.amin((2, 3)) == x.amax((2, 3))).all()  # all pixels of a channel, or none
    assert not (x.amin((1, 2, 3)) == x.amax((1, 2, 3))).all()  # and each channel on its own
    assert x.mean().item() == pytest.approx(1.0, abs=0.05)
    assert layer.eval()(x) is x
