"""Every program in examples/ runs as its reader would run it, and says what it promises."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from convolens.applications import APPLICATIONS
from typed import run_program

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(program: str, *arguments: object, folder: Path) -> str:
    """Run an example in `folder` and return what it printed."""
    return run_program(EXAMPLES / program, *arguments, folder=folder)


@pytest.fixture
def two_classes(tmp_path: Path) -> Path:
    """Dark and light noise as JPEG photos in train/ and validation/."""
    random = np.random.default_rng(0)
    for part, count in (("train", 12), ("validation", 6)):
        for name, low in (("dark", 0), ("light", 128)):
            folder = tmp_path / "photos" / part / name
            folder.mkdir(parents=True)
            for i in range(count):
                pixels = random.integers(low, low + 128, (40, 50, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(folder / f"{i}.jpg")
    return tmp_path / "photos"


def test_checkpoints_then_load_the_best(tmp_path: Path) -> None:
    printed = run("train_with_checkpoints.py", "--epochs", 1, folder=tmp_path)
    assert "val_loss improved from" in printed
    kept = sorted((tmp_path / "checkpoints").glob("*.hdf5"))
    assert kept
    assert all(re.fullmatch(r"weights\.\d\d-\d+\.\d\d\.hdf5", file.name) for file in kept)
    assert (tmp_path / "checkpoints" / "curves.png").stat().st_size > 5_000
    printed = run("load_best_and_evaluate.py", folder=tmp_path)
    assert printed.startswith(kept[-1].name)
    accuracy = float(printed.rsplit(maxsplit=1)[-1])
    assert accuracy > 0.2, "one epoch of plain SGD already beats guessing (0.1)"


def test_augment_one_photo(tmp_path: Path) -> None:
    printed = run("augment_one_photo.py", "--count", 5, folder=tmp_path)
    assert "5 variations in variations" in printed
    sizes = {Image.open(file).size for file in (tmp_path / "variations").iterdir()}
    assert sizes == {(640, 427)}


@pytest.mark.parametrize("augment", [[], ["--augment"]], ids=["as they are", "augmented"])
def test_train_from_folders(two_classes: Path, augment: list[str], tmp_path: Path) -> None:
    options = ["--size", 48, "--epochs", 2, "--batch-size", 8, *augment]
    printed = run("train_from_folders.py", two_classes, *options, folder=tmp_path)
    assert f"{'with' if augment else 'without'} augmentation" in printed
    assert 0 <= float(printed.rsplit(maxsplit=1)[-1]) <= 1


def test_inception_module(tmp_path: Path) -> None:
    printed = run("inception_module.py", "--epochs", 1, folder=tmp_path)
    assert "concatenate" in printed
    assert "Test loss" in printed


def test_draw_explanations(tmp_path: Path) -> None:
    printed = run("draw_explanations.py", tmp_path / "out", "--images", 64, "--epochs", 1, folder=tmp_path)
    assert "2 pictures in" in printed
    assert (
        len(
            re.findall(
                r"^[\w+ -]+: \d+% of the heat on the object, \d+% of the image$",
                printed,
                re.MULTILINE | re.IGNORECASE,
            )
        )
        == 4
    )
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "explain-heat-maps.png",
        "explain-top-photos.png",
    ]


def test_the_page_of_architectures_is_what_the_networks_are(tmp_path: Path) -> None:
    """The page and the drawings in docs/ are those that the program writes today."""
    docs = EXAMPLES.parent / "docs"
    assert "networks in" in run("draw_architectures.py", tmp_path, folder=tmp_path)
    written = {path.relative_to(tmp_path): path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert len(written) > len(APPLICATIONS)
    for path, text in written.items():
        assert (docs / path).read_text() == text, f"{path}: run python examples/draw_architectures.py docs"


def test_every_example_is_named_in_its_readme() -> None:
    readme = (EXAMPLES / "README.md").read_text()
    programs = {path.name for path in EXAMPLES.glob("*.py")} - {"digits_data.py"}
    assert programs == set(re.findall(r"`(\w+\.py)`", readme)) - {"test_examples.py"}
