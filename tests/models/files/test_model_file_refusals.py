"""Model files that are damaged, hostile, foreign or of another model: one clear line, and nothing changes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import example, given, settings

from convolens import layers
from convolens.errors import (
    ArgumentError,
    CheckpointError,
    MissingFileError,
    NotBuiltError,
    WriteError,
)
from convolens.models import Model, Sequential, load_model

WHOLE = (".keras", ".h5", ".hdf5")
WEIGHTS = (".weights.h5", ".h5", ".hdf5", ".safetensors")


def small(width: int = 3) -> Sequential:
    return Sequential(
        [layers.Input((4, 4, 2)), layers.Conv2D(width, 3, name="first"), layers.Flatten(), layers.Dense(2)]
    )


def written(folder: Path, name: str, whole: bool) -> Path:
    model = small()
    model.compile("adam", "mse", ["accuracy"])
    (model.save if whole else model.save_weights)(folder / name)
    return folder / name


def values(model: Model) -> list[list[float]]:
    return [weights.ravel().tolist() for weights in model.get_weights()]


@pytest.mark.parametrize("ending", [*(f"w{e}" for e in WEIGHTS), *(f"m{e}" for e in WHOLE)])
@settings(max_examples=25)
@given(share=st.floats(0, 1, exclude_max=True))
@example(share=0.0)
def test_a_cut_file_is_refused_and_changes_nothing(
    ending: str, share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = ending.startswith("m")
    path = written(tmp_path_factory.mktemp("cut"), ending, whole)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    model = small()
    before = values(model)
    with pytest.raises(CheckpointError, match=r"not a whole|damaged") as error:
        model.load_weights(path)
    assert str(path) in str(error.value)
    assert values(model) == before
    if whole:
        with pytest.raises(CheckpointError, match=r"not a whole|damaged"):
            load_model(path)


@settings(max_examples=60)
@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(1, 255))
def test_a_changed_byte_in_an_archive_is_found(
    place: float, value: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each member has a checksum: either the file is refused, or the byte was in nothing that is read."""
    path = written(tmp_path_factory.mktemp("changed"), "m.keras", whole=True)
    expected = values(load_model(path))
    content = bytearray(path.read_bytes())
    content[int(len(content) * place)] ^= value
    path.write_bytes(content)
    try:
        found, said = values(load_model(path)), ""
    except CheckpointError as error:
        found, said = expected, str(error)
    assert found == expected
    assert said == "" or str(path) in said


FOREIGN: dict[str, bytes] = {
    "empty": b"",
    "text": b"these are no weights\n" * 100,
    "pickle": b"\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.",
    "image": b"\x89PNG\r\n\x1a\n" + b"\0" * 200,
}


@pytest.mark.parametrize("kind", sorted(FOREIGN))
@pytest.mark.parametrize("ending", sorted({*WEIGHTS, *WHOLE}))
def test_a_file_of_another_kind_is_refused(kind: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"f{ending}"
    path.write_bytes(FOREIGN[kind])
    with pytest.raises(CheckpointError, match="use another checkpoint"):
        small().load_weights(path)
    if ending in WHOLE:
        with pytest.raises(CheckpointError, match="use another checkpoint"):
            load_model(path)


def test_another_architecture_names_the_layer_and_the_shapes(tmp_path: Path) -> None:
    small().save(tmp_path / "m.keras")
    small().save_weights(tmp_path / "w.weights.h5")
    deeper = small()
    deeper.add(layers.Dense(2, name="extra"))
    shallower = small()
    shallower.pop()
    for path in (tmp_path / "m.keras", tmp_path / "w.weights.h5"):
        cases: list[tuple[Model, str]] = [
            (
                small(width=5),
                r"layers/conv2d holds weights of shapes \[\(3, 3, 2, 3\), \(3,\)\]; "
                r"layer 'first' of the model expects \[\(3, 3, 2, 5\), \(5,\)\]\.$",
            ),
            (
                deeper,
                r"no weights for layer 'extra' \(layers/dense_1, shapes \[\(2, 2\), \(2,\)\]\); "
                r"the file holds layers/conv2d, layers/dense\.$",
            ),
            (
                shallower,
                r"layers/dense \(weights of shapes \[\(12, 2\), \(2,\)\]\) is not in the model, "
                r"which has layers/conv2d\.$",
            ),
        ]
        for model, words in cases:
            before = values(model)
            with pytest.raises(CheckpointError, match=words):
                model.load_weights(path)
            assert values(model) == before


def test_endings_that_a_call_does_not_take(tmp_path: Path) -> None:
    model = small()
    cases: list[tuple[str, Callable[[], Any]]] = [
        (
            r"save_weights: the file must end in .weights.h5, .h5, .hdf5, .safetensors; received 'w.safetensor'\. "
            r"Did you mean '.safetensors'",
            lambda: model.save_weights(tmp_path / "w.safetensor"),
        ),
        (r"received 'w.pth'\.", lambda: model.save_weights(tmp_path / "w.pth")),
        ("Did you mean '.keras'", lambda: model.save(tmp_path / "m.kears")),
        ("m.keras: a file ending in .keras holds a whole model; call model.save", lambda: model.save_weights("m.keras")),
        (".weights.h5 holds weights only; call model.save_weights", lambda: model.save("m.weights.h5")),
        (".safetensors holds weights only; call model.save_weights", lambda: model.save("m.safetensors")),
        ("weights only; build the model and call model.load_weights", lambda: load_model("m.weights.h5")),
        ("weights only; build the model and call model.load_weights", lambda: load_model("m.safetensors")),
    ]  # fmt: skip
    for words, act in cases:
        with pytest.raises(ArgumentError, match=words):
            act()
    with pytest.raises(MissingFileError, match=r"w: no such weights file\."):
        model.load_weights(tmp_path / "w")  # a name without an ending is that of `model.save("w")`
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["W.WEIGHTS.H5", "M.Keras", "m.H5"])
def test_endings_in_capitals_are_the_same(name: str, tmp_path: Path) -> None:
    model = small()
    (model.save_weights if "WEIGHTS" in name else model.save)(tmp_path / name)
    fresh = small()
    fresh.load_weights(tmp_path / name)
    assert values(fresh) == values(model)


def test_before_anything_is_read_or_written(tmp_path: Path) -> None:
    model = small()
    model.save(tmp_path / "m.keras")
    unbuilt = Sequential([layers.Dense(2)])
    cases: list[tuple[type[Exception], str, Callable[[], Any]]] = [
        (WriteError, "exists already", lambda: model.save(tmp_path / "m.keras", overwrite=False)),
        (WriteError, "cannot make folder", lambda: model.save(tmp_path / "m.keras" / "n.keras")),
        (MissingFileError, "Weights there: m.keras", lambda: load_model(tmp_path / "n.keras")),
        (MissingFileError, "Weights there: m.keras", lambda: model.load_weights(tmp_path / "w.weights.h5")),
        (NotBuiltError, "not built yet", lambda: unbuilt.save(tmp_path / "u.keras")),
        (NotBuiltError, "not built yet", lambda: unbuilt.load_weights(tmp_path / "m.keras")),
        (
            ArgumentError,
            "plain torch module has no Keras layers",
            lambda: Model(torch.nn.Linear(2, 2)).save(tmp_path / "t.keras"),
        ),
    ]
    for kind, words, act in cases:
        with pytest.raises(kind, match=words):
            act()
    assert [path.name for path in tmp_path.iterdir()] == ["m.keras"]
