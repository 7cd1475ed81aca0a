"""Each finding fires where it should, with its numbers, and stays silent where it should not."""

from dataclasses import replace

import numpy as np
import pytest

from convolens.analysis.measures import score
from convolens.runs.report.findings import (
    FINDINGS,
    SEVERITIES,
    Answers,
    Evidence,
    Inputs,
    Rescored,
    findings_of,
)


def scores_of(confusion):
    """Return the scores of answers that make up a confusion matrix."""
    counts = np.asarray(confusion)
    labels, guessed = (np.repeat(index, counts.ravel()) for index in np.indices(counts.shape).reshape(2, -1))
    chances = np.full((len(labels), len(counts)), 0.1)
    chances[np.arange(len(labels)), guessed] = 0.8
    return score(chances, labels, ("cat", "dog", "cow")[: len(counts)])


def epochs(*rows):
    """Return a history of (loss, val_loss)."""
    return [{"epoch": i, "loss": loss, "val_loss": val} for i, (loss, val) in enumerate(rows, 1)]


GOOD = Evidence(
    scores=scores_of([[95, 3, 2], [4, 94, 2], [1, 3, 96]]),
    history=epochs((1.0, 0.9), (0.5, 0.5), (0.3, 0.4), (0.29, 0.399)),
    best_epoch=4,
    training_counts=[400, 400, 400],
    run="runs/pets",
    data="pets",
    waited=0.05,
    rescored=Rescored(64, 64, 0.95, 0.95),
    temperature=1.05,
    calibration_error=(0.02, 0.02),
    answers=Answers(300, 0, 3, 0.9),
    inputs=Inputs(64, 70.0, 60.0),
)
SURE = replace(GOOD, temperature=2.5, calibration_error=(0.12, 0.03))
RISING = epochs((1.0, 0.9), (0.5, 0.5), (0.3, 0.6), (0.1, 0.8), (0.05, 0.9))

CASES = {
    "on_both_sides": (
        replace(GOOD, on_both_sides=12),
        GOOD,
        "problem",
        "Validation photos that were learnt from: 12 of 300 validation photos are training photos too, byte for byte",
        "--val",
    ),
    "photos_alike": (
        replace(GOOD, inputs=Inputs(64, 0.4, 0.3)),
        replace(GOOD, inputs=Inputs(64, 0.0, 40.0)),  # plain colours can be told apart
        "problem",
        "The photos are all blank to the network: on 64 training photos the values of a pixel differ by 0.3 of 255 levels",
        "first_batch.png",
    ),
    "degenerate_answers": (
        replace(GOOD, answers=Answers(300, 0, 1, 0.0002)),
        replace(GOOD, answers=Answers(4, 0, 1, 0.2)),
        "problem",
        "The network does not look at the photos: 300 validation photos get the same probabilities: no probability differs by "
        "more than 0.0002",
        "`convolens lr-find pets`",
    ),
    "not_validated": (
        replace(GOOD, scores=scores_of([[50, 0, 0], [0, 40, 0], [0, 0, 0]])),
        GOOD,
        "problem",
        "No validation photo of 'cow': none of the 90 validation photos that can be read is of it",
        "skipped_images.csv",
    ),
    "guessing": (
        replace(GOOD, scores=scores_of([[60, 0], [38, 2]])),
        None,
        "problem",
        "No better than guessing: accuracy 62.0% on 100 validation photos; always saying 'cat' gives 60.0%",
        "`convolens lr-find pets`",
    ),
    "never_predicted": (
        replace(GOOD, scores=scores_of([[50, 0, 0], [0, 40, 0], [5, 5, 0]])),
        GOOD,
        "problem",
        "Never predicted: 'cow': 10 validation photos, and not one answer; 400 of 1200 training photos are of it",
        "--balance",
    ),
    "overfitting": (
        replace(GOOD, history=RISING, best_epoch=2),
        replace(GOOD, history=epochs((1.0, 0.9), (0.5, 0.5), (0.3, 0.51), (0.1, 0.5)), best_epoch=2),
        "advice",
        "Overfitting since epoch 2: validation loss 0.500 in epoch 2, 0.900 in epoch 5, while the training loss fell from "
        "0.500 to 0.050",
        "--patience",
    ),
    "still_learning": (
        replace(GOOD, history=epochs((1.0, 0.9), (0.8, 0.7)), best_epoch=2),
        GOOD,
        "advice",
        "Still learning at the end: validation loss 0.900 in epoch 1, 0.700 in epoch 2, the last and best",
        "`convolens resume runs/pets --epochs 4`",
    ),
    "weakest_class": (
        replace(GOOD, scores=scores_of([[98, 1, 1], [45, 50, 5], [0, 0, 100]])),
        GOOD,
        "advice",
        "Found least often: 'dog': 50% of its 100 validation photos; 45 of them are taken for 'cat'",
        "mistakes.png",
    ),
    "few_photos": (
        replace(GOOD, scores=scores_of([[40, 5], [5, 40]])),
        None,
        "advice",
        "Few validation photos, so 7 points are noise: with 90 validation photos an accuracy of 88.9% stands for 80.7% to 93.9%",
        "--val-split",
    ),
    "waiting_for_data": (
        replace(GOOD, waited=0.384),
        GOOD,
        "advice",
        "38% of the time waiting for data: so long the network stood still",
        "--augment none",
    ),
    "predict_agrees": (
        replace(GOOD, rescored=Rescored(64, 50, 0.95, 0.78)),
        replace(GOOD, rescored=None),
        "problem",
        "`predict` answers otherwise than the training: 64 validation photos scored again from their files by `predict`: 50 answers "
        "the same, accuracy 78.0% (before: 95.0%)",
        "do not rely on this run",
    ),
    "all_right": (
        replace(GOOD, scores=scores_of([[50, 0], [0, 50]])),
        GOOD,
        "advice",
        "Every validation photo is right: 100 of 100",
        "--group-by",
    ),
    "wrong_confidence": (
        SURE,
        GOOD,
        "note",
        "The network is too sure of its answers: its confidences are off by 0.120 on average, at temperature 2.50 by 0.030",
        "`convolens calibrate runs/pets`",
    ),
}  # fmt: skip


