"""`predict` of 1,000 photos against the bare forward pass of the same network, in turn, in one run.

    python benchmarks/predict.py [--photos 1000] [--rounds 3] [--threads N] [--clock wall]

The photos are JPEG files of 500 x 375 that the script makes; the run is EfficientNet-Lite0 with random weights for two classes, written as any
run is. `predict` opens the run, reads and decodes the photos and answers; the bare pass is the network on as many arrays of 224 x 224, channels-last,
in batches of 64 in inference mode, each layer called by itself as torch does it ("eager") and as our networks run ("ours").
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from convolens.memory import kept_memory
from convolens.runs import TrainOptions, predict, train
from convolens.runs.folder import model_file
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen

TARGET, BATCH = 0.9, 64


def make_photos(folder: Path, count: int) -> None:
    """Write smooth random photos of two classes."""
    generator = np.random.default_rng(0)
    for number in range(count):
        path = folder / f"class-{number % 2}" / f"{number:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        small = generator.integers(0, 256, (24, 32, 3), dtype=np.uint8)
        Image.fromarray(small).resize((500, 375), Image.Resampling.BICUBIC).save(path, quality=90)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, help="else torch's choice")
    parser.add_argument("--clock", choices=["wall", "processor"], default="wall")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads or torch.get_num_threads())
    clock = time.perf_counter if arguments.clock == "wall" else time.process_time
    with tempfile.TemporaryDirectory() as place:
        learnt, asked, run = Path(place, "learnt"), Path(place, "asked"), Path(place, "run")
        make_photos(learnt, 8)
        make_photos(asked, arguments.photos)
        options = TrainOptions(learnt, out=run, model="efficientnet-lite0", epochs=1, batch_size=2, size=224)
        train(options, Screen(quiet=True))
        folder = RunFolder.open(run)
        module = model_file.load(folder, folder.weights("best")).model.module.eval()
        watched = model_file.load(folder, folder.weights("best")).model.module.eval()
        for layer in watched.modules():
            layer.register_forward_hook(lambda *call: None)
        x = torch.rand(BATCH, 224, 224, 3).permute(0, 3, 1, 2)

        def bare(network: torch.nn.Module) -> None:
            with torch.inference_mode():
                for start in range(0, arguments.photos, BATCH):
                    network(x[: min(BATCH, arguments.photos - start)])

        def ours() -> None:
            with kept_memory():
                bare(module)

        who = {"predict": lambda: predict(run, [asked]), "eager": lambda: bare(watched), "ours": ours}
        took: dict[str, list[float]] = {name: [] for name in who}
        for number in range(arguments.rounds):
            for name in list(who)[:: 1 if number % 2 else -1]:
                start = clock()
                who[name]()
                took[name].append(clock() - start)
    print(
        f"torch {torch.__version__}; {torch.get_num_threads()} threads; {arguments.photos} photos; medians of {arguments.rounds} rounds "
        f"in turn; {arguments.clock} time"
    )
    for name, times in took.items():
        ratios = sorted(a / b for a, b in zip(times, took["predict"], strict=True))
        print(
            f"{name:8}{arguments.photos / statistics.median(times):>7.1f} images/s; predict is {statistics.median(ratios):.2f} times as fast "
            f"({ratios[0]:.2f} to {ratios[-1]:.2f})"
        )
        if name == "eager":
            print(f"target {TARGET} of it: {'met' if statistics.median(ratios) >= TARGET else 'missed'}")


if __name__ == "__main__":
    main()
