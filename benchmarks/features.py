"""Extracting features against Keras' `predict` and against the bare forward pass, in turn, in one run.

    python benchmarks/features.py [--peers peers/bin/python] [--models vgg16] [--images 256] [--size 128]
        [--batch-size 64] [--rounds 5] [--threads N]

All three compute the globally averaged output of the same network without its top, for the same float32 array. `--peers` is the
Python of an environment with keras and tensorflow (`pip install keras tensorflow`); it gets our weights, and its features are compared with
ours. Theirs run in that process, each on all cores while the other waits; who is first changes from round to round. The bare pass is a loop over
batches of the torch module in inference mode, channels-last. Without `--peers` only the bare pass is compared.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

KERAS_TARGET, BARE_TARGET = 1.3, 0.9
# Name here -> name in keras.applications; networks whose weights fit.
MODELS = {"vgg16": "VGG16", "vgg19": "VGG19"}
DIFFERENCE = 1e-3  # of the features' largest, where the two are not the same network


def work() -> None:
    """Serve the other process: read a JSON line, answer with one."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import tensorflow

    print(json.dumps(f"keras {keras.__version__}, tensorflow {tensorflow.__version__}"), flush=True)
    network = images = None
    batch_size = 0
    for line in sys.stdin:
        asked = json.loads(line)
        if "threads" in asked:
            tensorflow.config.threading.set_intra_op_parallelism_threads(asked["threads"])
            print(json.dumps(asked["threads"]), flush=True)
        elif "model" in asked:
            images, batch_size = np.load(asked["images"]), asked["batch_size"]
            network = getattr(keras.applications, asked["model"])(
                include_top=False, weights=None, pooling="avg", input_shape=images.shape[1:]
            )
            network.load_weights(asked["weights"])
            np.save(asked["features"], network.predict(images, batch_size=batch_size, verbose=0))
            print(json.dumps(network.count_params()), flush=True)
        else:
            start = time.perf_counter()
            network.predict(images, batch_size=batch_size, verbose=0)
            print(json.dumps(time.perf_counter() - start), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--peers", help="Python of an environment with keras and tensorflow")
    parser.add_argument("--models", nargs="+", choices=sorted(MODELS), default=["vgg16"])
    parser.add_argument("--images", type=int, default=256)
    parser.add_argument("--size", type=int, default=128, help="rows and columns of the photos")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, help="of each process; else torch's choice")
    arguments = parser.parse_args()
    if arguments.work:
        return work()
    import torch
    from architectures import Worker

    from convolens.applications import APPLICATIONS
    from convolens.features import extract

    torch.set_num_threads(arguments.threads or torch.get_num_threads())
    other = Worker(arguments.peers, __file__) if arguments.peers else None
    if other is not None:
        other.ask(threads=torch.get_num_threads())
    print(
        f"torch {torch.__version__}{', ' + other.version if other else ''}; {torch.get_num_threads()} threads; {arguments.images} images of "
        f"{arguments.size} x {arguments.size} in batches of {arguments.batch_size}; medians of {arguments.rounds} rounds in turn"
    )
    images = np.random.default_rng(0).random(
        (arguments.images, arguments.size, arguments.size, 3), dtype=np.float32
    )
    for name in arguments.models:
        torch.manual_seed(0)
        model = APPLICATIONS[name].build(include_top=False, pooling="avg", input_shape=images.shape[1:])
        network = model.module.eval()

        def ours(model=model) -> np.ndarray:
            return extract(model, images, batch_size=arguments.batch_size, cache=False).values

        def bare(network=network) -> None:
            with torch.inference_mode():
                for start in range(0, len(images), arguments.batch_size):
                    network(
                        torch.from_numpy(images[start : start + arguments.batch_size]).permute(0, 3, 1, 2)
                    )

        def seconds(call) -> float:
            start = time.perf_counter()
            call()
            return time.perf_counter() - start

        who = {"extract": lambda call=ours: seconds(call), "bare": lambda call=bare: seconds(call)}
        if other is not None:
            with tempfile.TemporaryDirectory() as place:
                files = {item: str(Path(place, item)) for item in ("i.npy", "f.npy", "w.weights.h5")}
                np.save(files["i.npy"], images)
                model.save_weights(files["w.weights.h5"])
                other.ask(
                    model=MODELS[name], images=files["i.npy"], features=files["f.npy"],
                    weights=files["w.weights.h5"], batch_size=arguments.batch_size,
                )  # fmt: skip
                theirs = np.load(files["f.npy"])
            apart = float(np.abs(theirs - ours()).max() / np.abs(theirs).max())
            if apart > DIFFERENCE:
                sys.exit(f"{name}: the features differ by {apart:.2g} of the largest: not the same network")
            who["keras"] = lambda: other.ask(time=True)
        took: dict[str, list[float]] = {key: [] for key in who}
        for call in who.values():  # warms up
            call()
        for number in range(arguments.rounds):
            for key in list(who)[:: 1 if number % 2 else -1]:
                took[key].append(who[key]())
        for key, times in took.items():
            print(f"{name:10} {key:8} {arguments.images / statistics.median(times):>9,.1f} images/s")
        for key, target in (("keras", KERAS_TARGET), ("bare", BARE_TARGET)):
            if key in took:
                each = [a / b for a, b in zip(took[key], took["extract"], strict=True)]
                met = "met" if statistics.median(each) >= target else "missed"
                print(
                    f"{name:10} extract is {statistics.median(each):.3f} times as fast as {key} ({min(each):.3f} to {max(each):.3f}); "
                    f"target {target}: {met}"
                )
    if other is not None:
        other.close()


if __name__ == "__main__":
    main()
