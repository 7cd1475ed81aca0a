"""A run's calibration: fitted at the end of training, by `calibrate`, and used by `predict`."""

import csv
import json
import shutil

import numpy as np
import pytest
from rich.console import Console
from scipy.stats import binom

from convolens import runs
from convolens.analysis import measures
from convolens.applications import build
from convolens.checkpoints import tensors
from convolens.errors import ArgumentError, CheckpointError, DataError, MissingFileError
from convolens.features import extract
from convolens.runs.answers.calibrate import CalibrateOptions, fit_unknown, temperature_of
from convolens.runs.answers.penultimate import penultimate
from convolens.runs.output.screen import Screen
from convolens.runs.report.prediction import write_answers
from convolens.runs.tasks.single_label import SingleLabel
from images import overlapping, patterned

QUIET = Screen(quiet=True)


def copied(run, place):
    """Return a copy of a run, so that what is written into it harms no other test."""
    return runs.RunFolder.open(shutil.copytree(run.folder.path, place / "copy"))


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def calibrated(noisy_run, tmp_path_factory):
    folder = copied(noisy_run, tmp_path_factory.mktemp("calibrated"))
    runs.calibrate(folder.path, CalibrateOptions(error_rate=0.1), QUIET)
    return folder


def test_training_ends_with_a_temperature(noisy_run):
    described = json.loads(noisy_run.folder.calibration.read_text())
    table = rows(noisy_run.folder.predictions)
    assert described["photos"] == len(table)
    assert 0.05 < described["temperature"] < 20
    assert "unknown" not in described
    plain = runs.predict(noisy_run.folder.path, [row["path"] for row in table], top=3, calibrated=False)
    chances = np.array([[dict(a.answers)[name] for name in ("dark", "light", "middling")] for a in plain])
    labels = np.array(
        [("dark", "light", "middling").index(row["label"]) for row in sorted(table, key=lambda r: r["path"])]
    )
    assert described["temperature"] == pytest.approx(measures.fit_temperature(chances, labels), rel=1e-3)
    assert described["expected_calibration_error"] == pytest.approx(
        measures.expected_calibration_error(chances, labels), abs=1e-4
    )
    by_path = {row["path"]: float(row["confidence"]) for row in table}
    for answer in runs.predict(noisy_run.folder.path, list(by_path)):
        assert answer.confidence == pytest.approx(by_path[str(answer.path)], abs=1e-5)
        assert answer.unknown is None
    tempered = measures.temper(chances, described["temperature"])
    assert [a.confidence for a in runs.predict(noisy_run.folder.path, list(by_path))] == pytest.approx(
        tempered.max(axis=1), abs=1e-5
    )


def test_too_few_photos_are_not_calibrated_on(small_run, tmp_path):
    assert not small_run.folder.calibration.exists()
    folder = copied(small_run, tmp_path)
    photos = len(rows(folder.predictions))
    with pytest.raises(
        DataError, match=rf"{photos} validation photos are too few to calibrate on, 30 are needed"
    ):
        runs.calibrate(folder.path, CalibrateOptions(error_rate=None), QUIET)
    with pytest.raises(
        DataError,
        match=rf"{photos} validation photos cannot hold an error rate of 0.05; it takes at least 40",
    ):
        runs.calibrate(folder.path, screen=QUIET)
    assert not folder.calibration.exists()


def test_when_the_photos_cannot_tell_a_temperature(small_run):
    folder, labels = small_run.folder, np.arange(60) % 3
    sure = np.full((60, 3), 0.2) + 0.4 * np.eye(3)[labels]
    found, reason = temperature_of(folder, SingleLabel(), sure, labels)
    assert found.temperature == 1
    assert reason.startswith("every answer on the validation photos is right")
    found, reason = temperature_of(
        folder, SingleLabel(), np.full((60, 3), 1 / 3) + np.array([1e-6, 0, -1e-6]), labels
    )
    assert (found.temperature, found.error == found.corrected_error) == (1, True)
    assert reason == "a temperature fitted on some of the validation photos makes the others no better"
    wrong = 0.9 * np.eye(3)[(labels + (np.arange(60) % 3 == 0)) % 3] + 0.1 / 3
    found, reason = temperature_of(folder, SingleLabel(), wrong, labels)
    assert reason is None
    assert found.temperature > 2, "sure of every third answer that is wrong"
    assert found.corrected_error < 0.7 * found.error


