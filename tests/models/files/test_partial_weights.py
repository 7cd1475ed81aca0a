"""`load_weights` with Keras' `skip_mismatch` and `by_name`: what fits is loaded, the rest stays and is named."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import convolens
from convolens.errors import ArgumentError, CheckpointError


def network(library: Any, classes: int, last: str = "last") -> Any:
    L = library.layers
    return library.Sequential(
        [
            library.Input((8, 8, 3)),
            L.Conv2D(4, 3, name="first"),
            L.BatchNormalization(name="norm"),
            L.Flatten(name="flat"),
            L.Dense(classes, name=last),
        ]
    )


def check(loaded: Any, old: Any, before: list[np.ndarray]) -> None:
    """The first layers are those of the file, the last is what it was."""
    for now, expected in zip(loaded.get_weights(), [*old.get_weights()[:6], *before[6:]], strict=True):
        np.testing.assert_array_equal(now, expected)


@pytest.mark.parametrize("ending", [".weights.h5", ".keras", ".h5", ".safetensors"])
@pytest.mark.parametrize("inside", [False, True])
def test_a_last_layer_of_other_classes_is_left(ending: str, inside: bool, tmp_path: Path) -> None:
    def made(classes: int) -> Any:
        inner = network(convolens, classes)
        return convolens.Sequential([convolens.Input((8, 8, 3)), inner]) if inside else inner

    old, new = made(5), made(3)
    if inside and ending == ".h5":
        return  # a network inside is one layer there
    path = tmp_path / f"old{ending}"
    (old.save if ending == ".keras" else old.save_weights)(path)
    before = new.get_weights()
    with pytest.raises(CheckpointError):
        new.load_weights(path)
    with pytest.warns(UserWarning, match=r"left as they are: .*last.*5.*3"):
        new.load_weights(path, skip_mismatch=True)
    check(new, old, before)


@pytest.mark.parametrize("ending", [".weights.h5", ".keras"])
def test_files_of_keras_load_as_in_keras(ending: str, tmp_path: Path) -> None:
    old, theirs, ours = network(keras, 5), network(keras, 3), network(convolens, 3)
    path = tmp_path / f"old{ending}"
    (old.save if ending == ".keras" else old.save_weights)(path)
    ours.set_weights(theirs.get_weights())
    with pytest.warns(UserWarning, match="A total of 1 objects could not be loaded"):
        theirs.load_weights(path, skip_mismatch=True)
    with pytest.warns(UserWarning, match="left as they are: last"):
        ours.load_weights(path, skip_mismatch=True)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_by_name_as_in_keras(tmp_path: Path) -> None:
    old = network(convolens, 5, last="other")
    path = tmp_path / "old.h5"
    old.save_weights(path)
    ours, theirs = network(convolens, 3), network(keras, 3)
    ours.set_weights(theirs.get_weights())
    before = ours.get_weights()
    theirs.load_weights(path, by_name=True)
    with pytest.warns(UserWarning, match=r"left .*: last \(not in the file\), other \(not in the model\)"):
        ours.load_weights(path, by_name=True)
    check(ours, old, before)
    check(theirs, old, before)
    same = network(convolens, 3, last="other")
    with pytest.raises(CheckpointError, match="holds weights of shapes"):
        same.load_weights(path, by_name=True)
    with pytest.warns(UserWarning, match="left as they are: other"):
        same.load_weights(path, by_name=True, skip_mismatch=True)


def test_what_fits_whole_is_not_warned_of(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    old, new = network(convolens, 5), network(convolens, 5)
    for ending, options in ((".weights.h5", {}), (".h5", {"by_name": True}), (".safetensors", {})):
        old.save_weights(tmp_path / f"old{ending}")
        new.load_weights(tmp_path / f"old{ending}", skip_mismatch=True, **options)
        check(new, old, old.get_weights())
    assert not recwarn.list


def test_refusals(tmp_path: Path) -> None:
    old = network(convolens, 5)
    other = convolens.Sequential([convolens.Input((4,)), convolens.layers.Dense(2, name="d")])
    before = other.get_weights()
    for ending, options, words in (
        (".h5", {"by_name": True}, "no layer in it is named as one of the model; it holds first, norm, last"),
        (".h5", {"skip_mismatch": True}, "by_name=True"),
        (".weights.h5", {"skip_mismatch": True}, "none of its weights fits the model"),
        (".safetensors", {"skip_mismatch": True}, "weights of another architecture"),
    ):
        old.save_weights(tmp_path / f"old{ending}")
        with pytest.raises(CheckpointError, match=words):
            other.load_weights(tmp_path / f"old{ending}", **options)
    with pytest.raises(ArgumentError, match="no names of layers; by_name=True is for legacy"):
        old.load_weights(tmp_path / "old.weights.h5", by_name=True)
    np.testing.assert_array_equal(other.get_weights()[0], before[0])
