"""A state is there whole or not at all, and a damaged one is named and passed over."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from convolens.checkpoints import state as states
from convolens.checkpoints.state import make_state
from convolens.errors import CheckpointError, MissingFileError, WriteError
from convolens.files.atomic import seal_of


def state(epoch: int = 1, batch: int = 0, step: int = 10, number: float = 0.1) -> states.State:
    return make_state(
        {"model": {"w": torch.full((50,), number)}, "history": {"loss": [number, float("nan")]}},
        epoch=epoch, batch=batch, step=step, epochs=5, stopped=False, environment={"threads": 1},
    )  # fmt: skip


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def swap(place: Path) -> None:
    """Put the older state's file in the newer one."""
    shutil.copy(place.with_name("state-0001-000010") / "tensors.safetensors", place / "tensors.safetensors")


def rename(place: Path) -> None:
    shutil.rmtree(place)
    shutil.copytree(place.with_name("state-0001-000010"), place)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a bit of the tensors": (lambda place: flip(place / "tensors.safetensors"), "tensors.safetensors: damaged"),
    "a bit of the values": (lambda place: flip(place / "state.json"), "state.json: damaged"),
    "a file cut short": (lambda place: (place / "state.json").write_bytes(b"{"), "state.json: damaged"),
    "an empty manifest": (lambda place: (place / "manifest.json").write_bytes(b""), "is not whole"),
    "another manifest": (lambda place: (place / "manifest.json").write_text('{"files": 3}'), "is not whole"),
    "a manifest out of its folder": (
        lambda place: (place / "manifest.json").write_text('{"files": {"../x": {}}}'),
        "names '../x', which is no file of the state",
    ),
    "no tensors": (lambda place: (place / "tensors.safetensors").unlink(), "a file of the checkpoint is missing"),
    "half deleted": (lambda place: (place / "manifest.json").unlink(), "a file of the checkpoint is missing"),
    "a damaged best": (lambda place: flip(place / "best.safetensors"), "best.safetensors: damaged"),
    "swapped files": (swap, "tensors.safetensors: damaged"),
    "another state's content": (rename, "holds state-0001-000010, so it was renamed or swapped"),
    "a file instead": (lambda place: (shutil.rmtree(place), place.write_text("x")), "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(DAMAGE))
def test_damage_is_named_and_passed_over(name: str, tmp_path: Path) -> None:
    best = tmp_path / "best.safetensors"
    best.write_bytes(b"the best weights")
    old = states.write_state(tmp_path, state(1, step=10), {best.name: best})
    new = states.write_state(tmp_path, state(1, batch=2, step=12, number=0.2), {best.name: best})
    shutil.copytree(new, tmp_path / "kept")
    (new / best.name).unlink()
    (new / best.name).write_bytes(best.read_bytes())  # a file of its own, so that only it is damaged
    assert states.newest_state(tmp_path)[0] == new
    damage, words = DAMAGE[name]
    damage(new)
    told: list[str] = []
    place, found = states.newest_state(tmp_path, told.append)
    assert place == old
    assert torch.equal(found.part("model")["w"], torch.full((50,), 0.1))
    assert len(told) == 1
    assert words in told[0]
    assert "\n" not in told[0]
    damage_of_all = DAMAGE["no tensors"][0]
    damage_of_all(old)
    with pytest.raises(CheckpointError, match="holds no whole state to go on from"):
        states.newest_state(tmp_path)


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = state(3, 4, 22, 1 / 3)
    place = states.write_state(tmp_path, written)
    assert place.name == "state-0003-000022"
    read = states.read_state(place)
    assert (read.epoch, read.batch, read.step, read.epochs, read.stopped) == (3, 4, 22, 5, False)
    assert read.part("history")["loss"][0] == 1 / 3
    assert torch.equal(read.part("model")["w"], written.tensors["model.w"])
    with pytest.raises(CheckpointError, match="holds no state of 'ema', only of model, history"):
        read.part("ema")
    (tmp_path / "other").mkdir()
    again = states.write_state(tmp_path / "other", read)
    assert {path.name: path.read_bytes() for path in again.iterdir()} == {
        path.name: path.read_bytes() for path in place.iterdir()
    }


def test_the_order_is_that_of_the_training(tmp_path: Path) -> None:
    for epoch, step in ((2, 20), (0, 7), (1, 20), (1, 12), (9, 1_000_000)):
        states.write_state(tmp_path, state(epoch, step=step))
    assert [(s.epoch, s.step) for s in map(states.read_state, states.list_states(tmp_path))] == [
        (9, 1_000_000), (2, 20), (1, 20), (1, 12), (0, 7),
    ]  # fmt: skip


def test_prune_keeps_the_newest_and_takes_away_another_future(tmp_path: Path) -> None:
    places = [states.write_state(tmp_path, state(step=step)) for step in (10, 11, 12, 13)]
    (tmp_path / ".state-0001-000014.abcdef12").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    states.prune(tmp_path, 3)
    assert states.list_states(tmp_path) == places[:0:-1]
    states.prune(tmp_path, 5, newest=places[2])  # 13 is of a training that was gone back from
    assert states.list_states(tmp_path) == [places[2], places[1]]
    states.prune(tmp_path, 0, newest=places[2])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", places[2].name]


def test_a_state_whose_successor_got_no_name_is_found(tmp_path: Path) -> None:
    place = states.write_state(tmp_path, state())
    aside = place.rename(tmp_path / f".{place.name}.replaced")
    assert states.newest_state(tmp_path)[0] == aside
    states.prune(tmp_path, 1)
    assert aside.exists()
    states.write_state(tmp_path, state(number=0.5))
    states.prune(tmp_path, 1)
    assert [path.name for path in tmp_path.iterdir()] == [place.name]
    assert states.newest_state(tmp_path)[1].part("history")["loss"][0] == 0.5


def test_another_format_is_refused(tmp_path: Path) -> None:
    place = states.write_state(tmp_path, state())
    values = json.loads((place / "state.json").read_text()) | {"format": 99}
    data = json.dumps(values).encode()
    (place / "state.json").write_bytes(data)
    manifest = json.loads((place / "manifest.json").read_text())
    manifest["files"]["state.json"] = asdict(seal_of(place / "state.json"))
    (place / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(CheckpointError, match="a state of format 99, this version reads 2"):
        states.read_state(place)


def test_no_folder_and_no_place(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="nowhere: no such folder of states"):
        states.newest_state(tmp_path / "nowhere")
    with pytest.raises(WriteError, match=r"cannot write .*state-0001-000010: No such file or directory"):
        states.write_state(tmp_path / "nowhere", state())
