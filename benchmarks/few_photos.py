"""What few photos reach: the default command beside a logistic regression on the same features, training from scratch and `finetune`.

    python benchmarks/few_photos.py DATA [--counts 5 10 20] [--seeds 3] [--most 300] [--methods default head ...] [--out few.json]

DATA is a folder of class folders. For each count and seed so many photos of each class are drawn; the rest (or --most of them, drawn
too) only score. Every method is a command in a process of its own, typed as a user would, on the same photos, one after another; the
cache of decoded photos and features is shared and begins empty. Nothing is learnt from the photos that score. Methods:

    default    convolens train PHOTOS
    head       convolens train PHOTOS --head-only
    logistic   convolens probe efficientnet-lite0 PHOTOS --learners logistic (standardised features)
    scratch    convolens train PHOTOS --from-scratch
    finetune   convolens finetune efficientnet-lite0 PHOTOS

    python benchmarks/few_photos.py --draw few.json docs/pictures/few-photos.png

draws the lines of such a file: accuracy against photos a class, a panel a set.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

COMMANDS = {
    "default": ["train", "{photos}"],
    "head": ["train", "{photos}", "--head-only"],
    "logistic": ["probe", "efficientnet-lite0", "{photos}", "--learners", "logistic", "--folds", "2"],
    "scratch": ["train", "{photos}", "--from-scratch"],
    "finetune": ["finetune", "efficientnet-lite0", "{photos}"],
}


def draw(data: Path, count: int, seed: int, most: int | None, place: Path) -> tuple[Path, Path]:
    """Link so many photos of each class into one folder and the others, at most so many, into another."""
    generator = np.random.default_rng(seed)
    rest = []
    for folder in sorted(path for path in data.iterdir() if path.is_dir()):
        files = sorted(folder.iterdir())
        order = generator.permutation(len(files))
        _link([files[i] for i in order[:count]], place / "photos" / folder.name)
        rest += [files[i] for i in order[count:]]
    chosen = generator.permutation(len(rest))[:most]
    for file in (rest[i] for i in sorted(chosen)):
        _link([file], place / "others" / file.parent.name)
    return place / "photos", place / "others"


def _link(files: list[Path], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        os.symlink(file.resolve(), folder / file.name)


def convolens(arguments: list[str], environment: dict[str, str]) -> str:
    """Run a command and return what it printed."""
    words = [sys.executable, "-c", "from convolens.cli import main; main()", *arguments]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr[-2000:]}")
    return done.stdout


def draw_lines(lines: Path, picture: Path) -> None:
    """Draw accuracy against photos a class from a file of JSON lines, a panel a set of photos."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    rows = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    sets = sorted({row["data"] for row in rows})
    figure, panels = pyplot.subplots(
        1, len(sets), figsize=(5.2 * len(sets), 4), squeeze=False, layout="constrained"
    )
    for axes, data in zip(panels[0], sets, strict=True):
        for method in COMMANDS:
            found = [row for row in rows if (row["data"], row["method"]) == (data, method)]
            counts = sorted({row["count"] for row in found})
            values = [[row["accuracy"] for row in found if row["count"] == count] for count in counts]
            if counts:
                axes.plot(counts, [statistics.mean(some) for some in values], marker="o", label=method)
                axes.fill_between(
                    counts, [min(some) for some in values], [max(some) for some in values], alpha=0.15
                )
        axes.set(
            xscale="log", xlabel="photos a class", ylabel="accuracy on photos not learnt from", title=data
        )
        axes.set_xticks(sorted({row["count"] for row in rows if row["data"] == data}))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(picture, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--draw", type=Path, nargs=2, metavar=("JSON", "PNG"))
    parser.add_argument("--counts", type=int, nargs="+", default=[5, 10, 20])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--most", type=int, help="photos that score")
    parser.add_argument("--methods", nargs="+", choices=COMMANDS, default=["default"])
    parser.add_argument("--out", type=Path, help="append a JSON line for each run")
    arguments = parser.parse_args()
    if arguments.draw:
        draw_lines(*arguments.draw)
        return
    if arguments.data is None:
        parser.error("give a folder of class folders")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "CONVOLENS_CACHE": os.environ.get("CONVOLENS_CACHE", f"{folder}/cache")}
        for count in arguments.counts:
            for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
                place = Path(folder, f"{count}-{seed}")
                photos, others = draw(arguments.data, count, seed, arguments.most, place)
                for method in arguments.methods:
                    out, start = place / method, time.perf_counter()
                    words = [word.format(photos=photos) for word in COMMANDS[method]]
                    printed = convolens([*words, "--out", str(out)], environment)
                    seconds = time.perf_counter() - start
                    told = json.loads(convolens(["evaluate", str(out), str(others), "--json"], environment))
                    first = re.search(r"First answer after ([^:]*):", printed)
                    went = re.search(r"(The first answer stays|Best epoch: \d+)", printed)
                    row = {
                        "data": arguments.data.name, "count": count, "seed": seed, "method": method,
                        "accuracy": told["accuracy"], "loss": told["loss"], "seconds": round(seconds, 1),
                        "first": first and first[1], "went": went and went[1], "load": os.getloadavg()[0],
                    }  # fmt: skip
                    rows.append(row)
                    print(json.dumps(row), flush=True)
                    if arguments.out is not None:
                        with arguments.out.open("a", encoding="utf-8") as file:
                            file.write(json.dumps(row) + "\n")
    for method in arguments.methods:
        for count in arguments.counts:
            found = [row["accuracy"] for row in rows if (row["method"], row["count"]) == (method, count)]
            spread = statistics.stdev(found) if len(found) > 1 else 0.0
            print(
                f"{method:10} {count:4} a class: {statistics.mean(found):.4f} ± {spread:.4f} ({len(found)} draws)"
            )


if __name__ == "__main__":
    main()
