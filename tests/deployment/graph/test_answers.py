"""What a graph says of a network's output is what the run says: temperature, thresholds, "unknown"."""

import numpy as np
import onnx_ir as ir
import onnx_ir.passes.common as passes
import onnxruntime
import pytest
from onnxscript import GraphBuilder

from convolens.analysis.measures import FeatureDistance
from convolens.analysis.measures.label_scores import reached
from convolens.deployment.graph.answers import add_answers
from convolens.runs.folder.calibration_file import Calibration, Unknown, told
from convolens.runs.tasks.probabilities import as_probabilities

RANDOM = np.random.default_rng(0)
FEATURES = RANDOM.normal(size=(40, 6)).astype(np.float32)


def ask(output, features, classes, thresholds, calibration):
    graph = ir.Graph([], [], nodes=[], opset_imports={"": 20}, name="answers")
    builder = GraphBuilder(graph)
    given = builder.input("given", ir.DataType.FLOAT, ["n", output.shape[1]])
    seen = builder.input("features", ir.DataType.FLOAT, ["n", features.shape[1]])
    said = add_answers(builder.op, given, seen, classes, thresholds, calibration)
    for name, value in said.items():
        builder.add_output(value, name)
    model = ir.Model(graph, ir_version=10)
    passes.NameFixPass()(model)
    session = onnxruntime.InferenceSession(ir.to_proto(model).SerializeToString())
    names = [item.name for item in session.get_outputs()]
    return dict(zip(names, session.run(None, {"given": output, "features": features}), strict=True))


def calibration(temperature: float, several: bool = False, unknown: Unknown | None = None) -> Calibration:
    return Calibration(temperature, 100, 0.1, 0.05, "00", unknown, several)


@pytest.mark.parametrize("temperature", [1.0, 0.4, 3.0])
@pytest.mark.parametrize("classes", [1, 3])
def test_one_class_a_photo(classes, temperature):
    output = RANDOM.dirichlet(np.ones(3), 50).astype(np.float32)[:, :classes]
    output[0] = np.eye(3)[0, :classes]  # certain: others have no logarithm
    chances = as_probabilities(output)
    knows = Unknown(0.1, 100, 0.5, 1.5, FeatureDistance(FEATURES))
    features = (FEATURES[RANDOM.integers(0, 40, 50)] + RANDOM.normal(size=(50, 6))).astype(np.float32)
    features[3] = np.inf
    by = calibration(temperature, unknown=knows)
    said = ask(output, features, chances.shape[1], None, by)
    np.testing.assert_allclose(said["probabilities"], told(chances, by), atol=1e-6)
    np.testing.assert_array_equal(said["answer"], chances.argmax(axis=1))
    unknown = by.are_unknown(told(chances, by), features)
    np.testing.assert_array_equal(said["unknown"], unknown)
    assert unknown[3]
    assert 5 < unknown.sum() < 50


@pytest.mark.parametrize("temperature", [1.0, 0.4, 3.0])
def test_several_labels(temperature):
    output = RANDOM.random((50, 4)).astype(np.float32)
    output[0] = (0, 1, 0.5, 0.25)
    thresholds = (0.1, 0.5, 0.5, 0.25)
    by = calibration(
        temperature, several=True, unknown=Unknown(0.1, 100, 1.0, 1.5, FeatureDistance(FEATURES))
    )
    features = (FEATURES[RANDOM.integers(0, 40, 50)] + RANDOM.normal(size=(50, 6))).astype(np.float32)
    said = ask(output, features, 4, thresholds, by)
    np.testing.assert_allclose(said["probabilities"], told(output, by), atol=1e-6)
    np.testing.assert_array_equal(said["answer"], reached(output, thresholds))
    np.testing.assert_array_equal(said["unknown"], by.are_unknown(told(output, by), features))


def test_without_a_calibration_nothing_is_unknown():
    output = RANDOM.dirichlet(np.ones(3), 5).astype(np.float32)
    said = ask(output, FEATURES[:5], 3, None, None)
    assert sorted(said) == ["answer", "probabilities"]
    np.testing.assert_array_equal(said["probabilities"], output)
