"""Extracting features of EfficientNet-Lite0 against eager torch, its bare convolutions and onnxruntime, in turn, in one run.

    python benchmarks/extraction.py [--images 128] [--size 224] [--batch-size 32] [--rounds 5] [--threads N] [--clock wall]
        [--peers peers/bin/python]

Eager torch is the same graph with a hook on every layer, so that each is called by itself: convolution, normalisation, activation and
addition in turn, channels-last, in inference mode. "Convolutions" are the graph's convolutions alone. `--peers` is the Python of an
environment with onnx and onnxruntime; it gets the convolutions with their normalisations folded, as ONNX. `--clock processor`
counts the processor's time, for a busy machine with `--threads 1`.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

TARGET = 150.0  # images/s on two idle cores


def graph_of(module) -> tuple[list[dict], dict[str, np.ndarray]]:
    """Return the calls of the network with folded normalisations, and the weights of its convolutions."""
    from convolens.layers import Add, BatchNormalization, Conv2D, DepthwiseConv2D

    names: dict[int, str] = {id(module.inputs[0]): "x"}
    calls: list[dict] = []
    weights: dict[str, np.ndarray] = {}
    behind = {id(node.inputs[0]): node.layer for node in module.output_nodes if node.inputs}
    for node in module.output_nodes:
        if not node.inputs:
            continue
        given, layer = [names[id(tensor)] for tensor in node.inputs], node.layer
        names[id(node.output)] = name = f"t{len(names)}"
        if isinstance(layer, (Conv2D, DepthwiseConv2D)):
            weight, bias = behind[id(node.output)].folded(layer.weight, layer.bias)
            weights[f"{name}_weight"], weights[f"{name}_bias"] = (
                weight.detach().numpy(),
                bias.detach().numpy(),
            )
            groups = layer.channels if isinstance(layer, DepthwiseConv2D) else 1
            calls.append({"op": "Conv", "x": given, "y": name, "strides": layer.strides, "groups": groups})
        elif isinstance(layer, BatchNormalization):
            names[id(node.output)] = given[0]
        else:
            pools = {"Activation": "Clip", "GlobalAveragePooling2D": "GlobalAveragePool"}
            op = "Add" if isinstance(layer, Add) else pools[type(layer).__name__]
            calls.append({"op": op, "x": given, "y": name})
    return calls, weights


def onnx_of(calls: list[dict], weights: dict[str, np.ndarray], size: int) -> bytes:
    """Return the ONNX file of such a graph."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    nodes = []
    for call in calls:
        given, options = list(call["x"]), {}
        if call["op"] == "Conv":
            given += [f"{call['y']}_weight", f"{call['y']}_bias"]
            options = {"auto_pad": "SAME_UPPER", "strides": call["strides"], "group": call["groups"]}
        elif call["op"] == "Clip":
            given += ["zero", "six"]
        nodes.append(helper.make_node(call["op"], given, [call["y"]], **options))
    constants = {**weights, "zero": np.float32(0), "six": np.float32(6)}
    graph = helper.make_graph(
        nodes,
        "lite",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, size, size])],
        [helper.make_tensor_value_info(calls[-1]["y"], TensorProto.FLOAT, ["n", "channels", 1, 1])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    return made.SerializeToString()


def work() -> None:
    """Serve the other process: read a JSON line, answer with one."""
    import onnxruntime

    print(json.dumps(f"onnxruntime {onnxruntime.__version__}"), flush=True)
    session, images, batch_size = None, None, 0
    for line in sys.stdin:
        asked = json.loads(line)
        if "network" in asked:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = asked["threads"]
            weights = dict(np.load(asked["weights"]))
            network = onnx_of(asked["network"], weights, asked["size"])
            session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
            images, batch_size = np.load(asked["images"]).transpose(0, 3, 1, 2).copy(), asked["batch_size"]
            print(json.dumps(session.run(None, {"x": images[:1]})[0].ravel().tolist()), flush=True)
            continue
        wall, processor = time.perf_counter(), time.process_time()
        for start in range(0, len(images), batch_size):
            session.run(None, {"x": images[start : start + batch_size]})
        print(json.dumps([time.perf_counter() - wall, time.process_time() - processor]), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--peers", help="Python of an environment with onnxruntime")
    parser.add_argument("--images", type=int, default=128)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, help="else torch's choice")
    parser.add_argument("--clock", choices=["wall", "processor"], default="wall")
    arguments = parser.parse_args()
    if arguments.work:
        return work()
    import torch
    from architectures import Worker

    from convolens.applications import EfficientNetLite0
    from convolens.features import extract
    from convolens.layers import Conv2D, DepthwiseConv2D
    from convolens.memory import kept_memory

    torch.set_num_threads(arguments.threads or torch.get_num_threads())
    torch.manual_seed(0)
    shape = (arguments.size, arguments.size, 3)
    model = EfficientNetLite0(weights=None, include_top=False, pooling="avg", input_shape=shape)
    watched = EfficientNetLite0(weights=None, include_top=False, pooling="avg", input_shape=shape)
    watched.set_weights(model.get_weights())
    for layer in watched.module.modules():
        layer.register_forward_hook(lambda *call: None)
    images = np.random.default_rng(0).random((arguments.images, *shape), dtype=np.float32)
    batches = [
        torch.from_numpy(images[i : i + arguments.batch_size]).permute(0, 3, 1, 2)
        for i in range(0, len(images), arguments.batch_size)
    ]
    layers = [
        layer for layer in model.module.eval().modules() if isinstance(layer, (Conv2D, DepthwiseConv2D))
    ]

    def run(network) -> None:
        with torch.inference_mode():
            for batch in batches:
                network(batch)

    def convolutions() -> None:
        with torch.inference_mode(), kept_memory():
            for batch in batches:
                kept: list[torch.Tensor] = [batch]
                for layer in layers:  # Lite0's only branches are identities
                    kept = [layer(kept[-1])]

    who = {
        "extract": lambda: extract(model, images, batch_size=arguments.batch_size, cache=False),
        "eager": lambda: run(watched.module.eval()),
        "convolutions": convolutions,
    }

    def took_by(call) -> list[float]:
        wall, processor = time.perf_counter(), time.process_time()
        call()
        return [time.perf_counter() - wall, time.process_time() - processor]

    timed = {name: (lambda call=call: took_by(call)) for name, call in who.items()}
    other = Worker(arguments.peers, __file__) if arguments.peers else None
    with tempfile.TemporaryDirectory() as place:
        if other is not None:
            np.save(Path(place, "images.npy"), images)
            calls, weights = graph_of(model.module)
            np.savez(Path(place, "weights.npz"), **weights)
            theirs = other.ask(
                network=calls, images=str(Path(place, "images.npy")), weights=str(Path(place, "weights.npz")),
                threads=torch.get_num_threads(), batch_size=arguments.batch_size, size=arguments.size,
            )  # fmt: skip
            ours = extract(model, images[:1], cache=False).values[0]
            if np.abs(ours - theirs).max() > 1e-4 * np.abs(ours).max():
                sys.exit("the features differ: not the same network")
            timed["onnxruntime"] = lambda: other.ask(time=True)
        print(
            f"torch {torch.__version__}{', ' + other.version if other else ''}; {torch.get_num_threads()} threads; "
            f"{arguments.images} images of {arguments.size} x {arguments.size} in batches of {arguments.batch_size}; medians of "
            f"{arguments.rounds} rounds in turn; {arguments.clock} time"
        )
        report(timed, arguments)
    if other is not None:
        other.close()


def report(timed: dict, arguments: argparse.Namespace) -> None:
    """Time each in turn and print images/s, and how many times as fast `extract` is."""
    clock = 0 if arguments.clock == "wall" else 1
    took: dict[str, list[float]] = {name: [] for name in timed}
    for call in timed.values():  # warms up
        call()
    for number in range(arguments.rounds):
        for name in list(timed)[:: 1 if number % 2 else -1]:
            took[name].append(timed[name]()[clock])
    for name, times in took.items():
        speeds = sorted(arguments.images / each for each in times)
        ratios = sorted(a / b for a, b in zip(times, took["extract"], strict=True))
        print(
            f"{name:14}{statistics.median(speeds):>7.1f} images/s ({speeds[0]:.1f} to {speeds[-1]:.1f}); extract is "
            f"{statistics.median(ratios):.2f} times as fast ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        )
    speed = arguments.images / statistics.median(took["extract"])
    print(f"target {TARGET:.0f} images/s: {'met' if speed >= TARGET else 'missed'}")


if __name__ == "__main__":
    main()
