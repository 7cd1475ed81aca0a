"""Kill a training anywhere, any number of times: the end is the same bytes. Real processes, a real SIGKILL."""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from convolens.checkpoints.state import list_states, newest_state
from convolens.runs.folder.run_folder import RunFolder
from images import folders, label_table, shapes
from learnt_photos import upside_down

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="forks, and kills by a descriptor of the process"
)

# augmentation, dropout, batch normalization and one-cycle are the recipe's; states within the epoch
SETTINGS = {"size": 8, "epochs": 6, "batch_size": 8, "patience": 2, "checkpoint_steps": 2}
# averages of the weights, clipping, groups that a state can fall into the middle of, and half precision
TECHNIQUES = {"ema": 0.9, "clip_norm": 0.5, "accumulate": 4, "precision": "bfloat16"}
# kind -> the range of its number; a session writes about 10 files, and does 20 renames and flushes, an epoch
KINDS: dict[str, tuple[float, float]] = {
    "operation": (1, 110),
    "write": (1, 45),
    "step": (1, 25),
    "validation": (1, 3),
    "seconds": (0.05, 1.3),
}


class Killer:
    """The warm process of `killing.py`."""

    def __init__(self, cache: Path, log: Path) -> None:
        environment = os.environ | {
            "CONVOLENS_CACHE": str(cache),
            "OMP_NUM_THREADS": "2",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        self.log = log
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("killing.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log.open("w"), text=True, env=environment,
        )  # fmt: skip
        assert self._answer() == "ready"

    def _answer(self) -> str:
        assert self.process.stdout is not None
        answer = self.process.stdout.readline().strip()
        assert answer, self.log.read_text()
        return answer

    def order(self, call: str, arguments: dict[str, Any], threads: int, kill: Any = None) -> int:
        """Return the exit status of a training; -9 where it was killed."""
        assert self.process.stdin is not None
        order = {"call": call, "arguments": arguments, "threads": threads, "kill": kill}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self._answer())

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)


@pytest.fixture(scope="module")
def killer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killer]:
    place = tmp_path_factory.mktemp("killer")
    made = Killer(place / "cache", place / "log.txt")
    yield made
    made.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folders(tmp_path_factory.mktemp("photos") / "data", {"dark": 24, "light": 24, "middling": 24})


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def bytes_of(run: Path) -> dict[str, str]:
    """Return the hashes of all that must be the same: weights, history, and every file of every kept state."""
    folder = RunFolder(run)
    files = [folder.history, folder.best, folder.last, folder.model, folder.predictions]
    files += [file for file in (folder.first_answer, folder.held_out, folder.out_of_fold) if file.is_file()]
    files += [file for place in list_states(folder.checkpoints) for file in place.iterdir()]
    return {str(file.relative_to(run)): digest(file) for file in files}


def kill_again_and_again(
    killer: Killer,
    data: Path,
    place: Path,
    kills: int,
    seed: int,
    threads: int = 1,
    begin: str = "train",
    **techniques: Any,
) -> None:
    """Train once without and many times with kills, until there were so many; compare each end."""
    settings = {"data": str(data), "out": str(place / "whole"), **SETTINGS, **techniques}
    assert killer.order(begin, settings, threads) == 0, killer.log.read_text()
    expected = bytes_of(place / "whole")
    draw, killed, run = random.Random(seed), dict.fromkeys(KINDS, 0), 0
    while sum(killed.values()) < kills:
        run += 1
        out = place / f"killed-{run}"
        arguments, call, status = {**settings, "out": str(out)}, begin, -9
        while status != 0:
            kind = min(KINDS, key=lambda kind: (killed[kind], draw.random()))
            low, high = KINDS[kind]
            number = draw.uniform(low, high) if kind == "seconds" else draw.randint(int(low), int(high))
            status = killer.order(call, arguments, threads, [kind, number])
            assert status in (0, -9), killer.log.read_text()
            killed[kind] += status == -9
            checkpoints = out / "checkpoints"
            if checkpoints.is_dir() and list_states(checkpoints):
                newest_state(checkpoints, pytest.fail)  # no kill damages a state
            call = "resume" if (out / "run.toml").is_file() else begin
            if call == begin:
                shutil.rmtree(out, ignore_errors=True)
        assert bytes_of(out) == expected, f"run {run}, kills {killed}"
        left = [path.name for path in out.rglob(".*")]
        assert left == [], "a finished run leaves nothing behind"
    assert min(killed.values()) >= kills // len(KINDS)


def test_killed_15_times_the_end_is_the_same(killer: Killer, data: Path, tmp_path: Path) -> None:
    kill_again_and_again(killer, data, tmp_path, kills=15, seed=4, **TECHNIQUES)


