"""Runs on photos with several labels, from the training to what every command makes of them."""

import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console
from scipy.special import expit, logit
from sklearn.metrics import average_precision_score

from convolens import runs
from convolens.analysis.measures import LabelScores
from convolens.cli import main
from convolens.data import read_label_table
from convolens.errors import ArgumentError, ConvolensError, DataError, MissingFileError
from convolens.runs.folder import model_file
from convolens.runs.folder.calibration_file import read_calibration
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from images import folders, label_table, shapes, truncated_jpeg

QUIET = Screen(quiet=True)
NAMES = ("circle", "square", "triangle")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """240 photos of shapes and their table, and 60 others."""
    place = tmp_path_factory.mktemp("shapes")
    label_table(place / "labels.csv", shapes(place / "photos", 240))
    label_table(place / "test.csv", shapes(place / "test", 60, seed=1))
    return place


@pytest.fixture(scope="module")
def options(place: Path) -> runs.TrainOptions:
    return runs.TrainOptions(
        data=place / "photos", labels=place / "labels.csv", size=32, epochs=5, batch_size=16, out=place / "runs" / "shapes",
        command="convolens train x",
    )  # fmt: skip


@pytest.fixture(scope="module")
def trained(options: runs.TrainOptions) -> runs.TrainResult:
    return runs.train(options, QUIET)


def spoken(call) -> str:
    """Return what is printed while a screen is in use."""
    text = io.StringIO()
    call(Screen(console=Console(file=text, width=200)))
    return text.getvalue()


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_training_finds_the_labels_and_guessing_does_not(trained):
    scores = trained.outcome.scores
    assert isinstance(scores, LabelScores)
    assert scores.mean_average_precision > 0.9
    assert scores.baseline < 0.6
    assert scores.macro_f1 > 0.8
    assert scores.accuracy == pytest.approx(1 - scores.hamming_loss)
    history = table(trained.folder.history)
    assert float(history[-1]["val_loss"]) < float(history[0]["val_loss"])
    assert float(history[-1]["val_accuracy"]) > 0.85


def test_the_run_keeps_thresholds_tables_and_pictures(trained):
    folder, scores = trained.folder, trained.outcome.scores
    described = json.loads(folder.model.read_text())
    assert (described["output"], described["format"]) == ("sigmoid-per-class", 2)
    assert described["thresholds"] == [item.threshold for item in scores.classes]
    assert all(0.05 <= value <= 0.95 for value in described["thresholds"])
    names = {path.name for path in folder.path.iterdir()}
    assert {
        "average_precision.png",
        "precision_recall.png",
        "curves.png",
        "first_batch.png",
        "report.html",
    } <= names
    assert "confusion_matrix.png" not in names
    page = folder.report.read_text()
    assert "mean average precision" in page
    assert "Hamming loss" in page
    results = json.loads(folder.results.read_text())
    assert results["mean_average_precision"] == scores.mean_average_precision
    assert results["baseline_mean_average_precision"] == scores.baseline


def test_average_precision_is_scikit_learns_on_the_predictions_of_the_run(trained):
    rows = table(trained.folder.predictions)
    labels = np.array([[name in row["labels"].split(";") for name in NAMES] for row in rows])
    chances = np.array([[float(row[f"probability_{name}"]) for name in NAMES] for row in rows])
    expected = average_precision_score(labels, chances, average=None)
    found = [item.average_precision for item in trained.outcome.scores.classes]
    np.testing.assert_allclose(found, expected, atol=2e-3)  # the table has six digits, so some are equal
    assert np.mean([row["labels"] == row["predicted"] for row in rows]) == pytest.approx(
        trained.outcome.scores.exact_match
    )


def test_split_and_classes_are_those_of_the_table(trained, place):
    whole = read_label_table(place / "labels.csv", place / "photos")
    rows = table(trained.folder.predictions)
    assert whole.class_names == NAMES
    assert 30 <= len(rows) <= 66
    told = {path.as_posix(): row for path, row in zip(whole.relative_paths, whole.labels, strict=True)}
    for row in rows:
        said = [float(name in row["labels"].split(";")) for name in NAMES]
        assert told[Path(row["path"]).name].tolist() == said


