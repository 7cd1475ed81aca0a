"""The answers for photos with several labels: what `predict` says of each, and the table of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from convolens.data.multi_label import SEPARATOR
from convolens.runs.answers.prediction import Prediction
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.output.tables import write_csv
from convolens.runs.tasks.label_scores import said
from convolens.runs.tasks.label_tables import probability_columns


def describe_thresholds(trained: TrainedModel) -> str:
    """Return a line on the probability from which on each class is said."""
    each = ", ".join(
        f"{name} {value:.3g}" for name, value in zip(trained.class_names, trained.thresholds, strict=True)
    )
    tuned = "tuned on the validation photos" if trained.tuned else "not tuned: the training has not ended yet"
    return f"labels are said from these probabilities on ({tuned}): {each}"


def label_answers(trained: TrainedModel, chances: np.ndarray) -> list[dict[str, Any]]:
    """Return `answers` (of all classes, the likeliest first) and `labels` (those said) of photos.

    Args:
        trained: the network.
        chances: (n, classes).
    """
    names, answers = trained.class_names, []
    for row, there in zip(chances, said(chances, trained.thresholds), strict=True):
        order = np.argsort(-row, kind="stable")
        answers.append(
            {
                "answers": tuple((names[i], float(row[i])) for i in order),
                "labels": tuple(names[i] for i in order if there[i]),
            }
        )
    return answers


def write_label_answers(path: Path, answers: Sequence[Prediction]) -> None:
    """Write a row a file: path, the labels in one cell, the probability of each class, error.

    Raises:
        WriteError: the file cannot be written.
    """
    names = sorted({name for answer in answers for name, _ in answer.answers})
    rows = []
    for answer in answers:
        chances = dict(answer.answers)
        row: list[object] = [answer.path, SEPARATOR.join(answer.labels or ())]
        row += [f"{chances[name]:.6f}" if name in chances else "" for name in names]
        rows.append([*row, answer.error or ""])
    write_csv(path, ["path", "labels", *probability_columns(names), "error"], rows)