def test_the_error_rate_is_held_and_strangers_are_unknown(calibrated, tmp_path):
    known = overlapping(tmp_path / "known", {"dark": 100, "light": 100, "middling": 100}, seed=5)
    answers = runs.predict(calibrated.path, [known])
    called = sum(answer.unknown for answer in answers)
    # 0.1 of photos like those fitted on; the 90 that the limits come from have their own chance, of about 0.03
    assert called <= binom.ppf(0.999, len(answers), 0.1 + 0.06)
    strangers = runs.predict(calibrated.path, [patterned(tmp_path / "strange", 60)])
    unknown = [answer for answer in strangers if answer.unknown]
    assert len(unknown) > 0.8 * len(strangers)
    answer = unknown[0]
    assert answer.label == "unknown"
    assert answer.likeliest in ("dark", "light", "middling")
    assert answer.as_dict()["unknown"] is True
    assert answer.as_dict()["answers"][0]["label"] == answer.likeliest
    assert all(
        a.unknown is None for a in runs.predict(calibrated.path, [tmp_path / "strange"], calibrated=False)
    )
    write_answers(tmp_path / "a.csv", strangers)
    table = rows(tmp_path / "a.csv")
    assert {row["label"] for row in table if row["path"] == str(answer.path)} == {"unknown"}
    assert {row["likeliest"] for row in table} <= {"dark", "light", "middling"}
    done = runs.sort_into(strangers, tmp_path / "sorted")
    assert sum(path.parent.name == "unknown" for path in done.created) == len(unknown)


def test_the_limits_say_what_the_measures_say(calibrated, noisy_run):
    unknown = runs.read_calibration(calibrated).unknown
    table = rows(noisy_run.folder.predictions)
    strange = [1 - float(row["confidence"]) for row in table if row["label"] == row["predicted"]]
    assert unknown.photos == len(table)
    assert unknown.most_strange >= np.quantile(strange, 0.9)
    assert unknown.error_rate == 0.1
    assert unknown.distance.features.shape[1] == 512


def test_no_limit_is_within_the_rounding_of_a_photo():
    random = np.random.default_rng(0)
    strange, distances = random.uniform(0, 0.9, 50), random.uniform(1, 2, 50)
    unknown = fit_unknown(0.05, strange, distances, measures.FeatureDistance(np.ones((2, 3), np.float32)))
    for values, limit in ((strange, unknown.most_strange), (distances, unknown.farthest)):
        assert np.array_equal(values * (1 + 2e-6) > limit, values > limit)
        assert limit == pytest.approx(values.max(), abs=1e-4)


def test_predict_says_so(calibrated, noisy_run, tmp_path):
    def printed(folder, **options):
        screen = Screen(console=Console(record=True, width=200))
        runs.predict(folder.path, [rows(noisy_run.folder.predictions)[0]["path"]], screen=screen, **options)
        return screen.console.export_text()

    assert "confidences are calibrated: temperature" in printed(calibrated)
    assert "are called 'unknown': at most 0.1 of" in printed(calibrated)
    assert "unknown" not in printed(noisy_run.folder)
    assert "calibrated" not in printed(calibrated, calibrated=False)
    folder = runs.RunFolder.open(shutil.copytree(calibrated.path, tmp_path / "copy"))
    tensors.write(folder.last, {name: 0.5 * value for name, value in tensors.read(folder.best).items()})
    told = printed(folder, weights="last")
    assert "belongs to other weights than the last ones and is not used" in told
    assert "confidences are calibrated" not in told


def test_calibrating_twice_gives_the_same_bytes(calibrated, tmp_path):
    before = calibrated.calibration.read_bytes(), calibrated.calibration_features.read_bytes()
    runs.calibrate(calibrated.path, CalibrateOptions(error_rate=0.1), QUIET)
    assert (calibrated.calibration.read_bytes(), calibrated.calibration_features.read_bytes()) == before
    folder = runs.RunFolder.open(shutil.copytree(calibrated.path, tmp_path / "copy"))
    runs.calibrate(folder.path, CalibrateOptions(error_rate=None), QUIET)
    assert not folder.calibration_features.exists()
    assert runs.read_calibration(folder).unknown is None