def test_predict(trained, place, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no image")
    answers = runs.predict(trained.folder.path, [place / "test", tmp_path], screen=QUIET)
    truth = dict(shapes(tmp_path / "again", 60, seed=1))
    right = [set(a.labels or ()) == set(truth[a.path.name]) for a in answers if a.error is None]
    assert np.mean(right) > 0.7
    for answer in answers[:3]:
        told = answer.as_dict()
        assert set(told["probabilities"]) == set(NAMES)
        assert told["labels"] == {name: told["probabilities"][name] for name in answer.labels}
    assert answers[-1].as_dict()["labels"] == {}
    assert answers[-1].error
    runs.predict(trained.folder.path, [place / "test"], calibrated=False, screen=QUIET)


def test_predict_as_typed(trained, place, tmp_path, capsys):
    run, photo = str(trained.folder.path), str(place / "test" / "000.png")
    assert typed(["predict", run, photo, str(place / "test" / "001.png")]) == 0
    assert (
        "labels are said from these probabilities on (tuned on the validation photos): circle"
        in capsys.readouterr().out
    )
    answers = tmp_path / "answers.csv"
    assert typed(["predict", run, str(place / "test"), "--csv", str(answers)]) == 0
    assert list(table(answers)[0]) == ["path", "labels", *(f"probability_{name}" for name in NAMES), "error"]
    assert (
        read_label_table(answers, place / "test", NAMES).class_names == NAMES
    )  # what was said can be learnt from
    capsys.readouterr()
    assert typed(["predict", run, photo, "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)[0]["probabilities"]) == set(NAMES)


def typed(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code or 0


def test_evaluate_by_a_table(trained, place, tmp_path):
    found = runs.evaluate(
        trained.folder.path, place / "test", labels=place / "test.csv", out=tmp_path / "out", csv=tmp_path / "all.csv",
        screen=QUIET,
    )  # fmt: skip
    assert found.mean_average_precision > 0.9 > 0.6 > found.baseline
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert made - {"mistakes.png"} == {
        "evaluation.html", "evaluation.json", "predictions.csv", "average_precision.png", "precision_recall.png",
    }  # fmt: skip
    assert (tmp_path / "all.csv").read_bytes() == (tmp_path / "out" / "predictions.csv").read_bytes()
    assert json.loads((tmp_path / "out" / "evaluation.json").read_text()) == found.as_dict()
    varied = runs.evaluate(
        trained.folder.path, place / "test", labels=place / "test.csv", tta=1, screen=QUIET
    )
    assert varied.variations == 1
    assert varied.loss != found.loss


@pytest.fixture(scope="module")
def class_folders(place: Path) -> Path:
    """The photos to test in class folders, each in all it belongs to."""
    data = place / "folders"
    for name, labels in shapes(place / "again", 60, seed=1):
        for number, label in enumerate(labels):
            (data / label).mkdir(parents=True, exist_ok=True)
            shutil.copy(place / "again" / name, data / label / (name if number else f"first-{name}"))
    return data


def test_evaluate_by_folders_is_the_same(trained, place, class_folders):
    by_folder = runs.evaluate(trained.folder.path, class_folders, screen=QUIET)
    labelled = [(name, labels) for name, labels in shapes(place / "test", 60, seed=1) if labels]
    found = runs.evaluate(
        trained.folder.path, place / "test", labels=label_table(place / "some.csv", labelled), screen=QUIET
    )
    assert by_folder.photos == found.photos == len(labelled)
    assert by_folder.mean_average_precision == pytest.approx(found.mean_average_precision, abs=1e-6)
    assert by_folder.exact_match == found.exact_match


def test_explain_features_and_probe_work(trained, place, class_folders, tmp_path):
    photo = str(place / "test" / "000.png")
    shown = runs.explain(
        runs.ExplainOptions(
            trained.folder.path, [photo], "square", ("grad-cam",), feature_maps=False, out=tmp_path / "why"
        )
    )
    assert shown.photos[0].explained == "square"
    likeliest = runs.explain(
        runs.ExplainOptions(
            trained.folder.path, [photo], None, ("grad-cam",), feature_maps=False, out=tmp_path / "why2"
        )
    )
    assert likeliest.photos[0].explained == likeliest.photos[0].answers[0][0]
    found = runs.features(
        runs.FeatureOptions(str(trained.folder.path), place / "test", tmp_path / "features.npz"), QUIET
    )
    assert len(found) == 60
    data = folders(tmp_path / "data", {"dark": 12, "light": 12})
    probed = runs.probe(
        runs.ProbeOptions(
            str(trained.folder.path), data, learners=("logistic",), folds=2, out=tmp_path / "probe"
        ),
        QUIET,
    )
    assert probed.scores.accuracy > 0.9
    assert not model_file.is_multi_label(probed.folder)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["evaluate", "RUN", "PLACE/test", "--labels", "PLACE/test.csv", "--top-k", "2"], "evaluate: top_k 2 is of one class a photo"),
        (["evaluate", "RUN", "PLACE/test"], "no class folders; give the labels of its photos by --labels FILE"),
        (["evaluate", "RUN", "PLACE/test", "--labels", "PLACE/none.csv"], "none.csv: no such CSV file"),
        (["evaluate", "RUN", "PLACE/test", "--labels", "PLACE/labels.csv"], "is not in PLACE/test"),
        (["train", "PLACE/folders", "--branch-from", "RUN"], "begin with its weights by --weights RUN"),
    ],
)  # fmt: skip
def test_what_is_for_one_class_is_refused_in_a_line(trained, place, class_folders, arguments, said, capsys):
    for word, path in (("RUN", trained.folder.path), ("PLACE", place)):
        arguments = [argument.replace(word, str(path)) for argument in arguments]
        said = said.replace(word, str(path))
    assert typed(arguments) == 2
    error = capsys.readouterr().err.strip()
    assert said in error
    assert len(error.splitlines()) == 1


def test_a_run_of_one_class_takes_no_labels(small_run, place):
    with pytest.raises(ArgumentError, match="says nothing: the run gives a photo one class"):
        runs.evaluate(small_run.folder.path, place / "test", labels=place / "test.csv", screen=QUIET)
    described = json.loads(small_run.folder.model.read_text())
    assert (described["format"], described["output"]) == (1, "softmax")
    assert "thresholds" not in described
    assert "multi_label" not in small_run.folder.settings.read_text()


@pytest.mark.parametrize(
    "change",
    [
        {"thresholds": [0.5]},
        {"thresholds": [0.5, 0.5, 2]},
        {"thresholds": "high"},
        {"class_names": ["a", "b"]},
    ],
)
def test_a_damaged_model_file(trained, change, tmp_path):
    shutil.copytree(trained.folder.path, tmp_path / "run")
    path = tmp_path / "run" / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ConvolensError, match=r"incomplete or of another version|do not fit"):
        model_file.load(runs.RunFolder(tmp_path / "run"))


