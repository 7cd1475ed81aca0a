"""Each architecture goes through torch's exporter, and its graph gives what it gives."""

import inspect
import re

import numpy as np
import onnx_ir as ir
import onnxruntime
import pytest
import torch

from convolens.applications import APPLICATIONS, build
from convolens.deployment.graph import exporters
from convolens.deployment.graph.network import network_graph
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


class Doubling(Layer):
    def call(self, x, training=False):
        return x if training else x * 2


class Deciding(Dense):
    def forward(self, x):
        return super().forward(x if x.sum() > 0 else -x)


class DecidingCall(Layer):
    def call(self, x):
        return x if x.sum() > 0 else -x


def test_what_computes_by_a_call_or_an_operation_of_ones_own():
    image = Input((4, 4, 1))
    check(Sequential([Input((4, 4, 1)), Doubling(), Flatten(), Dense(2)]), (4, 4, 1))
    check(Model(image, Dense(2)(Flatten()(image / 255.0 - 0.5))), (4, 4, 1))


@pytest.mark.parametrize("trusted", [False, True])
def test_what_is_bound_to_the_batch_that_was_traced_is_refused(trusted, monkeypatch):
    class Counting(Dense):
        def forward(self, x):
            return super().forward(x) + torch.ones((len(x), 2))

    model = Sequential([Input((4,)), Counting(2), Dense(2)])
    if trusted:  # as layers of ours are
        monkeypatch.setattr(exporters, "_TRUSTED", (*exporters._TRUSTED, __file__))
    with pytest.raises(
        ExportError, match=r"batches of 2 alone" if trusted else r"line \d+: asks .* by len\(x\)"
    ):
        network_graph(model)


@pytest.mark.parametrize(
    ("layer", "line"), [(Deciding(2), Deciding.forward), (DecidingCall(), DecidingCall.call)]
)
def test_what_decides_by_values_is_named_with_its_line(layer, line):
    model = Sequential([Input((4,)), layer, Dense(2)], name="deciding")
    place = f"{__file__}, line {inspect.getsourcelines(line)[1] + 1}"
    with pytest.raises(
        ExportError,
        match=f"^{re.escape(f'export: torch cannot turn {model.name!r} into a graph: {place}: decides')}",
    ):
        network_graph(model)
