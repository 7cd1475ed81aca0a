"""What both tasks promise alike: scores, answers, calibration and tables say the same of the same probabilities."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convolens.analysis.measures.calibration import log_loss
from convolens.runs.folder.calibration_file import Calibration
from convolens.runs.folder.predictions_file import read_predictions
from convolens.runs.report.prediction import Prediction
from convolens.runs.tasks.multi_label import MultiLabel
from convolens.runs.tasks.single_label import SingleLabel
from convolens.runs.tasks.task import Task

NAMES = ("cat", "dog", "fox")
TASKS = {
    "single": SingleLabel(),
    "several": MultiLabel(),
    "several, tuned": MultiLabel((0.2, 0.5, 0.8)),
}


def answered(task: Task, seed: int, photos: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities that are often right, and the labels of so many photos; every class is there."""
    rng = np.random.default_rng(seed)
    if task.several:
        labels = rng.integers(0, 2, (photos, 3)).astype(np.float32)
        labels[:3] = np.eye(3)
        logits = 2 * labels - 1 + rng.normal(size=labels.shape)
    else:
        labels = np.arange(photos) % 3
        logits = 2 * np.eye(3)[labels] + rng.normal(size=(photos, 3))
    return task.of_logits(logits), labels


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
@given(seed=st.integers(0, 2**32 - 1))
def test_scores_count_what_is_wrong(task: Task, seed: int) -> None:
    chances, labels = answered(task, seed)
    scores = task.score(chances, labels, NAMES)
    assert scores.photos == 40
    assert scores.accuracy == pytest.approx(1 - task.wrong(chances, labels).mean())
    assert scores.loss == pytest.approx(log_loss(*task.choices(chances, labels)), rel=1e-4)
    truth = task.labels_of(labels, NAMES)
    assert sum(map(len, truth)) == sum(item.count for item in scores.classes)
    assert task.beats_baseline(scores)


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
@given(seed=st.integers(0, 2**32 - 1), temperature=st.floats(0.05, 20))
def test_calibration_changes_no_answer(task: Task, seed: int, temperature: float) -> None:
    chances, _ = answered(task, seed)
    calibration = Calibration(temperature, 40, 0.1, 0.1, "", several=task.several)
    told = calibration(chances)
    assert told.shape == chances.shape
    rows = zip(
        task.predictions(chances, NAMES, 1),
        task.predictions(chances, NAMES, 1, None, calibration),
        strict=True,
    )
    for place, (own, calibrated) in enumerate(rows):
        one, other = Prediction(Path("a"), **own), Prediction(Path("a"), **calibrated)
        assert set(one.said) == set(other.said)
        assert dict(other.answers) == {name: told[place, NAMES.index(name)] for name, _ in other.answers}


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_a_table_comes_back_as_it_was_said(task: Task, tmp_path: Path) -> None:
    chances, labels = answered(task, 0)
    paths = [Path(f"{number}.png") for number in range(40)]
    answers = task.answers(paths, labels, chances, NAMES)
    task.write_predictions(tmp_path / "a.csv", paths, labels, chances, NAMES, fold=range(40))
    back = read_predictions(tmp_path / "a.csv")
    assert [(one.path, one.labels, one.said) for one in back] == [
        (one.path, one.labels, one.said) for one in answers
    ]
    assert [one.confidence for one in back] == pytest.approx([one.confidence for one in answers], abs=1e-5)
    wrong = task.wrong(chances, labels).reshape(40, -1).any(axis=1)
    assert [not one.right for one in answers] == wrong.tolist()
    assert 0 < wrong.sum() < 40


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_whatever_is_tuned_is_at_least_as_good_where_it_was_tuned(task: Task) -> None:
    chances, labels = answered(task, 1, 200)
    f1 = [
        np.mean([c.f1 for c in one.score(chances, labels, NAMES).classes])
        for one in (task, task.tuned(chances, labels))
    ]
    assert f1[1] >= f1[0]
    strange = np.full_like(chances, np.nan)
    assert task.tuned(strange, labels) == task


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_photos_are_chosen_evenly_by_class(task: Task) -> None:
    _, labels = answered(task, 2)
    numbers = task.spread(labels)
    assert numbers.shape == (40,)
    assert set(numbers.tolist()) >= {0, 1, 2}