def test_before_the_end_every_threshold_is_a_half(trained, place, tmp_path):
    shutil.copytree(trained.folder.path, tmp_path / "run")
    path = tmp_path / "run" / "model.json"
    described = json.loads(path.read_text())
    del described["thresholds"]
    path.write_text(json.dumps(described))
    said = spoken(lambda screen: runs.predict(tmp_path / "run", [place / "test" / "000.png"], screen=screen))
    assert "not tuned: the training has not ended yet): circle 0.5, square 0.5, triangle 0.5" in said


@pytest.fixture(scope="module")
def tiny(place: Path) -> Path:
    """A few photos, and a table of them."""
    label_table(place / "tiny.csv", shapes(place / "tiny", 40, seed=2, size=16))
    return place / "tiny"


def tiny_options(tiny: Path, **more) -> runs.TrainOptions:
    given = {
        "labels": tiny.parent / "tiny.csv",
        "size": 8,
        "epochs": 1,
        "batch_size": 16,
        "validation_split": 0.4,
    }
    return runs.TrainOptions(data=tiny, **given | more)


def test_folders_with_equal_files(class_folders, tmp_path):
    flags = {"size": 8, "epochs": 1, "batch_size": 16, "validation_split": 0.4}
    asked = runs.TrainOptions(data=class_folders, out=tmp_path / "one", **flags)
    said = spoken(lambda screen: runs.train(asked, screen))
    assert "photos lie in several class folders (" in said
    assert "--multi-label makes each one photo with several labels" in said
    said = spoken(lambda screen: runs.train(replace(asked, multi_label=True, out=tmp_path / "many"), screen))
    labelled = [labels for _, labels in shapes(tmp_path / "x", 60, seed=1) if labels]
    files = sum(map(len, labelled))
    several = sum(len(labels) > 1 for labels in labelled)
    assert f"{files} files are {len(labelled)} photos, {several} of them with several labels" in said
    assert "--balance" not in said
    gone_on = runs.resume(tmp_path / "many", runs.ResumeOptions(epochs=2), QUIET)
    assert gone_on.outcome.epochs == 2
    split = tmp_path / "split"
    for side in ("train", "val"):
        shutil.copytree(class_folders, split / side)
    runs.train(replace(asked, data=split, multi_label=True, out=tmp_path / "sides"), QUIET)
    assert len(table(tmp_path / "sides" / "predictions.csv")) == len(labelled)


