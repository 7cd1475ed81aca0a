"""Damaged files of every kind: always a clear error of ours, or the file as it was; never a crash, hang or flood.

HDF5's own C code hung and took gigabytes on one damaged legacy file in a hundred before its texts were read here.
"""

import json
import random
import warnings
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import keras
import pytest

import convolens
from models.files import fuzzing

KINDS = ("m.keras", "m.h5", "w.h5", "w.weights.h5", "w.safetensors")


def small(library: Any) -> Any:
    L = library.layers
    model = library.Sequential(
        [library.Input((4, 4, 2)), L.Conv2D(3, 3), L.BatchNormalization(), L.Flatten(), L.Dense(2)]
    )
    model.compile("adam", "mse", metrics=["accuracy"])
    return model


def written(folder: Path, kind: str, writer: str) -> bytes:
    """Return the bytes of a file of Keras or of ours."""
    model = small(keras if writer == "keras" else convolens)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (model.save if kind.startswith("m") else model.save_weights)(folder / f"whole-{kind}")
    return (folder / f"whole-{kind}").read_bytes()


CASES = [
    (kind, writer)
    for kind in KINDS
    for writer in ("keras", "convolens")
    if writer == "convolens" or kind in ("m.keras", "m.h5", "w.weights.h5")
]


def fuzz(folder: Path, kind: str, writer: str, seeds: range) -> str:
    content = written(folder, kind, writer)
    variants = ((seed, fuzzing.damaged(content, seed)) for seed in seeds)
    return fuzzing.verdict(folder / kind, small(convolens), kind.startswith("m"), variants)


def inside(content: bytes, seed: int) -> bytes:
    """Return a `.keras` file whose members are damaged and whose checksums are right all the same."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    name = random.Random(seed).choice(sorted(held))
    held[name] = fuzzing.damaged(held[name], seed)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for member, data in held.items():
            archive.writestr(member, data)
    return packed.getvalue()


ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**31,
    2**70,
    1e308,
    "",
    "x" * 300,
    [],
    {},
    [[]],
    {"class_name": "Dense"},
)


def retold(content: bytes, seed: int) -> bytes:
    """Return a `.keras` file with values of its description exchanged for others and for odd ones."""
    draw = random.Random(seed)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(held["config.json"])
    places: list[tuple[Any, Any]] = []

    def collect(value: Any) -> None:
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            places.append((value, key))
            if isinstance(item, (dict, list)):
                collect(item)

    collect(config)
    for _ in range(draw.choice((1, 2, 4))):
        (here, key), (there, other) = draw.choice(places), draw.choice(places)
        here[key] = draw.choice(ODD) if draw.random() < 0.7 else json.loads(json.dumps(there[other]))
    held["config.json"] = json.dumps(config).encode()
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for member, data in held.items():
            archive.writestr(member, data)
    return packed.getvalue()


@pytest.mark.parametrize(("kind", "writer"), CASES)
def test_damaged_files(kind: str, writer: str, tmp_path: Path) -> None:
    assert fuzz(tmp_path, kind, writer, range(100)) == ""


@pytest.mark.parametrize("change", [inside, retold])
def test_damaged_members_and_descriptions(change: Any, tmp_path: Path) -> None:
    content = written(tmp_path, "m.keras", "convolens")
    variants = ((seed, change(content, seed)) for seed in range(100))
    assert fuzzing.verdict(tmp_path / "m.keras", small(convolens), True, variants) == ""


@pytest.mark.soak
@pytest.mark.parametrize(("kind", "writer"), CASES)
def test_many_damaged_files(kind: str, writer: str, tmp_path: Path) -> None:
    assert fuzz(tmp_path, kind, writer, range(1000, 11_000)) == ""


@pytest.mark.soak
@pytest.mark.parametrize("change", [inside, retold])
def test_many_damaged_members_and_descriptions(change: Any, tmp_path: Path) -> None:
    content = written(tmp_path, "m.keras", "convolens")
    variants = ((seed, change(content, seed)) for seed in range(1000, 11_000))
    assert fuzzing.verdict(tmp_path / "m.keras", small(convolens), True, variants) == ""


def test_the_harness_sees_what_it_looks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hang, a crash, a flood and a foreign error in the child: each is told."""

    class Reads:
        def __init__(self, program: str) -> None:
            self.program = program

        def load_weights(self, path: Path) -> None:
            exec(self.program, {"path": path})

    for program, words in {
        "while True: pass": "SIGALRM at one",
        "import os; os.kill(os.getpid(), 9)": "SIGKILL at one",
        "kept = bytearray(500 * 2**20); kept[::4096] = b'x' * len(kept[::4096])": "MiB",
        "1 / 0": "error at one: ZeroDivisionError",
        "from convolens.errors import DataError; raise DataError('nameless')": "not one line that names the file",
    }.items():
        monkeypatch.setattr(fuzzing, "SECONDS", 1 if "while" in program else 60)  # a flood takes its time
        assert words in fuzzing.verdict(tmp_path / "x", Reads(program), False, [("one", b"")])
