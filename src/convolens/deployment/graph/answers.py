"""Answers in a graph: from a network's output to what the run says, with its temperature, thresholds and "unknown"."""

import numpy as np
import onnx_ir as ir

from convolens.analysis.measures.calibration import TINY
from convolens.deployment.graph.resizing import Op, constant
from convolens.runs.folder.calibration_file import Calibration, Unknown

_DOUBLE, _FLOAT = ir.DataType.DOUBLE, ir.DataType.FLOAT


def add_answers(
    op: Op,
    output: ir.Value,
    features: ir.Value | None,
    classes: int,
    thresholds: tuple[float, ...] | None,
    calibration: Calibration | None,
) -> dict[str, ir.Value]:
    """Add to a graph what the run says of each photo.

    Args:
        op: of the graph.
        output: of the network, float32 (n, classes), or (n, 1) of one sigmoid.
        features: that the classifier is given, float32 (n, d), where `calibration` knows unknown photos.
        classes: their number.
        thresholds: of photos with several labels; None where each has one class.
        calibration: of the run.

    Returns:
        By name: "probabilities", float32 (n, classes), as people are told them; "answer", the class of each photo, int64 (n,), or of
        several labels which it has, bool (n, classes); "unknown", bool (n,), where the run can tell.
    """
    several = thresholds is not None
    single = output.shape is not None and output.shape[-1] == 1 and classes == 2 and not several
    chances = op.Concat(op.Sub(1.0, output), output, axis=1) if single else output
    told = (
        chances
        if calibration is None or calibration.temperature == 1
        else _tempered(op, chances, calibration)
    )
    answers = {"probabilities": op.Identity(told)}
    if thresholds is not None:
        limits = constant(op, np.array([thresholds], np.float64))
        answers["answer"] = op.GreaterOrEqual(op.Cast(chances, to=_DOUBLE), limits)
    else:
        answers["answer"] = op.ArgMax(chances, axis=1, keepdims=0)
    if calibration is not None and calibration.unknown is not None and features is not None:
        answers["unknown"] = _are_unknown(op, told, features, calibration.unknown)
    return answers


def _tempered(op: Op, chances: ir.Value, calibration: Calibration) -> ir.Value:
    def logarithm(x: ir.Value) -> ir.Value:
        return op.Div(op.Log(op.Clip(op.Cast(x, to=_DOUBLE), TINY, 1.0)), calibration.temperature)

    if calibration.several:
        odds = op.Sub(logarithm(chances), logarithm(op.Sub(1.0, chances)))
        return op.Cast(op.Sigmoid(odds), to=_FLOAT)
    return op.Cast(op.Softmax(logarithm(chances), axis=1), to=_FLOAT)


def _are_unknown(op: Op, told: ir.Value, features: ir.Value, unknown: Unknown) -> ir.Value:
    """Return which photos are like none that was learnt: bool (n,)."""
    likeliest = op.Cast(op.ReduceMax(told, [1], keepdims=0), to=_DOUBLE)
    is_strange = op.Greater(op.Sub(1.0, likeliest), unknown.most_strange)
    known = unknown.distance.features.astype(np.float64)  # (photos, d)
    x = op.Cast(features, to=_DOUBLE)  # (n, d)
    products = op.MatMul(
        x, op.Cast(op.Transpose(constant(op, unknown.distance.features), perm=[1, 0]), to=_DOUBLE)
    )
    own = op.ReduceSum(op.Mul(x, x), [1], keepdims=1)
    squares = op.Sub(op.Add(own, constant(op, (known**2).sum(axis=1)[np.newaxis])), op.Mul(products, 2.0))
    nearest = op.Sqrt(op.Max(op.ReduceMin(squares, [1], keepdims=0), 0.0))
    # a distance that is no number, of features that overflow, is as far as can be
    is_far = op.Not(op.LessOrEqual(nearest, unknown.farthest))
    return op.Or(is_strange, is_far)
