"""A run's exported file: how long it takes to make, and its speed beside the bare network's, and in other precisions.

    python benchmarks/export.py RUN

Prints seconds of whole `convolens export` commands (three), then ratios of photos a second, each the median of 15 askings in turn,
with photos of the network's size, at batches of 1 and 32: the whole graph and the bare network (--raw), int8 and float32, float16 and
float32; of `features.extract` by onnxruntime and by torch, 64 photos in memory; of `convolens predict` with both engines, whole
commands, over the run's validation photos; last the seconds of an export of ResNet-50 with fresh weights, asked on these photos (three).
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from convolens.applications import build
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.deployment import ExportOptions, OnnxModel, export, feature_engine
from convolens.features import extract
from convolens.features.extraction.tapped_network import Tapped, TappedNetwork
from convolens.runs.folder import model_file
from convolens.runs.folder.predictions_file import read_predictions
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen

TIMES, BATCHES = 15, (1, 32)


def seconds(*arguments: object) -> float:
    """Return how long a whole command takes."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "convolens", *map(str, arguments)], check=True, capture_output=True)
    return time.perf_counter() - begun


def ratio(ours, theirs) -> str:
    """Return how many times as fast `ours` is, and both medians in milliseconds; asked in turn."""
    taken: tuple[list[float], list[float]] = ([], [])
    for i in range(TIMES + 1):  # the first warms up
        for which, call in enumerate((ours, theirs)):
            begun = time.perf_counter()
            call()
            if i:
                taken[which].append(time.perf_counter() - begun)
    first, second = (1000 * statistics.median(times) for times in taken)
    return f"{second / first:.3f} ({first:.1f} and {second:.1f} ms)"


def compare(batch: int, bare: OnnxModel, whole: OnnxModel, small: dict[str, OnnxModel]) -> None:
    """Print the ratios of one batch size."""
    preprocessing = whole.description.preprocessing
    pixels = np.random.default_rng(0).integers(0, 256, (batch, *preprocessing.input_shape), dtype=np.uint8)
    floats = preprocessing(pixels)
    said = ratio(lambda: whole(pixels), lambda: bare.outputs(floats))
    print(f"batch {batch}: whole graph, bare network: {said}")
    for precision, model in small.items():
        said = ratio(lambda model=model: model(pixels), lambda: whole(pixels))
        print(f"batch {batch}: {precision}, float32: {said}")


def engines(run: Path) -> str:
    """Return how many times as fast onnxruntime extracts features as torch does, the graph made before."""
    trained = model_file.load(RunFolder.open(run))
    floats = np.random.default_rng(0).random((64, *trained.preprocessing.input_shape), np.float32)
    kept: list[Tapped] = []

    def engine(network: TappedNetwork) -> Tapped:
        kept[:] = kept or [feature_engine("onnxruntime")(network)]
        return kept[0]

    def extracted(**how: object) -> None:
        extract(trained.model, floats, cache=False, **how)

    return ratio(lambda: extracted(engine=engine), extracted)


def resnet_50(photos: list[Path]) -> list[float]:
    """Return the seconds of three exports of a ResNet-50 with fresh weights."""
    taken = []
    for _ in range(3):
        model = build("resnet-50", (224, 224, 3), 2)
        begun = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            options = ExportOptions(out=Path(folder, "out"), photos=photos)
            export(
                model,
                options,
                Screen(quiet=True),
                class_names=("a", "b"),
                preprocessing=Preprocessing((224, 224)),
            )
        taken.append(time.perf_counter() - begun)
    return taken


def main() -> None:
    run = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        taken = [seconds("export", run, "--out", place / f"typed-{i}", "--quiet") for i in range(3)]
        print(f"convolens export: {statistics.median(taken):.1f} s ({min(taken):.1f} to {max(taken):.1f})")
        quiet = Screen(quiet=True)
        bare = OnnxModel(export(run, ExportOptions(out=place / "bare", raw=True), quiet).file)
        whole = OnnxModel(place / "typed-0" / "model.onnx")
        small = {
            precision: OnnxModel(export(run, ExportOptions(out=place / precision, precision=precision, allowed_loss=100), quiet).file)
            for precision in ("int8", "float16")
        }  # fmt: skip
        for batch in BATCHES:
            compare(batch, bare, whole, small)
        photos = [answer.path for answer in read_predictions(run / "predictions.csv")]
        seconds("predict", run, *photos, "--engine", "onnxruntime")  # the first time exports
        by_engine = {
            name: [seconds("predict", run, *photos, "--engine", name) for _ in range(5)]
            for name in ("torch", "onnxruntime")
        }
        for name, taken in by_engine.items():
            print(f"predict, {len(photos)} photos, {name}: {statistics.median(taken):.2f} s")
        print(f"features: onnxruntime, torch: {engines(run)}")
        taken = resnet_50(photos)
        print(f"ResNet-50: {statistics.median(taken):.1f} s ({min(taken):.1f} to {max(taken):.1f})")


if __name__ == "__main__":
    main()
