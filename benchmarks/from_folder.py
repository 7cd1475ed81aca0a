"""flow_from_directory against Keras' own, from a folder of photos: the first epoch (decoding) and later ones.

    python benchmarks/from_folder.py PHOTOS [--size 150] [--repeat 4] [--rounds 5]

PHOTOS holds a folder for each class; its files are linked `--repeat` times into a folder of their own. Rotation 30, shear 0.2,
zoom 0.2, mirrored, rescaled, batches of 64. First epochs begin with an empty cache of ours (the system's file cache is warm for both); the
two libraries take turns in one run.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"
FIRST_TARGET, LATER_TARGET = 5.0, 30.0


def link_photos(source: Path, target: Path, repeat: int) -> int:
    """Link the photos into class folders and return how many there are."""
    count = 0
    for file in sorted(source.rglob("*")):
        if file.is_file():
            folder = target / file.relative_to(source).parts[0]
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(repeat):
                (folder / f"{number}-{file.name}").symlink_to(file.resolve())
                count += 1
    return count


def epoch(iterator) -> float:
    """Return the seconds of one pass."""
    start = time.perf_counter()
    for number in range(len(iterator)):
        iterator[number]
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--size", type=int, default=150)
    parser.add_argument("--repeat", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    if not arguments.photos.is_dir():
        sys.exit(f"{arguments.photos}: no such folder")
    from keras._tf_keras.keras.preprocessing.image import ImageDataGenerator as KerasGenerator

    from convolens.preprocessing.image import ImageDataGenerator

    vary = {
        "rotation_range": 30,
        "shear_range": 0.2,
        "zoom_range": 0.2,
        "horizontal_flip": True,
        "rescale": 1 / 255,
    }
    flow = {"target_size": (arguments.size, arguments.size), "batch_size": 64, "seed": 1}
    took: dict[str, list[float]] = {"first": [], "later": [], "keras": []}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "photos"
        count = link_photos(arguments.photos, folder, arguments.repeat)
        for number in range(arguments.rounds + 1):
            os.environ["CONVOLENS_CACHE"] = f"{place}/cache-{number}"
            ours = ImageDataGenerator(**vary).flow_from_directory(folder, **flow)
            took["first"].append(epoch(ours))
            ours.on_epoch_end()
            took["later"].append(epoch(ours))
            took["keras"].append(epoch(KerasGenerator(**vary).flow_from_directory(str(folder), **flow)))
    print(
        f"{count} photos to {arguments.size} x {arguments.size}, {os.cpu_count()} cores, medians of {arguments.rounds} rounds"
    )
    keras = took["keras"][1:]  # the first round compiles and warms up
    print(f"{'Keras':22} {count / statistics.median(keras):>9,.0f} images/s")
    for name, target in (("first", FIRST_TARGET), ("later", LATER_TARGET)):
        times = took[name][1:]
        ratios = [theirs / mine for theirs, mine in zip(keras, times, strict=True)]
        print(
            f"{'Convolens, ' + name + ' epoch':22} {count / statistics.median(times):>9,.0f} images/s: "
            f"{statistics.median(ratios):.1f} times Keras ({min(ratios):.1f} to {max(ratios):.1f}), target {target:g}"
        )


if __name__ == "__main__":
    main()
