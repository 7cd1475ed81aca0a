"""PReLU learns what torch's and Keras' learn; SpatialDropout1D, 2D and 3D drop whole channels."""

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


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_whole_channels_are_dropped_and_the_mean_is_kept(axes: int) -> None:
    layer = layers.LAYERS[f"SpatialDropout{axes}D"](0.25).train()
    torch.manual_seed(0)
    y = layer(np.ones((800, *(2, 3, 4)[:axes], 5), "float32"), training=True)
    assert set(np.unique(y).tolist()) == {0.0, torch.tensor(1 / 0.75).item()}
    places = tuple(range(1, 1 + axes))
    np.testing.assert_array_equal(y.min(places), y.max(places))  # all places of a channel, or none
    assert (y.min((*places, -1)) != y.max((*places, -1))).any()  # and each channel on its own
    assert y.mean() == pytest.approx(1.0, abs=0.05)
    np.testing.assert_array_equal(layer.eval()(y), y)
