"""What `convolens train` says of its data and of its augmentation, and that validation photos stay as they are."""

import csv

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from convolens import runs
from convolens.augmentation import Augmentation
from convolens.errors import ArgumentError
from convolens.runs.output.screen import Screen
from images import folders


def train(data, out, **options):
    """Train for one epoch; return the result and what was printed."""
    screen = Screen(console=Console(record=True, width=200, force_terminal=False))
    options = {"size": 8, "epochs": 1, "batch_size": 8, "threads": 1} | options
    return runs.train(runs.TrainOptions(data=data, out=out, **options), screen), screen.console.export_text()


def test_what_is_ignored_is_counted_by_its_ending(tmp_path):
    data = folders(tmp_path / "data", {"a": 10, "b": 10})
    for name in ("1.txt", "2.TXT", "3.pdf", "no ending", ".hidden"):
        (data / "a" / name).write_text("x")
    (data / "b" / "4.txt").write_text("x")
    _, text = train(data, tmp_path / "run")
    assert "ignored: 3 .txt files (no images that can be read)" in text
    assert "ignored: 1 .pdf files" in text
    assert "ignored: 1 (no ending) files" in text
    assert text.count("ignored:") == 3


def test_photos_on_their_side_are_turned_and_counted(tmp_path):
    """The same photo upright, and on its side with the orientation that says so: the network sees one."""
    data = folders(tmp_path / "data", {"a": 12, "b": 12})
    upright = Image.fromarray(np.tile(np.arange(0, 240, 10, dtype=np.uint8)[:, None, None], (1, 24, 3)))
    upright.save(data / "a" / "up.png")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to see it
    for i in range(3):
        upright.transpose(Image.Transpose.ROTATE_90).save(data / "a" / f"side{i}.png", exif=exif)
    result, text = train(data, tmp_path / "run", validation=data_for_validation(tmp_path))
    assert "turned upright by their EXIF orientation: 3 training photos" in text
    first, *others = runs.predict(
        result.folder.path, [data / "a" / f"{n}.png" for n in ("up", "side0", "side2")]
    )
    assert [answer.confidence for answer in others] == [first.confidence] * 2
    assert "turned upright" not in train(data_for_validation(tmp_path), tmp_path / "other")[1]


def data_for_validation(tmp_path):
    return folders(tmp_path / "validation", {"a": 12, "b": 12}, seed=1)


@pytest.mark.parametrize("kind", ["split", "folder"])
def test_validation_photos_are_never_varied(tmp_path, kind):
    """All training photos become black; were the validation photos too, all would get the same answer."""
    data = folders(tmp_path / "data", {"a": 20, "b": 20})
    more = {"validation": data_for_validation(tmp_path)} if kind == "folder" else {}
    result, text = train(
        data, tmp_path / "run", augmentation={"brightness_range": (0, 0), "mixup": 0.2}, **more
    )
    assert "Augmentation of the training photos (validation photos are never varied)" in text
    with result.folder.predictions.open(newline="") as file:
        table = {row["path"]: float(row["confidence"]) for row in csv.DictReader(file)}
    assert len(set(table.values())) > len(table) / 2
    for answer in runs.predict(result.folder.path, list(table)):
        assert answer.confidence == pytest.approx(table[str(answer.path)], abs=1e-5)


def test_the_effective_list_is_printed(tmp_path):
    """The recipe's changes with the user's over them, each a line; nothing that is not on."""
    data = folders(tmp_path / "data", {"a": 10, "b": 10})
    chosen = {"horizontal_flip": False, "rotation_range": 12, "cutmix": 1.0}
    _, text = train(data, tmp_path / "run", recipe="fast", augmentation=chosen)
    printed = text.split("(validation photos are never varied)\n")[1].split("\n\n")[0].splitlines()
    effective = Augmentation(**(runs.RECIPES["fast"]["augmentation"] | chosen))
    assert [line.strip() for line in printed] == effective.describe()
    assert not any("flip" in line for line in printed)


def test_gradients_of_more_batches_than_there_are_are_refused(tmp_path):
    """No weight would ever change, and nothing would say so."""
    data = folders(tmp_path / "data", {"a": 20, "b": 20})
    with pytest.raises(
        ArgumentError, match=r"--accumulate 9 is more than the 8 batches .* give --accumulate 1 or less"
    ):
        train(data, tmp_path / "run", accumulate=9, epochs=2)
    assert not (tmp_path / "run").exists()
    assert "updated every 8 batches" in train(data, tmp_path / "run", accumulate=8, epochs=2)[1]


def test_a_share_for_validation_that_is_not_used_is_told(tmp_path):
    data, other = (
        folders(tmp_path / "data", {"a": 8, "b": 8}),
        folders(tmp_path / "other", {"a": 4, "b": 4}, seed=1),
    )
    said = "--val-split is not used: nothing is split where there is a folder for validation"
    assert said in train(data, tmp_path / "run", validation=other, validation_split=0.3)[1]
    assert said not in train(data, tmp_path / "run", validation=other)[1]