@pytest.mark.parametrize(
    "more", [{"augmentation": {"mixup": 0.4, "cutmix": 1.0}}, {"model": "conv-model", "size": 32, "ema": 0.9}]
)
def test_other_techniques(tiny, more, tmp_path):
    result = runs.train(tiny_options(tiny, out=tmp_path / "run", **more), QUIET)
    assert np.isfinite(result.outcome.scores.loss)


def test_two_labels_of_a_network_that_ends_in_one_sigmoid(tiny, tmp_path):
    rows = [(name, tuple(set(labels) - {"triangle"})) for name, labels in shapes(tiny, 40, seed=2, size=16)]
    asked = tiny_options(tiny, labels=label_table(tmp_path / "two.csv", rows), model="conv-model", size=32)
    result = runs.train(replace(asked, out=tmp_path / "run"), QUIET)
    loaded = model_file.load(result.folder)
    assert loaded.model.output_shape == (None, 2)
    assert loaded.multi_label


def test_branch_keeps_the_outputs_of_known_labels(trained, options, place, tmp_path):
    asked = replace(
        options,
        branch_from=trained.folder.path,
        epochs=1,
        learning_rate=1e-6,
        out=tmp_path / "on",
        model=None,
    )
    result = runs.train(replace(asked, augment=False), QUIET)
    assert result.outcome.scores.mean_average_precision > 0.9


def test_resume_with_the_table_elsewhere(tiny, tmp_path):
    moved = tmp_path / "labels.csv"
    shutil.copy(tiny.parent / "tiny.csv", moved)
    runs.train(tiny_options(tiny, labels=moved, out=tmp_path / "run"), QUIET)
    moved.rename(tmp_path / "moved.csv")
    with pytest.raises(
        MissingFileError, match=r"labels of the run are no longer there; say where they are by --labels"
    ):
        runs.resume(tmp_path / "run", runs.ResumeOptions(epochs=2), QUIET)
    found = runs.resume(tmp_path / "run", runs.ResumeOptions(epochs=2, labels=tmp_path / "moved.csv"), QUIET)
    assert found.outcome.epochs == 2
    lines = (tmp_path / "moved.csv").read_text().splitlines()
    (tmp_path / "moved.csv").write_text("\n".join([*lines[:-1], "039.png,circle;square;triangle"]) + "\n")
    with pytest.raises(DataError, match="not the photos of the run"):
        runs.resume(tmp_path / "run", runs.ResumeOptions(epochs=3), QUIET)
    again = runs.train(tiny_options(tiny, out=tmp_path / "run", epochs=2, resume=True), QUIET)
    assert again.folder.path == tmp_path / "run"


@pytest.mark.parametrize(
    ("more", "error", "said"),
    [
        ({"balance": True}, ArgumentError, "--balance takes each class equally often"),
        ({"validation": Path("elsewhere")}, ArgumentError, "leave --val out"),
        ({"labels": Path("nowhere.csv")}, MissingFileError, "nowhere.csv: no such CSV file"),
        ({"data": Path("nowhere")}, MissingFileError, "nowhere: no such folder"),
        ({"labels": None, "multi_label": True}, DataError, "no class folders"),
    ],
)
def test_bad_input(tiny, more, error, said, tmp_path):
    with pytest.raises(error, match=said):
        runs.train(replace(tiny_options(tiny, out=tmp_path / "run"), **more), QUIET)
    assert not (tmp_path / "run").exists()


