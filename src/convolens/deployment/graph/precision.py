"""Precision: a network's graph with 16-bit floats, or with 8-bit integers whose ranges were seen on photos."""

import logging
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnx_ir as ir

# By how much of a probability a file may differ from itself on another machine: kernels sum, and round to 8 bits, in their own order.
PRECISIONS = {"float32": 1e-4, "float16": 2e-3, "int8": 2e-2}


def with_precision(graph: ir.Model, precision: str, samples: Iterable[np.ndarray]) -> ir.Model:
    """Return a network's graph computing in another precision; what goes in and comes out stays float32.

    Args:
        graph: of `network_graph`.
        precision: a key of `PRECISIONS`.
        samples: that the ranges of int8 are taken from, float32 (1, rows, columns, channels) each; others look at none.

    Returns:
        For int8: all but the last layer in integers, weights in 7 bits, a scale a channel, as processors without VNNI would overflow, silently, with 8 (onnxruntime's
        `reduce_range`); activations in 8, a scale a tensor, from the least and the largest value seen.

    Source: onnxruntime's static quantization and its float16 converter.
    """
    if precision == "float32":
        return graph
    if precision == "float16":
        from onnxruntime.transformers.float16 import DEFAULT_OP_BLOCK_LIST, convert_float_to_float16

        kept = [*DEFAULT_OP_BLOCK_LIST, "ScatterElements"]  # onnxruntime's takes no float16
        converted = convert_float_to_float16(ir.to_proto(graph), keep_io_types=True, op_block_list=kept)
        return ir.from_proto(converted)
    (taken,) = graph.graph.inputs
    with tempfile.TemporaryDirectory() as folder, _quiet():
        return _in_8_bits(graph, str(taken.name), samples, Path(folder))


def _in_8_bits(graph: ir.Model, name: str, samples: Iterable[np.ndarray], folder: Path) -> ir.Model:
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Samples(CalibrationDataReader):
        left = iter(samples)

        def get_next(self) -> dict[str, Any] | None:
            sample = next(self.left, None)
            return None if sample is None else {name: sample}

    whole, prepared, small = (folder / f"{part}.onnx" for part in ("whole", "prepared", "small"))
    ir.save(graph, whole)
    quant_pre_process(whole, prepared, skip_symbolic_shape=True)
    quantize_static(
        prepared,
        small,
        Samples(),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        reduce_range=True,
        nodes_to_exclude=_last_layers(ir.load(prepared).graph),
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )
    loaded = ir.load(small)
    for value in loaded.graph.initializers.values():  # the file is gone in a moment
        if value.const_value is not None:
            value.const_value = ir.tensor(value.const_value.numpy(), name=value.name)
    return loaded


def _last_layers(graph: ir.Graph) -> list[str]:
    """Return the names of the nodes from the last products on: in steps of 1/256, probabilities would not add up to 1."""
    found: dict[str, None] = {}
    left = [graph.outputs[0].producer()]
    while left:
        node = left.pop()
        if node is None or node.name in found:
            continue
        found[str(node.name)] = None
        if node.op_type not in ("Gemm", "MatMul", "Conv"):
            left += [value.producer() for value in node.inputs if value is not None]
    return list(found)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to itself what onnxruntime's quantization logs, by the root logger."""
    level = logging.root.level
    logging.root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logging.root.setLevel(level)