def test_a_finished_run_keeps_its_limits_and_a_longer_one_loses_them(calibrated, tmp_path):
    folder = runs.RunFolder.open(shutil.copytree(calibrated.path, tmp_path / "copy"))
    before = folder.calibration.read_bytes()
    runs.resume(folder.path, screen=QUIET)
    assert folder.calibration.read_bytes() == before
    screen = Screen(console=Console(record=True, width=200))
    best = folder.best.read_bytes()
    runs.resume(folder.path, runs.ResumeOptions(epochs=6), screen)
    assert folder.best.read_bytes() != best
    assert "unknown" not in json.loads(folder.calibration.read_text())
    assert not folder.calibration_features.exists()
    assert "The limits of 'unknown' belonged to the weights before" in screen.console.export_text()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda d: [], "not a calibration.json of format 1"),
        (lambda d: {**d, "temperature": "warm"}, "temperature must be a number in"),
        (lambda d: {**d, "temperature": 0}, "temperature must be a number in"),
        (lambda d: {**d, "unknown": {"error_rate": 0.1}}, "not there, or not the one|incomplete or damaged"),
        (lambda d: {k: v for k, v in d.items() if k != "photos"}, "incomplete or damaged"),
    ],
    ids=["list", "text", "zero", "unknown", "missing"],
)
def test_damage_is_one_line(calibrated, noisy_run, tmp_path, damage, words):
    folder = runs.RunFolder.open(shutil.copytree(calibrated.path, tmp_path / "copy"))
    photo = rows(noisy_run.folder.predictions)[0]["path"]
    folder.calibration.write_text(json.dumps(damage(json.loads(folder.calibration.read_text()))))
    with pytest.raises(CheckpointError, match=words) as raised:
        runs.predict(folder.path, [photo])
    assert "`convolens calibrate RUN` makes it anew, --no-calibration does without" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert runs.predict(folder.path, [photo], calibrated=False)[0].label


def test_missing_and_other_parts(calibrated, noisy_run, tmp_path):
    photo = rows(noisy_run.folder.predictions)[0]["path"]
    folder = runs.RunFolder.open(shutil.copytree(calibrated.path, tmp_path / "copy"))
    folder.calibration_features.write_bytes(folder.calibration_features.read_bytes()[:-1])
    with pytest.raises(
        CheckpointError, match=r"not there, or not the one that calibration\.json was written with"
    ):
        runs.predict(folder.path, [photo])
    folder.calibration.write_text("{")
    with pytest.raises(CheckpointError, match=r"calibration\.json is not JSON"):
        runs.predict(folder.path, [photo])


def test_photos_elsewhere_and_bad_input(noisy_run, tmp_path):
    folder = copied(noisy_run, tmp_path)
    data = noisy_run.folder.path.parent / "data"
    moved = shutil.copytree(data, tmp_path / "moved")
    found = runs.calibrate(folder.path, CalibrateOptions(data=moved, error_rate=0.2), QUIET)
    assert found.unknown.error_rate == 0.2
    next(moved.rglob("*.png")).unlink()
    with pytest.raises(DataError, match=r"not the photos of the run .*bring them back, or train a new run"):
        runs.calibrate(folder.path, CalibrateOptions(data=moved), QUIET)
    with pytest.raises(
        MissingFileError, match="no longer there; say where they are by `convolens calibrate RUN DATA`"
    ):
        runs.calibrate(folder.path, CalibrateOptions(data=tmp_path / "none"), QUIET)
    for rate in (0, 1, 2.5):
        with pytest.raises(ArgumentError, match="error_rate must be above 0 and below 1"):
            runs.calibrate(folder.path, CalibrateOptions(error_rate=rate), QUIET)
    with pytest.raises(
        DataError,
        match=r"cannot hold an error rate of 0.001; it takes at least 2000.*--error-rate 0.0\d or more",
    ):
        runs.calibrate(folder.path, CalibrateOptions(error_rate=0.001), QUIET)


@pytest.mark.parametrize("name", ["shallow-vgg", "nin-bn", "resnet-18", "mobilenet-v3-small"])
def test_features_in_the_same_pass_are_those_of_extract(name):
    model = build(name, (32, 32, 3), 3)
    x = np.random.default_rng(0).uniform(size=(5, 32, 32, 3)).astype(np.float32)
    with penultimate(model) as collected:
        model.predict(x, 2, verbose=0)
        found = collected.array()
    assert found == pytest.approx(extract(model, x, cache=False).values, abs=1e-5)
    model.predict(x, verbose=0)
    assert len(collected.array()) == 0, "the hook is gone"
