"""What the studio's pages wait for, through HTTP as they do: an answer, its heat map, feature maps, variations, training again.

    python benchmarks/studio.py PHOTOS [--rounds 7]

PHOTOS is copied into a temporary folder; a run is made of it by its first answer (`train --head-only`), one photo is moved before each
training again. Milliseconds, medians (lowest to highest) of the rounds, each with another photo; networks are loaded before.
"""

import argparse
import base64
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from studio_process import studio_on

FIELDS = {
    "rotation_range": 20,
    "width_shift_range": 0.1,
    "shear_range": 0.2,
    "zoom_range": 0.4,
    "horizontal_flip": True,
}


def identity(path: Path) -> str:
    """Return what stands for a path in addresses."""
    return base64.urlsafe_b64encode(os.fsencode(path)).rstrip(b"=").decode()


class Asking:
    """A studio that is asked."""

    def __init__(self, address: str, token: str) -> None:
        self.address, self.token = address, token

    def __call__(self, path: str, body: Any = None) -> bytes:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=600) as answer:
            return answer.read()


def measured(name: str, rounds: int, work: Callable[[int], object], target: str) -> None:
    """Print the time of a piece of work, after one round that does not count."""
    taken = []
    for number in range(rounds + 1):
        began = time.perf_counter()
        work(number)
        taken.append(1000 * (time.perf_counter() - began))
    taken = taken[1:]
    print(
        f"{name:55} {statistics.median(taken):7.0f} ({min(taken):.0f} to {max(taken):.0f}) ms   {target}",
        flush=True,
    )


def main() -> None:
    """Measure all of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        photos = Path(shutil.copytree(asked.photos, place / "photos"))
        convolens = [sys.executable, "-m", "convolens"]
        command = [*convolens, "train", "photos", "--head-only", "--quiet", "--out", "runs/first"]
        subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL)
        with studio_on(photos) as (address, token, _):
            _measure(Asking(address, token), photos, asked.rounds)


def _measure(ask: Asking, photos: Path, rounds: int) -> None:
    paths = sorted(path for path in photos.rglob("*") if path.is_file())
    some = [identity(path.relative_to(photos)) for path in paths[:: max(1, len(paths) // (rounds + 1))]][
        : rounds + 1
    ]
    run = identity(Path("first"))
    print(f"{len(paths):,} photos, {rounds} rounds")
    measured("answer, EfficientNet-Lite0", rounds, lambda i: ask(f"/api/answers/{some[i]}?run={run}"), "")
    measured(
        "heat map, the same",
        rounds,
        lambda i: ask(f"/api/answers/{some[i]}/heat?run={run}"),
        "500 with the answer",
    )
    for model, target in (("shallow-vgg", "200"), ("efficientnet-lite0", "500"), ("vgg16", "2,000")):

        def maps(i: int, model: str = model) -> None:
            ask(f"/api/inside/maps?model={model}&layer=1&photo={some[i]}")

        measured(f"feature maps of all layers, {model}", rounds, maps, target)
    vary = ({"photo": photo, "fields": FIELDS, "seed": number} for number, photo in enumerate(some * 2))
    measured("twenty variations at 150 x 150", rounds, lambda i: ask("/api/augment", next(vary)), "100")
    measured("train again, one photo moved", rounds, _again(ask, photos, paths), "2,000 with 1,000 photos")


def _again(ask: Asking, photos: Path, paths: list[Path]) -> Callable[[int], object]:
    classes = sorted({path.parent.name for path in paths})
    moved: Iterator[Path] = iter(paths[3::11])

    def again(number: int) -> None:
        path = next(moved)
        to = classes[(classes.index(path.parent.name) + 1) % len(classes)]
        ask("/api/photos/move", {"photos": [identity(path.relative_to(photos))], "to": to})
        ask(f"/api/mistakes/again?run={identity(Path('first'))}", {})

    return again


if __name__ == "__main__":
    main()