@pytest.mark.parametrize("kills", [1, pytest.param(50, marks=pytest.mark.soak)])
def test_a_fine_tuning_killed_in_both_stages_ends_the_same(
    killer: Killer, data: Path, tmp_path: Path, kills: int
) -> None:
    """The head on kept features, then block after block: wherever it is killed."""
    base = {"data": str(data), "out": str(tmp_path / "base"), "size": 16, "epochs": 1, "batch_size": 16}
    assert killer.order("train", base, 1) == 0, killer.log.read_text()
    tuning = {"head_epochs": 3, "gradual": 1, "views": 2}
    kill_again_and_again(
        killer, data, tmp_path, kills=kills, seed=9, begin="finetune", start=str(tmp_path / "base"), tuning=tuning, size=16,
        patience=None, **TECHNIQUES,
    )  # fmt: skip


@pytest.mark.soak
@pytest.mark.parametrize("techniques", [{}, TECHNIQUES], ids=["plain", "techniques"])
@pytest.mark.parametrize("threads", [1, 2])
def test_killed_200_times_the_end_is_the_same(
    killer: Killer, data: Path, tmp_path: Path, threads: int, techniques: dict[str, Any]
) -> None:
    kill_again_and_again(killer, data, tmp_path, kills=50, seed=5 + threads, threads=threads, **techniques)


@pytest.mark.parametrize("kill", [["step", 11], pytest.param(["validation", 2], marks=pytest.mark.soak)])
def test_several_labels_killed_the_thresholds_are_the_same(
    killer: Killer, tmp_path: Path, kill: list[Any]
) -> None:
    table = label_table(tmp_path / "labels.csv", shapes(tmp_path / "photos", 60, size=16))
    settings = {
        "data": str(tmp_path / "photos"), "labels": str(table), "size": 8, "epochs": 3, "batch_size": 8,
        "checkpoint_steps": 2, "augmentation": {"mixup": 0.4},
    }  # fmt: skip
    assert killer.order("train", settings | {"out": str(tmp_path / "whole")}, 1) == 0, killer.log.read_text()
    broken = settings | {"out": str(tmp_path / "killed")}
    assert killer.order("train", broken, 1, kill) == -9, killer.log.read_text()
    assert killer.order("resume", broken, 1) == 0, killer.log.read_text()
    assert bytes_of(Path(broken["out"])) == bytes_of(tmp_path / "whole")
    assert '"thresholds"' in (tmp_path / "whole" / "model.json").read_text()


# of 24 photos, 19 to learn from, in batches of 8: six steps of a trial, then nine with all photos
LEARNT = {
    "size": 64,
    "epochs": 2,
    "batch_size": 8,
    "learning_rate": 2e-4,
    "threads": 1,
    "checkpoint_steps": 2,
}
FEW_KILLS = [
    ["step", 1],
    ["step", 4],
    ["step", 7],
    ["step", 11],
]  # before, in, behind the trial; in what follows


@pytest.fixture(scope="module")
def learnt_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return upside_down(tmp_path_factory.mktemp("learnt") / "data", 12)


@pytest.fixture(scope="module")
def learnt_whole(killer: Killer, learnt_data: Path) -> Path:
    """A run with a first answer, a trial that helped, and what follows it; never killed."""
    out = learnt_data.parent / "whole"
    settings = {"data": str(learnt_data), "out": str(out), "augment": False, **LEARNT}
    assert killer.order("train", settings, 1) == 0, killer.log.read_text()
    assert (out / "checkpoints").is_dir()
    assert RunFolder(out).held_out.is_file()
    return out


def kill_once_and_go_on(killer: Killer, data: Path, whole: Path, out: Path, *kills: list[Any]) -> None:
    """Kill a training, and each time it goes on, as said; then let it end, and compare."""
    settings = {"data": str(data), "out": str(out), "augment": False, **LEARNT}
    call = "train"
    for kill in kills:
        assert killer.order(call, settings, 1, kill) == -9, killer.log.read_text()
        call = "resume" if (out / "run.toml").is_file() else "train"
        if call == "train":
            shutil.rmtree(out, ignore_errors=True)
    assert killer.order(call, settings, 1) == 0, killer.log.read_text()
    assert bytes_of(out) == bytes_of(whole)


@pytest.mark.soak
def test_a_first_answer_and_what_it_learns_killed_at_each_stage(
    killer: Killer, learnt_data: Path, learnt_whole: Path, tmp_path: Path
) -> None:
    """In one run: before the first step, then in the trial, then in what follows it."""
    kills = (["step", 1], ["step", 4], ["step", 7])  # counted from where it goes on
    kill_once_and_go_on(killer, learnt_data, learnt_whole, tmp_path / "run", *kills)


def test_killed_between_the_first_answer_and_its_file(
    killer: Killer, learnt_data: Path, learnt_whole: Path, tmp_path: Path
) -> None:
    kill_once_and_go_on(killer, learnt_data, learnt_whole, tmp_path / "run", ["write", 4])


@pytest.mark.soak
@pytest.mark.parametrize(
    "kill",
    [*FEW_KILLS, *(["write", n] for n in range(1, 24, 2)), *(["operation", n] for n in range(1, 90, 4))],
    ids=str,
)
def test_a_first_answer_killed_anywhere(
    killer: Killer, learnt_data: Path, learnt_whole: Path, tmp_path: Path, kill: list[Any]
) -> None:
    kill_once_and_go_on(killer, learnt_data, learnt_whole, tmp_path / "run", kill)
