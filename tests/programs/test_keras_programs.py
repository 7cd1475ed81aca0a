"""Programs as people type them, for Keras 1, Keras 2, tf.keras and Keras 3, run with not one letter changed.

Each file of `keras_programs/` ends in a line `# prints: ...`: the last line that it must print. A new one is run by lying there.
"""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from convolens.programs.running import run_program

PROGRAMS = sorted((Path(__file__).parent / "keras_programs").glob("*.py"))
PRINTS = "# prints: "
TRAIN, TEST = 40, 20  # images of each small data set: ten classes, in turn


def _images(count: int, *shape: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(count)
    return random.integers(0, 256, (count, *shape), np.uint8), (np.arange(count) % 10).astype(np.uint8)


def _write_mnist(folder: Path) -> None:
    (x_train, y_train), (x_test, y_test) = _images(TRAIN, 28, 28), _images(TEST, 28, 28)
    np.savez(folder / "mnist.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)


def _write_fashion_mnist(folder: Path) -> None:
    (folder / "fashion-mnist").mkdir()
    for part, count in (("train", TRAIN), ("t10k", TEST)):
        for kind, array in zip(("images-idx3", "labels-idx1"), _images(count, 28, 28), strict=True):
            header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
            with gzip.open(folder / "fashion-mnist" / f"{part}-{kind}-ubyte.gz", "wb") as file:
                file.write(header + array.tobytes())


def _write_cifar10(folder: Path) -> None:
    for part, count in (("train", TRAIN), ("test", TEST)):
        for number, (pixels, label) in enumerate(zip(*_images(count, 32, 32, 3), strict=True)):
            file = folder / "cifar10" / part / str(label) / f"{number}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(file)


@pytest.fixture(scope="module")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of small data sets in the forms of the large ones."""
    folder = tmp_path_factory.mktemp("datasets")
    for write in (_write_mnist, _write_fashion_mnist, _write_cifar10):
        write(folder)
    return folder


@pytest.fixture
def _in_a_folder_of_its_own(datasets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be in an empty folder, where the small data sets are the ones that are found, and draw pictures without a screen."""
    matplotlib = pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONVOLENS_DATASETS", str(datasets))

    def take(file: object, path: Path) -> Path:
        return path  # of the right form; its digits are of the large file

    for module in ("places", "mnist"):
        monkeypatch.setattr(f"convolens.datasets.{module}.check", take)
    matplotlib.use("Agg")
    # What a program sets for the process, `K.set_learning_phase(1)`, ends with it.
    monkeypatch.setattr("convolens.backend.settings._numbers", {"epsilon": 1e-7, "learning_phase": 0})


# What they need that is not here yet; whoever adds it takes the line out.
NOT_YET: dict[str, str] = {}
EACH = [
    pytest.param(
        program,
        id=program.stem,
        marks=[pytest.mark.xfail(reason=NOT_YET[program.stem], strict=True)]
        if program.stem in NOT_YET
        else [],
    )
    for program in PROGRAMS
]


@pytest.mark.usefixtures("_in_a_folder_of_its_own")
@pytest.mark.filterwarnings("ignore")  # what is old in them is said; tests of each part look at how
@pytest.mark.parametrize("program", EACH)
def test_runs_unchanged(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = program.read_text().rstrip().rpartition("\n")[2]
    assert expected.startswith(PRINTS), f"{program.name} does not say what it prints"
    status = run_program(program)
    printed = capsys.readouterr()
    assert (status, printed.err if status else "") == (0, "")
    assert printed.out.rstrip().rpartition("\n")[2] == expected.removeprefix(PRINTS)
