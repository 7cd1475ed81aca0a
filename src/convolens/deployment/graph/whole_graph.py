"""The whole graph of a run: photos of any size in, what the run says of them out."""

from collections.abc import Iterable

import numpy as np
import onnx_ir as ir
import onnx_ir.passes.common as passes
from onnxscript import GraphBuilder

from convolens.deployment.description import Description
from convolens.deployment.graph.answers import add_answers
from convolens.deployment.graph.network import network_graph
from convolens.deployment.graph.precision import with_precision
from convolens.deployment.graph.resizing import add_resizing
from convolens.runs.folder.calibration_file import Calibration
from convolens.runs.folder.model_file import TrainedModel

IR_VERSION = 10  # that of opset 20's time, for older runtimes


def whole_graph(
    trained: TrainedModel,
    calibration: Calibration | None,
    description: Description,
    samples: Iterable[np.ndarray] = (),
) -> ir.Model:
    """Return a run as an ONNX graph, with its description as metadata.

    Args:
        trained: the run's network, on the CPU.
        calibration: of its weights; None tells the network's own probabilities.
        description: what the file will say of itself; `raw` leaves the network alone in it, `precision` is that of the network.
        samples: of photos, for a network in int8; see `with_precision`.

    Raises:
        ExportError: torch cannot turn the network into a graph.
    """
    asks = not description.raw and calibration is not None and calibration.unknown is not None
    model = network_graph(trained.model, features=asks)
    model = with_precision(model, description.precision, samples)
    graph = model.graph
    if not description.raw:
        _surround(graph, trained, calibration, description)
    passes.TopologicalSortPass()(model)
    _name_apart(graph)
    passes.ClearMetadataAndDocStringPass()(
        model
    )  # of torch's exporter: where each node comes from, with paths
    graph.name = trained.name
    model.ir_version = IR_VERSION
    model.producer_name, model.producer_version = "convolens", description.made_with.get("convolens", "")
    model.metadata_props.clear()
    model.metadata_props.update(description.as_metadata())
    return model


def _surround(
    graph: ir.Graph, trained: TrainedModel, calibration: Calibration | None, description: Description
) -> None:
    """Put what a photo goes through before and after the network around it."""
    preprocessing = trained.preprocessing
    builder = GraphBuilder(graph)
    op = builder.op
    (floats,), (output, *features) = graph.inputs, graph.outputs
    floats.name = "floats"
    photos = builder.input("photos", ir.DataType.UINT8, ["n", "rows", "columns", 3])
    resized = op.Transpose(add_resizing(op, photos, preprocessing), perm=[0, 2, 3, 1])
    scaled = op.Mul(op.Cast(resized, to=ir.DataType.FLOAT), preprocessing.rescale)
    floats.replace_all_uses_with(scaled)
    graph.inputs.remove(floats)
    said = add_answers(
        op,
        output,
        features[0] if features else None,
        len(trained.class_names),
        description.thresholds,
        calibration,
    )
    graph.outputs.clear()
    for name, value in said.items():
        value.name = name
        value.shape = ir.Shape(["n", *(value.shape[1:] if value.shape is not None else ())])
        graph.outputs.append(value)


def _name_apart(graph: ir.Graph) -> None:
    """Give each node and value, those of branches too, a name of its own, as onnxruntime asks; names that are alone stay."""
    nodes: set[str | None] = {None}
    values: set[str | None] = {
        None,
        *(value.name for value in (*graph.inputs, *graph.outputs)),
        *graph.initializers,
    }
    given = set(graph.outputs)
    for number, node in enumerate(graph.all_nodes()):
        if node.name in nodes:
            node.name = f"{node.op_type}_{number}_"
        nodes.add(node.name)
        for place, value in enumerate(node.outputs):
            if value not in given:
                if value.name in values:
                    value.name = f"{node.op_type}_{number}_{place}_"
                values.add(value.name)
