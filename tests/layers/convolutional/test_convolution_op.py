"""convolution_op: what a subclass of Conv2D defines under this name is what the layer does, as in Keras."""

from typing import Any

import numpy as np
import pytest

from convolens.errors import ArgumentError
from convolens.layers import Conv1D, Conv2D, Conv3D, Dense, Flatten
from convolens.models import Sequential


@pytest.mark.parametrize(("kind", "shape"), [(Conv2D, (6, 7, 4)), (Conv3D, (5, 6, 7, 4))])
def test_a_subclass_convolves_its_own_way(kind: type[Conv2D], shape: tuple[int, ...]) -> None:
    class Doubled(kind):  # type: ignore[misc, valid-type]
        def convolution_op(self, inputs: Any, kernel: Any) -> Any:
            assert tuple(inputs.shape[1:]) == shape
            assert tuple(kernel.shape) == (*[3] * (len(shape) - 1), 2, 6)
            return super().convolution_op(inputs, 2.0 * kernel)

    x = np.random.default_rng(0).normal(size=(2, *shape)).astype("float32")
    options: dict[str, Any] = {
        "groups": 2,
        "padding": "same",
        "activation": "relu",
        "bias_initializer": "ones",
    }
    own, plain = Doubled(6, 3, **options), kind(6, 3, **options)
    own(x), plain(x)
    kernel, bias = own.get_weights()
    plain.set_weights([2 * kernel, bias])
    np.testing.assert_allclose(own(x), plain(x), rtol=1e-5)
    model = Sequential([own, Flatten(), Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, np.ones((2, 1)), verbose=0)
    assert not np.array_equal(own.get_weights()[0], kernel)


def test_call_may_convolve_with_another_kernel() -> None:
    class Centred(Conv2D):
        def call(self, inputs: Any) -> Any:
            kernel = self.kernel - self.kernel.mean((0, 1, 2), keepdims=True)
            return self.convolution_op(inputs, kernel)

    np.testing.assert_allclose(Centred(3, 2)(np.ones((1, 4, 4, 5), "float32")), 0, atol=1e-6)


def test_steps_are_told_to_define_call() -> None:
    class Own(Conv1D):
        def convolution_op(self, inputs: Any, kernel: Any) -> Any:
            return inputs

    with pytest.raises(ArgumentError, match="Own: a `convolution_op` of your own is for images and volumes"):
        Own(4, 3)(np.ones((1, 5, 2), "float32"))