def test_networks_are_compared(tiny, tmp_path):
    asked = tiny_options(tiny, size=24, epochs=1, out=tmp_path / "compared")
    compared = runs.compare(runs.CompareOptions(["shallow-vgg", "conv-model"], asked), QUIET)
    assert [row.trained for row in compared.rows] == [True, True]
    for row in compared.rows:
        results = json.loads((compared.folder.run(row.name).results).read_text())
        assert row.accuracy == results["accuracy"] == pytest.approx(1 - results["hamming_loss"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: [(name, ("shape",)) for name, _ in rows], "1 class, 'shape'"),
        (lambda rows: [*rows[1:], (rows[0][0], ("star",))], r"fewer than 2 photos of 'star' \(1\)"),
        (lambda rows: [*rows, (rows[1][0], ("star",))], "row 42: '001.png' has the labels"),
        (lambda rows: [*rows, ("none.png", ("circle",))], "row 42: 'none.png' is not in"),
    ],
)
def test_bad_tables(tiny, change, said, tmp_path):
    made = label_table(tmp_path / "bad.csv", change(shapes(tiny, 40, seed=2, size=16)))
    with pytest.raises(DataError, match=said):
        runs.train(tiny_options(tiny, labels=made, out=tmp_path / "run"), QUIET)


def test_a_label_that_only_an_unreadable_photo_has(tmp_path):
    rows = shapes(tmp_path / "photos", 30, size=16)
    for name in ("x.jpg", "y.jpg"):
        truncated_jpeg(tmp_path / "photos" / name)
    Image.new("RGB", (16, 16)).save(tmp_path / "photos" / "z.png")
    rows += [("x.jpg", ("star",)), ("y.jpg", ("star",)), ("z.png", ("star",))]
    made = label_table(tmp_path / "labels.csv", rows)
    with pytest.raises(
        DataError, match=r"no readable (training photo of class|validation photo has the label) 'star'"
    ):
        runs.train(tiny_options(tmp_path / "photos", labels=made, out=tmp_path / "run"), QUIET)


def test_calibrate_makes_confidences_honest_and_knows_strange_photos(trained, place, tmp_path):
    folder = RunFolder(shutil.copytree(trained.folder.path, tmp_path / "run"))
    own = runs.predict(folder.path, [place / "test"], calibrated=False, screen=QUIET)
    found = runs.calibrate(folder.path, runs.CalibrateOptions(error_rate=0.1), QUIET)
    assert found.several
    assert found.unknown is not None
    assert found.unknown.most_strange == 1
    assert read_calibration(folder).as_dict() == found.as_dict()
    told = runs.predict(folder.path, [place / "test"], screen=QUIET)
    assert [set(answer.labels) for answer in told] == [set(answer.labels) for answer in own]
    before, after = (
        np.array([[chance for _, chance in sorted(answer.answers)] for answer in answers])
        for answers in (own, told)
    )
    np.testing.assert_allclose(after, expit(logit(before) / found.temperature), atol=1e-5)
    noise = tmp_path / "noise.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)).save(noise)
    (strange,) = runs.predict(folder.path, [noise], screen=QUIET)
    assert (strange.unknown, strange.label) == (True, "unknown")
    scored = runs.evaluate(folder.path, place / "test", labels=place / "test.csv", screen=QUIET)
    assert scored.unknown == np.mean([answer.unknown for answer in told])
    assert scored.as_dict()["temperature"] == found.temperature


