"""evaluate: every measure against scikit-learn's, test-time augmentation, the folder it writes, and bad input."""

import csv
import json
import shutil

import numpy as np
import pytest
from rich.console import Console
from sklearn.metrics import f1_score, roc_auc_score, top_k_accuracy_score

from convolens import runs
from convolens.analysis import measures
from convolens.augmentation import Augmentation, AugmentedBatches
from convolens.errors import ArgumentError, DataError, WriteError
from convolens.runs.answers.labelled import read_photos
from convolens.runs.answers.variations import augmentation_of, varied_probabilities
from convolens.runs.folder import model_file
from convolens.runs.output.screen import Screen
from convolens.runs.report.evaluation import top_accuracy
from convolens.runs.tasks.probabilities import probabilities
from convolens.runs.tasks.single_label import SingleLabel
from images import folders, overlapping

QUIET = Screen(quiet=True)
PICTURES = {"confusion_matrix.png", "reliability.png", "roc.png", "precision_recall.png", "mistakes.png"}


@pytest.fixture(scope="module")
def held_out(tmp_path_factory):
    return overlapping(tmp_path_factory.mktemp("held"), {"dark": 40, "light": 40, "middling": 40}, seed=9)


@pytest.fixture(scope="module")
def trained(noisy_run):
    return model_file.load(noisy_run.folder)


def test_every_measure_is_scikit_learns(noisy_run, trained, held_out):
    found = runs.evaluate(noisy_run.folder.path, held_out, screen=QUIET, top_k=2)
    part = read_photos(SingleLabel().list_labelled(held_out, None, trained.class_names), trained, QUIET)
    chances = probabilities(trained.model, part.pixels, trained.preprocessing)
    guessed = chances.argmax(axis=1)
    assert found.accuracy == (guessed == part.labels).mean()
    assert found.macro_f1 == pytest.approx(f1_score(part.labels, guessed, average="macro"))
    assert found.top == (2, pytest.approx(top_k_accuracy_score(part.labels, chances, k=2)))
    exact = chances.astype(np.float64)
    exact /= exact.sum(axis=1, keepdims=True)
    assert found.roc_area == pytest.approx(roc_auc_score(part.labels, exact, multi_class="ovr"), abs=1e-6)
    assert found.reliability.error == pytest.approx(measures.expected_calibration_error(chances, part.labels))
    assert found.calibrated_reliability.error == pytest.approx(
        measures.expected_calibration_error(
            measures.temper(chances, found.calibration.temperature), part.labels
        ),
        abs=1e-5,
    )
    assert found.accuracy_interval.low <= found.accuracy <= found.accuracy_interval.high
    assert 0.02 < found.accuracy_interval.half_width < 0.12, "120 photos"
    assert found.unknown is None
    again = runs.evaluate(noisy_run.folder.path, held_out, screen=QUIET, top_k=2)
    assert again.as_dict() == found.as_dict()
    assert json.loads(json.dumps(found.as_dict()))["accuracy_interval"][0] == found.accuracy_interval.low
    plain = runs.evaluate(noisy_run.folder.path, held_out, screen=QUIET, calibrated=False)
    assert (plain.calibration, plain.calibrated_reliability, plain.top) == (None, None, None)
    assert plain.loss == found.loss


@pytest.mark.parametrize("k", [1, 2, 4])
def test_top_k(k):
    rng = np.random.default_rng(0)
    chances, labels = rng.dirichlet(np.ones(5), 50), rng.integers(0, 5, 50)
    assert top_accuracy(chances, labels, k) == pytest.approx(
        top_k_accuracy_score(labels, chances, k=k, labels=range(5))
    )
    assert top_accuracy(chances, labels, 5) == 1.0


def test_variations_are_drawn_by_seed_0_and_index(noisy_run, trained, held_out):
    part = read_photos(SingleLabel().list_labelled(held_out, None, trained.class_names), trained, QUIET)
    augmentation = Augmentation(rotation_range=40, horizontal_flip=True, width_shift_range=0.2)
    plain = probabilities(trained.model, part.pixels, trained.preprocessing)
    found = varied_probabilities(trained, part.pixels, plain, 1, augmentation, seed=4)
    batches = AugmentedBatches(part.pixels, part.labels, 120, augmentation, 4, shuffle=False)
    varied = trained.model.predict(batches[0][0], 64, verbose=0)
    assert found == pytest.approx((plain + varied) / 2, abs=1e-6)
    two = varied_probabilities(trained, part.pixels, plain, 2, augmentation, seed=4)
    assert np.abs(3 * two - 2 * found - varied).max() > 1e-4, "the second variation is another than the first"
    assert two.sum(axis=1) == pytest.approx(np.ones(120), abs=1e-5)
    still = varied_probabilities(trained, part.pixels, plain, 3, Augmentation(), seed=4)
    assert still == pytest.approx(plain, abs=1e-6)


