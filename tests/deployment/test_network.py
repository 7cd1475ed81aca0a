"""Each architecture goes through torch's exporter, and its graph gives what it gives."""

import numpy as np
import onnx_ir as ir
import onnxruntime
import pytest

from convolens.applications import APPLICATIONS, build
from convolens.deployment.network import network_graph
from convolens.errors import ExportError
from convolens.layers import Dense, Flatten, Input, Layer
from convolens.models import Model, Sequential
from convolens.runs.answers.penultimate import penultimate


def check(model: Model, size: tuple[int, ...]) -> None:
    graph = ir.to_proto(network_graph(model, features=True)).SerializeToString()
    session = onnxruntime.InferenceSession(graph)
    for batch in (1, 3):
        x = np.random.default_rng(batch).random((batch, *size), np.float32)
        output, features = session.run(None, {session.get_inputs()[0].name: x})
        with penultimate(model) as collected:
            np.testing.assert_allclose(output, model.predict(x, verbose=0), atol=1e-5)
        expected = collected.array()
        np.testing.assert_allclose(features, expected, atol=1e-4 * max(1.0, np.abs(expected).max()))


@pytest.mark.soak
@pytest.mark.parametrize("name", APPLICATIONS)
def test_every_architecture(name):
    size = (96, 96, 3) if "vgg" not in name else (64, 64, 3)
    check(build(name, size, 3), size)


def test_a_network_of_ones_own():
    check(Sequential([Input((8, 8, 1)), Flatten(), Dense(5, "relu"), Dense(2, "softmax")]), (8, 8, 1))


def test_what_torch_cannot_follow_is_named():
    class Doubling(Layer):
        def call(self, x):
            return x * 2

    image = Input((4, 4, 1))
    for network in (
        Sequential([Input((4, 4, 1)), Doubling(), Flatten(), Dense(2)]),
        Model(image, Dense(2)(Flatten()(image / 255.0))),
    ):
        with pytest.raises(
            ExportError, match=r"export: .* computes by an operation or a `call` of one's own"
        ):
            network_graph(network)


def test_a_forward_that_decides_by_values_is_named():
    class Deciding(Dense):
        def forward(self, x):
            return super().forward(x if x.sum() > 0 else -x)

    model = Sequential([Input((4,)), Deciding(2)], name="deciding")
    with pytest.raises(
        ExportError, match=r"torch cannot turn 'deciding' into a graph: .*decides by the values"
    ):
        network_graph(model)