def test_every_finding_has_a_case():
    assert set(CASES) == set(FINDINGS)


@pytest.mark.parametrize("name", CASES)
def test_it_fires_with_its_numbers_and_only_then(name):
    fires, silent, severity, words, next_step = CASES[name]
    found = FINDINGS[name](fires)
    assert f"{found.title}: {found.evidence}".startswith(words)
    assert next_step in found.next_step
    assert found.severity == severity
    assert not found.next_step.endswith(".")
    if silent is not None:
        assert FINDINGS[name](silent) is None


def test_answers_that_do_not_depend_on_the_photo():
    look = FINDINGS["degenerate_answers"]
    same = look(replace(GOOD, answers=Answers(300, 0, 1, 0.3)))
    assert same.title == "Always the same answer"
    nothing = look(replace(GOOD, answers=Answers(300, 300, 0, 0.0)))
    assert "300 of 300 validation photos a probability is NaN" in nothing.evidence
    assert "--clip-norm" in nothing.next_step


def test_photos_that_are_all_right_because_they_were_learnt_are_no_easy_task():
    right = replace(GOOD, scores=scores_of([[50, 0], [0, 50]]), on_both_sides=100)
    assert findings_of(right)[0].title == "Validation photos that were learnt from"
    assert FINDINGS["all_right"](right) is None


def test_notes_where_all_is_well():
    assert FINDINGS["guessing"](GOOD).severity == "note"
    assert FINDINGS["few_photos"](GOOD).severity == "note"
    assert "Differences of 2.5 points are noise" in FINDINGS["few_photos"](GOOD).title
    agrees = FINDINGS["predict_agrees"]
    assert agrees(GOOD).severity == "note"
    assert agrees(replace(GOOD, rescored=Rescored(64, 63, 0.95, 0.94))).severity == "note", "one is rounding"
    assert agrees(replace(GOOD, rescored=Rescored(64, 62, 0.95, 0.94))).severity == "problem"


def test_what_is_not_known_says_nothing():
    bare = Evidence(scores=GOOD.scores)
    assert {name for name, look in FINDINGS.items() if look(bare) is not None} == {"guessing", "few_photos"}
    assert FINDINGS["never_predicted"](
        replace(CASES["never_predicted"][0], training_counts=())
    ).evidence.endswith("answer")
    assert FINDINGS["overfitting"](replace(GOOD, history=RISING[:3])) is None, "one bad epoch is chance"


def test_a_validation_loss_that_is_no_number_is_no_rise():
    nan = float("nan")
    first, behind = epochs((1.0, nan), (0.5, 0.5), (0.3, 0.4)), epochs((1.0, 0.5), (0.5, nan), (0.3, 0.5))
    assert FINDINGS["overfitting"](replace(GOOD, history=first)) is None
    assert FINDINGS["overfitting"](replace(GOOD, history=behind)) is None


def test_three_to_six_problems_first():
    assert 3 <= len(findings_of(GOOD)) <= 6
    worst = replace(
        SURE, scores=scores_of([[50, 0, 0], [39, 1, 0], [10, 0, 0]]), history=RISING, best_epoch=2, waited=0.5,
        rescored=Rescored(64, 0, 0.5, 0.1),
    )  # fmt: skip
    found = findings_of(worst)
    assert len(found) == 6
    places = [SEVERITIES.index(finding.severity) for finding in found]
    assert places == sorted(places)
    assert [finding.severity for finding in found[:3]] == ["problem"] * 3
    assert len(findings_of(worst, most=2)) == 2
    assert set(found[0].as_dict()) == {"title", "evidence", "next_step", "severity"}