def test_test_time_augmentation_of_a_run(noisy_run, held_out, tmp_path):
    folder = noisy_run.folder
    settings = folder.settings.read_text()
    assert augmentation_of(folder).describe()
    assert augmentation_of(folder).mixup == 0
    found = runs.evaluate(folder.path, held_out, screen=QUIET, tta=2)
    assert found.as_dict()["tta"] == 2
    assert found.loss != runs.evaluate(folder.path, held_out, screen=QUIET).loss
    for number in (0, -1, 1.5):
        with pytest.raises(ArgumentError, match="tta must be an integer of at least 1"):
            runs.evaluate(folder.path, held_out, screen=QUIET, tta=number)
    copy = runs.RunFolder.open(shutil.copytree(folder.path, tmp_path / "copy"))
    kept, _, rest = settings.partition("[settings.augmentation]")
    after = rest[rest.index("\n[") :]
    copy.settings.write_text(kept + "[settings.augmentation]\n" + after)
    with pytest.raises(ArgumentError, match="was trained without augmentation; leave --tta out"):
        runs.evaluate(copy.path, held_out, screen=QUIET, tta=1)
    copy.settings.unlink()
    with pytest.raises(
        ArgumentError, match=r"--tta varies photos as the training did: .*run\.toml: no such file"
    ):
        runs.evaluate(copy.path, held_out, screen=QUIET, tta=1)


def test_the_folder(noisy_run, held_out, tmp_path):
    screen = Screen(console=Console(record=True, width=200))
    found = runs.evaluate(noisy_run.folder.path, held_out, screen=screen, out=tmp_path / "out")
    there = {path.name for path in (tmp_path / "out").iterdir()}
    assert there == PICTURES | {"evaluation.html", "evaluation.json", "predictions.csv"}
    assert json.loads((tmp_path / "out" / "evaluation.json").read_text()) == found.as_dict()
    page = (tmp_path / "out" / "evaluation.html").read_text()
    assert f"{100 * found.accuracy:.2f} %" in page
    assert page.count("data:image/png;base64") == len(PICTURES)
    assert "max-width: 64rem" in page
    with (tmp_path / "out" / "predictions.csv").open() as file:
        confidence = [float(row["confidence"]) for row in csv.DictReader(file)]
    assert np.mean(confidence) == pytest.approx(
        np.nansum(found.calibrated_reliability.confidence * found.calibrated_reliability.counts) / 120,
        abs=1e-5,
    )
    runs.evaluate(noisy_run.folder.path, held_out, screen=QUIET, out=tmp_path / "out")
    assert (tmp_path / "out-2" / "evaluation.html").is_file(), "nothing is written over"
    printed = screen.console.export_text()
    assert "95 % intervals: accuracy" in printed
    assert "Expected calibration error" in printed


def test_two_classes_one_photo_and_missing_classes(small_run, held_out, tmp_path):
    one = folders(tmp_path / "one", {"dark": 1})
    found = runs.evaluate(small_run.folder.path, one, screen=QUIET, out=tmp_path / "out")
    assert (found.accuracy_interval, found.curves, found.roc_area) == (None, (), None)
    assert not (tmp_path / "out" / "roc.png").exists()
    two = folders(tmp_path / "two", {"dark": 5, "light": 5})
    found = runs.evaluate(small_run.folder.path, two, screen=QUIET)
    assert [curve.name for curve in found.curves] == ["dark", "light"]


def test_bad_input(small_run, small_data, tmp_path):
    run = small_run.folder.path
    with pytest.raises(ArgumentError, match="top_k 4 is more than the 3 classes of the run; give 3 or less"):
        runs.evaluate(run, small_data, screen=QUIET, top_k=4)
    with pytest.raises(ArgumentError, match="top_k must be an integer of at least 1"):
        runs.evaluate(run, small_data, screen=QUIET, top_k=0)
    with pytest.raises(ArgumentError, match="seed must be an integer of at least 0"):
        runs.evaluate(run, small_data, screen=QUIET, seed=-1)
    with pytest.raises(ArgumentError, match="would lie inside the photos"):
        runs.evaluate(run, small_data, screen=QUIET, out=small_data / "out")
    (tmp_path / "file").write_text("x")
    with pytest.raises(WriteError, match="cannot write"):
        runs.evaluate(run, small_data, screen=QUIET, out=tmp_path / "file" / "out")
    folders(tmp_path / "other", {"dark": 2, "wolf": 2})
    with pytest.raises(DataError, match="folder 'wolf' is not one of the classes"):
        runs.evaluate(run, tmp_path / "other", screen=QUIET)