def test_diff_counts_a_photo_right_where_each_label_is(trained, options, place, tmp_path):
    other = runs.train(replace(options, epochs=1, out=tmp_path / "other"), QUIET)
    found = runs.diff(trained.folder.path, other.folder.path, screen=QUIET)
    results = [json.loads(run.folder.results.read_text())["exact_match"] for run in (trained, other)]
    assert [found.accuracy("first"), found.accuracy("second")] == pytest.approx(results)
    on_others = runs.diff(
        trained.folder.path, other.folder.path, place / "test", labels=place / "test.csv", out=tmp_path / "diff",
        screen=QUIET,
    )  # fmt: skip
    scored = runs.evaluate(trained.folder.path, place / "test", labels=place / "test.csv", screen=QUIET)
    assert len(on_others.pairs) == scored.photos
    assert on_others.accuracy("first") == pytest.approx(scored.exact_match)
    assert (tmp_path / "diff" / "diff.csv").is_file()


def test_runs_of_two_kinds_are_not_compared(trained, small_run):
    with pytest.raises(
        DataError, match=r"gives a photo any number of labels, .* one class; compare runs of one kind"
    ):
        runs.diff(small_run.folder.path, trained.folder.path, screen=QUIET)


def test_photos_are_sorted_into_each_of_their_labels(trained, place, tmp_path):
    answers = runs.predict(trained.folder.path, [place / "test"], screen=QUIET)
    done = runs.sort_into(answers, tmp_path / "sorted", link=True)
    there = {(path.parent.name, path.name) for path in done.created}
    assert there == {(label, answer.path.name) for answer in answers for label in answer.labels or ()}
    assert set(done.unsure) == {answer.path for answer in answers if not answer.labels}
    assert runs.undo(done.undo_list) == (len(there), [])


def test_kfold_answers_every_photo_once(options, tmp_path):
    result = runs.kfold(replace(options, kfold=2, epochs=3, out=tmp_path / "folds"), QUIET)
    found, rows = result.outcome.found, table(result.folder.predictions)
    assert found.photos == len(rows) == 240
    assert found.mean_average_precision > 0.8
    assert sorted({row["fold"] for row in rows}) == ["1", "2"]
    described = json.loads(result.folder.model.read_text())
    assert described["thresholds"] == [item.threshold for item in found.classes]
    assert "mean average precision" in result.folder.report.read_text()
    (answer,) = runs.predict(result.folder.path, [options.data / "000.png"], screen=QUIET)
    assert answer.labels is not None


def test_as_typed(trained, place, tiny, tmp_path, capsys):
    """Commands that train, and `diff`, take the table as `train` does."""
    labels = ["--labels", "PLACE/tiny.csv"]
    data = ["PLACE/tiny", "--size", "8", "--batch-size", "16", "--val-split", "0.4"]
    lines = [
        ["lr-find", *data, *labels, "--steps", "10", "--out", "OUT/rate"],
        ["compare", *data, *labels, "--models", "shallow-vgg", "--epochs", "1", "--out", "OUT/compared"],
        [
            "finetune",
            "RUN",
            "PLACE/tiny",
            *labels,
            "--val-split",
            "0.4",
            "--batch-size",
            "16",
            "--epochs",
            "1",
            "--out",
            "OUT/tuned",
        ],
        ["diff", "RUN", "OUT/tuned", "PLACE/test", "--labels", "PLACE/test.csv"],
        ["predict", "RUN", "PLACE/test", "--sort-into", "OUT/sorted"],
    ]
    for line in lines:
        for word, path in (("RUN", trained.folder.path), ("PLACE", place), ("OUT", tmp_path)):
            line = [argument.replace(word, str(path)) for argument in line]
        assert typed(line) == 0, line
    printed = capsys.readouterr().out
    assert "McNemar's exact test" in printed
    assert "photos sorted into" in printed
    assert any((tmp_path / "sorted").iterdir())


def test_a_learning_rate_is_found(options, tmp_path):
    asked = replace(options, out=tmp_path / "rate")
    assert runs.find_learning_rate(asked, runs.RangeOptions(steps=20), QUIET).test.rates


def test_finetune_keeps_the_labels(trained, options, place, tmp_path):
    tuning = runs.FineTuning(head_epochs=1)
    result = runs.finetune(
        trained.folder.path,
        options.data,
        tuning,
        QUIET,
        labels=options.labels,
        epochs=2,
        batch_size=16,
        out=tmp_path / "tuned",
    )
    assert result.outcome.scores.mean_average_precision > 0.9
    assert model_file.is_multi_label(result.folder)
