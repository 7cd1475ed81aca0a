"""Programs written for tf.keras run here with only their import lines changed.

The two replacements below are all that a user is told to do (docs/from-keras.md).
"""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from typed import run_program

PROGRAMS = Path(__file__).parent / "keras_style"


def migrate(program: str) -> str:
    """Change a tf.keras program's import lines, as docs/from-keras.md says."""
    program = program.replace("import tensorflow as tf", "import convolens as keras")
    program = program.replace("from tensorflow import keras", "import convolens as keras")
    return program.replace("tf.keras.", "keras.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds the migrated programs."""
    for program in PROGRAMS.glob("*.py"):
        (tmp_path / program.name).write_text(migrate(program.read_text()))
    return tmp_path


def run(program: str, *arguments: object, folder: Path) -> str:
    """Run a migrated program in its folder and return what it printed."""
    return run_program(folder / program, *arguments, folder=folder)


@pytest.fixture
def _tiny_cifar10(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A local copy of CIFAR-10's form, as image folders: ten colours, easily told apart."""
    random = np.random.default_rng(0)
    names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
    for part, count in (("train", 20), ("test", 5)):
        for label, name in enumerate(names):
            folder = tmp_path / "cifar10" / part / name
            folder.mkdir(parents=True)
            for i in range(count):
                colour = 255 * np.array([label % 2, label // 2 % 2, label / 9])
                pixels = np.clip(random.normal(colour, 20, (32, 32, 3)), 0, 255).astype("uint8")
                Image.fromarray(pixels).save(folder / f"{i:03d}.jpg")
    monkeypatch.setenv("CONVOLENS_DATASETS", str(tmp_path))


@pytest.mark.usefixtures("_tiny_cifar10")
def test_checkpoints_and_load_weights(folder: Path) -> None:
    printed = run("checkpoints.py", 2, folder=folder)
    assert "HISTORY ['accuracy', 'loss', 'val_accuracy', 'val_loss'] [0, 1]" in printed
    assert re.search(r"val_loss improved from .* to .*, saving model to weights\.01-", printed)
    kept = sorted(file.name for file in folder.glob("weights.*.hdf5"))
    assert kept[-1].startswith("weights.02")  # the last epoch was the best: same weights, same score
    loaded = run("load_weights.py", kept[-1], folder=folder)
    assert loaded.splitlines()[-1] == printed.splitlines()[-1]


def test_augment_one_photo(folder: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (75, 100, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(folder / "photo.jpg")
    (folder / "output").mkdir()
    printed = run("augment.py", "photo.jpg", "output", folder=folder)
    assert "PHOTO (75, 100, 3) float32" in printed
    written = list((folder / "output").glob("photo_*.jpeg"))
    assert len(written) == 6
    assert {Image.open(file).size for file in written} == {(100, 75)}


@pytest.mark.parametrize("augment", ["augment", "as-they-are"])
def test_from_folders(folder: Path, augment: str) -> None:
    random = np.random.default_rng(0)
    for part, count in (("train", 12), ("validation", 6)):
        for name, low in (("dark", 0), ("light", 128)):
            photos = folder / "photos" / part / name
            photos.mkdir(parents=True)
            for i in range(count):
                pixels = random.integers(low, low + 128, (40, 50, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(photos / f"{i}.jpg")
    printed = run("folders.py", "photos", augment, folder=folder)
    assert "Found 24 images belonging to 2 classes." in printed
    assert "HISTORY ['accuracy', 'loss', 'val_accuracy', 'val_loss'] [0, 1]" in printed
