"""One rule for values of more than 8 bits: found when a run begins, said, kept in model.json, and used by all that the run is asked."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from convolens import runs
from convolens.data.decoding.samples import BY_FILE, STANDARD
from convolens.runs.folder import model_file
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.utils import set_random_seed
from images import folders
from torture.pictures import png_of_16_bit_colours


def deep_folders(root, top=4095, count=12):
    """Write 16-bit PNG photos of two classes, dark and light, whose values reach `top`."""
    for number, name in enumerate(("dark", "light")):
        (root / name).mkdir(parents=True)
        for i in range(count):
            rng = np.random.default_rng([number, i])
            values = rng.uniform(0.5 * number, 0.5 * number + 0.5, (16, 16)) * top
            Image.fromarray(values.astype(np.uint16)).save(root / name / f"{i}.png")
    return root


def recorded(work):
    screen = Screen(console=Console(record=True, width=250, force_terminal=False))
    return work(screen), screen.console.export_text()


def options(data, out, **more):
    return runs.TrainOptions(data=data, out=out, size=8, epochs=1, batch_size=8, threads=1, **more)


def test_train_says_and_keeps_the_rule_and_predict_uses_it(tmp_path):
    data = deep_folders(tmp_path / "data")
    result, said = recorded(lambda screen: runs.train(options(data, tmp_path / "run"), screen))
    assert "16-bit" in said
    assert "0 to 4095 become 0 to 255" in said
    told = json.loads(result.folder.model.read_text())["preprocessing"]["samples"]
    assert told == {"integers": [0, 4095], "floats": None, "ground": 255}
    for folder in (tmp_path / "bytes" / name for name in ("dark", "light")):
        folder.mkdir(parents=True)
        for path in (data / folder.name).iterdir():
            Image.fromarray((np.asarray(Image.open(path)) >> 4).astype(np.uint8)).save(folder / path.name)
    deep, plain = (
        [answer.answers for answer in runs.predict(result.folder.path, [place])]
        for place in (data, tmp_path / "bytes")
    )
    assert deep == plain, "the same as of photos whose values were made bytes before"
    scores = [runs.evaluate(result.folder.path, place).loss for place in (data, tmp_path / "bytes")]
    assert scores[0] == scores[1]


def test_check_says_the_rule(tmp_path):
    data = deep_folders(tmp_path / "data", top=1023)
    result, said = recorded(lambda screen: runs.check(runs.CheckOptions(data=data, learnt=False), screen))
    assert "0 to 1023 become 0 to 255" in said
    assert result.as_dict()["values"]["integers"] == (0, 1023)


@pytest.mark.parametrize("again", ["resume", "train --resume"])
def test_a_run_without_the_rule_goes_on_as_before(tmp_path, again):
    """Also where its photos are such that a new run would see other pixels."""
    data = folders(tmp_path / "data", {"a": 12, "b": 12})
    for i in range(4):
        dim = np.random.default_rng(i).integers(0, 256, (16, 16)).astype(np.uint16)
        Image.fromarray(dim).save(data / "a" / f"dim{i}.png")
    asked = options(data, tmp_path / "run")
    with pytest.MonkeyPatch.context() as earlier:
        earlier.setattr("convolens.runs.preparation.prepare.measure_samples", lambda paths: BY_FILE)
        result = runs.train(asked, Screen(quiet=True))
    description = result.folder.model.read_text()
    assert "samples" not in json.loads(description)["preprocessing"]
    before = [answer.answers for answer in runs.predict(result.folder.path, [data])]
    if again == "resume":
        runs.resume(result.folder.path, runs.ResumeOptions(epochs=2), Screen(quiet=True))
    else:
        runs.train(options(data, tmp_path / "run", resume=True), Screen(quiet=True))
    assert result.folder.model.read_text() == description
    assert model_file.samples_of(result.folder) == BY_FILE != STANDARD
    if again != "resume":
        assert [answer.answers for answer in runs.predict(result.folder.path, [data])] == before


@pytest.mark.parametrize("command", ["train", "check"])
def test_photos_that_show_nothing_are_said(tmp_path, command):
    data = folders(tmp_path / "data", {"a": 8, "b": 8})
    for number, path in enumerate(data.rglob("*.png")):
        Image.new("RGB", (16, 16), (number, 7, 7)).save(path)

    def work(screen):
        if command == "check":
            return runs.check(runs.CheckOptions(data=data, learnt=False), screen)
        return runs.train(options(data, tmp_path / "run"), screen)

    assert "all photos are blank" in " ".join(recorded(work)[1].split())


def test_colours_of_12_bits_in_16_are_said_to_be_nearly_black(tmp_path):
    """Of 16-bit colours the upper eight bits are decoded: nothing can be done but to say it."""
    data = folders(tmp_path / "data", {"a": 8, "b": 8})
    for number, path in enumerate(sorted(data.rglob("*.png"))):
        path.write_bytes(png_of_16_bit_colours(4095 - 16 * number))
    _, said = recorded(lambda screen: runs.check(runs.CheckOptions(data=data, learnt=False), screen))
    assert "all photos are nearly black: of 255 grey levels they reach 15" in said


def test_predict_and_evaluate_say_what_they_leave_out(tmp_path):
    data = folders(tmp_path / "data", {"a": 8, "b": 8})
    result = runs.train(options(data, tmp_path / "run"), Screen(quiet=True))
    (data / "a" / "notes.txt").write_text("x")
    (data / "b" / "photo").write_text("x")
    for work in (
        lambda screen: runs.predict(result.folder.path, [data], screen=screen),
        lambda screen: runs.evaluate(result.folder.path, data, screen=screen),
    ):
        said = recorded(work)[1]
        assert "ignored: 1 .txt files" in said
        assert "ignored: 1 (no ending) files" in said


def test_photos_that_are_all_the_same_are_said(tmp_path):
    data = folders(tmp_path / "data", {"a": 8, "b": 8})
    first = (data / "a" / "00.png").read_bytes()
    for path in data.rglob("*.png"):
        path.write_bytes(first)
    _, said = recorded(lambda screen: runs.check(runs.CheckOptions(data=data, learnt=False), screen))
    assert "all photos are the same to the pixel" in said


def test_check_says_what_it_leaves_out(tmp_path):
    data = folders(tmp_path / "data", {"a": 8, "b": 8})
    (data / "a" / "notes.txt").write_text("x")
    result, said = recorded(lambda screen: runs.check(runs.CheckOptions(data=data, learnt=False), screen))
    assert "ignored: 1 .txt files" in said
    assert result.as_dict()["ignored"] == {".txt": 1}


def test_folds_that_follow_take_the_rule_of_the_first(tmp_path):
    """Folds of an earlier version know no rule; those that are trained now are averaged with them all the same."""
    data = folders(tmp_path / "data", {"a": 12, "b": 12})
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (16, 16)).astype(np.uint16)).save(
        data / "a" / "dim.png"
    )
    asked = options(data, tmp_path / "run", kfold=2)
    with pytest.MonkeyPatch.context() as earlier:
        earlier.setattr("convolens.runs.preparation.prepare.measure_samples", lambda paths: BY_FILE)
        runs.kfold(asked, Screen(quiet=True))
    second = tmp_path / "run" / "folds" / "fold-2"
    shutil.rmtree(second)
    rows = json.loads((second.parent / "folds.json").read_text())
    rows["folds"] = rows["folds"][:1]
    (second.parent / "folds.json").write_text(json.dumps(rows))
    runs.kfold(replace(asked, resume=True), Screen(quiet=True))
    assert model_file.samples_of(RunFolder(second)) == BY_FILE


def test_an_architecture_reads_photos_by_the_rule_of_the_folder(tmp_path):
    data = deep_folders(tmp_path / "data")
    for folder in data.iterdir():
        (tmp_path / "bytes" / folder.name).mkdir(parents=True)
        for path in folder.iterdir():
            plain = (np.asarray(Image.open(path)) >> 4).astype(np.uint8)
            Image.fromarray(plain).save(tmp_path / "bytes" / folder.name / path.name)
    found = []
    for place in (data, tmp_path / "bytes"):
        asked = runs.FeatureOptions("shallow-vgg", place, tmp_path / f"{place.name}.npz", size=28)
        set_random_seed(0)
        (values,) = runs.features(asked, Screen(quiet=True)).by_layer.values()
        found.append(np.asarray(values))
    np.testing.assert_array_equal(*found)
